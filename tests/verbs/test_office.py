"""What the office does to orders, money and people: each act audited, and nothing more than what it says."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.given import goods as given
from tests.given.houses import Place
from tuan.kit.refusals import NotFound, Refusal, Refused, granted
from tuan.people import accounts, developers
from tuan.people.accounts.errors import Blocked, CodeWrong
from tuan.people.accounts.model import PERSON
from tuan.platform import housekeeping, personal, waiting
from tuan.platform.gateways.payment import RefundAnswer, RefundState
from tuan.platform.lists import Wanted
from tuan.platform.schema import metadata
from tuan.play import groupbuy
from tuan.surfaces.web import sessions
from tuan.trade import aftersales, orders, payments
from tuan.trade.orders.model import KEPT_BY_LAW

HERE, SECRET = "192.0.2.1", b"s" * 32
LAST_ACT_SQL = "SELECT action, reason, before, after FROM audit.entries WHERE market_id = $1 ORDER BY id DESC LIMIT 1"


async def last_act(place: Place) -> tuple[Any, ...]:
    async with place.work() as work:
        return tuple(await work.fetch_one(LAST_ACT_SQL))


async def bought(place: Place, **more: Any) -> tuple[given.Goods, given.Buyer, Any]:
    """Goods, their buyer, and what he placed and paid."""
    of, who = await given.goods(place, **more), await given.buyer(place)
    placed = granted(await given.place_order(place, who, of))
    await given.pay(place, who, placed)
    return of, who, placed


async def phone_of(place: Place, who: given.Buyer) -> str:
    phone: str = (await place.do(accounts.access_person, who.id))["phone"]
    return phone


# ── people ──
async def test_who_is_blocked_is_signed_out_and_signs_in_no_more_until_he_is_let_in(place: Place) -> None:
    who = await given.buyer(place)
    phone, locale = await phone_of(place, who), "en"
    await place.do(sessions.begin, who.id, locale)
    assert await place.do(accounts.block, who.id, reason="resells") is None
    assert await last_act(place) == ("accounts.block", "resells", {"blocked": False}, {"blocked": True})
    assert await place.do(housekeeping.end_sessions, who.id) == 0, "he was signed out with it"

    async def sign_in(right: bool) -> Any:
        code = granted(await place.do(accounts.make_code, phone, SECRET, client=HERE, request=b"browser"))
        await place.move_clock(timedelta(seconds=31))
        return await place.do(
            accounts.sign_in, phone, code if right else "x", SECRET, locale=locale, client=HERE, request=b"browser"
        )

    assert await sign_in(False) == CodeWrong(), "only who has the phone hears of it"
    assert await sign_in(True) == Blocked()
    assert await place.do(accounts.unblock, who.id, reason="a mistake") is None
    assert await last_act(place) == ("accounts.unblock", "a mistake", {"blocked": True}, {"blocked": False})
    assert await sign_in(True) == who.id


async def test_who_is_blocked_buys_neither_alone_nor_in_a_team_nor_without_an_address(place: Place) -> None:
    of, digital = await given.campaign(place, await given.goods(place)), await given.goods(place, fulfilment="digital")
    who, other = await given.buyers(place, 2)
    assert await place.do(accounts.block, who.id, reason="test") is None
    before = await place.snapshot()
    assert await given.place_order(place, who, of) == Blocked()
    assert await given.open_team(place, who, of) == Blocked()
    nowhere = given.Buyer(who.id, None)  # type: ignore[arg-type]
    assert await given.place_order(place, nowhere, digital) == Blocked()
    assert await place.snapshot() == before
    assert not isinstance(await given.place_order(place, other, of), Refusal)


async def test_blocking_twice_is_blocking_once(place: Place) -> None:
    who = await given.buyer(place)
    assert await place.do(accounts.block, who.id, reason="one") is None
    before = await place.snapshot()
    assert await place.do(accounts.block, who.id, reason="two") is None
    assert await place.snapshot() == before


async def test_people_are_found_by_the_end_of_the_number_and_the_beginning_of_the_name(place: Place) -> None:
    who, other = await given.buyers(place, 2)
    phone = await phone_of(place, who)
    name = (await place.do(accounts.access_person, who.id))["name"]

    async def found(text: str, **more: Any) -> list[Any]:
        return [row["id"] for row in (await place.do(accounts.search_persons, text, **more)).items]

    assert await found("") == [other.id, who.id]
    assert await found(phone[-8:]) == await found(f" {phone[-8:-4]} {phone[-4:]} ") == [who.id]
    assert await found(name) == await found(PERSON.show(who.id)) == [who.id]
    assert await found("%") == await found("_") == await found("\\") == await found("12") == []
    assert await found("", only_blocked=True) == []
    assert await place.do(accounts.block, who.id, reason="test") is None
    assert await found("", only_blocked=True) == [who.id]
    page = await place.do(accounts.search_persons, "", Wanted(size=1))
    assert [row["id"] for row in page.items] == [other.id]
    assert await found("", wanted=Wanted(after=page.next_key)) == [who.id]


async def test_whoever_looks_at_a_number_is_written_down_and_the_number_is_not(place: Place) -> None:
    who = await given.buyer(place)
    row = await place.do(accounts.unmask, who.id, reason="courier asks")
    assert row["phone"] == await phone_of(place, who)
    assert await last_act(place) == ("accounts.unmask", "courier asks", {}, {})
    assert await place.do(accounts.unmask, given.new_uuid(), reason="test") == NotFound()


async def test_an_export_has_all_that_is_kept_and_nobody_elses(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place))
    who, other = await given.buyers(place, 2)
    mine = await given.paid_team(place, who, of)
    theirs = await given.paid_join(place, other, mine.team, of)
    told = granted(await place.do(accounts.export_person, who.id, reason="he asked"))
    text = msgspec.json.encode(told, enc_hook=str).decode()
    for said in (await phone_of(place, who), given.HOME.street, str(mine.order), str(mine.team), "脐橙"):
        assert said in text
    for untold in (await phone_of(place, other), str(theirs.order), str(other.id)):
        assert untold not in text
    action, reason, _, after = await last_act(place)
    assert (action, reason) == ("accounts.export_person", "he asked")
    assert after["parts"] == [
        "accounts",
        "aftersales",
        "carts",
        "compliance",
        "developers",
        "distribution",
        "groupbuy",
        "identities",
        "invoices",
        "loyalty",
        "membership",
        "orders",
        "parties",
        "payments",
        "points",
        "presale",
        "promotions",
        "settlement",
        "sharing",
        "shops",
        "sourcing",
        "staff",
        "training",
    ] and "HOME" not in str(after)


def test_every_module_that_points_to_persons_says_what_it_keeps_and_how_it_forgets() -> None:
    """The platform's sessions are told and ended by accounts."""
    points = {
        table.schema
        for table in metadata.tables.values()
        for key in table.foreign_keys
        if key.target_fullname.startswith("accounts.persons.")
    }
    assert "orders" in points and points <= personal.keepers.keys()


