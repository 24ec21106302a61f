"""The table of routes and visitors, made from the app's own routes: who is let in, and who is told what instead.

A new route is in it by being a route. A policy without a row here stops the tests.
"""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Litestar

from tests.faces import openapi
from tests.faces.test_every_route import Probe, request_of
from tests.faces.visiting import Visitor, make_world
from tests.faces.wire import Sent, send
from tests.faces.written import TEXTS
from tests.given import goods as given
from tests.given import office
from tests.given.houses import Place
from tuan.people.staff.model import CONFIRMED_FOR, STANDARD_ROLES
from tuan.surfaces.web.policies import (
    API,
    HOOK,
    LOOPBACK,
    MACHINE,
    PUBLIC,
    SHOP,
    SIGNED_IN,
    STAFF,
    SUPPLIER,
    handlers_of,
)

IN = "in"
NOT_FOUND, BROKEN = "not_found", "web.broken"
SIGN_IN, SUPPLIERS, SHOPS = "web.sign_in_needed", "web.suppliers_only", "web.shops_only"
OFFICE, NOT_PERMITTED, CONFIRM = "web.office_sign_in_needed", "web.not_permitted", "web.confirm_needed"
GATES = frozenset(
    {SIGN_IN, SUPPLIERS, SHOPS, OFFICE, NOT_PERMITTED, CONFIRM, "web.form_expired", "gateways.signature_wrong"}
)
"""What only a door says; anything else was said behind it."""
CLERKS = {"staff": "owner", "stale": "owner", "goods clerk": "goods", "auditor": "audit"}
"""Members of staff with their roles; the stale one showed his second factor too long ago."""
SHOPPERS = ("buyer", "other", "supplier")
"""Whoever has a session in the shop of this market; nobody else has: not the staff of the market, nor other markets' people."""
PRIVATE = ("order", "payable", "attempt")
"""Path fields that name what is one buyer's alone."""


def expected(opt: Mapping[str, Any], visitor: str) -> str:
    """IN, or the code of the refusal that this visitor must be told. KeyError for a policy without a row."""
    return {
        PUBLIC["policy"]: lambda: IN,
        MACHINE["policy"]: lambda: IN,
        SIGNED_IN["policy"]: lambda: IN if visitor in SHOPPERS else SIGN_IN,
        SUPPLIER["policy"]: lambda: SIGN_IN if visitor not in SHOPPERS else IN if visitor == "supplier" else SUPPLIERS,
        SHOP["policy"]: lambda: SIGN_IN if visitor not in SHOPPERS else IN if visitor == "supplier" else SHOPS,
        STAFF: lambda: _expected_of_staff(opt, visitor),
        LOOPBACK["policy"]: lambda: NOT_FOUND,
        HOOK["policy"]: lambda: "gateways.signature_wrong",
    }[opt["policy"]]()


def _expected_of_staff(opt: Mapping[str, Any], visitor: str) -> str:
    if visitor not in CLERKS:
        return OFFICE
    if not set(opt["permissions"]) <= STANDARD_ROLES[CLERKS[visitor]]:
        return NOT_PERMITTED
    return CONFIRM if opt["fresh"] and visitor == "stale" else IN


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path, as the app declares it."""

    name: str
    opt: Mapping[str, Any]

    @property
    def is_private(self) -> bool:
        """Behind it is something that is one buyer's alone."""
        return any(f"{{{field}}}" in self.name for field in PRIVATE)


def routes_of(app: Litestar) -> list[Route]:
    """What people ask for; programs ask the API in `test_api_every_route.py`, as every kind of program."""
    found = [
        Route(f"{method} " + re.sub(r"{(\w+):\w+}", r"{\1}", path), handler.opt)
        for handler in handlers_of(app)
        if handler.opt["policy"] != API
        for path in handler.paths
        for method in handler.http_methods
    ]
    return sorted(found, key=lambda route: route.name)


async def made_matrix(app: Litestar, place: Place) -> Probe:
    """A world with everything in it, and besides its visitors one who is signed in elsewhere."""
    world = await make_world(place, rounds=1)
    foreigner = await given.buyer(world.elsewhere)
    away = [
        Visitor("elsewhere", place.host, foreigner.id),
        Visitor("staff elsewhere", place.host, None, clerk=await office.clerk(world.elsewhere)),
    ]
    clerks = {name: await office.clerk(place, role) for name, role in CLERKS.items() if name != "staff"}
    here = [Visitor(name, place.host, clerk.person, clerk=clerk) for name, clerk in clerks.items()]
    for visitor in here:
        await visitor.arrive(place)
        if visitor.name == "stale":
            await place.move_clock(CONFIRMED_FOR)
    await next(one for one in world.visitors if one.name == "staff").arrive(place)
    for visitor in away:
        await visitor.arrive(world.elsewhere)
    world.visitors += [*here, *away]
    world.know(None, day="2026-11-22", aside="0" * 32)
    document = openapi.document(app, {**TEXTS, **world.ids})
    routes = {f"{m.upper()} {path}": one for path, of in document["paths"].items() for m, one in of.items()}
    return Probe(app, world, None, routes)


async def faults_of(probe: Probe, routes: Sequence[Route]) -> AsyncIterator[str]:
    """Each visitor asks for what is the buyer's on every route; every answer that is not as the table says."""
    buyer = next(one for one in probe.world.visitors if one.name == "buyer")
    for route in routes:
        for visitor in probe.world.visitors:
            values = {at: value or "x" * (at[0] == "path") for at, value in probe.lawful(route.name, buyer).items()}
            if not route.is_private or _sees(route):  # past the door nothing shall happen
                values = {at: value for at, value in values.items() if at[0] != "body"} | {("body", "nothing"): "x"}
            sent = request_of(*route.name.split(" "), values)
            told = await verdict(probe, visitor, sent)
            want = expected(route.opt, visitor.name)
            if told == BROKEN or (told != want and (want != IN or told in GATES)):
                yield f"{route.name}: {visitor.name} was told {told} instead of {want}"
            if want == IN and route.is_private and visitor is not buyer and told != NOT_FOUND and not _sees(route):
                yield f"{route.name}: {visitor.name} was told {told} of what is the buyer's"


def _sees(route: Route) -> bool:
    """Whoever sends goods sees the orders to send, and the office what it may."""
    return route.opt["policy"] in (SUPPLIER["policy"], STAFF)


async def verdict(probe: Probe, visitor: Visitor, sent: Sent) -> str:
    """IN for an answer, else the code of the refusal; a live page is an answer."""
    probe.count += 1
    whole = Sent(sent.method, sent.target, [*sent.headers, *visitor.headers()], sent.body)
    answer = await send(probe.app, whole, client=f"10.9.{probe.count >> 8 & 255}.{probe.count & 255}")
    return answer.json()["code"] if answer.status >= 400 else IN
