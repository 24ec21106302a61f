"""What machines ask: is the process alive, is it ready, how is it doing, and the browser files."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from tuan.kit.refusals import NotFound, Refused
from tuan.platform.database import LOST_CONNECTION
from tuan.surfaces.web.assets import FOR_EVER
from tuan.surfaces.web.policies import LOOPBACK, MACHINE, admit
from tuan.surfaces.web.visits import Front

READY_SECONDS_MAX = 2.0


@get("/health/live", opt=MACHINE)
async def live() -> Response[Any]:
    """The process answers."""
    return _short("alive", 200)


@get("/health/ready", opt=MACHINE)
async def ready(request: Request[Any, Any, Any]) -> Response[Any]:
    """The database answers too; 503 where it does not."""
    front: Front = request.app.front  # type: ignore[attr-defined]
    try:
        await front.house.database.requests.fetchval("SELECT 1", timeout=READY_SECONDS_MAX)
    except (*LOST_CONNECTION, TimeoutError):
        return _short("the database does not answer", 503)
    return _short("ready", 200)


@get("/metrics", opt=LOOPBACK, guards=[admit])
async def metrics() -> Response[Any]:
    """Prometheus metrics."""
    return Response(content=generate_latest(), media_type=CONTENT_TYPE_LATEST.partition("; charset")[0])


@get("/assets/{name:path}", opt=MACHINE)
async def asset(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[Any]:
    """A browser file by its hashed name; its content never changes, so it may be kept for ever."""
    front: Front = request.app.front  # type: ignore[attr-defined]
    found = front.assets.find(name.lstrip("/"))
    if found is None:
        raise Refused(NotFound())
    headers = {"Cache-Control": FOR_EVER, "ETag": found.etag, "Vary": "Accept-Encoding"}
    if found.etag in request.headers.get("if-none-match", ""):
        return Response(content=b"", status_code=304, media_type=found.content_type, headers=headers)
    if found.zipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
        zipped = headers | {"Content-Encoding": "gzip"}
        return Response(content=found.zipped, media_type=found.content_type, headers=zipped)
    return Response(content=found.body, media_type=found.content_type, headers=headers)


def _short(text: str, status: int) -> Response[Any]:
    return Response(content=text, status_code=status, media_type="text/plain", headers={"Cache-Control": "no-store"})


HANDLERS = (live, ready, metrics, asset)
