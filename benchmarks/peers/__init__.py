"""What people would use instead: the same tables, rows and rules, done the usual way."""
