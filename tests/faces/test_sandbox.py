"""The sandbox bank's page: what is decided there, how it is to misbehave, and its account of the day."""

import csv
import io
from typing import Any

import pytest

from tests.faces.browser import HTML, JSON, Browser, form_to
from tests.faces.conftest import Visitors
from tests.given import goods as given
from tests.given import notices
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.platform.gateways.payers import marker
from tuan.play import groupbuy
from tuan.trade import aftersales, orders
from tuan.trade.payments.model import PAYABLE

SWITCHES = ("delay", "duplicate", "reorder", "loss", "unknown", "wrong_signature")
SAYS = ("cent_off", "other_currency", "other_merchant")
HTML_OR_JSON = pytest.mark.parametrize("accept", [HTML, JSON], ids=["page", "program"])


async def at_the_bank(place: Place, visitors: Visitors, accept: str = HTML) -> tuple[Browser, str, str, Any]:
    """A buyer who has gone on to the bank: (visitor, the bank's page, the shop's page, the order)."""
    of, who = await given.goods(place), await given.buyer(place)
    placed = granted(await given.place_order(place, who, of))
    visitor = await visitors(who, accept=accept)
    pay = f"/pay/{PAYABLE.show(placed.payable)}"
    answer = await visitor.post(f"{pay}/attempts", key=given.fresh_key(), provider="sandbox")
    bank = answer.json()["url"] if accept == JSON else answer.headers["location"]
    return visitor, bank, pay, placed


async def decide(visitor: Browser, bank: str, outcome: str, **switches: str) -> str:
    """Where the buyer is sent."""
    if visitor.is_program:
        answer = await visitor.post(bank, key="k", outcome=outcome, **switches)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["url"])
    answer = await visitor.send(form_to(await visitor.read(bank), bank), outcome=outcome, **switches)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def state_at(visitor: Browser, url: str) -> str:
    state: str = (await visitor.asking_for(JSON).json(url))["state"]
    return state


@HTML_OR_JSON
@pytest.mark.parametrize(
    ("outcome", "at_the_shop", "later", "order"),
    [
        ("pay", "paid", "paid", "to_ship"),
        ("decline", "open", "open", "placed"),
        ("thinking", "confirming", "confirming", "placed"),
    ],
)
async def test_each_decision(
    place: Place, visitors: Visitors, accept: str, outcome: str, at_the_shop: str, later: str, order: str
) -> None:
    visitor, bank, pay, placed = await at_the_bank(place, visitors, accept)
    back = await decide(visitor, bank, outcome)
    assert back == f"{pay}?ask=1"
    assert await state_at(visitor, pay) == "confirming", "the bank's page itself tells us nothing"
    assert await state_at(visitor, back) == at_the_shop
    await place.quiet()
    assert await state_at(visitor, pay) == later
    assert await given.state_of(place, placed.orders[0]) == order
    owed = {"pay": ["paid"], "decline": ["declined"], "thinking": []}[outcome]
    assert [(row["said"], row["answer"]) for row in await notices.deliveries(place)] == [(s, "204") for s in owed]
    assert await place.breaches() == {}


async def test_whoever_never_comes_back_is_heard_of_by_the_notice(place: Place, visitors: Visitors) -> None:
    visitor, bank, pay, _ = await at_the_bank(place, visitors)
    await decide(visitor, bank, "pay")
    (owed,) = await notices.deliveries(place)
    assert owed["url"] == f"http://{place.host}/hooks/sandbox" and owed["delivered_at"] is None
    await place.quiet()
    assert await state_at(visitor, pay) == "paid"


async def test_a_lost_notice_is_made_good_by_asking(place: Place, visitors: Visitors) -> None:
    visitor, bank, pay, _ = await at_the_bank(place, visitors)
    back = await decide(visitor, bank, "pay", loss="1")
    await place.quiet()
    assert await state_at(visitor, pay) == "confirming" and await notices.deliveries(place) == []
    assert await state_at(visitor, back) == "paid"


async def test_a_bank_that_does_not_answer_is_told_as_being_confirmed(place: Place, visitors: Visitors) -> None:
    visitor, bank, pay, _ = await at_the_bank(place, visitors)
    back = await decide(visitor, bank, "pay", unknown="1", loss="1")
    for _ in range(2):
        page = await visitor.read(back)
        assert "Being confirmed" in page and "Please do not pay again" in page and "Last asked" not in page
    assert "Paid" in await visitor.read(back)
    assert await state_at(visitor, pay) == "paid"