async def test_the_keys_of_who_is_forgotten_open_nothing_and_have_no_name(place: Place) -> None:
    who = await given.buyer(place)
    granted(await place.do(developers.make_key, who.id, "小明的脚本", ["orders.read"], expires_at=None, reason="test"))
    async with place.work() as work:
        await sessions.begin(work, who.id, "en", device="Firefox · Linux")
    told = str(granted(await place.do(accounts.export_person, who.id, reason="he asked")))
    assert "小明的脚本" in told and "Firefox · Linux" in told and "hash" not in told
    assert await place.do(accounts.erase_person, who.id, reason="he asked") is None
    async with place.work() as work:
        (row,) = await developers.list_keys(work)
    assert row["name"] == "" and row["revoked_at"] is not None
    assert await place.breaches() == {}


async def test_an_erased_person_is_a_tombstone_and_his_orders_stay_as_long_as_the_law_asks(place: Place) -> None:
    of, who, placed = await bought(place)
    phone = await phone_of(place, who)
    granted(await place.do(accounts.make_code, phone, SECRET, client=HERE, request=b"browser"))
    assert await place.do(aftersales.refund_whole, placed.orders[0], of.supplier, reason="test") is None
    await place.quiet()
    assert await place.do(accounts.erase_person, who.id, reason="he asked") is None
    action, reason, _, after = await last_act(place)
    assert (action, reason, after["orders.kept"]) == ("accounts.erase_person", "he asked", 1)
    row = await place.do(accounts.access_whole_person, who.id)
    assert (row["name"], row["phone"]) == ("", None) and row["erased_at"] and row["blocked_at"]
    assert phone not in str({name: rows for name, rows in (await place.snapshot()).items() if name != "orders.orders"})
    assert (await place.do(orders.access_any_order, placed.orders[0]))["address"]["phone"] == given.HOME.phone
    assert await place.do(accounts.erase_person, who.id, reason="again") is None
    assert await place.breaches() == {}
    await place.later(KEPT_BY_LAW + timedelta(days=1))
    address = (await place.do(orders.access_any_order, placed.orders[0]))["address"]
    assert set(address.values()) == {""}, "the time that the law asks for is over"
    assert granted(await place.do(accounts.admit, phone, name="", locale="en")) != who.id
    assert await place.breaches() == {}


