"""What the places of refunds show."""

from datetime import datetime

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.backoffice.saying import Chip
from tuan.surfaces.backoffice.tables import TablePage, Tone


class Stuck(msgspec.Struct, frozen=True, kw_only=True):
    """A refund that may be asked for again."""

    id: str
    words: str
    amount: Money
    tries: int
    key: str


class RefundsPage(msgspec.Struct, frozen=True, kw_only=True):
    table: TablePage
    states: list[Chip]
    stuck: list[Stuck]


class Back(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the money, and the payment that it goes back to."""

    way: str
    transaction: str
    amount: Money


class GivingBackPage(msgspec.Struct, frozen=True, kw_only=True):
    """Exactly what would come back, before anything does; `refused` says why nothing can."""

    order: str
    number: str
    order_url: str
    state_words: str
    tone: Tone
    backs: list[Back]
    total: Money
    frees_stock: bool
    leaves_team: bool
    refused: str
    key: str


class Owed(msgspec.Struct, frozen=True, kw_only=True):
    """What one buyer is owed beside his money; `key` stands where it may be said that it was paid."""

    url: str
    order_url: str
    number: str
    buyer: str
    amount: Money
    since: datetime
    key: str = ""


class OwedPage(msgspec.Struct, frozen=True, kw_only=True):
    """Who is owed, the longest first."""

    owed: list[Owed]
