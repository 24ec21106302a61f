"""What the pages of goods know: the list, one product, a new one, a bulk edit."""

from datetime import datetime

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.backoffice.tables import Choice, TablePage


class ProductsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Products in every state; `bulk_url` edits those of this view."""

    table: TablePage
    may_edit: bool
    bulk_url: str


class SkuRow(msgspec.Struct, frozen=True, kw_only=True):
    """A SKU with its stock; `typed` is its price as a field of a form shows it."""

    sku: str
    options: str
    price: Money
    typed: str
    free: int
    on_hand: int
    url: str
    is_retired: bool
    stock_url: str
    key: str
    retire_key: str


class PictureTile(msgspec.Struct, frozen=True, kw_only=True):
    """A picture; its form takes it away or puts it in front."""

    name: str
    url: str
    key: str


class PriceNote(msgspec.Struct, frozen=True, kw_only=True):
    options: str
    price: Money
    since: datetime


class ProductDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody typed for a product, or what it says now."""

    title: str = ""
    story: str = ""
    category: str = ""
    supplier: str = ""
    fulfilment: str = "shipped"
    return_exception: str = ""
    options: str = ""
    price: str = ""


class NewProductPage(msgspec.Struct, frozen=True, kw_only=True):
    draft: ProductDraft
    categories: list[Choice]
    suppliers: list[Choice]
    fulfilments: list[Choice]
    exceptions: list[Choice]
    errors: dict[str, str]
    key: str


class ProductPage(msgspec.Struct, frozen=True, kw_only=True):
    """One product as staff sees it. `shop_url` is its page for everybody, where it has one."""

    product: str
    url: str
    title: str
    state: str
    state_words: str
    supplier: str
    draft: ProductDraft
    categories: list[Choice]
    fulfilments: list[Choice]
    exceptions: list[Choice]
    skus: list[SkuRow]
    pictures: list[PictureTile]
    pictures_max: int
    prices: list[PriceNote]
    shop_url: str
    pool_url: str
    campaign_url: str
    new_campaign_url: str
    may_edit: bool
    currency: str
    keys: dict[str, str]


class BulkSku(msgspec.Struct, frozen=True, kw_only=True):
    """A price before and after; no `after`, and it cannot be so."""

    options: str
    before: Money
    after: Money | None = None
    is_changed: bool = False


class BulkRow(msgspec.Struct, frozen=True, kw_only=True):
    product: str
    title: str
    url: str
    state: str
    is_picked: bool
    is_on_campaign: bool
    skus: list[BulkSku]


class BulkPage(msgspec.Struct, frozen=True, kw_only=True):
    """Products to choose from; with `effect`, what the chosen change would do, and the forms that do it."""

    rows: list[BulkRow]
    step: str
    value: str
    shelf: str
    words: str
    state: str
    effect: str = ""
    wrong: str = ""
    moves: str = ""
    picked: str = ""
    changed: int = 0
    key: str
