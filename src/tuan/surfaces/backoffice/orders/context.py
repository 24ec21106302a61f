"""What the places of orders show."""

from datetime import datetime

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.backoffice.saying import Act, Chip
from tuan.surfaces.backoffice.tables import TablePage, Tone


class OrdersPage(msgspec.Struct, frozen=True, kw_only=True):
    """Orders of the market. `q`: a number, the end of a telephone number, or a name."""

    table: TablePage
    states: list[Chip]
    q: str
    since: str
    until: str
    can_print: bool
    wait_count: int


class Line(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    options: str
    units: int
    amount: Money
    back: Money | None = None


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    words: str
    at: datetime
    detail: str = ""


class MoneyMove(msgspec.Struct, frozen=True, kw_only=True):
    """A try to pay, a capture or a refund."""

    words: str
    tone: Tone
    amount: Money
    way: str
    at: datetime
    detail: str = ""


class OrderPage(msgspec.Struct, frozen=True, kw_only=True):
    """One order of the market; whom it goes to is masked here, and whole on its slip."""

    order: str
    number: str
    url: str
    state: str
    state_words: str
    tone: Tone
    buyer: str
    buyer_url: str
    supplier: str
    recipient: str
    region: str
    carrier: str
    tracking: str
    lines: list[Line]
    discounts: list[Line]
    total: Money
    refunded: Money
    timeline: list[Moment]
    moves: list[MoneyMove]
    acts: list[Act]
    can_ship: bool
    can_print: bool
    refund_url: str
    key: str


class Slip(msgspec.Struct, frozen=True, kw_only=True):
    """What lies in the parcel: here name, number and address are whole."""

    number: str
    supplier: str
    name: str
    phone: str
    region: str
    street: str
    placed_at: datetime
    lines: list[Line]


class SlipsPage(msgspec.Struct, frozen=True, kw_only=True):
    slips: list[Slip]
