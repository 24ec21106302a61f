"""What a supplier's money page shows."""

from datetime import datetime

import msgspec

from tuan.kit.money import Money


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """A kept line and where its money went: share = kept + borne − fee − cut − withheld."""

    order: str
    number: str
    goods: str
    kept: Money
    borne: Money
    fee: Money
    cut: Money
    withheld: Money
    share: Money
    settled_at: datetime


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """A statement in one line; `name` is the month as `2026-11`."""

    name: str
    begins: datetime
    lines: int
    kept: Money
    borne: Money
    fee: Money
    cut: Money
    withheld: Money
    share: Money
    charged: Money
    paid: Money
    earlier_url: str
    later_url: str | None
    csv_url: str


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """An account to be paid out to; of its number only the end is shown."""

    account: str
    holder: str
    number: str
    way: str
    state: str
    words: str


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A withdrawal on its way or at its end."""

    withdrawal: str
    amount: Money
    fee: Money
    state: str
    words: str
    holder: str
    number: str
    asked_at: datetime
    ended_at: datetime | None


class MoneyPage(msgspec.Struct, frozen=True, kw_only=True):
    supplier: str
    payable: Money
    withdrawing: Money
    debt: Money
    least: Money
    fee_permyriad: int
    month: Month
    shares: list[Share]
    next_url: str | None
    accounts: list[Account]
    outgoing: list[Outgoing]
    key: str
    account_key: str
    errors: dict[str, str] = {}
    """By field of the form that was refused."""
