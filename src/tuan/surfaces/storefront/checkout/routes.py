"""From wanting to owing: the checkout, and the three ways to place what it shows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
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
from tuan.people.accounts.model import ADDRESS, AddressId
from tuan.platform.work import Work
from tuan.play import groupbuy
from tuan.play.groupbuy.model import CAMPAIGN_ID, TEAM_ID, JoinTeam, OpenTeam, Seated
from tuan.surfaces.storefront import addressing, showing
from tuan.surfaces.storefront.addressing import AddressFields
from tuan.surfaces.storefront.checkout.items import Pairs, pop_remarks, read_items, remarks_of, ticked_items
from tuan.surfaces.storefront.checkout.quote import NO_SKU, Filled, Mode, Wish, page_of, quote
from tuan.surfaces.storefront.couponing import read_coupons, read_points
from tuan.surfaces.storefront.parts import AddressDraft
from tuan.surfaces.web import sessions
from tuan.surfaces.web.channels import channel_of
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SIGNED_IN
from tuan.surfaces.web.problems import errors_of, refuse
from tuan.surfaces.web.reading import read_id, read_quote, read_units
from tuan.surfaces.web.shares import share_of
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders
from tuan.trade.orders.model import ORDER_ID, Placed, PlaceOrder
from tuan.trade.payments.model import PAYABLE

TEMPLATE = "storefront/checkout/page.html"
NEW = "new"
MODES: dict[str, Mode] = {"alone": "alone", "cart": "cart", "open": "open", "join": "join"}

FIELD_OF = {
    "orders.units_invalid": "units",
    "supply.not_enough": "units",
    "groupbuy.person_limit": "units",
    "groupbuy.too_little_money": "coupons",
    "orders.amount_too_large": "units",
    "orders.person_limit": "units",
    "orders.remark_too_long": "form",
    "promotions.no_delivery": "address",
    "orders.address_missing": "address",
    "orders.price_changed": "form",
    "orders.price_unseen": "form",
    "orders.return_unconfirmed": "no_return",
    "identities.missing": "declared",
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


OF_ADDRESS = ("orders.price_changed", "orders.price_unseen", "promotions.no_delivery")
"""Refusals that may come from the address that was chosen."""
Remarks = Mapping[str, str]
"""What was typed for each supplier, by his id as forms say it."""


class PlaceForm(AddressFields, frozen=True, kw_only=True):
    """The checkout as it is sent. `address` is an id, or `new` with the fields of an address; from the cart it has `items`.

    Beside these it has a remark for each supplier (see `items.pop_remarks`).
    """

    key: str
    sku: str = ""
    units: str = ""
    items: str = ""
    mode: str = ""
    team: str = ""
    campaign: str = ""
    address: str = ""
    quoted_minor: str = ""
    aside: str = ""
    coupons: str = ""
    points: str = ""
    no_return: str = ""
    """`yes`: he knows which goods are not taken back without a reason."""

    @property
    def accepts_no_return(self) -> bool:
        return self.no_return == "yes"


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
    if mode == "cart" and not (visit.query.get("items") or ticked_items(visit.query)):
        return visit.go_on("/cart")  # nothing is ticked
    async with visit.reading() as work:
        kept = await accounts.addresses_of(work, visit.person)
        wish = _at(_asked(visit, mode), kept, visit.query.get("address"))
        if wish.address is not None and wish.address not in {row["id"] for row in kept}:
            await accounts.access_address(work, wish.address, visit.person)
        found = await quote(work, visit, wish)
        if refusal := found.why_not(wish, work.now):
            raise Refused(refusal)
        filled = await _set_aside(work, visit, wish) or Filled(visit.fresh_key(), visit.query.get("address"))
        page = await page_of(work, visit, wish, found, filled, {}, kept)
    return visit.page(TEMPLATE, page, blocks=("quote",))


def _asked(visit: Visit, mode: Mode) -> Wish:
    """What the checkout's address says. Raises Refused."""
    if mode == "cart":
        items, sets = read_items(visit.query.get("items") or ticked_items(visit.query))
        sku, units = _first(items)
    else:
        items, sets = (), ()
        sku, units = read_id(SKU, visit.query.get("sku", "")), read_units(visit.query.get("units", "1"))
    team = read_id(TEAM_ID, visit.query.get("team", "")) if mode == "join" else None
    coupons, points = read_coupons(visit.query.get("coupons", "")), read_points(visit.query.get("points", ""))
    return Wish(mode, sku, units, team, coupons, points, items, sets=sets)


