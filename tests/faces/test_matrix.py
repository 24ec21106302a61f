"""Who may: every route as every visitor, from the app's own list; and what happens if one policy lets everybody in."""

import random
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import structlog
from litestar import Litestar, Response, get
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler

from tests.faces.matrix import Route, faults_of, made_matrix, routes_of
from tests.given.houses import Place
from tuan.platform.gateways.sandbox import signing
from tuan.surfaces.web import app as web_app
from tuan.surfaces.web import policies, problems
from tuan.surfaces.web.app import App, admit
from tuan.surfaces.web.policies import HOOK, LOOPBACK, MACHINE, POLICIES, POLICY, PUBLIC, staff
from tuan.surfaces.web.public import CLOSED_ROUTES, OPEN_ROUTES
from tuan.surfaces.web.routes import load_routes
from tuan.surfaces.web.visits import Visit

OPEN = (PUBLIC[POLICY], MACHINE[POLICY])
"""Policies that let everybody in, so that there is nothing to take away."""


def test_what_answers_without_a_session_is_exactly_what_was_reviewed(app: Litestar) -> None:
    routes = routes_of(app)
    assert {route.name for route in routes if route.opt[POLICY] in OPEN} == OPEN_ROUTES.keys()
    assert {
        route.name for route in routes if route.opt[POLICY] in (LOOPBACK[POLICY], HOOK[POLICY])
    } == CLOSED_ROUTES.keys()
    assert all(reason for reason in (*OPEN_ROUTES.values(), *CLOSED_ROUTES.values()))


async def test_every_route_lets_in_whom_it_should(app: Litestar, place: Place) -> None:
    probe, routes = await made_matrix(app, place), routes_of(app)
    assert len(routes) > 25
    before = await probe.world.elsewhere.snapshot()
    assert [fault async for fault in faults_of(probe, routes)] == []
    assert await probe.world.elsewhere.snapshot() == before
    await place.quiet()
    assert await place.breaches() == {}


def let_everybody_in(patch: pytest.MonkeyPatch, policy: str) -> None:
    """What a mistake in this policy would do: it asks nothing."""
    open_doors(patch, policy)
    patch.setattr(policies, "_check_loopback", lambda connection: None)
    patch.setattr(signing, "why_not_believe", lambda *_: None)


def open_doors(patch: pytest.MonkeyPatch, policy: str) -> None:
    """Of the routes that declare this policy; of a policy that no route has, none."""

    async def open_door(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        if handler.opt[POLICY] != policy:
            await admit(connection, handler)
            return
        connection.scope["state"]["visit"].request = connection

    patch.setattr(web_app, "admit", open_door)


@get("/office/sample", opt=staff("refunds.give"))
async def permitted(visit: NamedDependency[Visit]) -> Response[Any]:
    return visit.json({})


@get("/office/sample/fresh", opt=staff("orders.see", fresh=True))
async def fresh(visit: NamedDependency[Visit]) -> Response[Any]:
    return visit.json({})


@pytest.mark.parametrize("share", [0.3, pytest.param(1, marks=pytest.mark.nightly)])
async def test_a01_a_policy_that_lets_everybody_in_is_noticed(
    app: Litestar, place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], share: float
) -> None:
    """The matrix is no table of refusals that would hold anyway: on each route, its policy is what keeps it.

    Opened one after the other: each policy, and of the staff's the permissions alone and the second factor alone. The
    control opens a policy that no route has, by the same means, and nothing is noticed.
    """
    assert isinstance(app, App)
    sampled = App(app.front, [*load_routes(), permitted, fresh])
    probe, routes = await made_matrix(sampled, place), routes_of(sampled)
    # What a handler does that was handed nobody is a mistake of ours, and printing each one takes a third of a second.
    monkeypatch.setattr(problems, "log", structlog.wrap_logger(None, processors=[_drop]))
    with monkeypatch.context() as patch:
        open_doors(patch, "a policy that no route has")
        assert [fault async for fault in faults_of(probe, routes)] == []
    tried = 0
    chosen = sorted(random.sample(range(len(routes)), int(len(routes) * share)))  # each night all of them
    some = [routes[at] for at in chosen]
    for route in some:
        for mutation in mutations_of(route):
            with monkeypatch.context() as patch:
                mutation(patch)
                assert await anext(faults_of(probe, [route]), None), route.name
            tried += 1
    with capsys.disabled():
        print(f"\n{tried} mutations of policies on {len(some)} of {len(routes)} routes, {tried} noticed")
    assert tried > len(POLICIES - set(OPEN)) + 2


def _drop(*_: Any) -> Any:
    raise structlog.DropEvent


def mutations_of(route: Route) -> list[Callable[[pytest.MonkeyPatch], None]]:
    policy = route.opt[POLICY]
    if policy in OPEN:
        return []
    parts = [part for part in ("permissions", "fresh") if route.opt.get(part)]
    return [partial(let_everybody_in, policy=policy), *(partial(forget, part=part) for part in parts)]


async def believe(_visit: Visit, *, is_form: bool) -> None:
    """Whoever should have shown a code, a form or a link."""


def forget(patch: pytest.MonkeyPatch, part: str) -> None:
    """Half a check of staff: a permission that is not asked for, a second factor that is not asked again."""
    if part == "fresh":
        patch.setattr(policies, "_confirm", believe)
        return
    before = policies._admit_staff

    async def forgetful(visit: Visit, opt: Any) -> None:
        await before(visit, {**opt, part: type(opt[part])()})

    patch.setattr(policies, "_admit_staff", forgetful)
