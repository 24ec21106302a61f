"""An answer whose body is made already: sent as it is, where the framework's own is rendered into a second object first."""

from typing import Any

from litestar import Response
from litestar.types import Receive, Scope, Send

NO_BODY = (204, 304)


class Answer(Response[bytes]):
    """Status, type, headers and body. Cookies are the visit's; what has no body is the framework's to send."""

    def to_asgi_response(self, *_: Any, **__: Any) -> "Answer":  # type: ignore[override]
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = self.media_type
        assert type(kind) is str and self.status_code not in NO_BODY and not self.cookies and self.background is None
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in self.headers.items()]
        headers += [
            (b"content-type", f"{kind}; charset=utf-8".encode() if kind.startswith("text/") else kind.encode()),
            (b"content-length", str(len(self.content)).encode()),
        ]
        await send({"type": "http.response.start", "status": self.status_code or 200, "headers": headers})
        await send({"type": "http.response.body", "body": self.content, "more_body": False})