# ── money ──
async def test_a_stuck_refund_is_asked_for_again_and_given_back_once(place: Place) -> None:
    of, _, placed = await bought(place)
    assert await place.do(aftersales.refund_whole, placed.orders[0], of.supplier, reason="test") is None
    (refund,) = (await place.do(payments.refunds)).items
    failed = RefundAnswer("sandbox", refund["id"], RefundState.FAILED, "")
    await place.do(payments.apply_refund_answers, [failed])
    assert [r["id"] for r in (await place.do(payments.refunds, states=["stuck"])).items] == [refund["id"]]
    async with place.work() as work:
        assert dict(await waiting.intents(work))["trade.payments.refunds"]["stuck"] == 1
        assert (await payments.needs_a_hand(work, work.now))["stuck_refunds"] == 1
    assert await place.do(payments.retry_refund, refund["id"], reason="bank was closed") is None
    assert (await last_act(place))[:2] == ("payments.retry_refund", "bank was closed")
    await place.quiet()
    assert await given.given_back(place, placed.orders[0]) == of.price_minor
    assert await place.breaches() == {}


async def test_what_a_refund_would_give_back_is_what_it_gives_back(place: Place) -> None:
    of, _, placed = await bought(place)
    order, payable = placed.orders[0], placed.payable
    before = await place.snapshot()
    foreseen = granted(await place.do(payments.foresee_refund, [payable], order, of.price_minor))
    assert await place.snapshot() == before
    assert isinstance(await place.do(payments.foresee_refund, [payable], order, of.price_minor + 1), Refusal)
    assert (
        await place.do(aftersales.refund_whole, order, of.supplier, reason="test", shown_minor=of.price_minor) is None
    )
    made = [(r["transaction"], r["amount_minor"]) for r in (await place.do(payments.refunds)).items]
    assert made == [(capture["transaction"], amount) for capture, amount in foreseen]
    assert isinstance(await place.do(payments.foresee_refund, [payable], order, of.price_minor), Refusal)


