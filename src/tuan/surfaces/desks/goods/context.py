"""What the supplier's desk shows of goods and of what is proposed to be shown."""

from datetime import datetime

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.storefront.supplying.context import Choice


class OwnSku(msgspec.Struct, frozen=True, kw_only=True):
    """An option, and between what its price is set alone."""

    sku: str
    options: str
    price: Money
    typed: str
    least: Money
    most: Money
    hs_code: str = ""
    origin: str = ""
    declared: str = ""
    tax: str = ""
    """What customs ask of it, where it comes from abroad; `tax` in ten-thousandths."""


class OwnProduct(msgspec.Struct, frozen=True, kw_only=True):
    product: str
    title: str
    state: str
    words: str
    tone: str
    is_waiting: bool
    """A proposal of it waits for its decision."""


class OwnProposal(msgspec.Struct, frozen=True, kw_only=True):
    proposal: str
    title: str
    is_new: bool
    state: str
    words: str
    tone: str
    made_at: datetime
    reason: str
    key: str = ""


class GoodsPage(msgspec.Struct, frozen=True, kw_only=True):
    """The supplier's products, newest first, and what became of his last proposals."""

    supplier: str
    products: list[OwnProduct]
    proposals: list[OwnProposal]
    next_url: str | None = None


class Texts(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown of a product, or was typed."""

    title: str = ""
    story: str = ""
    options: str = ""
    price: str = ""


class ProductFormPage(msgspec.Struct, frozen=True, kw_only=True):
    """One product, or a new one: what is shown, and the form that proposes something else."""

    product: str
    url: str
    texts: Texts
    categories: list[Choice]
    fulfilments: list[Choice]
    exceptions: list[Choice]
    pictures: list[str] = []
    skus: list[OwnSku] = []
    waiting: OwnProposal | None = None
    is_draft: bool = False
    is_kept_back: bool = False
    """By its supplier; `market_keeps`: by the market, which he cannot undo."""
    market_keeps: bool = False
    errors: dict[str, str] = {}
    key: str = ""
