"""What the office shows of proposals: the two sides of each field that differs."""

from datetime import datetime

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.backoffice.saying import Act, Chip
from tuan.surfaces.backoffice.tables import TablePage


class SkuSide(msgspec.Struct, frozen=True, kw_only=True):
    """An option on both sides; nothing on one that is new."""

    options_before: str
    price_before: Money | None
    options_after: str
    price_after: Money
    is_changed: bool


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """A field that differs. `words`: (`same`, `gone` or `new`, text) of texts; else the two sides, or their pictures or SKUs."""

    label: str
    words: list[tuple[str, str]] = []
    before: str = ""
    after: str = ""
    pictures_before: list[str] = []
    pictures_after: list[str] = []
    skus: list[SkuSide] = []


class ProposalsPage(msgspec.Struct, frozen=True, kw_only=True):
    table: TablePage
    states: list[Chip]


class ProposalPage(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal beside what is shown. is_new: nobody has seen the product yet. is_overtaken: it has changed meanwhile."""

    proposal: str
    title: str
    supplier: str
    product_url: str
    is_new: bool
    is_overtaken: bool
    state: str
    words: str
    tone: str
    made_at: datetime
    reason: str
    sides: list[Side]
    can_decide: bool
    log: list[Act]
    key: str
