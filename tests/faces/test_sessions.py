"""Sessions, forms and tries: whose token is good for what, and what two processes know of each other."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from litestar import Litestar

from tests.faces.attacks.trying import ask, code_of, who
from tests.faces.browser import JSON, Browser
from tests.faces.conftest import Visitors
from tests.faces.matrix import IN, expected, made_matrix, routes_of
from tests.faces.test_every_route import request_of
from tests.given import goods as given
from tests.given import office
from tests.given.houses import Place
from tuan.kit.refusals import Refusal
from tuan.main import House, open_house
from tuan.people import accounts, staff
from tuan.platform import limits
from tuan.platform.outbox import flush
from tuan.platform.work import SYSTEM, open_work
from tuan.surfaces.web import sessions
from tuan.surfaces.web.app import App
from tuan.surfaces.web.policies import CHANGING, HOOK, POLICY

HERE = b"this browser"
SEEN_AGAIN = ("platform.sessions", "staff.sessions", "platform.limits", "audit.entries", "audit.unsealed")
"""Tables in which reading a page may leave that somebody was here; who looks at personal things is written down."""


async def test_no_form_is_taken_without_its_visitors_token(app: Litestar, place: Place) -> None:
    """Every route that changes something, as whoever may use it: without a token, with another one's, with an old one."""
    probe = await made_matrix(app, place)
    before, tried = await place.snapshot(), 0
    other = who(probe, "other")
    for route in routes_of(app):
        method, path = route.name.split()
        if method not in CHANGING or route.opt[POLICY] == HOOK[POLICY]:
            continue
        visitor = next(
            v
            for v in (who(probe, "buyer"), who(probe, "supplier"), who(probe, "staff"))
            if expected(route.opt, v.name) == IN
        )
        sent = request_of(method, path, probe.lawful(route.name, visitor))
        for token in (
            "",
            "0" * 64,
            other.form_token,
            visitor.token,
            sessions.form_token(b"another secret" * 3, visitor.token),
        ):
            answer = await ask(
                probe, visitor, sent, (b"x-csrf-token", token.encode()), (b"origin", b"https://evil.test")
            )
            assert code_of(answer) == "web.form_expired", (route, token)
            tried += 1
    assert tried > 70 and await place.snapshot() == before


async def test_reading_changes_nothing(app: Litestar, place: Place) -> None:
    """Every GET twice as every visitor; that somebody was here may be noted, nothing else."""
    probe = await made_matrix(app, place)
    await place.quiet()
    before = await place.snapshot()
    for route in routes_of(app):
        method, path = route.name.split()
        for visitor in probe.world.visitors if method == "GET" else ():
            for _ in range(2):
                await ask(probe, visitor, request_of(method, path, probe.lawful(route.name, visitor)))
    after = await place.snapshot()
    assert {name for name in before if before[name] != after[name]} <= set(SEEN_AGAIN)


async def test_signing_in_and_out_gives_a_new_token_and_ends_the_old_one(place: Place, visitors: Visitors) -> None:
    visitor, thief = await visitors(), await visitors()
    await visitor.find_token()
    planted = visitor.http.cookies["tuan"]
    thief.http.cookies.set("tuan", planted)
    async with place.work() as work:
        phone = (await accounts.access_person(work, (await given.buyer(place)).id))["phone"]
    await visitor.sign_in(phone)
    signed_in = visitor.http.cookies["tuan"]
    assert signed_in != planted and len(signed_in) >= 43
    assert (await visitor.get("/me")).status_code == 200 and (await thief.get("/me")).status_code == 303
    thief.http.cookies.set("tuan", signed_in)
    assert (await visitor.post("/sign-out")).status_code == 303
    assert visitor.http.cookies["tuan"] not in (planted, signed_in)
    assert (await thief.get("/me")).status_code == 303, "a copied cookie is worth nothing after signing out"


async def test_the_office_and_the_shop_know_each_other_by_nothing(place: Place, visitors: Visitors) -> None:
    clerk = await office.clerk(place)
    tokens = [await office.signed_in(place, clerk) for _ in range(2)]
    assert tokens[0] != tokens[1]
    for name, path in (("tuan", "/me"), ("tuan-office", "/me")):
        visitor = await visitors(accept=JSON)
        visitor.http.cookies.set(name, tokens[0])
        assert (await visitor.get(path)).status_code == 401
    shopper = await visitors(await given.buyer(place), accept=JSON)
    shopper.http.cookies.set("tuan-office", shopper.http.cookies["tuan"])
    assert (await shopper.get("/office")).status_code == 401
    shopper.http.cookies.set("tuan-office", tokens[0])
    assert (await shopper.get("/office")).status_code == 200


