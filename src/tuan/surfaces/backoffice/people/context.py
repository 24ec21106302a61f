"""What the places of people show."""

from datetime import datetime

import msgspec

from tuan.surfaces.backoffice.saying import Act, Chip
from tuan.surfaces.backoffice.tables import Cell, TablePage


class PeoplePage(msgspec.Struct, frozen=True, kw_only=True):
    table: TablePage
    states: list[Chip]
    q: str


class WholeAddress(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    phone: str
    region: str
    street: str


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """What was masked, shown once to somebody who said why."""

    name: str
    phone: str
    addresses: list[WholeAddress]


class PersonPage(msgspec.Struct, frozen=True, kw_only=True):
    """One person: masked, unless `whole` says otherwise."""

    person: str
    url: str
    points_url: str
    name: str
    phone: str
    language: str
    since: datetime
    is_blocked: bool
    is_erased: bool
    whole: Whole | None
    orders: list[list[Cell]]
    acts: list[Act]
    can_block: bool
    can_export: bool
    can_erase: bool
    keys: list[str]