@pytest.mark.parametrize(
    ("says", "reason"),
    [("cent_off", "wrong_amount"), ("other_currency", "wrong_currency"), ("other_merchant", "wrong_merchant")],
)
async def test_what_is_told_wrongly_is_put_aside_by_whichever_way_it_comes(
    place: Place, visitors: Visitors, says: str, reason: str
) -> None:
    visitor, bank, pay, placed = await at_the_bank(place, visitors)
    back = await decide(visitor, bank, "pay", says=says)
    assert await state_at(visitor, back) == "open"
    await place.quiet()
    assert [row["answer"] for row in await notices.deliveries(place)] == ["204"]
    assert await notices.set_aside(place) == [reason], "asking and being told is one finding"
    assert await given.state_of(place, placed.orders[0]) == "placed"
    assert await state_at(visitor, pay) == "open"
    assert await place.breaches() == {}


@HTML_OR_JSON
async def test_switches_are_kept_and_shown(place: Place, visitors: Visitors, accept: str) -> None:
    visitor, bank, _, _ = await at_the_bank(place, visitors, accept)
    person, program = visitor.asking_for(HTML), visitor.asking_for(JSON)
    assert (await program.json(bank))["faults"] == []
    for name, value in [*((switch, "1") for switch in SWITCHES), *(("says", said) for said in SAYS)]:
        await decide(program, bank, "thinking")
        assert (await program.json(bank))["faults"] == [], "a switch can be put back"
        await decide(visitor, bank, "thinking", **{name: value})
        assert (await program.json(bank))["faults"] == [value if name == "says" else name]
        page = await person.read(bank)
        shown = f'value="{value}" selected' if name == "says" else f'name="{name}" value="1" checked'
        assert shown in page and page.count(" checked") + page.count(" selected") == 1


async def test_what_cannot_be_decided(place: Place, visitors: Visitors) -> None:
    visitor, bank, pay, _ = await at_the_bank(place, visitors, JSON)
    before = await place.snapshot()
    for fields in (
        {"outcome": "maybe"},
        {"outcome": ""},
        {"outcome": "pay", "delay": "2"},
        {"outcome": "pay", "says": "everything"},
        {"outcome": "pay", "says": "delay"},
        {"outcome": "pay", "mischief": "1"},
        {},
    ):
        answer = await visitor.post(bank, key="k", **fields)
        assert (answer.status_code, answer.json()["code"]) == (422, "web.field_invalid"), fields
    assert await place.snapshot() == before
    assert (await visitor.json(bank))["state"] == "waiting" and await state_at(visitor, pay) == "confirming"


async def test_the_bank_shows_what_it_has_told_the_shop(place: Place, visitors: Visitors) -> None:
    visitor, bank, _, _ = await at_the_bank(place, visitors)
    await decide(visitor, bank, "pay", duplicate="1")
    page = await visitor.read(bank)
    assert "This payment has been made." in page and page.count("Leaves at") == 3
    await place.quiet()
    assert (await visitor.read(bank)).count("Taken at") == 3
    (first, *_) = (await visitor.asking_for(JSON).json(bank))["letters"]
    assert (first["said"], first["tries"], first["answer"], first["due_at"]) == ("paid", 1, "204", None)


async def test_what_is_paid_stays_paid(place: Place, visitors: Visitors) -> None:
    visitor, bank, pay, _ = await at_the_bank(place, visitors, JSON)
    await decide(visitor, bank, "pay")
    await decide(visitor, bank, "decline")
    await decide(visitor, bank, "pay", says="cent_off")
    assert (await visitor.json(bank))["state"] == "paid" and (await visitor.json(bank))["faults"] == []
    await place.quiet()
    assert len(await notices.deliveries(place)) == 1 and await state_at(visitor, pay) == "paid"


