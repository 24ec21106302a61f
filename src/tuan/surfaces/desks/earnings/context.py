"""What a shop's money page shows."""

from datetime import datetime

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.desks.money.context import Account, Outgoing
from tuan.surfaces.desks.shop.context import ComingTerms, ShopFrame
from tuan.surfaces.storefront.ways import Way


class Earned(msgspec.Struct, frozen=True, kw_only=True):
    """What the shop is promised of one line, how it stands, and why: `reasons` are sentences."""

    commission: str
    url: str
    number: str
    goods: str
    amount: Money
    kept: Money
    state: str
    words: str
    level: int
    at: datetime
    matures_at: datetime | None
    reasons: list[str]
    appeal: str = ""
    may_appeal: bool = False
    key: str = ""


class Unpaid(msgspec.Struct, frozen=True, kw_only=True):
    """A line that the shop is paid nothing of, and why."""

    number: str
    goods: str
    level: int
    channel: str
    words: str
    article: str
    at: datetime


class UnpaidPage(msgspec.Struct, frozen=True, kw_only=True):
    """What is not paid because of a channel, the latest first."""

    frame: ShopFrame
    unpaid: list[Unpaid]
    next_url: str | None


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """Of what was promised in a stretch of time: how it stands now."""

    lines: int
    pending: Money
    held: Money
    matured: Money
    lowered: Money


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """A statement in one line: what became the shop's in this month, what was taken back after that, what was paid out."""

    name: str
    sums: Sums
    matured: Money
    back: Money
    paid: Money
    earlier_url: str
    later_url: str | None
    csv_url: str
    print_url: str


class EarningsPage(msgspec.Struct, frozen=True, kw_only=True):
    frame: ShopFrame
    coming: list[ComingTerms]
    has_unpaid: bool
    payable: Money
    withdrawing: Money
    debt: Money
    least: Money
    today: Sums
    month: Month
    earned: list[Earned]
    next_url: str | None
    accounts: list[Account]
    outgoing: list[Outgoing]
    key: str
    account_key: str
    ways: list[Way]
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    """By field of the form that was refused, like what was typed into it."""


class PrintedPage(msgspec.Struct, frozen=True, kw_only=True):
    """The statement on paper; `unprinted` is how many lines only the CSV has."""

    shop: str
    month: Month
    earned: list[Earned]
    unprinted: int
    back_url: str
    at: datetime
