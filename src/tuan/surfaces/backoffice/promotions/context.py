"""What the pages of promotions know: two lists, the wizard with its preview, one coupon's terms, one rule."""

from datetime import datetime
from typing import Literal

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.backoffice.campaigns.context import SkuTerms
from tuan.surfaces.backoffice.tables import Choice, TablePage


class PromotionsPage(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two lists: coupons, or prices and rewards."""

    title: str
    table: TablePage
    may_launch: bool


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """The terms of a promotion as texts, the way the fields of the wizard hold them; each kind reads those it has."""

    kind: str = "coupon"
    name: str = ""
    starts_at: str = ""
    ends_at: str = ""
    supplier: str = ""
    product: str = ""
    off: str = ""
    percent: str = ""
    cap: str = ""
    threshold: str = ""
    stacks: str = "no"
    way: str = "centre"
    coupon_code: str = ""
    friends: str = ""
    newcomers: str = "no"
    giftable: str = "no"
    friends_new: str = "no"
    gather_hours: str = ""
    valid_days: str = "30"
    total: str = ""
    per_person: str = "1"
    per_day: str = ""
    from_1: str = ""
    off_1: str = ""
    from_2: str = ""
    off_2: str = ""
    from_3: str = ""
    off_3: str = ""
    per_order: str = "5"
    set_price: str = ""
    sku_1: str = ""
    units_1: str = ""
    sku_2: str = ""
    units_2: str = ""
    sku_3: str = ""
    units_3: str = ""
    sku_4: str = ""
    units_4: str = ""


class WizardPage(msgspec.Struct, frozen=True, kw_only=True):
    """The kind, then its terms; with `is_ready` what it would do, and the form that launches exactly that."""

    kinds: list[Choice]
    ways: list[Choice]
    suppliers: list[Choice]
    products: list[Choice]
    terms: Terms
    skus: list[SkuTerms] = []
    options: list[Choice] = []
    """Of a bundle: every SKU on sale."""
    fields: tuple[str, ...] = Terms.__struct_fields__
    needs_product: bool = False
    errors: dict[str, str] = {}
    refused: str = ""
    is_ready: bool = False
    effect: list[str] = []
    prices: str = ""
    asides: str = ""
    key: str = ""


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    words: str
    text: str = ""
    amount: Money | None = None
    at: datetime | None = None


class PromotionPage(msgspec.Struct, frozen=True, kw_only=True):
    """One coupon's terms, or one rule; they never change, and can be ended."""

    title: str
    url: str
    back_url: str
    is_running: bool
    facts: list[Fact]
    may_end: bool
    key: str
    grants_url: str = ""


class GrantLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line as it was said, and why nothing is given for it: in words for people, as a code for programs."""

    number: int
    said: str
    why_not: str
    code: str


class GrantsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Giving a coupon to many: numbers, then what would happen to each, then what happened. `stage` says which of them."""

    title: str
    url: str
    back_url: str
    key: str
    stage: Literal["ask", "look", "done"] = "ask"
    phones: str = ""
    error: str = ""
    lines_max: int
    given: int = 0
    refused: list[GrantLine] = []


class TierRow(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    url: str
    members: int
    prices: int


class TiersPage(msgspec.Struct, frozen=True, kw_only=True):
    """Every tier; `key` of the form that makes one, where one may."""

    rows: list[TierRow]
    key: str
    may_edit: bool


class TierPrice(msgspec.Struct, frozen=True, kw_only=True):
    words: str
    price: Money
    single: Money


class TierMember(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    url: str
    since: datetime


class TierPage(msgspec.Struct, frozen=True, kw_only=True):
    """A tier's prices and the persons in it; `options` are the SKUs on sale."""

    name: str
    url: str
    key: str
    prices: list[TierPrice]
    members: list[TierMember]
    options: list[Choice]
    may_edit: bool
    may_give: bool
