"""Every route, as every visitor, with what schemathesis makes of the app's own OpenAPI document and with what strangers send.

Whatever comes, no answer is a mistake of ours, a refusal says which, and nothing that is somebody's alone answers to another.
"""

import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import hypothesis
import msgspec
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase
from litestar import Litestar
from schemathesis import GenerationMode

from tests.faces import hostile, openapi
from tests.faces.visiting import Visitor, World, make_world
from tests.faces.wire import Answer, Headers, Sent, send
from tests.faces.written import TEXTS
from tests.given.goods import fresh_key
from tests.given.houses import Place
from tuan.surfaces.web.policies import HOOK, LOOPBACK, PUBLIC, SHOP, SIGNED_IN, STAFF, SUPPLIER

Capsys = pytest.CaptureFixture[str]

EXAMPLES = {GenerationMode.POSITIVE: 5, GenerationMode.NEGATIVE: 3}
"""Of each operation; the nightly run makes twenty times as many."""
SHOWN_MAX = 20

USES_UP = (
    "office/refunds",
    "erasure",
    "{campaign}/ending",
    "{presale}/ending",
    "{team}/leaving",
    "{organisation}/leaving",
    "cancellation",
    "removal",
    "shop/leaving",
    "suspension",
    "revocation",
    "{session}/ending",
    "others/ending",
    "sign-out",
)
"""Ends of routes that come last, in this order."""
CHOSEN_BY_MODE = ("team", "campaign")
"""Fields that a checkout without a team leaves unread."""
ANSWER_JSON = {STAFF, *(policy["policy"] for policy in (PUBLIC, SIGNED_IN, SUPPLIER, SHOP, HOOK))}
CLOSED = {policy["policy"] for policy in (LOOPBACK, HOOK)}
"""To all visitors: it takes this machine's own address, or a provider's signature."""
CANNOT_BE_DONE = {
    "POST /desk/shop/giving/materials/{material}/pictures",
    "POST /share/{code}/revocation",
    "POST /office/settlement/merchant",
    "POST /office/commissions/plans/{plan}/versions/{number}/state",
    "POST /office/leagues/seasons",
    "POST /office/leagues/seasons/{season}/closing",
    "POST /office/shops/applications/{application}/refusal",
    "POST /me/memberships/{organisation}/acceptance",
    "POST /desk/goods/{product}/proposals",
    "POST /office/organisations",
    "GET /assets/{name}",
    "GET /pictures/{file}",
    "GET /previews/{name}",
    "POST /sign-in",
    "POST /me/profile/phone",
    "POST /me/data/copy",
    "POST /me/data/erasure",
    "POST /office/sign-in",
    "POST /office/confirm",
    "POST /office/system/facts",
    "POST /office/promotions",
    "POST /desk/shop/money/withdrawals",
    "POST /desk/freight/templates",
    "POST /desk/freight/templates/{freight}",
    "POST /office/presales",
    "POST /office/refunds/owed/{order}",
    "POST /office/promotions/tiers/{tier}/members",
    "POST /coupons/gifts",
    "POST /coupons/gifts/{gift}/removal",
    "POST /office/imports/{job}/removal",
    "POST /desk/invoices/{invoice}/issue",
    "POST /office/settlement/withdrawals/{withdrawal}/inquiry",
}
"""Pictures for a text are files (tests/faces/test_shop_desk.py), and links are taken back one by one before their sheet is (tests/faces/test_sharing.py); here several sell (tests/faces/test_merchants.py); where a plan pays no shops are told first (tests/faces/test_terms_told.py). Of every withdrawal is heard at once here (tests/faces/test_payout_ways.py loses answers). An organisation is spoken for by somebody who is here (tests/faces/test_organisation_places.py). The rules of a template are fields of a number that no document says (tests/faces/test_carts.py sends some). File names carry hashes, the terms of a promotion must fit one another (tests/faces/test_promotions_office.py launches some), those of a presale too (tests/faces/test_presale.py, where somebody is owed something as well), and signing in needs the code that was sent, or that an authenticator shows. A gift is its giver's, and a tier
takes people of this market by their numbers (tests/faces/test_gifts.py); a table that was brought in
cannot be put away (tests/faces/test_imports.py); of the one invoice its number is taken by the red one (tests/faces/test_invoices.py). A season begins after now and closes
when its days are over (tests/faces/test_growth.py); every application has been let in before one could be refused
(tests/faces/test_shops.py), and who was invited has joined by the code (tests/faces/test_organisation_places.py); of the product of one's own a proposal waits already
(tests/verbs/test_sourcing.py)."""
SEEN_BY_OTHERS = {SUPPLIER["policy"], STAFF}
"""Policies of those who see what buyers of their market have: orders to ship, the office."""

