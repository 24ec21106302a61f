"""Cards to lay into parcels: a sheet to print, whose code opens a packet of coupons, a shop, or the market."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import Refusal
from tuan.people import parties, sharing
from tuan.people.compliance.model import Kind
from tuan.people.parties.model import SHOP
from tuan.platform.work import Work
from tuan.surfaces.storefront import couponing, disclosing
from tuan.surfaces.storefront.cards.context import CardChoice, CardsPage, SheetPage
from tuan.surfaces.storefront.links.viewing import of_target
from tuan.surfaces.storefront.share.routes import HOME, read_target
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SIGNED_IN
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.visits import Visit
from tuan.value import promotions
from tuan.value.promotions.model import TEMPLATE

PARCEL = "parcel"
HERE = "/me/cards"
CARDS_PER_SHEET = 8
"""Two by four on a sheet of A4."""


class CardForm(msgspec.Struct, frozen=True, kw_only=True):
    """The public id of what the card opens, or `home`."""

    what: str


@get(HERE, opt=SIGNED_IN)
async def ask(visit: NamedDependency[Visit]) -> Response[Any]:
    """What can be on a card: a coupon that is given away now, one's own shop, the market."""
    async with visit.reading() as work:
        shop = await parties.shop_of(work, visit.person)
        offered = await promotions.coupon_centre(work, None)
    choices = [
        CardChoice(what=TEMPLATE.show(template.id), name=couponing.worth(visit, template), words=template.name)
        for template, _ in offered
    ]
    if shop is not None and shop.is_open:
        choices.append(CardChoice(what=SHOP.show(shop.id), name=shop.name, words=visit.gettext("My shop")))
    choices.append(CardChoice(what=HOME, name=visit.market.name, words=visit.gettext("The shop window")))
    page = CardsPage(choices=choices, shop=shop.name if shop is not None and shop.is_open else "")
    return visit.page("storefront/cards/page.html", page, place="me")


@post(HERE, opt=SIGNED_IN)
async def make(visit: NamedDependency[Visit]) -> Response[Any]:
    """The sheet of this object, the same one however often it is asked for."""
    form = await visit.form(CardForm)
    target = read_target(form.what)
    async with visit.writing() as work:
        await of_target(work, visit, target)
        codes = await sharing.make_links(work, visit.person, target, [PARCEL])
    if isinstance(codes, Refusal):
        return refuse(visit, codes, Step(label=visit.gettext("Back"), url=HERE))
    return visit.go_on(f"{HERE}/{codes[PARCEL]}", {"code": codes[PARCEL]})


@get(f"{HERE}/{{code:str}}", opt=SIGNED_IN)
async def show(visit: NamedDependency[Visit], code: FromPath[str]) -> Response[Any]:
    """One's own sheet, to be printed; somebody else's is not found."""
    async with visit.reading() as work:
        page = await _page(work, visit, code)
    return visit.page("storefront/cards/sheet.html", page)


async def _page(work: Work, visit: Visit, code: str) -> SheetPage:
    own = await sharing.access_own_links(work, code, visit.person)
    shown = await of_target(work, visit, own.target)
    is_packet = own.target.kind == "coupon"
    return SheetPage(
        code=code,
        sender=await _sender(work, visit),
        headline=shown.words if is_packet else shown.title,
        words=shown.title if is_packet else shown.words,
        address=f"{visit.link_origin.partition('://')[2]}/s/{code}",
        is_packet=is_packet,
        disclosed=await disclosing.of_share(work, visit, own.target, own.shop_id, PARCEL, Kind.POSTER)
        if own.shop_id
        else None,
        count=CARDS_PER_SHEET,
    )


async def _sender(work: Work, visit: Visit) -> str:
    """Whose parcels these are: a shop's, a supplier's, or the market's."""
    shop = await parties.shop_of(work, visit.person)
    if shop is not None and shop.is_open:
        return shop.name
    supplier = await parties.supplier_of(work, visit.person)
    if supplier is None:
        return visit.market.name
    name: str = (await parties.supplier_cards(work, [supplier]))[supplier]["name"]
    return name


HANDLERS = (ask, make, show)
