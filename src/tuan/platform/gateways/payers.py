"""Who paid, told apart and not known: a mark in the place of his id at the provider, which never leaves the gateway."""

import hmac
from collections.abc import Callable
from hashlib import sha256
from typing import TypeAlias

MARK_LETTERS = 32
Mark: TypeAlias = Callable[[str], str]


def marker(secret: bytes, provider: str, market: int) -> Mark:
    """What marks payers' ids at a provider for a market: the same id is the same mark there and another one elsewhere, and
    without the secret nobody finds the id of a mark by trying. No id has no mark."""
    key = hmac.digest(secret, f"payers at {provider} of market {market}".encode(), sha256)

    def mark(payer: str) -> str:
        return hmac.digest(key, payer.encode(), sha256).hex()[:MARK_LETTERS] if payer else ""

    return mark
