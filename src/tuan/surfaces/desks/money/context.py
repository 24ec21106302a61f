"""What a supplier's money page shows."""

from datetime import datetime

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.backoffice.statements import Month, Share
from tuan.surfaces.storefront.ways import Way


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
    short: Money
    """What of it could not be split and is back in the balance."""
    state: str
    words: str
    held: str
    """Why it is not paid meanwhile; empty where nothing holds it."""
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
    is_direct: bool
    """His own accounts take the buyers' money: there is nothing to withdraw."""
    month: Month
    shares: list[Share]
    next_url: str | None
    accounts: list[Account]
    outgoing: list[Outgoing]
    key: str
    account_key: str
    ways: list[Way]
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    """By field of the form that was refused, like what was typed into it."""
