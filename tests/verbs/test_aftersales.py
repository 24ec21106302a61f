"""Cases over single lines and units: each kind to its end, by answers and by silence; the books add up after each."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.given import goods as given
from tests.given.aftersales import BROKEN, ask, asked, bought, case_of, disputed
from tests.given.houses import Place
from tuan.goods import supply
from tuan.kit.refusals import NotFound, granted
from tuan.platform.lists import Wanted
from tuan.trade import aftersales, orders
from tuan.trade.aftersales import store
from tuan.trade.aftersales.errors import (
    AskInvalid,
    CaseNotNow,
    LineInCase,
    NotAsShown,
    NotHeard,
    NotReturnable,
    TooLateToCancel,
    UnitsNotLeft,
    WindowOver,
)
from tuan.trade.aftersales.model import PATIENCE, Ask, CaseState, Decision, Kind, Saying, Side

S = CaseState


async def acts_of(place: Place, order: UUID, number: int = 1) -> list[tuple[str, str]]:
    async with place.work() as work:
        return [(row["side"], row["act"]) for row in await aftersales.messages_of(work, order, number)]


async def lines_left(place: Place, order: UUID) -> list[tuple[int, int]]:
    """(returned units, refunded minor) of each line."""
    async with place.work() as work:
        rows = await work.fetch(
            "SELECT returned_units, refunded_minor FROM orders.lines WHERE market_id = $1 AND order_id = $2 ORDER BY number",
            order,
        )
    return [(row["returned_units"], row["refunded_minor"]) for row in rows]


async def sound(place: Place) -> None:
    await place.quiet()
    assert await place.breaches() == {}


async def test_units_that_have_not_left_come_back_at_once_and_the_rest_is_shipped(place: Place) -> None:
    who, of, order = await bought(place, state="to_ship")
    free = await given.free_units(place, of)
    case = granted(await ask(place, who, order, Kind.CANCEL, "changed_mind", (1, 1)))
    assert (case.number, case.state, case.amount_minor) == (1, S.DONE, 1990)
    assert await given.free_units(place, of) == free + 1
    assert await given.state_of(place, order) == "to_ship"
    await sound(place)
    assert await given.given_back(place, order) == 1990
    assert await place.do(orders.ship, order, of.supplier, carrier="顺丰", tracking="SF1") is None
    async with place.work() as work:
        assert (await supply.levels(work, [of.sku]))[of.sku]["on_hand"] == 98
    await sound(place)


async def test_an_order_whose_every_unit_is_taken_back_is_cancelled(place: Place) -> None:
    who, of, order = await bought(place, lines=2, state="to_ship")
    granted(await ask(place, who, order, Kind.CANCEL, "too_slow", (1, 2)))
    granted(await ask(place, who, order, Kind.CANCEL, "too_slow", (2, 3)))
    assert await given.state_of(place, order) == "to_ship"
    granted(await ask(place, who, order, Kind.CANCEL, "too_slow", (1, 1)))
    assert await given.state_of(place, order) == "cancelled"
    assert await given.free_units(place, of) == 100
    await sound(place)
    assert await given.given_back(place, order) == 3 * 1990 + 3 * 2090


async def test_the_rest_of_an_order_may_be_cancelled_whole(place: Place) -> None:
    who, _, order = await bought(place, state="to_ship")
    granted(await ask(place, who, order, Kind.CANCEL, "wrong_order", (1, 2)))
    assert await place.do(aftersales.cancel, order, who.id, reason="changed_mind") is None
    await sound(place)
    assert await given.given_back(place, order) == 3 * 1990


async def test_one_of_three_is_paid_back_and_another_is_sent_back(place: Place) -> None:
    who, of, order = await bought(place)
    granted(await ask(place, who, order, Kind.REFUND_ONLY, "damaged", (1, 1), saying=BROKEN))
    assert await place.do(aftersales.agree, order, 1, of.supplier, shown_minor=1990) is None
    granted(await ask(place, who, order, Kind.RETURN, "no_reason", (1, 1)))
    assert await place.do(aftersales.agree, order, 2, of.supplier) is None
    assert (await case_of(place, order, 2))["state"] == S.TO_RETURN
    assert await place.do(aftersales.send_back, order, 2, who.id, carrier="圆通", tracking="YT1") is None
    assert await place.do(aftersales.receive, order, 2, of.supplier, restock=True) is None
    assert await lines_left(place, order) == [(2, 3980)]
    assert await acts_of(place, order, 2) == [
        ("buyer", "opened"), ("supplier", "agreed"), ("buyer", "sent_back"), ("supplier", "received")
    ]  # fmt: skip
    async with place.work() as work:
        assert (await supply.levels(work, [of.sku]))[of.sku]["on_hand"] == 98
    await sound(place)
    assert await given.given_back(place, order) == 3980
    await place.later(timedelta(days=8))
    assert await given.state_of(place, order) == "completed"
    await sound(place)


async def test_an_open_case_keeps_its_order_from_completing_until_it_is_over(place: Place) -> None:
    who, of, order = await bought(place)
    granted(await ask(place, who, order, Kind.RETURN, "no_reason", (1, 3)))
    assert await place.do(aftersales.agree, order, 1, of.supplier) is None
    await place.later(timedelta(days=6))
    assert await place.do(aftersales.send_back, order, 1, who.id, carrier="圆通", tracking="YT1") is None
    await place.later(timedelta(days=5))
    assert await given.state_of(place, order) == "received"
    assert await place.do(aftersales.receive, order, 1, of.supplier) is None
    assert await given.state_of(place, order) == "cancelled"
    await sound(place)


SILENCE: dict[str, tuple[Kind, str, Callable[..., Any], str, str, int]] = {
    "a supplier who does not answer agrees": (Kind.REFUND_ONLY, "missing", lambda *_: [], "done", "given_back", 1990),
    "a buyer who sends nothing back asks no more": (
        Kind.RETURN, "no_reason", lambda a, who, of, order: [(a.agree, order, 1, of.supplier)],
        "closed", "buyer_silent", 0,
    ),
    "a parcel that nobody says is not there is there": (
        Kind.RETURN, "damaged", lambda a, who, of, order: [
            (a.agree, order, 1, of.supplier), (a.send_back, order, 1, who.id, {"carrier": "c", "tracking": "t"})],
        "done", "given_back", 1990,
    ),
    "goods that are not sent are paid for": (
        Kind.RESHIP, "missing", lambda a, who, of, order: [(a.agree, order, 1, of.supplier)],
        "done", "given_back", 1990,
    ),
    "what was sent counts as come": (
        Kind.RESHIP, "missing", lambda a, who, of, order: [
            (a.agree, order, 1, of.supplier), (a.send, order, 1, of.supplier, {"carrier": "c", "tracking": "t"})],
        "done", "replaced", 0,
    ),
    "a buyer who lets a refusal stand asks no more": (
        Kind.REFUND_ONLY, "damaged",
        lambda a, who, of, order: [(a.refuse, order, 1, of.supplier, Saying("完好发出"))], "closed", "buyer_silent", 0,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SILENCE)
async def test_silence(place: Place, name: str) -> None:
    kind, reason, steps, state, outcome, amount = SILENCE[name]
    who, of, order = await bought(place)
    granted(await ask(place, who, order, kind, reason, (1, 1)))
    for verb, *args in steps(aftersales, who, of, order):
        named = args.pop() if isinstance(args[-1], dict) else {}
        assert await place.do(verb, *args, **named) is None
    case = await case_of(place, order)
    await place.later(PATIENCE[case["state"]] - timedelta(minutes=1))
    assert (await case_of(place, order))["state"] == case["state"]
    await place.later(timedelta(minutes=2))
    case = await case_of(place, order)
    assert (case["state"], case["outcome"], case["amount_minor"]) == (state, outcome, amount)
    assert (await acts_of(place, order))[-1][0] == "nobody"
    await sound(place)


async def test_an_exchange_goes_back_and_forth_and_moves_no_money(place: Place) -> None:
    who, of, order = await bought(place)
    granted(await ask(place, who, order, Kind.EXCHANGE, "wrong_goods", (1, 2)))
    assert await place.do(aftersales.agree, order, 1, of.supplier) is None
    assert await place.do(aftersales.send_back, order, 1, who.id, carrier="圆通", tracking="YT1") is None
    assert await place.do(aftersales.receive, order, 1, of.supplier) is None
    assert await place.do(aftersales.send, order, 1, of.supplier, carrier="顺丰", tracking="SF2") is None
    async with place.work() as work:
        assert (await supply.levels(work, [of.sku]))[of.sku]["on_hand"] == 95
    assert await place.do(aftersales.confirm, order, 1, who.id) is None
    case = await case_of(place, order)
    assert (case["outcome"], case["amount_minor"]) == ("replaced", 0)
    assert await lines_left(place, order) == [(0, 0)]
    await sound(place)
    granted(await ask(place, who, order, Kind.RETURN, "no_reason", (1, 3)))


async def test_nothing_is_sent_that_is_not_there(place: Place) -> None:
    who, of, order = await bought(place)
    granted(await ask(place, who, order, Kind.RESHIP, "missing", (1, 1)))
    assert await place.do(aftersales.agree, order, 1, of.supplier) is None
    async with place.work() as work:
        assert await supply.correct(work, of.sku, 0, reason="water") is None
    refused = await place.do(aftersales.send, order, 1, of.supplier, carrier="c", tracking="t")
    assert refused.code == "supply.sold_out"


async def test_the_operator_decides_after_both_sides_were_heard(place: Place) -> None:
    _, of, order = await disputed(place)
    decide = (aftersales.decide, order, 1, Decision.GIVE_BACK)
    assert await place.do(*decide, reason="照片清楚") == NotHeard(side="supplier")
    assert await place.do(aftersales.say, order, 1, Side.SUPPLIER, of.supplier, Saying("是运输问题")) is None
    assert await place.do(*decide, reason="照片清楚", amount_minor=1000) is None
    assert await lines_left(place, order) == [(0, 1000)]
    async with place.work() as work:
        audited = await work.fetch(
            "SELECT action, reason FROM audit.entries WHERE market_id = $1 AND action LIKE 'after%'"
        )
    assert [tuple(row) for row in audited] == [("aftersales.decide", "照片清楚")]
    await sound(place)


@pytest.mark.parametrize(
    ("decision", "state", "back"),
    [(Decision.GIVE_BACK, S.DONE, 3980), (Decision.RETURN_FIRST, S.TO_RETURN, 0), (Decision.DENY, S.CLOSED, 0)],
)
async def test_a_side_that_is_not_heard_in_its_time_has_said_nothing(
    place: Place, decision: Decision, state: str, back: int
) -> None:
    _, _, order = await disputed(place)
    await place.later(timedelta(hours=49))
    assert (await case_of(place, order))["state"] == S.ARBITRATION
    assert await place.do(aftersales.decide, order, 1, decision, reason="没有回应") is None
    assert ((await case_of(place, order))["state"], await given.given_back(place, order)) == (state, 0)
    await sound(place)
    assert await given.given_back(place, order) == back


async def test_goods_that_came_back_wrong_are_not_kept_together_with_the_money(place: Place) -> None:
    who, of, order = await bought(place)
    granted(await ask(place, who, order, Kind.RETURN, "damaged", (1, 1)))
    assert await place.do(aftersales.agree, order, 1, of.supplier) is None
    assert await place.do(aftersales.send_back, order, 1, who.id, carrier="c", tracking="t") is None
    assert await place.do(aftersales.refuse, order, 1, of.supplier, Saying("箱子是空的")) is None
    assert await place.do(aftersales.withdraw, order, 1, who.id) == CaseNotNow(state=S.REFUSED)
    await place.later(timedelta(days=7, minutes=1))
    assert (await case_of(place, order))["state"] == S.ARBITRATION
    assert await place.do(aftersales.agree, order, 1, of.supplier) is None
    assert (await case_of(place, order))["amount_minor"] == 1990
    await sound(place)


async def test_a_buyer_who_withdraws_may_ask_again(place: Place) -> None:
    who, _, order = await bought(place)
    granted(await ask(place, who, order, Kind.RETURN, "no_reason", (1, 1)))
    assert await place.do(aftersales.withdraw, order, 1, who.id) is None
    assert granted(await ask(place, who, order, Kind.RETURN, "no_reason", (1, 3))).number == 2
    await sound(place)


async def test_an_order_given_back_whole_ends_what_is_asked_about_it(place: Place) -> None:
    who, of, order = await bought(place)
    granted(await ask(place, who, order, Kind.REFUND_ONLY, "damaged", (1, 1), amount_minor=500))
    assert await place.do(aftersales.agree, order, 1, of.supplier) is None
    granted(await ask(place, who, order, Kind.RETURN, "no_reason", (1, 3)))
    assert await place.do(aftersales.refund_whole, order, of.supplier, reason="test") is None
    assert (await case_of(place, order, 2))["outcome"] == "order_ended"
    await sound(place)
    assert await given.given_back(place, order) == 3 * 1990


async def test_what_may_not_be_asked_changes_nothing(place: Place) -> None:
    who, of, order = await bought(place, lines=2)
    granted(await ask(place, who, order, Kind.RETURN, "no_reason", (2, 1)))
    other = await given.buyer(place)
    before = await place.snapshot()
    refund, back = Kind.REFUND_ONLY, Kind.RETURN
    asked = [
        (who, Kind.CANCEL, "changed_mind", [(1, 1)], {}, TooLateToCancel(state="received")),
        (who, refund, "no_reason", [(1, 1)], {}, AskInvalid(field="reason")),
        (who, refund, "damaged", [(1, 4)], {}, UnitsNotLeft(left=3)),
        (who, refund, "damaged", [(1, 0)], {}, UnitsNotLeft(left=3)),
        (who, refund, "damaged", [(7, 1)], {}, UnitsNotLeft(left=0)),
        (who, refund, "damaged", [(1, 1), (1, 1)], {}, AskInvalid(field="units")),
        (who, refund, "damaged", [(2, 1)], {}, LineInCase()),
        (who, refund, "damaged", [(1, 1)], {"amount_minor": 1991}, AskInvalid(field="amount")),
        (who, back, "damaged", [(1, 1)], {"amount_minor": 1}, AskInvalid(field="amount")),
        (who, refund, "damaged", [(1, 1)], {"shown_minor": 1}, NotAsShown(now_minor=1990, shown_minor=1)),
        (who, refund, "damaged", [(1, 1)], {"saying": Saying("x" * 501)}, AskInvalid(field="text")),
        (who, refund, "damaged", [(1, 1)], {"saying": Saying("", ("goods/x.svg",))}, AskInvalid(field="pictures")),
        (other, refund, "damaged", [(1, 1)], {}, NotFound()),
    ]  # fmt: skip
    for person, kind, reason, items, more, refusal in asked:
        assert await ask(place, person, order, kind, reason, *items, **more) == refusal, (kind, items, more)
    assert await place.do(aftersales.agree, order, 2, of.supplier) == NotFound()
    assert await place.do(aftersales.agree, order, 1, other.id) == NotFound()
    assert await place.do(aftersales.agree, order, 1, of.supplier, shown_minor=1) == NotAsShown(
        now_minor=2090, shown_minor=1
    )
    assert await place.do(aftersales.receive, order, 1, of.supplier) == CaseNotNow(state=S.ASKED)
    assert await place.do(aftersales.refuse, order, 1, of.supplier, Saying(" ")) == AskInvalid(field="text")
    assert await place.snapshot() == before


async def test_seven_days_without_a_reason_and_what_is_excepted(place: Place) -> None:
    who, _, order = await bought(place, lines=2)
    async with place.work() as work:
        await work.execute(
            "UPDATE orders.lines SET no_reason_return = false WHERE market_id = $1 AND order_id = $2 AND number = 2",
            order,
        )
    assert await ask(place, who, order, Kind.RETURN, "no_reason", (1, 1), (2, 1)) == NotReturnable()
    granted(await ask(place, who, order, Kind.RETURN, "damaged", (2, 1)))
    await place.move_clock(timedelta(days=7, seconds=1))
    assert await ask(place, who, order, Kind.RETURN, "no_reason", (1, 1)) == WindowOver()
    granted(await ask(place, who, order, Kind.RETURN, "damaged", (1, 1)))


async def test_the_preview_is_what_the_verb_does(place: Place) -> None:
    who, _, order = await bought(place, state="to_ship")
    asked = Ask(Kind.CANCEL, "changed_mind", ((1, 2),))
    seen = granted(await place.do(aftersales.preview, order, who.id, asked))
    assert [minor for _, minor in seen.by_capture] == [seen.total_minor] == [3980]
    case = granted(await ask(place, who, order, Kind.CANCEL, "changed_mind", (1, 2), shown_minor=seen.total_minor))
    assert case.amount_minor == seen.total_minor
    stranger = await given.buyer(place)
    assert await place.do(aftersales.preview, order, stranger.id, asked) == NotFound()


async def test_the_facts_say_what_happened(place: Place) -> None:
    who, _, order = await bought(place, state="to_ship")
    granted(await ask(place, who, order, Kind.CANCEL, "changed_mind", (1, 2)))
    async with place.work() as work:
        rows = await work.fetch("SELECT name FROM outbox.facts WHERE market_id = $1 AND name LIKE 'aftersales.%'")
    assert sorted(row["name"] for row in rows) == [
        "aftersales.case_ended.v1", "aftersales.case_opened.v1", "aftersales.line_given_back.v1"
    ]  # fmt: skip


async def test_cases_are_listed_by_what_is_due_first_or_the_newest_first(place: Place) -> None:
    _, of, first = await asked(place)
    await place.move_clock(timedelta(minutes=5))
    _, other, second = await asked(place)
    assert await place.do(aftersales.refuse, first, 1, of.supplier, Saying("完好发出")) is None
    by_deadline = await place.do(aftersales.search_cases)
    assert [row["order_id"] for row in by_deadline.items] == [second, first]
    newest = await place.do(aftersales.search_cases, Wanted("newest"))
    assert [(row["order_id"], row["state"], row["asked_minor"]) for row in newest.items] == [
        (second, "asked", 3980), (first, "refused", 3980)
    ]  # fmt: skip
    only = await place.do(aftersales.search_cases, supplier=other.supplier)
    assert [row["order_id"] for row in only.items] == [second]
    refused = await place.do(aftersales.search_cases, states=["refused"])
    assert [row["order_id"] for row in refused.items] == [first]
    lines = await place.do(aftersales.lines_of, [first, second])
    assert set(lines) == {(first, 1), (second, 1)}
    assert [(row["line_number"], row["units"], row["goods_minor"]) for row in lines[second, 1]] == [(1, 2, 3980)]


async def test_what_is_looked_at_has_the_lines_that_are_asked_about(place: Place) -> None:
    """As the locked cases have them: a preview refuses what asking for would be refused for."""
    who, _, order = await asked(place)
    await asked(place)
    again = Ask(Kind.REFUND_ONLY, "damaged", ((1, 2),))
    assert await place.do(aftersales.preview, order, who.id, again) == await ask(
        place, who, order, Kind.REFUND_ONLY, "damaged", (1, 2)
    )
    async with place.work() as work:
        seen, locked = await store.look_at_cases(work, [order]), await store.load_cases(work, [order])
    assert seen.rows == locked.rows
    assert [(line.line_number, line.units, line.is_open) for line in seen.of(order)[0].lines] == [(1, 2, True)]