async def test_a_seat_that_is_taken_while_the_page_is_made_counts_once(
    place: Place, visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, who = await given.campaign(place, await given.goods(place), size=3), await given.buyer(place)
    opened = granted(await given.open_team(place, who, of))
    attempt = await given.start_paying(place, who, opened)
    await place.one(orders.apply_notices, await given.provider_pays(place, attempt))
    visitor = await visitors(who, accept=JSON)
    read = groupbuy.teams_of_orders

    async def slowly(*asked: Any) -> Any:
        found = await read(*asked)
        await place.quiet()
        return found

    monkeypatch.setattr(groupbuy, "teams_of_orders", slowly)
    page = await visitor.json(f"/pay/{PAYABLE.show(opened.payable)}")
    assert (page["state"], page["seats_needed"]) == ("paid", 2)


# ── the statement ──
async def sheet_of(place: Place, visitors: Visitors, day: str) -> list[dict[str, str]]:
    answer = await (await visitors()).get(f"/sandbox/statements/{day}")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


async def test_the_statement_is_our_books_line_by_line(place: Place, visitors: Visitors) -> None:
    visitor, bank, _, placed = await at_the_bank(place, visitors)
    await decide(visitor, bank, "pay")
    await place.quiet()
    other, other_bank, _, _ = await at_the_bank(place, visitors)
    await decide(other, other_bank, "pay")
    declined, declined_bank, _, _ = await at_the_bank(place, visitors)
    await decide(declined, declined_bank, "decline")
    await place.quiet()
    async with place.work() as work:
        owner = await work.fetch_value("SELECT person_id FROM orders.orders WHERE market_id = $1 AND id = $2",
                                       placed.orders[0])  # fmt: skip
        today = work.now.date().isoformat()
    assert await place.do(aftersales.cancel, placed.orders[0], owner, reason="test") is None
    await place.quiet()
    ours = await notices.rows(
        place,
        "SELECT 'charge' AS kind, c.attempt_id::text AS key, c.transaction, c.amount_minor::text, p.currency "
        "FROM payments.captures c JOIN payments.payables p ON p.market_id = c.market_id AND p.id = c.payable_id "
        "WHERE c.market_id = $1 UNION ALL "
        "SELECT 'refund', r.id::text, c.transaction, r.amount_minor::text, 'CNY' FROM payments.refunds r "
        "JOIN payments.captures c ON c.market_id = r.market_id AND c.id = r.capture_id "
        "WHERE r.market_id = $1 AND r.state = 'done'",
    )
    theirs = await sheet_of(place, visitors, today)
    assert [line.pop("at") for line in theirs] == sorted(line["at"] for line in await sheet_of(place, visitors, today))
    assert sorted(map(str, theirs)) == sorted(str(dict(row)) for row in ours) and len(ours) == 3
    assert await sheet_of(place, visitors, "2020-01-01") == []


async def test_the_statement_is_for_this_machine_only(place: Place, visitors: Visitors) -> None:
    visitor = await visitors()
    answer = await visitor.get("/sandbox/statements/2026-11-22", **{"x-forwarded-for": "203.0.113.9"})
    assert answer.status_code == 404


@pytest.mark.parametrize("day", ["today", "2026-13-01", "9999-12-31", "-1", "2026-11-22T00:00", "%00", "²"])
async def test_a_day_that_is_none(visitors: Visitors, day: str) -> None:
    assert (await (await visitors()).get(f"/sandbox/statements/{day}")).status_code == 404


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-30"])
async def test_the_ends_of_the_calendar(place: Place, visitors: Visitors, day: str) -> None:
    assert await sheet_of(place, visitors, day) == []


@HTML_OR_JSON
async def test_the_account_that_pays_is_told_by_its_mark(place: Place, visitors: Visitors, accept: str) -> None:
    visitor, bank, _, _ = await at_the_bank(place, visitors, accept)
    back = await decide(visitor, bank, "pay", payer="aunt-li")
    assert await state_at(visitor, back) == "paid"
    async with place.work() as work:
        (mark,) = [row["payer"] for row in await work.fetch("SELECT payer FROM payments.captures WHERE market_id = $1")]
    assert mark == marker(place.house.settings.secret, "sandbox", place.market)("aunt-li")


async def test_what_no_account_is_called_is_refused_and_nothing_is_paid(place: Place, visitors: Visitors) -> None:
    visitor, bank, pay, _ = await at_the_bank(place, visitors, JSON)
    answer = await visitor.post(bank, key="k", outcome="pay", payer="Aunt Li!")
    assert answer.status_code == 422 and answer.json()["code"] == "web.field_invalid", answer.text
    assert await state_at(visitor, pay) == "confirming"
