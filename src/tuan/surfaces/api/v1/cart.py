"""A person's cart: what he means to buy, of however many suppliers. It is checked out by `POST /orders` with `from_cart`."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from tuan.goods.catalog.model import SKU
from tuan.kit.refusals import Refusal
from tuan.people import accounts
from tuan.people.accounts.model import ADDRESS
from tuan.platform.work import Work
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, AddressId, BundleId, Listing, Money, SkuId, Units
from tuan.surfaces.api.v1.catalog import money
from tuan.surfaces.api.v1.checkout import QuoteLine, line_of
from tuan.surfaces.storefront.cart.sets import sets_of
from tuan.surfaces.storefront.checkout import quote as quotes
from tuan.surfaces.storefront.checkout.items import read_items
from tuan.surfaces.storefront.couponing import read_coupons, read_points
from tuan.surfaces.web.once import once
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import carts
from tuan.value.promotions.model import RULE


class CartLine(Struct, frozen=True, kw_only=True):
    """So many units of a SKU; what they cost is asked by a quote."""

    sku: SkuId
    units: Annotated[int, Meta(examples=[1])]
    added_at: datetime


class NewCartLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many units more of a SKU."""

    sku: SkuId
    units: Units = 1


class CartUnits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many units from now on."""

    units: Units


class CartSet(Struct, frozen=True, kw_only=True):
    """So many sets of a bundle. `price` is what one costs now, `price_then` what it cost when the number was last said."""

    bundle: BundleId
    name: Annotated[str, Meta(examples=["早餐套餐"])]
    sets: Annotated[int, Meta(examples=[1])]
    price: Money
    price_then: Money
    sets_max: Annotated[int, Meta(description="That can be bought now; 0: no longer sold, or sold out.", examples=[3])]


class NewCartSet(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many sets more of a bundle."""

    bundle: BundleId
    sets: Units = 1


