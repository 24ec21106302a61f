"""The table of the API's operations and of who asks, made from the operations themselves: who is let in, who is told what.

A new operation is in it by being one; a new scope gets a key with it and one without by being in SCOPES.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from litestar import Litestar

from tests.faces import test_api_every_route as whole_api
from tests.faces.test_api_every_route import Probe, Program
from tests.faces.visiting import Visitor
from tests.faces.wire import Sent, send
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.people import developers
from tuan.people.developers.model import PERSONAL_SCOPES, SCOPES, SHOP_SCOPES, SUPPLIER_SCOPES
from tuan.surfaces.api.operations import Operation
from tuan.surfaces.api.reference.document import operations
from tuan.surfaces.web.policies import MEMBER_SCOPES

IN = "in"
NOT_FOUND, BROKEN = "not_found", "web.broken"
WRONG, SIGN_IN, SCOPE = "web.credentials_wrong", "web.sign_in_needed", "web.scope_missing"
SUPPLIERS, SHOPS, MEMBERS = "web.suppliers_only", "web.shops_only", "web.not_permitted"
GATES = frozenset({WRONG, SIGN_IN, SCOPE, SUPPLIERS, SHOPS, MEMBERS})
"""What only a door says; anything else was said behind it."""
PRIVATE = ("order", "payable", "address")
"""Parts of a path that name what is one buyer's alone."""
REQUESTS_PER_WINDOW = 100
PERSONS, STRANGERS = ("buyer", "other buyer", "supplier"), ("no key", "key elsewhere", "person elsewhere", "staff")
KEYS = ("key for it", "key for all but it", "buyer's key")
WHO = ("nobody", *STRANGERS, *PERSONS, *KEYS)
"""Nobody; who shows what is none here: a made-up key, another market's, the office's; persons by their tokens; keys of the
supplier's owner with exactly the scope that is asked for (for what is its members' alone, of the office's owner) and with all
others; a buyer's key with every scope."""


def expected(one: Operation, who: str) -> str:
    """IN, or the code of the refusal that this one must be told."""
    if who in STRANGERS:
        return WRONG
    if one.scope is None:
        return IN
    if who == "nobody":
        return SIGN_IN
    if who == "key for all but it" or (who in PERSONS and one.scope not in PERSONAL_SCOPES):
        return SCOPE
    if one.scope in MEMBER_SCOPES:
        return IN if who == "key for it" else MEMBERS
    is_supplier = who in ("supplier", "key for it")
    if is_supplier or one.scope not in (*SUPPLIER_SCOPES, *SHOP_SCOPES):
        return IN
    return SUPPLIERS if one.scope in SUPPLIER_SCOPES else SHOPS


@dataclass
class Programs:
    """Who asks, by name; the keys by the scope that is asked for. Counts what it asked."""

    probe: Probe
    fixed: dict[str, Program]
    only: dict[str, Program]
    all_but: dict[str, Program]
    count: int = 0

    def of(self, one: Operation) -> list[Program]:
        """Everybody in WHO, with the keys that fit this operation."""
        scope = one.scope or SCOPES[0]
        return [*self.fixed.values(), self.only[scope], self.all_but[scope]]

    async def verdict(self, program: Program, sent: Sent) -> str:
        """IN for an answer, else the code of the refusal."""
        if self.count % REQUESTS_PER_WINDOW == 0:
            await self.probe.new_window()
        self.count += 1
        headers = [(b"host", program.host.encode()), *sent.headers]
        headers += [(b"authorization", f"Bearer {program.token}".encode())] if program.token else []
        client = f"10.8.{self.count >> 8 & 255}.{self.count & 255}"
        answer = await send(self.probe.app, replace(sent, headers=headers), client=client)
        return answer.json()["code"] if answer.status >= 400 else IN


async def made_programs(app: Litestar, place: Place) -> Programs:
    """A world with everything in it, and everybody in WHO."""
    probe = await whole_api.made(app, place, rounds=1)
    world = probe.world
    _, buyer, other, supplier, staff = world.visitors[:5]
    stranger = world.stranger
    await stranger.arrive(world.elsewhere)

    async def key(name: str, visitor: Visitor, scopes: Sequence[str], at: Place = place) -> Program:
        assert visitor.person is not None
        args = (visitor.person, "test", scopes)
        made = granted(await at.do(developers.make_key, *args, expires_at=None, reason="test"))
        return Program(name, place.host, made.text, visitor)

    fixed = [
        Program("nobody", place.host, None, None),
        Program("no key", place.host, "tuan_" + "x" * 43, None),
        await key("key elsewhere", stranger, SCOPES, world.elsewhere),
        Program("person elsewhere", place.host, stranger.token, stranger),
        Program("staff", place.host, staff.token, None),
        Program("buyer", place.host, buyer.token, buyer),
        Program("other buyer", place.host, other.token, other),
        Program("supplier", place.host, supplier.token, supplier),
        await key("buyer's key", buyer, SCOPES),
    ]
    only = {scope: await key("key for it", staff if scope in MEMBER_SCOPES else supplier, [scope]) for scope in SCOPES}
    all_but = {
        scope: await key("key for all but it", supplier, [one for one in SCOPES if one != scope]) for scope in SCOPES
    }
    return Programs(probe, {one.name: one for one in fixed}, only, all_but)


def in_order() -> list[Operation]:
    """All operations; the one that ends the caller's own token comes last."""
    return sorted(operations(), key=lambda one: (one.name == "sign_out", one.name))


async def faults_of(programs: Programs, asked: Sequence[Operation]) -> AsyncIterator[str]:
    """Everybody asks for what is the buyer's; every answer that is not as the table says. Past the door nothing happens."""
    buyer = programs.fixed["buyer"]
    for one in asked:
        sent = _harmless(one, programs.probe.lawful(one.name, buyer))
        for program in programs.of(one):
            told, want = await programs.verdict(program, sent), expected(one, program.name)
            if told == BROKEN or (told != want and (want != IN or told in GATES)):
                yield f"{one.name}: {program.name} was told {told} instead of {want}"
            is_anothers = (
                program.acts_as is not buyer.acts_as and one.method == "GET" and one.scope not in MEMBER_SCOPES
            )
            if want == IN and is_anothers and any(f"{{{p}}}" in one.path for p in PRIVATE) and told != NOT_FOUND:
                yield f"{one.name}: {program.name} was told {told} of what is the buyer's"


def _harmless(one: Operation, sent: Sent) -> Sent:
    """What changes something comes without its key and with a body that does not fit."""
    kept = [(name, value) for name, value in sent.headers if name != b"idempotency-key"]
    return replace(sent, headers=kept, body=b'{"nothing": "x"}' if one.body is not None else sent.body)