def _first(items: Pairs) -> tuple[UUID, int]:
    return items[0] if items else (NO_SKU, 0)


def _at(wish: Wish, kept: Sequence[Any], said: str | None) -> Wish:
    """The wish with its address: the one that was said, else the first of the person's own. Raises Refused."""
    if said and said != NEW:
        return replace(wish, address=read_id(ADDRESS, said))
    return wish if said or not kept else replace(wish, address=kept[0]["id"])


@post("/orders", opt=SIGNED_IN)
async def buy_alone(visit: NamedDependency[Visit]) -> Response[Any]:
    return await _place(visit, "alone", None)


@post("/cart/orders", opt=SIGNED_IN)
async def buy_cart(visit: NamedDependency[Visit]) -> Response[Any]:
    """Lines of the cart become one order per supplier, under one payment, and leave the cart."""
    return await _place(visit, "cart", None)


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
    remarks = pop_remarks(await visit.fields())
    form = await visit.form(PlaceForm)
    wish = _meant(mode, team, form)
    quoted = read_quote(form.quoted_minor)
    if form.asks_next_step:
        return await _next_step(visit, wish, form, remarks)
    if form.address == NEW and (errors := addressing.wrong_fields(visit, form.draft)):
        return await _show_again(visit, wish, form, errors, 422, remarks)
    address = await _address(visit, form)
    outcome = await _submit(visit, replace(wish, address=address), form, quoted, remarks)
    if isinstance(outcome, Refusal):
        if (
            address is not None and outcome.code in OF_ADDRESS
        ):  # what was typed is kept by now, and is what the price is for
            form = msgspec.structs.replace(form, address=ADDRESS.show(AddressId(address)))
        return await _refused(visit, wish, form, outcome, remarks)
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


def _meant(mode: Mode, team: UUID | None, form: PlaceForm) -> Wish:
    """What the form asks for. Raises Refused."""
    items, sets = read_items(form.items) if mode == "cart" else ((), ())
    sku, units = _first(items) if mode == "cart" else (read_id(SKU, form.sku), read_units(form.units))
    return Wish(mode, sku, units, team, read_coupons(form.coupons), read_points(form.points), items, sets=sets)


async def _next_step(visit: Visit, wish: Wish, form: PlaceForm, remarks: Remarks) -> Response[Any]:
    """The same form with the next choice of a place, for a new address, whichever was chosen so far.

    A person's form is set aside and shown by a page of its own, so that a way back finds it with all that was chosen.
    """
    if form.address not in ("", NEW):
        async with visit.reading() as work:
            await accounts.access_address(work, read_id(ADDRESS, form.address), visit.person)
    if visit.wants_json:
        return await _form_page(visit, wish, msgspec.structs.replace(form, address=NEW), {}, 200, remarks)
    kept = {"url": wish.url, "key": form.key, "draft": msgspec.to_builtins(form.draft), "remarks": dict(remarks)}
    async with visit.writing() as work:
        await sessions.set_aside(work, visit.token, kept)
    return visit.go_on(wish.url)


async def _set_aside(work: Work, visit: Visit, wish: Wish) -> Filled | None:
    """The form of this very wish that was set aside, with its key."""
    kept = await sessions.aside(work, visit.token)
    if not kept or kept["url"] != wish.url:
        return None
    draft = msgspec.convert(kept["draft"], AddressDraft)
    return Filled(kept["key"], NEW, draft, is_from_aside=True, remarks=kept["remarks"])


