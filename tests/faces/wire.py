"""Requests byte by byte, past every client that would tidy them up: hostile headers, bodies and paths arrive as they are."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import msgspec
from litestar import Litestar

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Sent:
    """A request: the target as it stands in its first line, headers in lower case."""

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""

    def __str__(self) -> str:
        shown = [f"{name.decode('latin-1')}: {value!r}" for name, value in self.headers]
        return f"{self.method} {self.target} {shown} {self.body[:400]!r}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; of a live page only its first line, since it has no last."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        return self.headers.get("content-type", "")

    def json(self) -> Any:
        return msgspec.json.decode(self.body)


async def send(app: Litestar, sent: Sent, *, client: str) -> Answer:
    """Hand the request to the app as the server would, from this network address, and hang up after the first part of the answer."""
    path, _, query = sent.target.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "root_path": "",
        "method": sent.method, "path": unquote(path), "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"), "headers": list(sent.headers), "client": (client, 50000),
        "server": ("127.0.0.1", 80), "state": {},
    }  # fmt: skip
    waiting = [{"type": "http.request", "body": sent.body, "more_body": False}]
    enough, came = asyncio.Event(), list[Any]()

    async def receive() -> Any:
        if waiting:
            return waiting.pop()
        await enough.wait()
        return {"type": "http.disconnect"}

    async def take(message: Any) -> None:
        came.append(message)
        if message["type"] == "http.response.body":
            enough.set()

    await app(scope, receive, take)  # type: ignore[arg-type]
    head, *parts = came
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in head["headers"]}
    return Answer(head["status"], headers, b"".join(part.get("body", b"") for part in parts))
