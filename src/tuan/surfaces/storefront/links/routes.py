"""Short links: a code opens the page of its object, and a card of it for programs and for whoever wants to look first."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import Refusal
from tuan.people import sharing
from tuan.people.compliance.model import Kind
from tuan.people.sharing.model import Link
from tuan.platform import limits
from tuan.platform.work import Work
from tuan.surfaces.storefront.links.context import OwnLink, OwnLinksPage
from tuan.surfaces.storefront.links.drawing import code_svg, poster_of
from tuan.surfaces.storefront.links.viewing import card_of, page_of, titles_of
from tuan.surfaces.web import shares
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import PUBLIC, SIGNED_IN
from tuan.surfaces.web.posters import CONTENT_TYPE
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.visits import Visit

POSTERS_PER_MINUTE_MAX = 60
"""Of one network: a poster costs a third of a second."""
A_WHILE = {"Cache-Control": "private, max-age=60"}


class EmptyForm(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing but the form's own token."""


@get("/s/{code:str}", opt=PUBLIC)
async def open_link(visit: NamedDependency[Visit], code: FromPath[str]) -> Response[Any]:
    """On to the object's page, and remembered as the share of this visit. A fetcher of previews gets the card itself."""
    link = await visit.front.links.open(visit.market.id, code, visit.client)
    is_bot = shares.is_program(visit.headers)
    shares.count_visit(visit, link, is_bot=is_bot)
    if is_bot:
        return await _card(visit, link)
    shares.keep_share(visit, link.code)
    if visit.session is not None and link.shop_id is not None:
        async with visit.writing() as work:
            await shares.meet_shop(work, visit.person, link)
    return visit.go_on(page_of(link.target, link.code))


@get("/s/{code:str}/card", opt=PUBLIC)
async def show_card(visit: NamedDependency[Visit], code: FromPath[str]) -> Response[Any]:
    """What a pasted share word is of. It counts as no visit: that begins with going on."""
    return await _card(visit, await visit.front.links.open(visit.market.id, code, visit.client))


async def _card(visit: Visit, link: Link) -> Response[Any]:
    async with visit.reading() as work:
        page = await card_of(work, visit, link)
    return visit.page("storefront/links/card.html", page)


@get("/s/{code:str}/code.svg", opt=PUBLIC)
async def draw_code(visit: NamedDependency[Visit], code: FromPath[str]) -> Response[Any]:
    """The link's address as a QR code."""
    link = await visit.front.links.open(visit.market.id, code, visit.client)
    return Response(content=code_svg(f"{visit.link_origin}/s/{link.code}"), media_type="image/svg+xml", headers=A_WHILE)


@get("/s/{code:str}/poster.png", opt=PUBLIC)
async def draw_poster(visit: NamedDependency[Visit], code: FromPath[str]) -> Response[Any]:
    """The object with its price and this link's code, as one picture."""
    link = await visit.front.links.open(visit.market.id, code, visit.client)
    async with visit.writing() as work:
        taken = await limits.take(work, f"web.posters {visit.client}", most=POSTERS_PER_MINUTE_MAX, window_seconds=60)
        card = await card_of(work, visit, link, Kind.POSTER) if taken is None else None
    if card is None:
        assert taken is not None
        return refuse(visit, taken)
    drawn = await poster_of(visit, card)
    if isinstance(drawn, Refusal):
        return refuse(visit, drawn)
    tag, body = drawn
    headers = A_WHILE | {"ETag": f'"{tag}"'}
    if tag in visit.headers.get("if-none-match", ""):
        return Response(content=b"", status_code=304, headers=headers)
    return Response(content=body, media_type=CONTENT_TYPE, headers=headers)


@get("/me/links", opt=SIGNED_IN)
async def show_own(visit: NamedDependency[Visit]) -> Response[Any]:
    """One's own links, and how many came through each."""
    async with visit.reading() as work:
        rows = await sharing.links_of(work, visit.person)
        titles = await titles_of(work, visit, [sharing.target_of(row) for row in rows])
        links = [_own(work, row, titles[sharing.target_of(row)]) for row in rows]
    page = OwnLinksPage(
        links=links, visits=sum(one.visits for one in links), visitors=sum(one.visitors for one in links)
    )
    return visit.page("storefront/links/own.html", page, place="me")


def _own(work: Work, row: Any, title: str) -> OwnLink:
    return OwnLink(
        code=row["code"], kind=row["kind"], title=title, channel=row["channel"], campaign=row["campaign"],
        made_at=row["made_at"], expires_at=row["expires_at"],
        is_open=row["revoked_at"] is None and (row["expires_at"] is None or row["expires_at"] > work.now),
        visits=row["visits"], visitors=row["visitors"], bots=row["bots"],
    )  # fmt: skip


@post("/me/links/{code:str}/revocation", opt=SIGNED_IN)
async def revoke(visit: NamedDependency[Visit], code: FromPath[str]) -> Response[Any]:
    """It opens nothing any more, within a second in every process; what it brought stays."""
    await visit.form(EmptyForm)
    async with visit.writing() as work:
        refusal = await sharing.revoke_link(work, code, visit.person)
    if refusal is not None:
        return refuse(visit, refusal, Step(label=visit.gettext("My links, and who came"), url="/me/links"))
    return visit.go_on("/me/links")


HANDLERS = (open_link, show_card, draw_code, draw_poster, show_own, revoke)
