"""What the payment page shows."""

from datetime import datetime
from typing import Literal

import msgspec

from tuan.kit.money import Money


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """A way to pay."""

    provider: str
    name: str
    words: str = ""
    is_sandbox: bool = False
    is_chosen: bool = False


class PaymentPage(msgspec.Struct, frozen=True, kw_only=True):
    """One payable. While its outcome is unknown (`confirming`) there is a refresh that asks, and, where the provider
    still waits for the buyer, the way back to that same attempt (`resume_url`); never a second one.

    `is_silent`: he was asked just now and did not answer. `returned`: all of it is back or on its way back.
    `closed_because` and `declined_because` are sentences; the latter stands while the payable is still open.
    """

    payable: str
    url: str
    state: Literal["open", "confirming", "paid", "returned", "closed"]
    amount: Money
    purpose: str
    providers: list[Provider] = []
    key: str = ""
    pay_by: datetime | None = None
    paid_at: datetime | None = None
    asked_at: datetime | None = None
    is_silent: bool = False
    declined_because: str | None = None
    closed_because: str | None = None
    resume_url: str | None = None
    order_url: str
    team_url: str | None = None
    seats_needed: int | None = None


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """A QR code as one path: `size` modules wide, four of them quiet on each side."""

    size: int
    path: str


class WayPage(msgspec.Struct, frozen=True, kw_only=True):
    """How an attempt that has begun is paid: an address to go on at, or a code to scan; neither where the provider does
    not answer, or where only his own app can go on."""

    payable: str
    url: str
    amount: Money
    provider: str
    go_url: str = ""
    code: Code | None = None
    pay_by: datetime