class CartSets(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many sets from now on."""

    sets: Units


class CartQuoteQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Lines as `sku:units` and sets as `bundle:sets`, with commas between; coupons, points and the address as `GET /quote` takes them."""

    items: Annotated[str, Meta(min_length=1, max_length=1800, pattern=NO_NUL, examples=[""])]
    coupons: Annotated[str, Meta(max_length=400, pattern=NO_NUL, examples=[""])] = ""
    points: Annotated[str, Meta(max_length=10, pattern=NO_NUL, examples=[""])] = ""
    address: Annotated[AddressId | None, Meta(description="Where to; without it freight is not in the total.")] = None


class CartQuote(Struct, frozen=True, kw_only=True):
    """What these lines would cost now, together; nothing is held by asking. `total` is what to send as `quoted_minor`."""

    lines: list[QuoteLine]
    freight: Annotated[Money, Meta(description="In the total.")]
    total: Money


@operation("GET", "/cart/quote", scope="orders.read")
async def show_cart_quote(visit: Visit, query: CartQuoteQuery) -> CartQuote | Refusal:
    """What several lines would cost in one checkout; refused as placing them now would be."""
    items, sets = read_items(query.items)
    address = read_id(ADDRESS, query.address) if query.address else None
    coupons, points = read_coupons(query.coupons), read_points(query.points)
    first = items[0] if items else (quotes.NO_SKU, 0)
    wish = quotes.Wish("cart", *first, None, coupons, points, items, address, sets)
    async with visit.reading() as work:
        if address is not None:
            await accounts.access_address(work, address, visit.person)
        found = await quotes.quote(work, visit, wish)
        if refusal := found.coupon_refusal or found.freight_refusal or found.why_not(wish, work.now):
            return refusal
    assert found.priced is not None
    return CartQuote(
        lines=[line_of(visit, line) for line in found.priced.lines],
        freight=money(visit, found.priced.freight_minor),
        total=money(visit, found.priced.total_minor),
    )


@operation("GET", "/cart", scope="orders.read")
async def list_cart_lines(visit: Visit) -> Listing[CartLine]:
    """All lines, what was put in last first; at most fifty."""
    async with visit.reading() as work:
        rows = await carts.lines_of(work, visit.person)
    return Listing([CartLine(sku=SKU.show(r["sku_id"]), units=r["units"], added_at=r["added_at"]) for r in rows])


@operation("POST", "/cart", scope="orders.write", status=204)
async def put_in_cart(visit: Visit, data: NewCartLine, key: str) -> Refusal | None:
    """Put so many units more of a SKU into the cart; nothing is held for it there."""
    sku = read_id(SKU, data.sku)

    async def act(work: Work) -> Refusal | None:
        return await carts.put_in_cart(work, visit.person, sku, data.units)

    return await once(visit, "web.put_in_cart", key, f"{data.sku} {data.units}", act)


@operation("PUT", "/cart/{sku}", scope="orders.write", status=204)
async def set_cart_units(visit: Visit, sku: SkuId, data: CartUnits, key: str) -> Refusal | None:
    """Change how many units of what is in the cart."""
    found = read_id(SKU, sku)

    async def act(work: Work) -> Refusal | None:
        return await carts.set_units(work, visit.person, found, data.units)

    return await once(visit, "web.set_units", key, f"{sku} {data.units}", act)


@operation("DELETE", "/cart/{sku}", scope="orders.write", status=204)
async def take_out_of_cart(visit: Visit, sku: SkuId, key: str) -> Refusal | None:
    """No more of this SKU; one that is not in the cart changes nothing."""
    found = read_id(SKU, sku)

    async def act(work: Work) -> Refusal | None:
        return await carts.take_out(work, visit.person, found)

    return await once(visit, "web.take_out", key, sku, act)


@operation("GET", "/cart/sets", scope="orders.read")
async def list_cart_sets(visit: Visit) -> Listing[CartSet]:
    """Sets of bundles in the cart, what was put in last first; each of their goods counts as one of its fifty lines."""
    async with visit.reading() as work:
        rows = {row["bundle_id"]: row for row in await carts.sets_of(work, visit.person)}
        shown = await sets_of(work, visit)
    return Listing([
        CartSet(
            bundle=one.line.bundle, name=one.line.name, sets=one.line.sets, sets_max=one.line.sets_max,
            price=money(visit, one.line.price.amount_minor),
            price_then=money(visit, rows[one.bundle.id]["set_minor"]),
        )
        for one in shown
    ])  # fmt: skip


@operation("POST", "/cart/sets", scope="orders.write", status=204)
async def put_sets_in_cart(visit: Visit, data: NewCartSet, key: str) -> Refusal | None:
    """Put so many sets more of a bundle into the cart; nothing is held for them there."""
    bundle = read_id(RULE, data.bundle)

    async def act(work: Work) -> Refusal | None:
        return await carts.put_sets_in_cart(work, visit.person, bundle, data.sets)

    return await once(visit, "web.put_sets_in_cart", key, f"{data.bundle} {data.sets}", act)


@operation("PUT", "/cart/sets/{bundle_id}", scope="orders.write", status=204)
async def set_cart_sets(visit: Visit, bundle_id: BundleId, data: CartSets, key: str) -> Refusal | None:
    """Change how many sets of a bundle that is in the cart."""
    bundle = read_id(RULE, bundle_id)

    async def act(work: Work) -> Refusal | None:
        return await carts.set_sets(work, visit.person, bundle, data.sets)

    return await once(visit, "web.set_sets", key, f"{bundle_id} {data.sets}", act)


@operation("DELETE", "/cart/sets/{bundle_id}", scope="orders.write", status=204)
async def take_sets_out_of_cart(visit: Visit, bundle_id: BundleId, key: str) -> Refusal | None:
    """No more of this bundle; one that is not in the cart changes nothing."""
    bundle = read_id(RULE, bundle_id)

    async def act(work: Work) -> None:
        await carts.take_sets_out(work, visit.person, bundle)

    return await once(visit, "web.take_sets_out", key, bundle_id, act)


HANDLERS = (
    show_cart_quote,
    list_cart_lines,
    put_in_cart,
    set_cart_units,
    take_out_of_cart,
    list_cart_sets,
    put_sets_in_cart,
    set_cart_sets,
    take_sets_out_of_cart,
)
