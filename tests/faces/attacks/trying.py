"""How attacks are tried: somebody of the probe's world says something, and what comes back."""

from typing import Any

import msgspec

from tests.faces.test_every_route import Probe, properties, request_of
from tests.faces.visiting import Visitor
from tests.faces.wire import Answer, Headers, Sent, send
from tests.given.goods import fresh_key


def who(probe: Probe, name: str) -> Visitor:
    return next(one for one in probe.world.visitors if one.name == name)


def own(visitor: Visitor, prefix: str) -> str:
    """One of the visitor's own things."""
    return next(public for public in sorted(visitor.own) if public.startswith(f"{prefix}_"))


def forms_of(probe: Probe) -> list[str]:
    """Every route that reads a form, as `POST /path`."""
    return sorted(route for route, operation in probe.routes.items() if properties(operation))


async def ask(probe: Probe, visitor: Visitor, sent: Sent, *more: tuple[bytes, bytes]) -> Answer:
    """What this visitor is answered, from a network address of its own; headers of `more` replace his own."""
    probe.count += 1
    said = {name for name, _ in (*sent.headers, *more)}
    headers: Headers = [*sent.headers, *more, *(h for h in visitor.headers() if h[0] not in said)]
    client = f"10.8.{probe.count >> 8 & 255}.{probe.count & 255}"
    return await send(probe.app, Sent(sent.method, sent.target, headers, sent.body), client=client)


async def get(probe: Probe, visitor: Visitor, target: str, *more: tuple[bytes, bytes]) -> Answer:
    return await ask(probe, visitor, Sent("GET", target), *more)


async def post(probe: Probe, visitor: Visitor, target: str, *more: tuple[bytes, bytes], **members: Any) -> Answer:
    body = msgspec.json.encode(members)
    return await ask(probe, visitor, Sent("POST", target, [(b"content-type", b"application/json")], body), *more)


def lawful(probe: Probe, route: str, visitor: Visitor, **members: str) -> Sent:
    """What the route takes from this visitor, with some members changed or added."""
    values = probe.lawful(route, visitor)
    if ("body", "key") in values:
        values[("body", "key")] = fresh_key()
    return request_of(*route.split(), values | {("body", name): value for name, value in members.items()})


def code_of(answer: Answer) -> str:
    """The refusal's code; empty for an answer that refuses nothing."""
    return str(answer.json()["code"]) if answer.status >= 400 else ""
