"""What runs from a checkout: measurements and long trials. Nothing here is part of the product."""