JSON_BODY: Headers = [(b"content-type", b"application/json")]
PUBLIC_ID = re.compile(r"\b[a-z]+_[0-9a-hjkmnp-tv-z]{26}\b")


@dataclass
class Probe:
    """Sends requests as visitors, judges each answer, and counts."""

    app: Litestar
    world: World
    schema: Any
    routes: dict[str, dict[str, Any]]
    count: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    done: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    async def ask(self, route: str, visitor: Visitor, sent: Sent, *, accept: str = openapi.JSON) -> None:
        """Send this, and around it what the visitor's browser would send."""
        said = {name for name, _ in sent.headers}
        whole = replace(sent, headers=[*sent.headers, *(h for h in visitor.headers(accept) if h[0] not in said)])
        self.count += 1
        client = f"10.{self.count >> 16}.{self.count >> 8 & 255}.{self.count & 255}"
        try:
            answer = await send(self.app, whole, client=client)
        except Exception as error:
            self.faults.append(f"{error!r}: {visitor.name} sent {whole}")
            return
        self.statuses[answer.status] += 1
        if 200 <= answer.status < 300:
            self.done.add(route)
        if b'"orders.price_unseen"' in answer.body and sent.body.startswith(b"{"):
            await self.ask(route, visitor, _priced(sent, answer), accept=accept)
        for fault in self._faults(route, visitor, whole, answer):
            self.faults.append(f"{fault}: {visitor.name} sent {whole} and got {answer.status} {answer.body[:300]!r}")
        if route.endswith(("/sign-out", "/ending")) and answer.status < 400:
            await visitor.arrive(self.world.place)

    def _faults(self, route: str, visitor: Visitor, sent: Sent, answer: Answer) -> Iterator[str]:
        """What is wrong with an answer. Nothing is asked at a busy moment here, so that 503 is wrong as well."""
        policy = self.routes[route]["x-policy"] if route in self.routes else ""
        if answer.status >= 500:
            yield "a mistake of ours"
        if (
            policy in ANSWER_JSON
            and not route.endswith((".csv", ".xlsx", ".svg", ".png", "/archive"))
            and (b"accept", openapi.JSON.encode()) in sent.headers
            and answer.body
        ):
            yield from faults_of_json(answer)
        if 200 <= answer.status < 300:
            for public in named(sent) | shown(sent, answer):
                owner = self.world.owner_of(public)
                is_shown = policy in SEEN_BY_OTHERS and owner in self.world.visitors
                if owner is not None and owner is not visitor and not is_shown:
                    yield f"{public} is {owner.name}'s alone"

    def variants(self, route: str, visitor: Visitor) -> Iterator[Sent]:
        """Lawful requests: one for every id of every kind in every place that takes one, whoever's it is."""
        method, path = route.split()
        lawful = self.lawful(route, visitor)
        yield request_of(method, path, lawful)
        for place, name in lawful:
            for public in self.world.ids.get(name, ()):
                fresh = {("body", "key"): fresh_key()} if ("body", "key") in lawful else {}
                yield request_of(method, path, lawful | fresh | {(place, name): public})

    def lawful(self, route: str, visitor: Visitor) -> dict[tuple[str, str], str]:
        """What this visitor may say, by place and name."""
        operation = self.routes[route]
        places = [(p["in"], p["name"]) for p in operation["parameters"]]
        places += [("body", name) for name in properties(operation)]
        return {(place, name): self.sample(name, visitor, is_path=place == "path") for place, name in places}

    def sample(self, name: str, visitor: Visitor, *, is_path: bool = False) -> str:
        """A value that this visitor may give; a path names what there is, and never nothing."""
        if name == "key":
            return fresh_key()
        texts, ids = TEXTS.get(name, ()), self.world.ids.get(name, ())
        found = [value for value in (*ids, *texts) if value] or ["x"] if is_path else [*texts, *ids] or [""]
        return next((value for value in found if value in visitor.own), found[0])


