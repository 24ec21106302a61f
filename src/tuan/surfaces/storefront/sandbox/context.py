"""What the sandbox provider's own page shows; it plays the bank, and no money moves."""

from datetime import datetime
from typing import Literal

import msgspec

from tuan.kit.money import Money

ChargeState = Literal["waiting", "paid", "declined", "closed"]


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A notice that the sandbox owes the shop: which state it tells, how often it was sent, what was answered last.

    due_at: when it is sent next; None once it was taken (delivered_at) or given up.
    """

    said: ChargeState
    tries: int
    answer: str = ""
    due_at: datetime | None = None
    delivered_at: datetime | None = None


class SandboxPage(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt at the sandbox provider: waiting for somebody to decide how it ends, or decided.

    faults: the switches that are on, in the words of `tuan.platform.gateways.sandbox.Fault`.
    """

    attempt: str
    url: str
    state: ChargeState
    amount: Money
    payee: str
    purpose: str
    return_url: str
    key: str = ""
    faults: list[str] = []
    letters: list[Letter] = []
