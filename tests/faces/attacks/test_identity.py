"""Attacks on who somebody is and what he may (A1 is in tests/faces/test_matrix.py): A2, A11, A12, A15, A16, A20, A24, A26 (docs/design/threats.md)."""

import ast
import math
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.faces.attacks.trying import ask, code_of, forms_of, get, lawful, own, post, who
from tests.faces.conftest import Visitors
from tests.faces.matrix import routes_of
from tests.faces.test_every_route import Probe
from tests.given.houses import Place
from tests.tidy.house import files, name, nodes, tree
from tuan.kit.ids import new_uuid
from tuan.main import open_house
from tuan.people import accounts
from tuan.platform.settings import Settings, SettingsError, market_secret
from tuan.surfaces.web import sessions, visits
from tuan.surfaces.web.policies import POLICY, PUBLIC
from tuan.surfaces.web.public import OPEN_ROUTES

IDENTITIES = (
    "person",
    "person_id",
    "user",
    "user_id",
    "uid",
    "buyer",
    "actor",
    "openid",
    "token",
    "supplier",
    "role",
    "is_admin",
)
"""What other shops read from a request to know who it is."""


async def test_a02_what_a_visitor_says_of_himself_gives_him_no_session(probe: Probe) -> None:
    """Nor does the token that he came with become one: signing in gives a new one."""
    nobody, buyer = who(probe, "nobody"), who(probe, "buyer")
    assert buyer.person is not None
    for member in IDENTITIES:
        said = {member: buyer.person.hex}
        answer = await post(probe, nobody, "/sign-in", phone="13800138000", code="000000", next="/", **said)
        assert code_of(answer) == "web.field_invalid" and "set-cookie" not in answer.headers
    for cookie in (buyer.person.hex, "a" * 43, sessions.hash_of(buyer.token).hex()[:43], "../" * 14 + "a"):
        assert code_of(await get(probe, nobody, "/me", (b"cookie", f"tuan={cookie}".encode()))) == "web.sign_in_needed"


def test_a11_what_is_due_is_done_by_no_route() -> None:
    """Sweeps, reactions to facts, migrations and the demo are out of a request's reach."""
    reached = [
        f"{name(path)}: {module}"
        for path in files("src/tuan/surfaces")
        for node in nodes(path)
        for module in _imported(node)
        if module.startswith("tuan.")
        and (
            module.rpartition(".")[2] in ("sweeps", "handlers", "relay", "housekeeping")
            or re.match(r"tuan\.(migrations|demo|main|cli)\b", module)
        )
    ]
    assert reached == []


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


REFUSED = ("web.field_invalid", "web.suppliers_only", "web.shops_only", "web.office_sign_in_needed", "not_found")
"""Where the order has no case, that is told before its form is read."""


async def test_a12_no_parameter_says_who_somebody_is(probe: Probe) -> None:
    """In a body it is refused on every route; in a query or a header it changes nothing."""
    buyer, other = who(probe, "buyer"), who(probe, "other")
    assert other.person is not None
    before = await probe.world.place.snapshot()
    for route in forms_of(probe):
        for member in IDENTITIES:
            answer = await ask(probe, buyer, lawful(probe, route, buyer, **{member: other.person.hex}))
            assert code_of(answer) in REFUSED, (route, member, answer)
    assert await probe.world.place.snapshot() == before
    claims = tuple((f"x-{member.replace('_', '-')}".encode(), str(other.person).encode()) for member in IDENTITIES)
    for path in ("/me/addresses", "/orders"):
        plain = await get(probe, buyer, path)
        query = "&".join(f"{member}={other.person}" for member in IDENTITIES)
        claimed = await get(
            probe, buyer, f"{path}?{query}", *claims, (b"authorization", b"Bearer " + other.token.encode())
        )
        assert claimed.status == 200
        assert not [public for public in other.own if public.encode() in claimed.body]
        assert [public for public in buyer.own if public.encode() in plain.body]


async def test_a15_an_order_is_its_buyers_alone(probe: Probe) -> None:
    """Reading, paying, cancelling, receiving: not yours is not found, as what never was; and ids cannot be counted up."""
    buyer, other = who(probe, "buyer"), who(probe, "other")
    order, payable, attempt, address = (own(buyer, kind) for kind in ("ord", "pay", "try", "addr"))
    before = await probe.world.place.snapshot()
    for theirs, never in ((order, "ord_" + "0" * 26), (payable, "pay_" + "0" * 26), (attempt, "try_" + "0" * 26)):
        paths = [
            route
            for route in probe.routes
            if re.search(r"{(order|payable|attempt)}", route) and "/desk" not in route and "/office" not in route
        ]
        for route in paths:
            method, path = route.split()
            asked = [re.sub(r"{\w+}", public, path) for public in (theirs, never)]
            form = (
                {name: "1" for name in ("key",)}
                | ({"provider": "sandbox"} if "attempts" in path else {})
                | ({"outcome": "pay"} if "sandbox" in path else {})
                | (dict(title_kind="personal", title="-", email="a@b.test") if path.endswith("/invoice") else {})
            )
            told = [
                await (get(probe, other, url) if method == "GET" else post(probe, other, url, **form)) for url in asked
            ]
            assert [one.status for one in told] == [404, 404], route
            assert [code_of(one) for one in told] == ["not_found"] * 2
    answer = await ask(probe, other, lawful(probe, "POST /orders", other, address=address))
    assert code_of(answer) == "not_found"
    assert await probe.world.place.snapshot() == before
    made = [new_uuid().int for _ in range(1000)]
    tails = {one & (1 << 62) - 1 for one in made}
    changed = [((a ^ b) & (1 << 62) - 1).bit_count() for a, b in pairwise(made)]
    assert len(tails) == len(made) and math.fsum(changed) / len(changed) > 20, "the rest of an id is chance"


