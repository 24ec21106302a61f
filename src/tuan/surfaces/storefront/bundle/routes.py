"""A bundle: what one set has and costs, how many, where to; and buying it."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.goods import catalog
from tuan.goods.catalog.model import AGREED, SKU, Offers
from tuan.kit.refusals import Refusal, Refused
from tuan.people import accounts, identities
from tuan.people.accounts.model import ADDRESS
from tuan.platform.work import Work
from tuan.surfaces.storefront import showing
from tuan.surfaces.storefront.bundle.context import BundleCard, BundlePage
from tuan.surfaces.storefront.checkout.customs import identity_step
from tuan.surfaces.storefront.couponing import explained
from tuan.surfaces.storefront.parts import GoodsLine
from tuan.surfaces.web.channels import channel_of
from tuan.surfaces.web.policies import SIGNED_IN
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import read_id, read_quote, read_units
from tuan.surfaces.web.shares import share_of
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders
from tuan.trade.orders.model import ORDER_ID, Placed, PlaceOrder
from tuan.trade.payments.model import PAYABLE
from tuan.value import promotions
from tuan.value.promotions.model import RULE, Bundle, Quote, RuleId

MENDED_HERE = (
    "orders.price_changed",
    "orders.price_unseen",
    "orders.address_missing",
    "orders.return_unconfirmed",
    "supply.not_enough",
    "promotions.no_delivery",
)
"""Refusals that the same page can mend: it is shown again with its new price or another choice."""


class BundleForm(msgspec.Struct, frozen=True, kw_only=True):
    """So many sets, to this address, for the total that was shown."""

    key: str
    sets: str
    address: str = ""
    quoted_minor: str = ""
    no_return: str = ""
    """`yes`: he knows which goods are not taken back without a reason."""


class PlacedBundle(msgspec.Struct, frozen=True, kw_only=True):
    """What placing gave, for programs."""

    payable: str
    orders: list[str]
    url: str


def url_of(bundle: UUID) -> str:
    return f"/bundles/{RULE.show(RuleId(bundle))}"


def card(visit: Visit, bundle: Bundle, offers: Offers) -> BundleCard | None:
    """As it stands on a product's page; None where not all of it is on sale, or its parts have come to cost no more."""
    if any(offers.why_not_sell(sku) for sku, _ in bundle.lines):
        return None
    rows = [(offers.get(sku), units) for sku, units in bundle.lines]
    apart = sum(offer.price_minor * units for offer, units in rows)
    if apart <= bundle.price_minor:
        return None
    return BundleCard(
        bundle=RULE.show(RuleId(bundle.id)),
        name=bundle.name,
        url=url_of(bundle.id),
        goods=[f"{offer.title} {offer.options} × {units}" for offer, units in rows],
        price=showing.amount(visit, bundle.price_minor),
        apart=showing.amount(visit, apart),
    )


@get("/bundles/{bundle:str}", opt=SIGNED_IN)
async def show(visit: NamedDependency[Visit], bundle: FromPath[str]) -> Response[Any]:
    """What so many sets cost, and where they go."""
    sets = read_units(visit.query.get("sets", "1"))
    named = visit.query.get("address", "")
    return await _page(visit, read_id(RULE, bundle), sets, read_id(ADDRESS, named) if named else None)


@post("/bundles/{bundle:str}/orders", opt=SIGNED_IN)
async def buy(visit: NamedDependency[Visit], bundle: FromPath[str]) -> Response[Any]:
    """Place it through the lane, which alone knows what can be bought."""
    found, form = read_id(RULE, bundle), await visit.form(BundleForm)
    sets, quoted = read_units(form.sets), read_quote(form.quoted_minor)
    address = read_id(ADDRESS, form.address) if form.address else None
    came = (share_of(visit), channel_of(visit))
    outcome = await placed(visit, found, sets, address, form.key, quoted, form.no_return == "yes", *came)
    if isinstance(outcome, Refusal):
        if visit.wants_json or outcome.code not in MENDED_HERE:
            steps = [identity_step(visit, url_of(found))] if isinstance(outcome, identities.IdentityMissing) else []
            return refuse(visit, outcome, *steps)
        told = visit.words.told(outcome, visit.market.currency)
        return await _page(visit, found, sets, address, " ".join((told.happened, told.advice)), outcome.status)
    url = f"/pay/{PAYABLE.show(outcome.payable)}"
    body = PlacedBundle(
        payable=PAYABLE.show(outcome.payable), orders=[ORDER_ID.show(order) for order in outcome.orders], url=url
    )
    return visit.go_on(url, body, status=201)


async def placed(
    visit: Visit,
    bundle: UUID,
    sets: int,
    address: UUID | None,
    key: str,
    quoted: int | None,
    accepts: bool,
    share: str | None,
    channel: str,
) -> Placed | Refusal:
    """So many sets, bought. Raises Refused where there is no such bundle."""
    async with visit.reading() as work:
        await promotions.access_bundle(work, bundle)
    command = PlaceOrder(
        visit.person, key, (), address, quoted, accepts_no_return=accepts, sets=((bundle, sets),), share=share, channel=channel
    )  # fmt: skip
    outcome: Placed | Refusal = await visit.submit(orders.place_orders, command)
    return outcome


async def quoted(work: Work, person: UUID, bundle: Bundle, sets: int, address: UUID | None) -> tuple[Quote, Offers]:
    """What so many sets would cost now, and the offers they are made of. Raises Refused with why they cannot be had."""
    found = await orders.quote(work, PlaceOrder(person, "-", (), address, None, sets=((bundle.id, sets),)))
    if isinstance(found, Refusal):
        raise Refused(found)
    return found, await catalog.load_offers(work, [sku for sku, _ in bundle.lines])


async def _page(
    visit: Visit, bundle: UUID, sets: int, address: UUID | None, error: str = "", status: int = 200
) -> Response[Any]:
    async with visit.reading() as work:
        found = await promotions.access_bundle(work, bundle)
        kept = await accounts.addresses_of(work, visit.person)
        if address is not None:
            await accounts.access_address(work, address, visit.person)
        chosen = address or (kept[0]["id"] if kept else None)
        priced, offers = await quoted(work, visit.person, found, sets, chosen)
    rows = [(offers.get(line.sku), line) for line in priced.lines]
    shown = RULE.show(RuleId(bundle))
    page = BundlePage(
        bundle=shown,
        name=found.name,
        key=visit.fresh_key(),
        cart_key=visit.fresh_key(),
        sets=sets,
        sets_max=found.per_order,
        lines=[
            GoodsLine(
                sku=SKU.show(offer.sku_id),
                name=offer.title,
                option=offer.options,
                picture=showing.picture(visit, offer.picture, offer.title),
                url=showing.product_url(offer.product_id, offer.sku_id),
                unit_price=showing.amount(visit, line.list_minor),
                units=line.units,
            )
            for offer, line in rows
        ],
        price_lines=explained(visit, priced, {}),
        total=showing.amount(visit, priced.total_minor),
        needs_address=any(offer.fulfilment == "shipped" for offer, _ in rows),
        addresses=showing.addresses(kept),
        address=ADDRESS.show(chosen) if chosen else None,
        new_address_url=f"/me/addresses?next={url_of(bundle)}",
        error=error,
        must_accept=[offer.title for offer, _ in rows if offer.return_exception == AGREED],
    )
    return visit.page("storefront/bundle/page.html", page, status=status)


HANDLERS = (show, buy)
