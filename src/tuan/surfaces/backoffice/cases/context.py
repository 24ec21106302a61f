"""What the places of after-sales show in the office."""

import msgspec

from tuan.surfaces.backoffice.saying import Chip
from tuan.surfaces.backoffice.tables import TablePage
from tuan.surfaces.storefront.cases.context import CasePage


class CasesPage(msgspec.Struct, frozen=True, kw_only=True):
    table: TablePage
    states: list[Chip]


class DecisionPage(msgspec.Struct, frozen=True, kw_only=True):
    """A case with both sides' words. `can_decide`: it is in arbitration; `unheard` says who may still speak."""

    case: CasePage
    buyer: str
    supplier: str
    can_decide: bool
    unheard: str
    key: str