def request_of(method: str, path: str, values: Mapping[tuple[str, str], str]) -> Sent:
    """A request that says this, by place (path, query, body) and name."""
    by_place: dict[str, dict[str, str]] = {"path": {}, "query": {}, "body": {}}
    for (place, name), value in values.items():
        by_place[place][name] = value
    target = path.format(**{name: quote(value, safe="") for name, value in by_place["path"].items()})
    query = urlencode(by_place["query"])
    body = msgspec.json.encode(by_place["body"]) if method == "POST" else b""
    return Sent(method, f"{target}?{query}" if query else target, JSON_BODY if body else (), body)


def properties(operation: Mapping[str, Any]) -> dict[str, Any]:
    """The members of the operation's body."""
    content = operation.get("requestBody", {"content": {}})["content"]
    found: dict[str, Any] = content[openapi.JSON]["schema"].get("properties", {}) if content else {}
    return found


def named(sent: Sent) -> set[str]:
    """The ids that the request asks for."""
    path, _, query = sent.target.partition("?")
    try:
        members = msgspec.json.decode(sent.body, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError):
        members = {}
    fields = dict(parse_qsl(query)) | members
    said = [path, *(str(value) for name, value in fields.items() if name not in CHOSEN_BY_MODE)]
    return set(PUBLIC_ID.findall(" ".join(said)))


def shown(sent: Sent, answer: Answer) -> set[str]:
    """The ids that the answer tells and the request did not."""
    said = sent.target + sent.body.decode("utf-8", "replace")
    return {public for public in PUBLIC_ID.findall(answer.body.decode("utf-8", "replace")) if public not in said}


def faults_of_json(answer: Answer) -> Iterator[str]:
    """JSON, a live page, an export, or a problem with its code."""
    if answer.status < 400:
        if answer.kind not in (openapi.JSON, "text/event-stream; charset=utf-8", "text/csv; charset=utf-8"):
            yield f"{answer.kind} instead of JSON"
    elif answer.kind != "application/problem+json":
        yield f"{answer.kind} instead of a problem"
    elif not (answer.json()["status"] == answer.status and answer.json()["code"] and answer.json()["detail"]):
        yield "a problem without its code"


async def made(app: Litestar, place: Place, *, rounds: int) -> Probe:
    world = await make_world(place, rounds=rounds)
    document = openapi.document(app, {**TEXTS, **world.ids})
    routes = {f"{m.upper()} {path}": one for path, of in document["paths"].items() for m, one in of.items()}
    return Probe(app, world, schemathesis.openapi.from_dict(document), routes)


async def settle(probe: Probe, before: Any, capsys: Capsys) -> None:
    """No fault, the market adds up, and the other one is as it was."""
    with capsys.disabled():
        print(f"\n{probe.count} requests, {len(probe.faults)} faults, answers {dict(sorted(probe.statuses.items()))}")
    assert probe.faults == [], "\n".join(probe.faults[:SHOWN_MAX])
    await probe.world.place.quiet()
    assert await probe.world.place.breaches() == {}
    assert await probe.world.elsewhere.snapshot() == before


def test_the_document_knows_every_route_and_what_it_reads(app: Litestar) -> None:
    paths = openapi.document(app, {})["paths"]
    bare = {
        re.sub(r"{(\w+):\w+}", r"{\1}", route.path) for route in app.routes if not route.path.startswith("/api/v1/")
    }
    assert paths.keys() == bare and len(paths) > 20
    assert {p["name"] for p in paths["/checkout"]["get"]["parameters"]} == {
        "mode", "team", "sku", "units", "coupons", "points", "items", "address", "lang"
    }  # fmt: skip
    assert {"key", "sku", "units"} <= properties(paths["/t/{team}/seats"]["post"]).keys()
    assert all(of["post"]["requestBody"]["required"] for of in paths.values() if "post" in of)


