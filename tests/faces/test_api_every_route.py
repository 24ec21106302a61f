"""The whole API as each visitor: what schemathesis makes of its document, and every id in every place that takes one.

Nobody, a buyer, keys of another buyer and of a supplier with all scopes, one without a scope, one of another market,
and what a member of staff has in the office, and his key: no answer is a mistake of ours, none fails to fit the document, and what is
somebody's alone answers to nobody else.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

import jsonschema_rs
import msgspec
import pytest
import schemathesis
from litestar import Litestar
from schemathesis import GenerationMode

from tests.faces.test_every_route import examples_of, named, sent_by, shown
from tests.faces.visiting import Visitor, World, make_world
from tests.faces.wire import Answer, Sent, send
from tests.given.goods import fresh_key
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.people import developers
from tuan.people.developers.model import SCOPES
from tuan.surfaces.api.reference.document import document, example_of
from tuan.surfaces.web.errors import FormUnreadable
from tuan.surfaces.web.problems import PROBLEM

Capsys = pytest.CaptureFixture[str]

EXAMPLES = {GenerationMode.POSITIVE: 3, GenerationMode.NEGATIVE: 2}
"""Of each operation; the nightly run makes twenty times as many."""
LAST = (
    "give_order_back",
    "leave_team",
    "cancel",
    "remove_address",
    "remove_identity",
    "sign_out",
    "end_session",
    "end_other_sessions",
    "shelve",
    "take_off",
    "remove_webhook",
)
"""What uses things up comes at the end."""
LIMITED_BESIDES = ("send_code", "sign_in", "send_phone_code", "change_phone", "send_data_code", "copy_data", "erase_data",
         "accept_membership", "ask_simulation")  # fmt: skip
"""Limited per number, per person and per network, besides."""
OF_THE_MARKET = ("list_events", "list_differences", "settle_difference", "list_statement_days", "list_market_commissions",
         "show_market_commission", "hold_commission", "decide_commission", "list_coupon_templates", "preview_grants", "preview_members",
         "grant_coupons", "end_coupon_template", "list_market_accounts", "show_market_account", "move_account",
         "list_market_withdrawals", "show_market_withdrawal", "approve_withdrawal", "reject_withdrawal", "look_up_withdrawal", "list_captures",
         "list_quarantine", "resolve_quarantine", "list_market_refunds", "retry_refund", "preview_giving_back", "give_order_back",
         "list_owed_to_buyers", "settle_owed_to_buyer", "list_market_cases", "show_market_case", "decide_case",
         "list_payees_statement_lines", "show_wallet", "list_wallet_entries", "grant_points", "deduct_points",
         "list_market_proposals", "show_market_proposal", "decide_proposal")  # fmt: skip
"""Its scope is to hear of everybody's."""
CANNOT_BE_DONE = {
    "join_organisation",
    "show_organisation",
    "preview_own_members",
    "invite_own_members",
    "accept_membership",
    "leave_organisation",
    "give_signature",
    "revoke_signature",
    "show_signed_report",
    "sign_in",
    "send_code",
    "send_phone_code",
    "change_phone",
    "copy_data",
    "erase_data",
    "send_again",
    "leave_team",
    "add_product",
    "admit_organisation",
    "ask_for_withdrawal",
    "look_up_withdrawal",
    "ask_invoice",
    "show_invoice",
    "withdraw_invoice",
    "issue_invoice",
    "issue_red_invoice",
    "choose_freight",
    "give_coupon",
    "withdraw_gift",
    "confirm_import",
    "add_material_pictures",
    "add_shop_material",
    "answer_quiz",
    "apply_to_supply",
    "arrange_shop_goods",
    "ask_for_shop_withdrawal",
    "ask_simulation",
    "end_consent",
    "give_consent",
    "launch_shop_coupon",
    "make_label",
    "make_link",
    "make_market_link",
    "plan_season",
    "propose",
    "put_in_tier",
    "send_licence",
    "set_shop_cover",
    "set_step_picture",
    "sign_for_wechat",
    "upload_import",
    "withdraw_application",
    "withdraw_consent",
    "preview_rule",
    "launch_rule",
    "launch_coupon_template",
    "launch_campaign",
    "launch_presale",
    "settle_owed_to_buyer",
    "decide_applicant",
    "publish_material",
    "set_binding_rule",
    "set_merchant",
    "set_opening_rule",
    "take_up_licence",
    "withdraw_proposal",
}
"""Who may sell, and the rules of shops, are decided in tests/faces/test_api_of_admission.py, and who alone sells in test_merchants.py. Joining needs the code, and the rest is one person's (tests/faces/test_organisation_places.py, test_law_places.py). What is bound to one order, one coupon or one table is done in tests/faces/test_invoices.py, test_gifts.py and test_imports.py; what is launched for a while, and what a supplier owes, in test_api_of_prices.py and test_api_of_the_office.py. Signing in, and what is a person's alone, needs the code that was sent, a delivery one that ended, a team one that may be left, a product a category, a withdrawal a balance. What takes
pictures, lists or words of its own kind is done through its page in tests/faces/test_every_route.py."""


