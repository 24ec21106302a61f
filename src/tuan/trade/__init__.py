"""Buying: payments below orders below aftersales."""
