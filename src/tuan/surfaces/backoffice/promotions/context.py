"""What the pages of promotions know: two lists, the wizard with its preview, one coupon's terms, one rule."""

from datetime import datetime

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


class WizardPage(msgspec.Struct, frozen=True, kw_only=True):
    """The kind, then its terms; with `is_ready` what it would do, and the form that launches exactly that."""

    kinds: list[Choice]
    ways: list[Choice]
    suppliers: list[Choice]
    products: list[Choice]
    terms: Terms
    skus: list[SkuTerms] = []
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
