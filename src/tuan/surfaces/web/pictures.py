"""Uploaded pictures, served from where nothing can run: bytes that we made, under names that we gave, as one kind only."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from tuan.kit.refusals import NotFound, Refused
from tuan.platform.files import CONTENT_TYPE
from tuan.surfaces.web import previews
from tuan.surfaces.web.assets import FOR_EVER, PREFIX
from tuan.surfaces.web.policies import MACHINE
from tuan.surfaces.web.visits import Front

UPLOADS = "/pictures/"


@get("/pictures/{file:str}", opt=MACHINE)
async def picture(request: Request[Any, Any, Any], file: FromPath[str]) -> Response[Any]:
    """A picture of this host's market. Its content never changes, so it may be kept for ever."""
    front: Front = request.app.front  # type: ignore[attr-defined]
    market = await front.markets.of(request.headers.get("host", ""))
    found = await front.house.pictures.read(market.id, file) if market is not None else None
    if found is None:
        raise Refused(NotFound())
    return Response(content=found, media_type=CONTENT_TYPE, headers={"Cache-Control": FOR_EVER})


@get("/previews/{name:path}", opt=MACHINE)
async def preview(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[Any]:
    """A picture of this host's market or of the house as JPEG, for whoever shows a link to it."""
    front: Front = request.app.front  # type: ignore[attr-defined]
    market, url = await front.markets.of(request.headers.get("host", "")), previews.source_of(name)
    if market is None or not url:
        raise Refused(NotFound())
    if url.startswith(PREFIX):
        built = front.assets.find(url.removeprefix(PREFIX))
        found = built.body if built else None
    else:
        found = await front.house.pictures.read(market.id, url.removeprefix(UPLOADS))
    if found is None:
        raise Refused(NotFound())
    drawn = await front.previews.get(market.id, url, found)
    return Response(content=drawn, media_type=previews.CONTENT_TYPE, headers={"Cache-Control": FOR_EVER})


HANDLERS = (picture, preview)