@dataclass
class Program:
    """Who asks, and the visitor as whom he acts: what is that visitor's is his too."""

    name: str
    host: str
    token: str | None
    acts_as: Visitor | None


@dataclass
class Probe:
    """Sends requests as programs, judges each answer, and counts."""

    app: Litestar
    world: World
    programs: list[Program]
    operations: dict[str, tuple[str, str, dict[str, Any]]]
    count: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    done: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    async def ask(self, name: str, program: Program, sent: Sent) -> None:
        headers = [(b"host", program.host.encode()), *sent.headers]
        headers += [(b"authorization", f"Bearer {program.token}".encode())] if program.token else []
        if self.count % 100 == 99:
            await self.new_window()
        self.count += 1
        client = f"10.{self.count >> 16}.{self.count >> 8 & 255}.{self.count & 255}"
        try:
            answer = await send(self.app, replace(sent, headers=headers), client=client)
        except Exception as error:
            self.faults.append(f"{error!r}: {program.name} sent {sent}")
            return
        self.statuses[answer.status] += 1
        if answer.status < 300:
            self.done.add(name)
        if b'"orders.price_unseen"' in answer.body:
            await self.ask(name, program, self._priced(sent, answer))
        for fault in self._faults(name, program, sent, answer):
            self.faults.append(f"{fault}: {program.name} sent {sent} and got {answer.status} {answer.body[:300]!r}")

    @staticmethod
    def _priced(sent: Sent, answer: Answer) -> Sent:
        """The same with the price that was told."""
        told = {**msgspec.json.decode(sent.body), "quoted_minor": answer.json()["data"]["now_minor"]}
        return replace(sent, body=msgspec.json.encode(told))

    async def new_window(self) -> None:
        """Nobody is kept out for asking often; that has a test of its own."""
        for place in (self.world.place, self.world.elsewhere):
            async with place.work() as work:
                await work.execute("DELETE FROM platform.limits WHERE market_id = $1 AND bucket LIKE 'api %'")

    def _faults(self, name: str, program: Program, sent: Sent, answer: Answer) -> Iterator[str]:
        _, _, operation = self.operations[name]
        if answer.status >= 500:
            yield "a mistake of ours"
        if answer.status == 429 and name not in LIMITED_BESIDES:
            yield "kept out"
        if answer.status >= 400:
            if answer.kind != PROBLEM or not all(answer.json()[part] for part in ("code", "detail", "title")):
                yield "not a problem with its code"
            is_read = answer.status != 404 and answer.json()["code"] != FormUnreadable.code
            if is_read and "ratelimit" not in answer.headers:  # a path or query that is none is refused before
                yield "no word about the limit"
            return
        yield from self._misfits(operation, answer)
        if program.acts_as is None and operation["security"] != [{}, {"bearer": []}]:
            yield "let in without a key"
        if program.name == "key without scope" and "x-scope" in operation:
            yield "let in without a scope"
        allowed = [program.acts_as]
        is_of_all = name in OF_THE_MARKET or operation.get("x-scope", "").startswith(("shipments", "declarations"))
        if is_of_all and program.acts_as in self.world.visitors:
            allowed += self.world.visitors
        for public in named(sent) | shown(sent, answer):
            owner = self.world.owner_of(public)
            if owner is not None and not any(owner is one for one in allowed):
                yield f"{public} is {owner.name}'s alone"

    def _misfits(self, operation: dict[str, Any], answer: Answer) -> Iterator[str]:
        """Where an answer is not what the document says."""
        said = operation["responses"].get(str(answer.status))
        if said is None:
            yield "a status the document does not know"
        elif "content" in said:
            for error in _validator(operation["operationId"], str(answer.status)).iter_errors(answer.json()):
                yield f"not as the document says ({error.message[:200]})"
        elif answer.body:
            yield "a body the document does not know"

    def lawful(self, name: str, program: Program, **instead: str) -> Sent:
        """A request that the document lets through, with what this program may name, or `instead`."""
        method, path, operation = self.operations[name]
        query, headers = {}, []
        for p in operation["parameters"]:
            if p["in"] == "path":
                value = instead.get(p["name"]) or self._own(p["name"], program) or example_of(p["schema"], {})
                path = path.replace(f"{{{p['name']}}}", quote(value, safe=""))
            elif p["in"] == "header":
                headers.append((b"idempotency-key", fresh_key().encode()))
            elif p["name"] in instead or p["required"]:
                query[p["name"]] = instead.get(p["name"]) or self._own(p["name"], program)
        body = b""
        if "requestBody" in operation:
            example = operation["requestBody"]["content"]["application/json"]["example"]
            body = msgspec.json.encode(self._filled(example, program, instead))
            headers.append((b"content-type", b"application/json"))
        return Sent(method, f"{path}?{urlencode(query)}" if query else path, headers, body)

    def kinds(self, name: str) -> set[str]:
        """The fields of an operation that take an id."""
        _, path, operation = self.operations[name]
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example", {})
        asked = {p["name"] for p in operation["parameters"] if p["in"] == "query"}
        return {kind for kind in self.world.ids if f"{{{kind}}}" in path or kind in body or kind in asked}

    def _filled(self, example: Any, program: Program, instead: dict[str, str]) -> Any:
        """The example with ids that are there, and without the total that nobody has shown."""
        if isinstance(example, list):
            return [self._filled(one, program, instead) for one in example]
        if not isinstance(example, dict):
            return example
        ids = {name: instead.get(name) or self._own(name, program) for name in example}
        return {
            name: ids[name] or self._filled(value, program, instead)
            for name, value in example.items()
            if name != "quoted_minor"
        }

    def _own(self, name: str, program: Program) -> str | None:
        known = self.world.ids.get(name, [])
        own = program.acts_as.own if program.acts_as else set()
        return next((one for one in known if one in own), known[0] if known else None)


