"""Sharing in two taps: from a product, a team, a shop to its links; then one of the ways to send them on."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.goods.catalog.model import PRODUCT
from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.people import sharing
from tuan.people.compliance.model import Kind
from tuan.people.parties.model import SHOP
from tuan.people.sharing import OwnLinks
from tuan.people.sharing.model import NO_OBJECT, Target, scene_of, share_word
from tuan.platform.work import Work
from tuan.play.groupbuy.model import TEAM_ID
from tuan.surfaces.storefront import disclosing
from tuan.surfaces.storefront.links.viewing import of_target, page_of
from tuan.surfaces.storefront.parts import Disclosed
from tuan.surfaces.storefront.share.context import NewSharePage, SharePage
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SIGNED_IN
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.visits import Visit
from tuan.value.promotions.model import TEMPLATE

WAYS = ("web", "poster", "word")
"""The channels that a person shares on: each has a code of its own, so that it is seen which one brings people."""
DAYS = (1, 7, 30, 90)
"""So many days the sheet offers; a form of somebody's own may say another number within the limit."""
HOME = "home"
IDS: dict[str, Any] = {"product": PRODUCT, "team": TEAM_ID, "shop": SHOP, "coupon": TEMPLATE}


class ShareForm(msgspec.Struct, frozen=True, kw_only=True):
    """The public id of what is shared, or `home` for the market itself. days: how long the links are good, empty for links that
    stay."""

    what: str
    days: str = ""


class EmptyForm(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing but the form's own token."""


def read_target(what: str) -> Target:
    """What a public id names; raises Refused(NotFound) for what cannot be shared."""
    if what == HOME:
        return Target(HOME, NO_OBJECT)
    for kind, ids in IDS.items():
        if (found := ids.parse(what)) is not None:
            return Target(kind, found)
    raise Refused(NotFound())


def _days(text: str) -> int | None:
    """For how many days; raises Refused(FieldInvalid) for what is no number."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 5):
        raise Refused(FieldInvalid(field="days"))
    return int(text)


def show_target(target: Target) -> str:
    """The public id of what a link is of."""
    shown: str = HOME if target.kind == HOME else IDS[target.kind].show(target.object_id)
    return shown


@get("/share", opt=SIGNED_IN)
async def ask(visit: NamedDependency[Visit]) -> Response[Any]:
    """For whoever was asked to sign in on his way to share: one more tap. Nothing is made here."""
    what = visit.query.get("what", "")
    target = read_target(what)
    async with visit.reading() as work:
        shown = await of_target(work, visit, target)
    page = NewSharePage(
        what=what, title=shown.title, picture=shown.picture, price=shown.price, back_url=page_of(target)
    )
    return visit.page("storefront/share/new.html", page)


@post("/share", opt=SIGNED_IN)
async def share(visit: NamedDependency[Visit]) -> Response[Any]:
    """The links of this object, the same ones however often they are asked for; for the person's shop where he has one."""
    form = await visit.form(ShareForm)
    target, days = read_target(form.what), _days(form.days.strip())
    async with visit.writing() as work:
        await of_target(work, visit, target)
        codes = await sharing.make_links(work, visit.person, target, WAYS, days=days)
    if isinstance(codes, Refusal):
        return refuse(visit, codes, Step(label=visit.gettext("Back"), url=page_of(target)))
    return visit.go_on(f"/share/{codes['web']}", {"code": codes["web"], "url": f"{visit.link_origin}/s/{codes['web']}"})


@get("/share/{code:str}", opt=SIGNED_IN)
async def show(visit: NamedDependency[Visit], code: FromPath[str]) -> Response[Any]:
    """One's own links only; somebody else's is not found."""
    async with visit.reading() as work:
        page = await _page(work, visit, code)
    return visit.page("storefront/share/page.html", page)


async def _page(work: Work, visit: Visit, code: str) -> SharePage:
    own = await sharing.access_own_links(work, code, visit.person)
    shown = await of_target(work, visit, own.target)
    codes = {way: own.codes.get(way, next(iter(own.codes.values()))) for way in WAYS}
    return SharePage(
        code=codes["web"],
        title=shown.title,
        words=shown.words,
        picture=shown.picture,
        price=shown.price,
        url=f"{visit.link_origin}/s/{codes['web']}",
        word=share_word(codes["word"], shown.title),
        scene=scene_of(codes["web"]),
        qr_url=f"/s/{codes['web']}/code.svg",
        poster_url=f"/s/{codes['poster']}/poster.png",
        back_url=page_of(own.target),
        is_shops=own.shop_id is not None,
        what=show_target(own.target),
        expires_at=own.expires_at,
        days=[str(days) for days in DAYS],
        disclosed=await _disclosed(work, visit, own),
    )


async def _disclosed(work: Work, visit: Visit, own: OwnLinks) -> Disclosed | None:
    if own.shop_id is None:
        return None
    return await disclosing.of_share(work, visit, own.target, own.shop_id, WAYS[0], Kind.SHARE_PAGE)


@post("/share/{code:str}/revocation", opt=SIGNED_IN)
async def revoke(visit: NamedDependency[Visit], code: FromPath[str]) -> Response[Any]:
    """All ways of this sheet open nothing any more, within a second; what they brought stays."""
    await visit.form(EmptyForm)
    async with visit.writing() as work:
        refusal = await sharing.revoke_links(work, code, visit.person)
    if refusal is not None:
        return refuse(visit, refusal, Step(label=visit.gettext("My links, and who came"), url="/me/links"))
    return visit.go_on("/me/links")


HANDLERS = (ask, share, show, revoke)
