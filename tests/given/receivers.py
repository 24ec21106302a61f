"""Receivers of webhooks that answer as they are told, behind names that resolve as they are told; nothing leaves the machine."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.given.houses import Place
from tuan.platform.gateways.outside import Outside
from tuan.platform.gateways.posting import Poster

PUBLIC = "93.184.216.34"
URL = "https://news.example.com/tuan"


@dataclass
class Receiver:
    """A stranger's server: keeps what came, answers with the next of its statuses, and for good with the last."""

    statuses: list[Any] = field(default_factory=lambda: [204])
    came: list[httpx.Request] = field(default_factory=list)

    async def answer(self, request: httpx.Request) -> httpx.Response:
        self.came.append(request)
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if isinstance(status, Exception):
            raise status
        return httpx.Response(status, headers={"location": "http://169.254.169.254/"}, content=b"x" * 10_000)


@dataclass
class Names:
    """A resolver whose answers are written down here; each question gets the next answer, and for good the last."""

    answers: dict[str, list[Sequence[str]]]
    asked: list[str] = field(default_factory=list)

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        found = self.answers.get(host) or [[PUBLIC]]
        return found.pop(0) if len(found) > 1 else found[0]


def poster(receiver: Receiver, names: Names | None = None, *, is_strict: bool = True) -> Poster:
    """A poster whose only way out is the receiver."""
    resolve = (names or Names({})).resolve
    return Poster(b"s" * 32, is_strict=is_strict, resolve=resolve, transport=httpx.MockTransport(receiver.answer))


async def relay_through(place: Place, one: Poster) -> None:
    """Deliver everything that is due in this market by way of this poster."""
    kept, place.relay.gateways = place.relay.gateways, Outside(place.house.providers, one)
    try:
        await place.quiet()
    finally:
        place.relay.gateways = kept