@cache
def _validator(name: str, status: str) -> Any:
    (said,) = [
        of["responses"][status]
        for path in document()["paths"].values()
        for of in path.values()
        if of["operationId"] == name
    ]
    schema = {**said["content"]["application/json"]["schema"], "components": document()["components"]}
    return jsonschema_rs.Draft202012Validator(schema)


async def made(app: Litestar, place: Place, *, rounds: int) -> Probe:
    world = await make_world(place, rounds=rounds)
    nobody, buyer, other, supplier, staff = world.visitors[:5]

    async def key(visitor: Visitor, at: Place, scopes: tuple[str, ...] = SCOPES) -> str:
        assert visitor.person is not None
        return granted(
            await at.do(developers.make_key, visitor.person, "test", scopes, expires_at=None, reason="test")
        ).text

    assert nobody.person is None
    programs = [
        Program("nobody", place.host, None, None),
        Program("buyer", place.host, buyer.token, buyer),
        Program("other buyer", place.host, await key(other, place), other),
        Program("supplier", place.host, await key(supplier, place), supplier),
        Program("staff", place.host, staff.token, None),
        Program("member", place.host, await key(staff, place), staff),
        Program("key without scope", place.host, await key(buyer, place, ()), buyer),
        Program("key of another market", place.host, await key(world.stranger, world.elsewhere), None),
    ]
    for label, visitor, at in (("webhook", supplier, place), ("webhook", world.stranger, world.elsewhere)):
        await _listen(world, visitor, at, label)
    operations = {
        one["operationId"]: (method.upper(), path, one)
        for path, of in document()["paths"].items()
        for method, one in of.items()
    }
    return Probe(app, world, programs, operations)


