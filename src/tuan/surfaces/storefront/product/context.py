"""What a product's page shows."""

from typing import Literal

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.storefront.bundle.context import BundleCard
from tuan.surfaces.storefront.ladders import Ladder
from tuan.surfaces.storefront.parts import Disclosed, ForNow, Picture, StruckPrice, TeamCard
from tuan.surfaces.storefront.presale.context import PresaleCard


class Sku(msgspec.Struct, frozen=True, kw_only=True):
    """One option of the product; `url` is this page with the option chosen."""

    sku: str
    name: str
    url: str
    single_price: Money
    team_price: Money | None = None
    is_chosen: bool = False
    is_sold_out: bool = False


class Supplier(msgspec.Struct, frozen=True, kw_only=True):
    """Who ships it, with what promise; from where is empty while suppliers do not say."""

    supplier: str
    name: str
    from_place: str
    promise: str
    is_reliable: bool = False
    """Sends on time and has few complaints, over enough orders (`trade/quality`)."""


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A plain fact about the product, such as its weight or origin."""

    label: str
    value: str


class ProductPage(msgspec.Struct, frozen=True, kw_only=True):
    """One product with one option chosen.

    `team_price`, `team_size` and `gather_hours` are None together, where no campaign runs; `forms_from` is the
    merchant's promise to form anyway. `units_left` is told only when stock is low.
    """

    product: str
    name: str
    url: str
    words: list[str]
    pictures: list[Picture]
    facts: list[Fact]
    skus: list[Sku]
    sku: str
    single_price: Money
    struck: StruckPrice | None = None
    team_price: Money | None = None
    team_size: int | None = None
    gather_hours: int | None = None
    forms_from: int | None = None
    ladder: Ladder | None = None
    leader_price: Money | None = None
    units_per_person: int | None = None
    teams: list[TeamCard] = []
    supplier: Supplier
    stock: Literal["in_stock", "low", "sold_out"] = "in_stock"
    units_left: int | None = None
    no_return: str = ""
    """Why it is not taken back without a reason; nothing where it is."""
    kept_count: int | None = None
    cart_key: str = ""
    """Of the form that puts it into the cart; empty for who is not signed in, and is asked to."""
    presale: PresaleCard | None = None
    for_now: ForNow | None = None
    """`single_price` stands until then; in `struck` is what it stands against, where the law lets it be struck."""
    bundles: list[BundleCard] = []
    disclosed: Disclosed | None = None
    """For whoever came by a link that somebody may be paid for."""