async def test_a16_no_default_secret_no_mock_sign_in_and_an_empty_credential_is_none(
    probe: Probe, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TUAN_SECRET", raising=False)
    with pytest.raises(SettingsError, match="no TUAN_SECRET"):
        market_secret(tmp_path, make=False)
    monkeypatch.setenv("TUAN_SECRET", "secret")
    with pytest.raises(SettingsError, match="shorter"):
        market_secret(tmp_path, make=False)
    with pytest.raises(SettingsError, match="development"):
        async with open_house(_live(place.house.settings)):
            raise AssertionError("a live market was opened with codes on the page")
    nobody = who(probe, "nobody")
    for headers in ([(b"authorization", b"")], [(b"authorization", b"Bearer ")], [(b"cookie", b"")], [(b"cookie", b"tuan=")],
                    [(b"cookie", b"tuan=; __Host-tuan=")], [(b"authorization", b"Bearer mock"), (b"cookie", b"tuan=mock")]):  # fmt: skip
        for path in ("/me", "/orders", "/checkout", "/desk/orders"):
            assert code_of(await get(probe, nobody, path, *headers)) == "web.sign_in_needed"


def _live(settings: Settings) -> Settings:
    return Settings(settings.data, settings.app_url, settings.relay_url, settings.secret, development=False)


async def test_a20_a_code_is_its_numbers_own_works_once_and_tells_nobody_who_is_registered(
    place: Place, visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, unknown = "+8613911110001", "+8613911110002"
    async with place.work() as work:
        await accounts.admit(work, known, name="", locale="en")
    asked: list[tuple[Any, ...]] = []
    for phone in (known, unknown):
        visitor = await visitors(accept="application/json")
        await visitor.find_token()
        with monkeypatch.context() as patch:
            count = _counted(patch)
            sent = await visitor.post("/sign-in/code", phone=phone, next="/")
            code = sent.json()["shown_code"]
            wrong = await visitor.post("/sign-in", phone=phone, code=f"{(int(code) + 1) % 10**6:06d}", next="/")
            asked.append(
                (
                    sent.status_code,
                    sent.json().keys(),
                    wrong.status_code,
                    wrong.json()["code"],
                    wrong.json()["detail"],
                    tuple(count),
                )
            )
        stolen = await visitor.post("/sign-in", phone="+8613911110003", code=code, next="/")
        right = await visitor.post("/sign-in", phone=phone, code=code, next="/")
        visitor.token = ""
        again = await visitor.post("/sign-in", phone=phone, code=code, next="/")
        assert (stolen.status_code, right.status_code, again.status_code) == (422, 200, 422)
    assert asked[0] == asked[1], "the same answers after the same work"


def _counted(patch: pytest.MonkeyPatch) -> list[int]:
    """Statements of each transaction that a request opened."""
    counts: list[int] = []
    before = visits.open_work

    def counting(*args: Any, **kwargs: Any) -> Any:
        opened = before(*args, **kwargs)
        return _Noting(opened, counts)

    patch.setattr(visits, "open_work", counting)
    return counts


class _Noting:
    def __init__(self, opened: Any, counts: list[int]) -> None:
        self.opened, self.counts = opened, counts

    async def __aenter__(self) -> Any:
        self.work = await self.opened.__aenter__()
        return self.work

    async def __aexit__(self, *error: Any) -> Any:
        self.counts.append(self.work.statements)
        return await self.opened.__aexit__(*error)


CHANCE_ENOUGH = {
    "src/tuan/surfaces/web/streams.py": "when a browser comes back to a live page is no secret",
    "src/tuan/platform/spans.py": "the name of a span is no secret",
}


def test_a24_nothing_secret_comes_from_a_generator_that_can_be_predicted() -> None:
    """`random` plays worlds and spreads waits, and nothing else; codes and tokens come from the system."""
    users = {
        name(path)
        for path in files("src")
        for node in nodes(path)
        if "random" in (module.partition(".")[0] for module in _imported(node))
    }
    assert {path for path in users if not path.startswith("src/tuan/simulate/")} == CHANCE_ENOUGH.keys()
    assert len({sessions.new_token() for _ in range(1000)}) == 1000 and sessions.TOKEN_BYTES * 8 >= 128


def test_a26_what_is_closed_for_writing_is_not_open_for_reading(probe: Probe) -> None:
    """For each closed POST, whatever is read at its place or around it is closed too, unless it was reviewed as open."""
    routes = {route.name: route.opt[POLICY] for route in routes_of(probe.app)}
    closed = [
        route.partition(" ")[2]
        for route, policy in routes.items()
        if route.startswith("POST") and policy != PUBLIC[POLICY]
    ]
    for path in closed:
        for around in (path, path.rpartition("/")[0]):
            policy = routes.get(f"GET {around}")
            assert policy != PUBLIC[POLICY] or f"GET {around}" in OPEN_ROUTES, around
    things = [route for route in routes if re.search(r"GET .*{(order|payable|attempt|address)}", route)]
    assert len(things) >= 3 and not [route for route in things if routes[route] == PUBLIC[POLICY]]


def test_the_table_of_threats_names_every_attack() -> None:
    """A1 to A28, each with its test or with the reason why it cannot be tried here."""
    page = Path("docs/design/threats.md").read_text()
    tests = {
        n.name
        for p in files("tests/faces")
        for n in ast.walk(tree(p))
        if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    for number in range(1, 29):
        (line,) = re.findall(rf"^\| A{number} \|.*$", page, re.MULTILINE)
        named = re.findall(r"`(test_a\d\d_\w+)`", line)
        assert set(named) <= tests and all(one.startswith(f"test_a{number:02d}_") for one in named), line
        assert named or "cannot" in line, line
