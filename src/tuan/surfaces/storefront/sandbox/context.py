"""What the sandbox provider's own page shows; it plays the bank, and no money moves."""

from typing import Literal

import msgspec

from tuan.kit.money import Money


class SandboxPage(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt at the sandbox provider, waiting for somebody to decide how it ends."""

    attempt: str
    url: str
    state: Literal["waiting", "paid", "declined", "closed"]
    amount: Money
    payee: str
    purpose: str
    return_url: str
    key: str = ""
