"""What the supplier's desk shows."""

from datetime import datetime

import msgspec

from tuan.kit.money import Money


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """An order that waits for a parcel. Name, phone and address are whole: they go on the label."""

    order: str
    number: str
    url: str
    released_at: datetime
    total: Money
    goods: list[str]
    name: str
    phone: str
    region: str
    street: str
    remark: str
    key: str
    declaration_url: str = ""
    """Where it is said for whom it is declared to customs; nothing for goods that are here."""
    label: str = ""
    """What a carrier was asked for it already: a number is due, or made."""
    refused: str = ""
    """Why the last carrier would not take it."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """Goods to be declared; `tax` is within the amount."""

    name: str
    units: int
    amount: Money
    tax: Money


class DeclarationPage(msgspec.Struct, frozen=True, kw_only=True):
    """For whom an order is declared: `name` and `number` are said only to who asks for them, and that is written down."""

    order: str
    number_of_order: str
    url: str
    lines: list[Line]
    name: str = ""
    number: str = ""


class DeskPage(msgspec.Struct, frozen=True, kw_only=True):
    """Orders to ship, the one that has waited longest first. `wrong` names the order whose form was refused."""

    supplier: str
    parcels: list[Parcel]
    carriers: list[tuple[str, str]] = []
    """(code, name) of those that give numbers by themselves; names of all that are known stand in `known`."""
    known: list[str] = []
    next_url: str | None = None
    wrong: str = ""
    errors: dict[str, str] = {}
