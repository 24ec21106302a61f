"""Who takes part: accounts, and the parties that sell."""
