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
    key: str


class DeskPage(msgspec.Struct, frozen=True, kw_only=True):
    """Orders to ship, the one that has waited longest first. `wrong` names the order whose form was refused."""

    supplier: str
    parcels: list[Parcel]
    next_url: str | None = None
    wrong: str = ""
    errors: dict[str, str] = {}
