"""What the office shows of those who want to supply."""

from datetime import datetime

import msgspec

from tuan.surfaces.backoffice.saying import Act, Chip
from tuan.surfaces.backoffice.tables import TablePage
from tuan.surfaces.storefront.supplying.context import OwnLicence


class ApplicationsPage(msgspec.Struct, frozen=True, kw_only=True):
    table: TablePage
    states: list[Chip]
    licences: int
    proposals: int


class LicencesPage(msgspec.Struct, frozen=True, kw_only=True):
    table: TablePage
    states: list[Chip]


class ApplicationPage(msgspec.Struct, frozen=True, kw_only=True):
    """An application with its licences. `can`: what this member may do with it now (`take_up`, `decide`)."""

    application: str
    name: str
    contact: str
    promise: str
    person: str
    state: str
    words: str
    tone: str
    submitted_at: datetime
    reason: str
    licences: list[OwnLicence]
    can: list[str]
    log: list[Act]
    key: str


class LicencePage(msgspec.Struct, frozen=True, kw_only=True):
    """One licence of a supplier."""

    licence: OwnLicence
    supplier: str
    submitted_at: datetime
    can: list[str]
    log: list[Act]
    key: str
