"""Booking in a presale: its terms, the address, and on to paying the deposit."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.goods import catalog, supply
from tuan.goods.catalog.model import SKU
from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.people import accounts
from tuan.people.accounts.model import ADDRESS
from tuan.platform.work import Work
from tuan.play.presale import access_offer, book_goods
from tuan.play.presale.model import OFFER_ID, BookGoods
from tuan.surfaces.storefront import showing
from tuan.surfaces.storefront.parts import GoodsLine
from tuan.surfaces.storefront.presale.context import PresalePage, terms_of
from tuan.surfaces.web.channels import channel_of
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SIGNED_IN
from tuan.surfaces.web.problems import errors_of, refuse
from tuan.surfaces.web.reading import UNITS_MAX, read_id, read_quote, read_units
from tuan.surfaces.web.shares import share_of
from tuan.surfaces.web.visits import Visit
from tuan.trade.orders.model import ORDER_ID
from tuan.trade.payments.model import PAYABLE

TEMPLATE = "storefront/presale/page.html"
FIELD_OF = {
    "orders.units_invalid": "units",
    "supply.not_enough": "units",
    "orders.amount_too_large": "units",
    "orders.address_missing": "address",
    "promotions.no_delivery": "address",
    "orders.price_changed": "form",
    "orders.price_unseen": "form",
}
"""Refusals that the same form can mend, by the field they are about."""


class BookingForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    sku: str
    units: str
    address: str = ""
    quoted_minor: str = ""


class BookedBody(msgspec.Struct, frozen=True, kw_only=True):
    """What booking gave, for programs."""

    order: str
    payable: str
    balance: str
    url: str


@get("/presale/{presale:str}", opt=SIGNED_IN)
async def show(visit: NamedDependency[Visit], presale: FromPath[str]) -> Response[Any]:
    found, sku = read_id(OFFER_ID, presale), read_id(SKU, visit.query.get("sku", ""))
    units = read_units(visit.query.get("units", "1"))
    async with visit.reading() as work:
        page = await _page(work, visit, found, sku, units, visit.fresh_key())
    return visit.page(TEMPLATE, page)


@post("/presale/{presale:str}/bookings", opt=SIGNED_IN)
async def book(visit: NamedDependency[Visit], presale: FromPath[str]) -> Response[Any]:
    """Hold the goods and owe the deposit. A refusal that can be mended shows the form again."""
    found, form = read_id(OFFER_ID, presale), await visit.form(BookingForm)
    sku, units = read_id(SKU, form.sku), read_units(form.units)
    address = read_id(ADDRESS, form.address) if form.address else None
    quoted = read_quote(form.quoted_minor)
    command = BookGoods(visit.person, form.key, found, sku, units, address, quoted, share_of(visit), channel_of(visit))
    outcome = await visit.submit(book_goods, command)
    if isinstance(outcome, Refusal):
        return await _refused(visit, found, sku, units, form, outcome)
    payable = PAYABLE.show(outcome.payable)
    body = BookedBody(
        order=ORDER_ID.show(outcome.order),
        payable=payable,
        balance=PAYABLE.show(outcome.balance),
        url=f"/pay/{payable}",
    )
    return visit.go_on(body.url, body, status=201)


async def _refused(
    visit: Visit, offer: UUID, sku: UUID, units: int, form: BookingForm, refusal: Refusal
) -> Response[Any]:
    field = FIELD_OF.get(refusal.code)
    if visit.wants_json or field is None:
        return refuse(visit, refusal, Step(label=visit.gettext("See what else there is"), url="/"))
    errors = errors_of(visit, refusal, field)
    async with visit.reading() as work:
        page = await _page(work, visit, offer, sku, units, form.key, form.address or None, errors)
    return visit.page(TEMPLATE, page, status=refusal.status)


async def _page(
    work: Work,
    visit: Visit,
    offer: UUID,
    sku: UUID,
    units: int,
    key: str,
    address: str | None = None,
    errors: dict[str, str] | None = None,
) -> PresalePage:
    """Raises Refused: not found, over, or off the shelf."""
    found = await access_offer(work, offer)
    price = found.prices.get(sku)
    if price is None:
        raise Refused(NotFound())
    goods = await catalog.load_offers(work, [sku])
    refusal = found.why_not_book(sku, min(units, found.units_per_order_max), work.now) or goods.why_not_sell(sku)
    if refusal:
        raise Refused(refusal)
    one, free = goods.get(sku), (await supply.free_units(work, [sku])).get(sku, 0)
    addresses = showing.addresses(await accounts.addresses_of(work, visit.person))
    return PresalePage(
        url=f"/presale/{OFFER_ID.show(found.id)}",
        key=key,
        ends_at=found.ends_at,
        line=GoodsLine(
            sku=SKU.show(sku),
            name=one.title,
            option=one.options,
            picture=showing.picture(visit, one.picture, one.title),
            url=showing.product_url(one.product_id, sku),
            unit_price=showing.amount(visit, price.price_minor),
            units=units,
        ),
        units_max=max(min(free, found.units_per_order_max, UNITS_MAX), 1),
        terms=terms_of(visit, found, price, units),
        addresses=addresses,
        address=address or (addresses[0].address if addresses else None),
        needs_address=one.fulfilment == "shipped",
        errors=errors or {},
    )


HANDLERS = (show, book)