async def test_cookies_of_a_live_market_are_bound_to_its_host(app: Litestar, place: Place) -> None:
    """`__Host-`: only over TLS, for the whole host and no other one; no script reads them, no other site sends them."""
    assert isinstance(app, App)
    house = replace(app.front.house, settings=replace(app.front.house.settings, development=False))
    live = App(replace(app.front, house=house), [route for route in _handlers()])
    visitor = Browser(live, place.host)
    for path, name, site in (("/sign-in", "__Host-tuan", "Lax"), ("/office/sign-in", "__Host-tuan-office", "Strict")):
        (cookie,) = (await visitor.get(path)).headers.get_list("set-cookie")
        parts = [part.strip() for part in cookie.split(";")]
        assert parts[0].startswith(f"{name}=") and {"Path=/", "HttpOnly", "Secure", f"SameSite={site}"} <= set(parts)
        assert not [part for part in parts if part.lower().startswith("domain")]
    await visitor.http.aclose()


def _handlers() -> list[Any]:
    from tuan.surfaces.web.routes import load_routes

    return load_routes()


# ── two processes ──
@pytest.fixture
async def houses(house: House) -> AsyncIterator[list[House]]:
    """This process and another one on the same database."""
    async with open_house(house.settings, requests=2, lanes=2) as other:
        yield [house, other]


def work_in(house: House, place: Place) -> Any:
    return open_work(house.database.requests, place.market, SYSTEM, flush=flush)


async def test_a_limit_is_one_for_all_processes(place: Place, houses: list[House]) -> None:
    async def take(house: House) -> bool:
        async with work_in(house, place) as work:
            return await limits.take(work, "bucket", most=7, window_seconds=3600) is None

    taken = await asyncio.gather(*(take(houses[number % 2]) for number in range(20)))
    assert sum(taken) == 7


async def test_wrong_codes_are_counted_by_all_processes_together(place: Place, houses: list[House]) -> None:
    """Five tries in all, wherever they are made; and the right code at the same moment in both works once."""
    secret, phone = place.house.settings.secret, "+8613911112222"

    async def sent() -> str:
        async with work_in(houses[0], place) as work:
            code = await accounts.make_code(work, phone, secret, client="192.0.2.1", request=HERE)
        assert isinstance(code, str)
        return code

    async def tried(house: House, code: str, request: bytes = HERE) -> bool:
        async with work_in(house, place) as work:
            found = await accounts.sign_in(work, phone, code, secret, locale="en", client="192.0.2.1", request=request)
        return not isinstance(found, Refusal)

    code = await sent()
    assert not await tried(houses[1], code, request=b"somebody else's browser"), "it opens where it was asked for"
    both = await asyncio.gather(*(tried(house, code) for house in houses))
    assert sorted(both) == [False, True]
    await place.move_clock(accounts.model.CODE_PAUSE)
    code = await sent()
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for number in range(accounts.model.CODE_TRIES):
        assert not await tried(houses[number % 2], wrong)
    assert not await tried(houses[1], code), "the right one comes too late, in either process"


async def test_the_office_locks_out_in_all_processes_together(place: Place, houses: list[House]) -> None:
    """Whoever guesses a password in one process is locked out of the other one, also with the right one."""
    clerk = await office.clerk(place)
    code, secret, told = await clerk.code(place), place.house.settings.secret, []
    for number in range(30):
        async with work_in(houses[number % 2], place) as work:
            found = await staff.sign_in(work, clerk.phone, f"wrong {number}", "000000", secret, client="192.0.2.9")
        assert isinstance(found, Refusal)
        told.append(found.code)
        if found.code == "platform.too_often":
            break
    assert told[-1] == "platform.too_often" and len(told) > 3
    for house in houses:
        async with work_in(house, place) as work:
            found = await staff.sign_in(work, clerk.phone, clerk.password, code, secret, client="192.0.2.10")
        assert isinstance(found, Refusal) and found.code == "platform.too_often"
