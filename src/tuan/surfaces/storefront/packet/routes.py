"""A packet: the coupon that a printed card or a link brings, and following its shop for whoever ticks that he wants to."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.people import parties, sharing
from tuan.people.sharing.model import Link
from tuan.platform.work import Work
from tuan.surfaces.storefront import couponing, disclosing
from tuan.surfaces.storefront.coupons.routes import is_for_some
from tuan.surfaces.storefront.links.viewing import of_target
from tuan.surfaces.storefront.packet.context import PacketPage
from tuan.surfaces.web.channels import channel_of
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import PUBLIC, SIGNED_IN
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders
from tuan.value import promotions
from tuan.value.promotions.model import COUPON, TakeCoupon, TemplateId

YES = "yes"


class TakeForm(msgspec.Struct, frozen=True, kw_only=True):
    """follow: `yes` from a box that nobody has ticked beforehand."""

    key: str
    follow: str = ""


class TakenPacket(msgspec.Struct, frozen=True, kw_only=True):
    """What was taken, for programs."""

    coupon: str


@get("/s/{code:str}/packet", opt=PUBLIC)
async def show(visit: NamedDependency[Visit], code: FromPath[str]) -> Response[Any]:
    """What is in it; to take it one signs in and comes back."""
    link = await accessed(visit, code)
    async with visit.reading() as work:
        page = await _page(work, visit, link)
    return visit.page("storefront/packet/page.html", page)


async def accessed(visit: Visit, code: str) -> Link:
    """Raises Refused: a link of something else is no packet."""
    link = await visit.front.links.open(visit.market.id, code, visit.client)
    if link.target.kind != "coupon":
        raise Refused(NotFound())
    return link


async def _page(work: Work, visit: Visit, link: Link) -> PacketPage:
    await of_target(work, visit, link.target)
    template = await promotions.access_template(work, link.target.object_id)
    who = visit.viewer
    taken = next((n for one, n in await promotions.coupon_centre(work, who) if one.id == template.id), 0) if who else 0
    follows = [row["shop_id"] for row in await sharing.follows_of(work, who)] if who else []
    return PacketPage(
        code=link.code,
        key=visit.fresh_key() if who else "",
        name=template.name,
        worth=couponing.worth(visit, template),
        limits=couponing.limits(visit, template.threshold_minor, for_some=is_for_some(template)),
        until=template.ends_at,
        is_taken=taken >= template.per_person,
        is_over=template.why_not_offer(work.now) is not None,
        shop=(await parties.access_shop(work, link.shop_id)).name if link.shop_id and link.shop_owner_id != who else "",
        follows=link.shop_id in follows,
        disclosed=await disclosing.of_link(work, visit, link),
    )


@post("/s/{code:str}/packet", opt=SIGNED_IN)
async def take(visit: NamedDependency[Visit], code: FromPath[str]) -> Response[Any]:
    """The coupon, and the shop's news if that was ticked. To have no news changes nothing about the coupon."""
    form = await visit.form(TakeForm)
    link = await accessed(visit, code)
    outcome = await taken(visit, link, form.key, follows=form.follow == YES)
    if isinstance(outcome, Refusal):
        return refuse(visit, outcome, Step(label=visit.gettext("Back"), url=f"/s/{link.code}/packet"))
    return visit.go_on("/coupons", TakenPacket(coupon=outcome), status=201)


async def taken(visit: Visit, link: Link, key: str, *, follows: bool) -> str | Refusal:
    """The public id of the coupon."""
    command = TakeCoupon(visit.person, key, TemplateId(link.target.object_id), channel=channel_of(visit))
    outcome = await visit.submit(orders.take_coupons, command)
    if isinstance(outcome, Refusal):
        return outcome
    if follows and link.shop_id is not None:
        async with visit.writing() as work:
            await sharing.follow_shop(work, visit.person, link.shop_id)
    return COUPON.show(outcome)


HANDLERS = (show, take)
