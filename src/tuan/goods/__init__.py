"""What is sold: the catalog, and the stock behind it."""
