"""What the office shows of presales."""

from datetime import datetime

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.backoffice.tables import Choice, TablePage


class SkuTerms(msgspec.Struct, frozen=True, kw_only=True):
    """An option of the chosen product, with what was typed for it."""

    sku: str
    options: str
    price: Money
    free: int
    typed: str = ""
    deposit: str = ""


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """The terms of a presale as they were typed."""

    product: str = ""
    kind: str = "earnest"
    starts_at: str = ""
    ends_at: str = ""
    balance_from: str = ""
    balance_until: str = ""
    ships_by: str = ""
    per_order: str = "5"


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """A presale that can be ended."""

    url: str
    title: str
    ends_at: datetime
    key: str


class PresalesPage(msgspec.Struct, frozen=True, kw_only=True):
    """Presales with what became of their bookings; those that can be ended."""

    table: TablePage
    running: list[Running] = []
    may_launch: bool = False


class NewPresalePage(msgspec.Struct, frozen=True, kw_only=True):
    """The product first, then its prices and deposits, then what it would do. `prices`, `deposits`: as the launch takes them."""

    products: list[Choice]
    kinds: list[Choice]
    typed: Typed
    skus: list[SkuTerms] = []
    is_ready: bool = False
    effect: list[str] = []
    prices: str = ""
    deposits: str = ""
    refused: str = ""
    errors: dict[str, str] = {}
    key: str = ""