async def _address(visit: Visit, form: PlaceForm) -> UUID | None:
    if form.address == NEW:
        async with visit.writing() as work:
            return await addressing.keep(work, visit.person, form.draft)
    return read_id(ADDRESS, form.address) if form.address else None


async def _submit(
    visit: Visit, wish: Wish, form: PlaceForm, quoted: int | None, remarks: Remarks
) -> Placed | Seated | Refusal:
    outcome: Placed | Seated | Refusal
    share, channel = share_of(visit), channel_of(visit)
    if wish.mode in ("alone", "cart"):
        command = PlaceOrder(visit.person, form.key, wish.goods, wish.address, quoted, wish.coupons, wish.points,
                             remarks_of(remarks), wish.mode == "cart", form.accepts_no_return, wish.sets, share,
                             channel)  # fmt: skip
        outcome = await visit.submit(orders.place_orders, command)
    elif wish.team is not None:
        join = JoinTeam(
            visit.person, form.key, wish.team, wish.sku, wish.units, wish.address, quoted, form.accepts_no_return,
            wish.coupons, wish.points, share, channel,
        )  # fmt: skip
        outcome = await visit.submit(groupbuy.seat_buyers, join)
    else:
        campaign = read_id(CAMPAIGN_ID, form.campaign)
        opened = OpenTeam(
            visit.person, form.key, campaign, wish.sku, wish.units, wish.address, quoted, form.accepts_no_return,
            wish.coupons, wish.points, share, channel,
        )  # fmt: skip
        outcome = await visit.submit(groupbuy.seat_buyers, opened)
    return outcome


async def _refused(visit: Visit, wish: Wish, form: PlaceForm, refusal: Refusal, remarks: Remarks) -> Response[Any]:
    field = FIELD_OF.get(refusal.code)
    if visit.wants_json:
        return refuse(visit, refusal)
    if field is None:
        return refuse(visit, refusal, *await _ways_on(visit, wish))
    return await _show_again(visit, wish, form, errors_of(visit, refusal, field), refusal.status, remarks)


async def _ways_on(visit: Visit, wish: Wish) -> list[Step]:
    """Where to go from a refusal: the cart, the team, the goods."""
    if wish.mode == "cart":
        return [Step(label=visit.gettext("Back to the cart"), url="/cart")]
    async with visit.reading() as work:
        offers = await catalog.load_offers(work, [wish.sku])
    if isinstance(offers.why_not_sell(wish.sku), NotFound):
        return []
    url = showing.product_url(offers.get(wish.sku).product_id, wish.sku)
    goods = Step(label=visit.gettext("Back to the goods"), url=url)
    if wish.team is None:
        return [goods]
    return [Step(label=visit.gettext("See the team"), url=f"/t/{TEAM_ID.show(wish.team)}"), goods]


async def _show_again(
    visit: Visit, wish: Wish, form: PlaceForm, errors: dict[str, str], status: int, remarks: Remarks
) -> Response[Any]:
    if visit.wants_json:
        return refuse(visit, FieldInvalid(field=next(iter(errors))))
    return await _form_page(visit, wish, form, errors, status, remarks)


async def _form_page(
    visit: Visit, wish: Wish, form: PlaceForm, errors: dict[str, str], status: int, remarks: Remarks
) -> Response[Any]:
    """The same form with what was typed and what was wrong; its key stays, since the first sending may have counted."""
    filled = Filled(form.key, form.address or None, form.draft, bool(form.aside), remarks)
    async with visit.reading() as work:
        kept = await accounts.addresses_of(work, visit.person)
        wish = _at(wish, kept, form.address)
        page = await page_of(work, visit, wish, await quote(work, visit, wish), filled, errors, kept)
    return visit.page(TEMPLATE, page, status=status)


HANDLERS = (show, buy_alone, buy_cart, open_team, join_team)