async def _listen(world: World, visitor: Visitor, at: Place, label: str) -> None:
    """A webhook of the market; what is owed to it is never sent, since nothing here runs the relay until the end."""
    url = "https://news.example.com/tuan"
    found = granted(await at.do(developers.add_endpoint, url, [], at.house.poster, reason="test"))
    world.know(world.stranger if visitor is world.stranger else None, **{label: developers.model.ENDPOINT.show(found)})


async def settle(probe: Probe, before: Any, capsys: Capsys) -> None:
    with capsys.disabled():
        print(f"\n{probe.count} requests, {len(probe.faults)} faults, answers {dict(sorted(probe.statuses.items()))}")
    assert probe.faults == [], "\n".join(probe.faults[:20])
    await probe.new_window()
    after = await probe.world.elsewhere.snapshot()
    assert {name for name in after if after[name] != before[name]} <= {"platform.limits", "developers.keys"}
    await probe.world.place.quiet()
    assert await probe.world.place.breaches() == {}


async def test_every_id_in_every_place_as_every_program(app: Litestar, place: Place, capsys: Capsys) -> None:
    probe = await made(app, place, rounds=1)
    before = await probe.world.elsewhere.snapshot()
    for name in sorted(probe.operations, key=lambda one: LAST.index(one) if one in LAST else -1):
        for program in probe.programs:
            await probe.ask(name, program, probe.lawful(name, program))
            for kind in probe.kinds(name):
                for public in probe.world.ids.get(kind, ()):
                    await probe.ask(name, program, probe.lawful(name, program, **{kind: public}))
    await settle(probe, before, capsys)
    assert sorted(probe.operations.keys() - probe.done - CANNOT_BE_DONE) == []


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@pytest.mark.parametrize("times", [1, pytest.param(20, marks=pytest.mark.nightly)])
async def test_what_schemathesis_makes_of_the_api(app: Litestar, place: Place, capsys: Capsys, times: int) -> None:
    probe = await made(app, place, rounds=min(2 * times, 10))
    before = await probe.world.elsewhere.snapshot()
    for name, sent in cases(times):
        for program in probe.programs:
            await probe.ask(name, program, sent)
    await settle(probe, before, capsys)


def cases(times: int) -> list[tuple[str, Sent]]:
    """Lawful and unlawful requests to every operation, shuffled."""
    found: list[tuple[str, Sent]] = []
    for result in schemathesis.openapi.from_dict(document()).get_all_operations():
        operation = result.ok()
        name = operation.definition.raw["operationId"]
        for mode, examples in EXAMPLES.items():
            for case in examples_of(operation.as_strategy(generation_mode=mode), examples * times):
                sent = sent_by(case)
                key = (case.headers or {}).get("Idempotency-Key")
                more = [(b"idempotency-key", str(key).encode("latin-1", "replace"))] if key is not None else []
                found.append((name, replace(sent, headers=[*sent.headers, *more])))
    random.shuffle(found)
    return found
