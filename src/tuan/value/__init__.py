"""What is owed and owned: the ledger."""
