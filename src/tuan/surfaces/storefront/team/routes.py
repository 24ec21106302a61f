"""A team's page: who sits where, what this viewer can do next, and word of every change."""

import io
from typing import Any
from uuid import UUID

import msgspec
import segno
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from tuan.kit.refusals import Refusal, Refused
from tuan.platform.work import Work
from tuan.play import groupbuy
from tuan.play.groupbuy.model import TEAM_ID
from tuan.surfaces.storefront.team.viewing import team_page
from tuan.surfaces.web.errors import TooManyStreams
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import MACHINE, PUBLIC, SIGNED_IN
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.shared import shared
from tuan.surfaces.web.visits import Visit

STREAMS_MAX = 5000
"""Live pages that one process keeps open, at some 22 KB each."""
CHANGED = b"data: changed\n\n"
STILL_HERE = b": still here\n\n"
RETRY_SECONDS = 30


class KeyForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str


def topic_of(team: UUID) -> str:
    """What the live hub calls news of this team."""
    return f"team:{team.hex}"


@get("/t/{team:str}", opt=PUBLIC)
@shared
async def show(visit: NamedDependency[Visit], team: FromPath[str]) -> Response[Any]:
    found = read_id(TEAM_ID, team)
    visit.shows(topic_of(found))
    async with visit.reading() as work:
        page = await team_page(work, visit, found)
    return visit.page("storefront/team/page.html", page, place="teams", blocks=("seats",))


@get("/t/{team:str}/poster", opt=PUBLIC)
async def poster(visit: NamedDependency[Visit], team: FromPath[str]) -> Response[Any]:
    """A page to keep as a picture or to print: the goods, the price, the seats left, the code."""
    found = read_id(TEAM_ID, team)
    async with visit.reading() as work:
        page = await team_page(work, visit, found)
    return visit.page("storefront/team/poster.html", page)


@get("/t/{team:str}/code.svg", opt=MACHINE)
async def code(visit: NamedDependency[Visit], team: FromPath[str]) -> Response[Any]:
    """The team's address as a QR code."""
    found = read_id(TEAM_ID, team)
    async with visit.reading() as work:
        await groupbuy.access_team(work, found)
    address = f"{visit.origin}/t/{TEAM_ID.show(found)}"
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", border=3, xmldecl=False, omitsize=True, light="#fff"
    )
    headers = {"Cache-Control": "public, max-age=86400", "Vary": "Host"}
    return Response(content=drawn.getvalue(), media_type="image/svg+xml", headers=headers)


@get("/t/{team:str}/events", opt=PUBLIC)
async def events(visit: NamedDependency[Visit], team: FromPath[str]) -> Stream:
    """A `message` for each change of the team; it carries nothing, the page asks for its own block."""
    found = read_id(TEAM_ID, team)
    async with visit.reading() as work:
        await groupbuy.access_team(work, found)
    if visit.front.streams.count >= STREAMS_MAX:
        raise Refused(TooManyStreams(retry_after_seconds=RETRY_SECONDS))
    return Stream(
        visit.front.streams.of(visit.market.id, topic_of(found), CHANGED, STILL_HERE),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@post("/t/{team:str}/leaving", opt=SIGNED_IN)
async def leave(visit: NamedDependency[Visit], team: FromPath[str]) -> Response[Any]:
    found = read_id(TEAM_ID, team)
    form = await visit.form(KeyForm)

    async def act(work: Work) -> Refusal | None:
        return await groupbuy.leave_team(work, found, visit.person)

    refusal = await once(visit, "web.leave_team", form.key, team, act)
    if refusal is not None:
        return refuse(visit, refusal, Step(label=visit.gettext("See the team"), url=f"/t/{team}"))
    return visit.go_on(f"/t/{team}")


HANDLERS = (show, poster, code, events, leave)
