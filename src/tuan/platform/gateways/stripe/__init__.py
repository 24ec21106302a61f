"""Stripe by `stripe`: the buyer pays on its checkout page and comes back; suppliers are connected accounts."""

from tuan.platform.gateways.stripe.provider import Account, Stripe

__all__ = ["Account", "Stripe"]