async def test_a_notice_put_aside_shows_what_differs_and_is_settled_once(place: Place) -> None:
    of, who = await given.goods(place, price_minor=1990), await given.buyer(place)
    attempt = await given.start_paying(place, who, granted(await given.place_order(place, who, of)))
    await given.place_notice(place, attempt, amount_minor=1989)
    (row,) = (await place.do(payments.quarantine)).items
    assert (row["notice"]["amount_minor"], row["amount_minor"], row["attempt_id"]) == (1989, 1990, attempt)
    assert await place.do(payments.resolve_quarantine, row["id"], "returned", reason="by hand") is None
    assert await last_act(place) == (
        "payments.resolve_quarantine", "by hand", {"resolution": None}, {"resolution": "returned"},
    )  # fmt: skip
    assert (await place.do(payments.quarantine)).items == []
    assert [r["id"] for r in (await place.do(payments.quarantine, is_open=False)).items] == [row["id"]]


# ── orders and days ──
async def test_orders_are_narrowed_by_state_buyer_supplier_and_time(place: Place) -> None:
    of, who, placed = await bought(place)
    other = await given.buyer(place)
    unpaid = granted(await given.place_order(place, other, of))
    (first,), (second,) = placed.orders, unpaid.orders

    async def found(**narrow: Any) -> list[Any]:
        return [row["id"] for row in (await place.do(orders.search_orders, orders.OrderFilter(**narrow))).items]

    async with place.work() as work:
        now = work.now
    assert await found() == [second, first]
    assert await found(states=["to_ship"]) == await found(persons=[who.id]) == [first]
    assert await found(supplier=of.supplier, until=now + timedelta(hours=1)) == [second, first]
    assert await found(persons=[]) == await found(since=now + timedelta(hours=1)) == []
    page = await place.do(orders.search_orders, orders.OrderFilter(), Wanted(size=1))
    page = await place.do(orders.search_orders, orders.OrderFilter(), Wanted(after=page.next_key))
    assert [row["id"] for row in page.items] == [first]
    with pytest.raises(Refused):
        await place.do(orders.access_any_order, who.id)


async def test_the_days_count_what_happened_in_them(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place))
    leader, member = await given.buyers(place, 2)
    team = await given.paid_team(place, leader, of)
    await given.paid_join(place, member, team.team, of)
    async with place.work() as work:
        now = work.now
    days = [now - timedelta(days=2), now - timedelta(days=1), now + timedelta(days=1)]
    both = 2 * of.team_price_minor
    assert await place.do(orders.placed_per_day, days) == [(0, 0), (2, both)]
    assert await place.do(payments.captured_per_day, days) == [(0, 0), (2, both)]
    assert await place.do(groupbuy.ended_per_day, days) == [(0, 0), (1, 0)]
    assert await place.do(orders.count_to_ship) == 2
    assert await place.do(aftersales.refund_whole, team.order, of.supplier, reason="torn") is None
    (row,) = await place.do(payments.refunds_by_reason, days[0], days[-1])
    assert tuple(row) == ("torn", 1, of.team_price_minor)


# ── facts ──
async def test_a_parked_fact_is_handed_up_anew(place: Place) -> None:
    _, _, _ = await bought(place)
    park = (
        "INSERT INTO outbox.pending (market_id, consumer, fact_id, tries, due_at, parked_at) "
        "SELECT $1, 'play.groupbuy.orders_paid', id, 8, $2, $2 FROM outbox.facts WHERE market_id = $1 "
        "AND name = 'orders.paid.v1'"
    )
    async with place.work() as work:
        await work.execute(park, work.now)
    (fact,) = (await place.do(waiting.facts)).items
    assert (fact["name"], fact["tries"]) == ("orders.paid.v1", 8) and fact["parked_at"]
    (consumer,) = await place.do(waiting.consumers)
    assert (consumer["parked"], consumer["oldest"]) == (1, None)
    assert await place.do(waiting.try_again, consumer["consumer"], fact["fact_id"], reason="mended") is None
    assert await last_act(place) == (
        "outbox.try_again", "mended", {"tries": 8, "parked": True}, {"tries": 0, "parked": False},
    )  # fmt: skip
    await place.quiet()
    assert (await place.do(waiting.facts)).items == []
    assert await place.do(waiting.try_again, consumer["consumer"], fact["fact_id"], reason="late") == NotFound()
