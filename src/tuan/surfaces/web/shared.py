"""Which pages a crowd shares: the decorator of their handlers."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from litestar import Response
from litestar.types import Send

from tuan.surfaces.web.channels import channel_of
from tuan.surfaces.web.fragments import Key, Page
from tuan.surfaces.web.shares import share_of
from tuan.surfaces.web.visits import HTML, Visit

Handler = Callable[..., Awaitable[Response[Any]]]


def shared(handler: Handler) -> Handler:
    """A GET whose page is the same for all who are not signed in, in one market, language, address and channel, and came by one
    link: who is paid for it stands on it.

    Whoever is signed in, and whoever wants JSON, gets his own. So does everybody where the handler refuses, or gives the
    page something of one visitor: a form's token, a key, a cookie. Such a page is never kept.
    """

    @wraps(handler)
    async def show(visit: Visit, **parameters: Any) -> Response[Any]:
        if visit.session is not None or visit.wants_json:
            return await handler(visit=visit, **parameters)
        own: list[Response[Any]] = []

        async def make() -> Page | None:
            answer = await handler(visit=visit, **parameters)
            if answer.status_code == 200 and not visit.is_personal:
                assert visit.request is not None
                return Page(answer.content, visit.request.scope["path_template"])
            own.append(answer)
            return None

        page = await visit.front.shared.get(_key(visit), visit.topics, make)
        if page is not None:
            status, headers, body = answered(visit, page)
            return Response(content=body, status_code=status, media_type=HTML, headers=headers)
        return own[0] if own else await handler(visit=visit, **parameters)

    show.is_shared = True  # type: ignore[attr-defined]
    return show


def _key(visit: Visit) -> Key:
    by = share_of(visit) or ""
    return Key(
        visit.market.id,
        visit.words.tag,
        f"{visit.origin}{visit.url_with()}#{by}{channel_of(visit)}",
        visit.wanted_block or "",
    )


def answered(visit: Visit, page: Page) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of this page for this visitor's browser: compressed, or nothing where it has the same."""
    headers = {"etag": page.etag}
    if page.etag in visit.headers.get("if-none-match", ""):
        return 304, headers, b""
    if "gzip" in visit.headers.get("accept-encoding", ""):
        return 200, headers | {"content-encoding": "gzip"}, page.zipped
    return 200, headers, page.body


def kept_for(visit: Visit) -> Page | None:
    """What may be answered without asking the handler, which made this page for nobody within the last second."""
    if visit.session is not None or visit.wants_json:
        return None
    return visit.front.shared.find(_key(visit))


async def send_kept(visit: Visit, page: Page, send: Send) -> None:
    """The same answer that the handler's page would become."""
    status, headers, body = answered(visit, page)
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    if status == 200:
        raw += [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body, "more_body": False})
