"""The cart: what somebody means to buy, by who sends it; ticked lines go to the checkout together."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.goods import catalog, supply
from tuan.goods.catalog.model import SKU, Offer, Offers
from tuan.kit.refusals import Refusal, Refused
from tuan.people import parties
from tuan.people.parties.model import SUPPLIER
from tuan.platform.work import Work
from tuan.surfaces.storefront import showing
from tuan.surfaces.storefront.cart.context import CartGroup, CartLine, CartPage, NewLinePage
from tuan.surfaces.storefront.cart.sets import ShownSet, is_ticked, sets_of
from tuan.surfaces.storefront.checkout.items import goods_line
from tuan.surfaces.storefront.couponing import explained
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SIGNED_IN
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import UNITS_MAX, read_id, read_units
from tuan.surfaces.web.visits import Visit
from tuan.trade import carts, orders
from tuan.trade.orders.model import PlaceOrder
from tuan.value.promotions.model import RULE

HERE = "/cart"


class PutSetsForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    bundle: str
    sets: str


class PutForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    sku: str
    units: str


class UnitsForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    units: str


class OutForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str


@get(HERE, opt=SIGNED_IN)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        page = await _page(work, visit)
    return visit.page("storefront/cart/page.html", page, place="cart", blocks=("sum",))


@get("/cart/new", opt=SIGNED_IN)
async def ask(visit: NamedDependency[Visit]) -> Response[Any]:
    """Whoever had to sign in first says once more that he wants it: an address alone changes nothing."""
    sku, units = read_id(SKU, visit.query.get("sku", "")), read_units(visit.query.get("units", "1"))
    async with visit.reading() as work:
        offers = await catalog.load_offers(work, [sku])
    if refusal := offers.why_not_sell(sku):
        raise Refused(refusal)
    offer = offers.get(sku)
    page = NewLinePage(goods=goods_line(visit, offer, offer.price_minor, units), key=visit.fresh_key())
    return visit.page("storefront/cart/new.html", page, place="cart")


@post("/cart/lines", opt=SIGNED_IN)
async def put(visit: NamedDependency[Visit]) -> Response[Any]:
    form = await visit.form(PutForm)
    sku, units = read_id(SKU, form.sku), read_units(form.units)

    async def act(work: Work) -> Refusal | None:
        return await carts.put_in_cart(work, visit.person, sku, units)

    refusal = await once(visit, "web.put_in_cart", form.key, f"{form.sku} {units}", act)
    return _after(visit, refusal)


@post("/cart/lines/{sku:str}/units", opt=SIGNED_IN)
async def set_units(visit: NamedDependency[Visit], sku: FromPath[str]) -> Response[Any]:
    form = await visit.form(UnitsForm)
    found, units = read_id(SKU, sku), read_units(form.units)

    async def act(work: Work) -> Refusal | None:
        return await carts.set_units(work, visit.person, found, units)

    return _after(visit, await once(visit, "web.set_units", form.key, f"{sku} {units}", act))


@post("/cart/lines/{sku:str}/removal", opt=SIGNED_IN)
async def take_out(visit: NamedDependency[Visit], sku: FromPath[str]) -> Response[Any]:
    form = await visit.form(OutForm)
    found = read_id(SKU, sku)

    async def act(work: Work) -> Refusal | None:
        return await carts.take_out(work, visit.person, found)

    return _after(visit, await once(visit, "web.take_out", form.key, sku, act))


@post("/cart/sets", opt=SIGNED_IN)
async def put_sets(visit: NamedDependency[Visit]) -> Response[Any]:
    """So many sets of a bundle, beside whatever is in the cart."""
    form = await visit.form(PutSetsForm)
    bundle, sets = read_id(RULE, form.bundle), read_units(form.sets)

    async def act(work: Work) -> Refusal | None:
        return await carts.put_sets_in_cart(work, visit.person, bundle, sets)

    return _after(visit, await once(visit, "web.put_sets_in_cart", form.key, f"{form.bundle} {sets}", act))


@post("/cart/sets/{bundle:str}/units", opt=SIGNED_IN)
async def set_sets(visit: NamedDependency[Visit], bundle: FromPath[str]) -> Response[Any]:
    form = await visit.form(UnitsForm)
    found, sets = read_id(RULE, bundle), read_units(form.units)

    async def act(work: Work) -> Refusal | None:
        return await carts.set_sets(work, visit.person, found, sets)

    return _after(visit, await once(visit, "web.set_sets", form.key, f"{bundle} {sets}", act))


@post("/cart/sets/{bundle:str}/removal", opt=SIGNED_IN)
async def take_sets_out(visit: NamedDependency[Visit], bundle: FromPath[str]) -> Response[Any]:
    form = await visit.form(OutForm)
    found = read_id(RULE, bundle)

    async def act(work: Work) -> None:
        await carts.take_sets_out(work, visit.person, found)

    return _after(visit, await once(visit, "web.take_sets_out", form.key, bundle, act))


def _after(visit: Visit, refusal: Refusal | None) -> Response[Any]:
    if refusal is not None:
        return refuse(visit, refusal, Step(label=visit.gettext("See the cart"), url=HERE))
    return visit.go_on(HERE)


# ── showing ──
async def _page(work: Work, visit: Visit) -> CartPage:
    rows = await carts.lines_of(work, visit.person)
    skus = [row["sku_id"] for row in rows]
    offers = await catalog.load_offers(work, skus)
    free = await supply.free_units(work, skus)
    shown = [(offers.get(row["sku_id"]), _line(visit, row, offers, free)) for row in rows]
    for_sale = [(offer, line) for offer, line in shown if line.units_max]
    names = await parties.supplier_cards(work, {offer.supplier_id for offer, _ in for_sale})
    groups: dict[UUID, list[CartLine]] = {}
    for offer, line in for_sale:
        groups.setdefault(offer.supplier_id, []).append(line)
    ticked = [(offer, line) for offer, line in for_sale if line.is_ticked]
    sets = await sets_of(work, visit)
    ticked_sets = [one for one in sets if one.line.is_ticked]
    page = CartPage(
        sets=[one.line for one in sets if one.line.sets_max],
        gone_sets=[one.line for one in sets if not one.line.sets_max],
        groups=[
            CartGroup(supplier=SUPPLIER.show(supplier), name=names[supplier]["name"], lines=lines)
            for supplier, lines in groups.items()
        ],
        gone=[line for _, line in shown if not line.units_max],
        ticked=len(ticked) + len(ticked_sets),
        has_freight=any(offer.freight for one in ticked_sets for offer in one.offers)
        or any(offer.freight for offer, _ in ticked),
    )
    return await _counted(work, visit, page, ticked, ticked_sets) if page.ticked else page


def _line(visit: Visit, row: Any, offers: Offers, free: dict[UUID, int]) -> CartLine:
    offer: Offer = offers.get(row["sku_id"])
    sku, units = SKU.show(offer.sku_id), row["units"]
    most = 0
    if offers.why_not_sell(offer.sku_id):
        why_not = visit.gettext("No longer for sale")
    elif (most := max(min(free.get(offer.sku_id, 0), UNITS_MAX, offer.units_per_person_max or UNITS_MAX), 0)) == 0:
        why_not = visit.gettext("Sold out")
    else:
        why_not = visit.gettext("At most %(units)s of it now", units=most) if units > most else ""
    return CartLine(
        goods=goods_line(visit, offer, offer.price_minor, units),
        url=f"{HERE}/lines/{sku}",
        units_max=most,
        is_ticked=is_ticked(visit, sku) and not why_not,
        why_not=why_not,
        units_key=visit.fresh_key(),
        out_key=visit.fresh_key(),
    )


async def _counted(
    work: Work, visit: Visit, page: CartPage, ticked: list[tuple[Offer, CartLine]], ticked_sets: list[ShownSet]
) -> CartPage:
    """The page with what is ticked costs, before coupons, points and freight are chosen."""
    items = tuple((offer.sku_id, line.goods.units) for offer, line in ticked)
    sets = tuple((one.bundle.id, one.line.sets) for one in ticked_sets)
    command = PlaceOrder(visit.person, "-", items, None, None, sets=sets)
    priced = await orders.quote(work, command)
    if isinstance(priced, Refusal):
        note = visit.words.told(priced, visit.market.currency).happened
        return msgspec.structs.replace(page, sum_note=note)
    weighed = await orders.suggest_coupons(work, command)
    saves = 0 if isinstance(weighed, Refusal) else weighed[0].saves_minor
    return msgspec.structs.replace(
        page,
        price_lines=explained(visit, priced, {one.bundle.id: one.bundle.name for one in ticked_sets}),
        total=showing.amount(visit, priced.total_minor),
        saves=showing.amount(visit, saves) if saves else None,
    )


HANDLERS = (show, ask, put, set_units, take_out, put_sets, set_sets, take_sets_out)
