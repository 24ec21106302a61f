"""What a bundle's page shows."""

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.storefront.parts import Address, GoodsLine, MoneyLine


class BundleCard(msgspec.Struct, frozen=True, kw_only=True):
    """A bundle as a product's page offers it: one set, what it costs, and what its parts cost at list prices."""

    bundle: str
    name: str
    url: str
    goods: list[str]
    price: Money
    apart: Money


class BundlePage(msgspec.Struct, frozen=True, kw_only=True):
    """One screen between wanting a bundle and paying; the total shown goes back with the form. `error` is for the whole."""

    bundle: str
    name: str
    key: str
    cart_key: str
    sets: int
    sets_max: int
    lines: list[GoodsLine]
    price_lines: list[MoneyLine]
    total: Money
    needs_address: bool
    addresses: list[Address]
    address: str | None
    new_address_url: str
    error: str = ""
    must_accept: list[str] = []
    """Goods that are by agreement not taken back without a reason."""
