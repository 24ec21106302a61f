"""What the office shows of organisations."""

import msgspec

from tuan.surfaces.backoffice.saying import Act
from tuan.surfaces.storefront.organising.context import OrganisationPage


class Card(msgspec.Struct, frozen=True, kw_only=True):
    url: str
    name: str
    active: int
    invited: int


class OrganisationsPage(msgspec.Struct, frozen=True, kw_only=True):
    """All organisations, and a form for one more."""

    organisations: list[Card]
    may_edit: bool
    key: str


class OfficePage(msgspec.Struct, frozen=True, kw_only=True):
    """One organisation with its forms. `grades`: as the form takes them, one per line."""

    url: str
    shown: OrganisationPage
    grades: str
    may_edit: bool
    acts: list[Act]
    grades_key: str
    code_key: str