async def test_every_id_in_every_place_as_every_visitor(app: Litestar, place: Place, capsys: Capsys) -> None:
    """The whole table: nobody gets at what is another's. Each route is used by somebody, so it is no table of refusals."""
    probe = await made(app, place, rounds=1)
    before = await probe.world.elsewhere.snapshot()
    for route in sorted(probe.routes, key=lambda route: [route.endswith(end) for end in reversed(USES_UP)]):
        for visitor in probe.world.visitors:
            for sent in probe.variants(route, visitor):
                await probe.ask(route, visitor, sent)
    closed = {route for route, operation in probe.routes.items() if operation["x-policy"] in CLOSED}
    assert probe.routes.keys() - probe.done == closed | CANNOT_BE_DONE
    await settle(probe, before, capsys)


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # of a body that is long on purpose
@pytest.mark.parametrize("times", [1, pytest.param(20, marks=pytest.mark.nightly)])
async def test_what_schemathesis_makes_of_every_route(app: Litestar, place: Place, capsys: Capsys, times: int) -> None:
    probe = await made(app, place, rounds=min(2 * times, 10))
    before = await probe.world.elsewhere.snapshot()
    for route, sent in cases(probe, times):
        for visitor in random.sample(probe.world.visitors, 1 if times == 1 else 3):
            await probe.ask(route, visitor, sent, accept=random.choice(("application/json", "text/html")))
    assert len(probe.done) > len(probe.routes) // (5 if times == 1 else 2)
    await settle(probe, before, capsys)


def cases(probe: Probe, times: int) -> list[tuple[str, Sent]]:
    """Lawful and unlawful requests to every operation of the document, shuffled; seeded by the order of the tests."""
    found: list[tuple[str, Sent]] = []
    for result in probe.schema.get_all_operations():
        operation = result.ok()
        for mode, examples in EXAMPLES.items():
            made = examples_of(operation.as_strategy(generation_mode=mode), examples * times)
            found += [(operation.label, sent_by(case)) for case in made]
    random.shuffle(found)
    return found


def _priced(sent: Sent, answer: Answer) -> Sent:
    """The same with the price that was told."""
    told = {**msgspec.json.decode(sent.body), "quoted_minor": str(answer.json()["data"]["now_minor"])}
    return replace(sent, body=msgspec.json.encode(told))


def examples_of(strategy: Any, count: int) -> list[Any]:
    found: list[Any] = []

    @hypothesis.seed(random.getrandbits(32))
    @hypothesis.settings(
        max_examples=count, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @hypothesis.given(strategy)
    def keep(case: Any) -> None:
        found.append(case)

    keep()
    return found


def sent_by(case: Any) -> Sent:
    """The bytes of a generated case."""
    kwargs = case.as_transport_kwargs(base_url="http://tuan.test")
    prepared = requests.Request(**kwargs).prepare()
    body = prepared.body or b""
    headers = [(b"content-type", prepared.headers["content-type"].encode("latin-1"))] if body else []
    return Sent(case.method, prepared.path_url, headers, body.encode() if isinstance(body, str) else bytes(body))


@pytest.mark.parametrize("share", [0.02, pytest.param(1, marks=pytest.mark.nightly)])
async def test_what_strangers_send_to_every_route(app: Litestar, place: Place, capsys: Capsys, share: float) -> None:
    """One hostile thing at a time in a request that is lawful otherwise; nightly all of them, else a part drawn by chance."""
    probe = await made(app, place, rounds=1)
    before = await probe.world.elsewhere.snapshot()
    for route in probe.routes:
        for visitor in probe.world.visitors:
            everything = list(hostile_requests(probe, route, visitor))
            for sent in random.sample(everything, int(len(everything) * share)):
                await probe.ask(route, visitor, sent)
    for sent in [Sent(method, "/orders") for method in hostile.METHODS] + [Sent("GET", path) for path in hostile.PATHS]:
        await probe.ask("", probe.world.visitors[1], sent)
    for host in hostile.HOSTS:
        await probe.ask("", probe.world.visitors[1], Sent("GET", "/", [(b"host", host)]))
    await settle(probe, before, capsys)


def hostile_requests(probe: Probe, route: str, visitor: Visitor) -> Iterator[Sent]:
    """A lawful request with one field, member, body or header replaced by each thing that a stranger may send."""
    method, path = route.split()
    lawful = probe.lawful(route, visitor)
    for place, name in lawful:
        for text in hostile.TEXTS:
            yield request_of(method, path, lawful | {(place, name): text})
    sent = request_of(method, path, lawful)
    for headers in hostile.HEADERS:
        yield replace(sent, headers=[*sent.headers, *headers])
    if method != "POST":
        return
    for kind, body in hostile.BODIES:
        yield replace(sent, headers=[(b"content-type", kind.encode("latin-1"))], body=body)
    members = {name: msgspec.json.encode(value).decode() for (place, name), value in lawful.items() if place == "body"}
    for name in members:
        for literal in hostile.LITERALS:
            written = ",".join(f'"{other}":{value}' for other, value in (members | {name: literal}).items())
            yield replace(sent, body=f"{{{written}}}".encode())
