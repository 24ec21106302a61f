"""Ways to buy together; siblings that know nothing of each other."""
