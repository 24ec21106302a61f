"""An answer whose body is made already: sent as it is, where the framework's own is rendered into a second object first."""

from typing import Any

from litestar import Response
from litestar.types import Receive, Scope, Send


class Answer(Response[bytes]):
    """Status, type, headers and body; no cookies and nothing to be done afterwards, which are the visit's."""

    def to_asgi_response(self, *_: Any, **__: Any) -> "Answer":  # type: ignore[override]
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = str(self.media_type)
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in self.headers.items()]
        headers += [
            (b"content-type", f"{kind}; charset=utf-8".encode() if kind.startswith("text/") else kind.encode()),
            (b"content-length", str(len(self.content)).encode()),
        ]
        await send({"type": "http.response.start", "status": self.status_code or 200, "headers": headers})
        await send({"type": "http.response.body", "body": self.content, "more_body": False})
