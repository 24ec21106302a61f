"""What the places of payments show."""

from datetime import datetime

import msgspec

from tuan.surfaces.backoffice.saying import Chip
from tuan.surfaces.backoffice.tables import TablePage


class PaymentsPage(msgspec.Struct, frozen=True, kw_only=True):
    table: TablePage
    places: list[Chip]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A field of a notice beside what had been agreed; `agreed` is empty where no attempt of ours is named."""

    name: str
    said: str
    agreed: str
    differs: bool


class Aside(msgspec.Struct, frozen=True, kw_only=True):
    """A notice that was put aside."""

    id: str
    why: str
    provider: str
    transaction: str
    at: datetime
    order_url: str
    withdrawal_url: str
    fields: list[Difference]
    resolution: str = ""
    resolved_at: datetime | None = None
    key: str = ""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    value: str
    label: str


class QuarantinePage(msgspec.Struct, frozen=True, kw_only=True):
    asides: list[Aside]
    places: list[Chip]
    states: list[Chip]
    resolutions: list[Choice]
    can_resolve: bool
    next_url: str | None = None
