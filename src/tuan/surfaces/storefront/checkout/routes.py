"""From wanting to owing: the checkout, and the three ways to place what it shows."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.goods import catalog
from tuan.goods.catalog.model import SKU
from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.people import accounts
from tuan.people.accounts.model import ADDRESS
from tuan.platform.work import Work
from tuan.play import groupbuy
from tuan.play.groupbuy.model import CAMPAIGN_ID, TEAM_ID, JoinTeam, OpenTeam, Seated
from tuan.surfaces.storefront import addressing, showing
from tuan.surfaces.storefront.addressing import AddressFields
from tuan.surfaces.storefront.checkout.quote import Filled, Mode, Wish, page_of, quote
from tuan.surfaces.storefront.couponing import read_coupons, read_points
from tuan.surfaces.storefront.parts import AddressDraft
from tuan.surfaces.web import sessions
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SIGNED_IN
from tuan.surfaces.web.problems import errors_of, refuse
from tuan.surfaces.web.reading import read_amount, read_id, read_units
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders
from tuan.trade.orders.model import ORDER_ID, Placed, PlaceOrder
from tuan.trade.payments.model import PAYABLE

TEMPLATE = "storefront/checkout/page.html"
NEW = "new"
MODES: dict[str, Mode] = {"alone": "alone", "open": "open", "join": "join"}

FIELD_OF = {
    "orders.units_invalid": "units",
    "supply.not_enough": "units",
    "groupbuy.person_limit": "units",
    "orders.amount_too_large": "units",
    "orders.address_missing": "address",
    "orders.price_changed": "form",
    "points.short": "points",
    "points.too_few": "points",
    "points.too_many": "points",
    "promotions.coupon_below": "coupons",
    "promotions.coupon_not_here": "coupons",
    "promotions.coupon_over": "coupons",
    "promotions.coupon_spare": "coupons",
    "promotions.coupon_spent": "coupons",
    "promotions.coupons_clash": "coupons",
    "promotions.newcomers_only": "coupons",
}
"""Refusals that the same form can mend, by the field they are about; all others end on a page of their own."""


class PlaceForm(AddressFields, frozen=True, kw_only=True):
    """The checkout as it is sent. `address` is an id, or `new` with the fields of an address."""

    key: str
    sku: str
    units: str
    mode: str = ""
    team: str = ""
    campaign: str = ""
    address: str = ""
    quoted_minor: str = ""
    aside: str = ""
    coupons: str = ""
    points: str = ""


class PlacedBody(msgspec.Struct, frozen=True, kw_only=True):
    """What placing gave, for programs."""

    payable: str
    orders: list[str]
    team: str | None
    url: str


@get("/checkout", opt=SIGNED_IN)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    mode = MODES.get(visit.query.get("mode", "alone"))
    if mode is None:
        raise Refused(FieldInvalid(field="mode"))
    team = read_id(TEAM_ID, visit.query.get("team", "")) if mode == "join" else None
    sku, units = read_id(SKU, visit.query.get("sku", "")), read_units(visit.query.get("units", "1"))
    wish = Wish(
        mode, sku, units, team, read_coupons(visit.query.get("coupons", "")), read_points(visit.query.get("points", ""))
    )
    async with visit.reading() as work:
        found = await quote(work, wish, visit.person)
        if refusal := found.why_not(wish, work.now):
            raise Refused(refusal)
        filled = await _set_aside(work, visit, wish) or Filled(visit.fresh_key())
        page = await page_of(work, visit, wish, found, filled, {})
    return visit.page(TEMPLATE, page, blocks=("quote",))


@post("/orders", opt=SIGNED_IN)
async def buy_alone(visit: NamedDependency[Visit]) -> Response[Any]:
    return await _place(visit, "alone", None)


@post("/teams", opt=SIGNED_IN)
async def open_team(visit: NamedDependency[Visit]) -> Response[Any]:
    return await _place(visit, "open", None)


@post("/t/{team:str}/seats", opt=SIGNED_IN)
async def join_team(visit: NamedDependency[Visit], team: FromPath[str]) -> Response[Any]:
    return await _place(visit, "join", read_id(TEAM_ID, team))


async def _place(visit: Visit, mode: Mode, team: UUID | None) -> Response[Any]:
    """Read the form, keep a new address, and place through the lane, which alone knows what can be bought.

    A refusal that can be mended shows the form again. A new address is kept even if placing is then refused: it was
    typed in, and is the buyer's.
    """
    form = await visit.form(PlaceForm)
    wish = Wish(
        mode, read_id(SKU, form.sku), read_units(form.units), team, read_coupons(form.coupons), read_points(form.points)
    )
    quoted = read_amount(form.quoted_minor)
    if form.asks_next_step:
        return await _next_step(visit, wish, form)
    if form.address == NEW and (errors := addressing.wrong_fields(visit, form.draft)):
        return await _show_again(visit, wish, form, errors, 422)
    address = await _address(visit, form)
    outcome = await _submit(visit, wish, form, address, quoted)
    if isinstance(outcome, Refusal):
        return await _refused(visit, wish, form, outcome)
    if form.aside:
        async with visit.writing() as work:
            await sessions.drop_aside(work, visit.token)
    placed = outcome.orders if isinstance(outcome, Placed) else (outcome.order,)
    url = f"/pay/{PAYABLE.show(outcome.payable)}"
    body = PlacedBody(
        payable=PAYABLE.show(outcome.payable),
        orders=[ORDER_ID.show(order) for order in placed],
        team=TEAM_ID.show(outcome.team) if isinstance(outcome, Seated) else None,
        url=url,
    )
    return visit.go_on(url, body, status=201)


async def _next_step(visit: Visit, wish: Wish, form: PlaceForm) -> Response[Any]:
    """The same form with the next choice of a place, for a new address, whichever was chosen so far.

    A person's form is set aside and shown by a page of its own, so that a way back finds it with all that was chosen.
    """
    if form.address not in ("", NEW):
        async with visit.reading() as work:
            await accounts.access_address(work, read_id(ADDRESS, form.address), visit.person)
    if visit.wants_json:
        return await _form_page(visit, wish, msgspec.structs.replace(form, address=NEW), {}, 200)
    kept = {"url": wish.url, "key": form.key, "draft": msgspec.to_builtins(form.draft)}
    async with visit.writing() as work:
        await sessions.set_aside(work, visit.token, kept)
    return visit.go_on(wish.url)


async def _set_aside(work: Work, visit: Visit, wish: Wish) -> Filled | None:
    """The form of this very wish that was set aside, with its key."""
    kept = await sessions.aside(work, visit.token)
    if not kept or kept["url"] != wish.url:
        return None
    return Filled(kept["key"], NEW, msgspec.convert(kept["draft"], AddressDraft), is_from_aside=True)


async def _address(visit: Visit, form: PlaceForm) -> UUID | None:
    if form.address == NEW:
        async with visit.writing() as work:
            return await addressing.keep(work, visit.person, form.draft)
    return read_id(ADDRESS, form.address) if form.address else None


async def _submit(
    visit: Visit, wish: Wish, form: PlaceForm, address: UUID | None, quoted: int | None
) -> Placed | Seated | Refusal:
    outcome: Placed | Seated | Refusal
    if wish.mode == "alone":
        items = ((wish.sku, wish.units),)
        command = PlaceOrder(visit.person, form.key, items, address, quoted, wish.coupons, wish.points)
        outcome = await visit.submit(orders.place_orders, command)
    elif wish.team is not None:
        join = JoinTeam(visit.person, form.key, wish.team, wish.sku, wish.units, address, quoted)
        outcome = await visit.submit(groupbuy.seat_buyers, join)
    else:
        campaign = read_id(CAMPAIGN_ID, form.campaign)
        opened = OpenTeam(visit.person, form.key, campaign, wish.sku, wish.units, address, quoted)
        outcome = await visit.submit(groupbuy.seat_buyers, opened)
    return outcome


async def _refused(visit: Visit, wish: Wish, form: PlaceForm, refusal: Refusal) -> Response[Any]:
    field = FIELD_OF.get(refusal.code)
    if visit.wants_json:
        return refuse(visit, refusal)
    if field is None:
        return refuse(visit, refusal, *await _ways_on(visit, wish))
    return await _show_again(visit, wish, form, errors_of(visit, refusal, field), refusal.status)


async def _ways_on(visit: Visit, wish: Wish) -> list[Step]:
    """Where to go from a refusal: the team, the goods."""
    async with visit.reading() as work:
        offers = await catalog.load_offers(work, [wish.sku])
    if isinstance(offers.why_not_sell(wish.sku), NotFound):
        return []
    url = showing.product_url(offers.get(wish.sku).product_id, wish.sku)
    goods = Step(label=visit.gettext("Back to the goods"), url=url)
    if wish.team is None:
        return [goods]
    return [Step(label=visit.gettext("See the team"), url=f"/t/{TEAM_ID.show(wish.team)}"), goods]


async def _show_again(visit: Visit, wish: Wish, form: PlaceForm, errors: dict[str, str], status: int) -> Response[Any]:
    if visit.wants_json:
        return refuse(visit, FieldInvalid(field=next(iter(errors))))
    return await _form_page(visit, wish, form, errors, status)


async def _form_page(visit: Visit, wish: Wish, form: PlaceForm, errors: dict[str, str], status: int) -> Response[Any]:
    """The same form with what was typed and what was wrong; its key stays, since the first sending may have counted."""
    filled = Filled(form.key, form.address or None, form.draft, is_from_aside=bool(form.aside))
    async with visit.reading() as work:
        page = await page_of(work, visit, wish, await quote(work, wish, visit.person), filled, errors)
    return visit.page(TEMPLATE, page, status=status)


HANDLERS = (show, buy_alone, open_team, join_team)
