"""What one join costs, and that a crowd costs no more statements than one."""

import time
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tests.given import (  # noqa: F401  their scenarios join the table
    aftersales_refusals,
    cart_refusals,
    developer_refusals,
    distribution_refusals,
    guard_refusals,
    houses,
    importing,
    invoice_refusals,
    leagues_refusals,
    organisation_refusals,
    planning,
    points_refusals,
    presale_refusals,
    promotion_refusals,
    reconciliation_refusals,
    settlement_refusals,
    sharing_refusals,
    shops_refusals,
    sourcing_refusals,
    staff_refusals,
    team_refusals,
    training_refusals,
)
from tests.given import commissions as earning
from tests.given import goods as given
from tests.given import points as wallets
from tests.given import sharing as share
from tests.given.counting import counting_pool
from tests.given.crowds import gathering_teams
from tests.given.houses import Place
from tests.given.office_refusals import TABLE
from tuan.goods.catalog.tables import categories
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import Refusal
from tuan.kit.time import utc
from tuan.platform import bulk, locks, tables
from tuan.platform.lanes import Lanes
from tuan.platform.outbox import flush
from tuan.platform.work import SYSTEM, RowsLost, Work, open_work
from tuan.play import groupbuy
from tuan.play.groupbuy.model import JoinTeam
from tuan.trade import orders, payments

JOIN_STATEMENTS_MAX = 8

MARKS = bulk.insert(tables.limits, "bucket", "window_start", "count")
CATEGORIES = bulk.insert(categories, "id", "slug", "name", "position")


def _mark(bucket: str) -> SimpleNamespace:
    return SimpleNamespace(bucket=bucket, window_start=utc(2026, 1, 1), count=1)


async def test_a_join_is_one_commit_and_a_hundred_joins_cost_hardly_a_statement_more(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    of = await given.campaign(place, await given.goods(place, units=500), size=200)
    leader, *members = await given.crowd(place, 103)
    team = await given.paid_team(place, leader, of)
    joins = [JoinTeam(m.id, given.fresh_key(), team.team, of.sku, 1, m.address) for m in members]
    async with counting_pool(place.house.settings.app_url) as pool:
        lanes = Lanes(pool, pool)  # type: ignore[arg-type]
        await lanes.submit(groupbuy.seat_buyers, place.market, joins.pop())  # the connection learns its types
        pool.texts.clear()
        first = await lanes.submit(groupbuy.seat_buyers, place.market, joins[0])
        one, commits = len(pool.statements()), pool.commits()
        counts = []
        outcomes: list[Any] = []
        for batch in (joins[1:], joins[:1]):
            pool.texts.clear()
            async with open_work(pool, place.market, SYSTEM, flush=flush) as work:  # type: ignore[arg-type]
                outcomes.append(await groupbuy.seat_buyers(work, batch))
            counts.append(len(pool.statements()))
    (many, replay), (crowd, replayed) = counts, outcomes
    assert not isinstance(first, Refusal) and replayed == [first]
    assert not any(isinstance(outcome, Refusal) for outcome in crowd) and len(crowd) == 100
    assert commits == 1
    with capsys.disabled():
        print(f"\n  one join: {one} statements, {commits} commit; a hundred in a batch: {many}; a replay: {replay}")
    assert one <= JOIN_STATEMENTS_MAX
    assert many <= one + 3
    assert await place.breaches() == {}


async def test_whoever_recommended_a_join_is_asked_for_in_one_statement_and_in_none_where_nobody_did(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """Links and bindings of a whole batch together; a buyer who came by himself and is nobody's customer costs nothing more."""
    of = await given.campaign(place, await given.goods(place, units=500), size=200)
    leader, *members = await given.crowd(place, 61)
    team, shop = await given.paid_team(place, leader, of), await earning.shop(place, of)
    link = await share.opened(place, shop.code)
    assert link is not None
    for member in members[40:]:
        assert await share.come(place, member, link) == shop.id
    counts = []
    for batch, code in ((members[:20], None), (members[20:40], shop.code), (members[40:], None)):
        joins = [JoinTeam(m.id, given.fresh_key(), team.team, of.sku, 1, m.address, share=code) for m in batch]
        async with place.work() as work:
            outcomes = await groupbuy.seat_buyers(work, joins)
            await work.send()
            counts.append(work.statements)
        assert not any(isinstance(outcome, Refusal) for outcome in outcomes)
    alone, by_link, by_binding = counts
    with capsys.disabled():
        print(f"\n  twenty joins: {alone} statements; by a link: {by_link}; of customers: {by_binding}")
    assert by_link == by_binding == alone + 1
    async with place.work() as work:
        rows = await work.fetch("SELECT how, count(*) AS n FROM orders.attributions WHERE market_id = $1 GROUP BY how")
    assert {row["how"]: row["n"] for row in rows} == {"link": 20, "binding": 20}
    assert await place.breaches() == {}


async def test_paying_costs_no_more_statements_for_many_than_for_one(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place, units=100), size=50)
    leader, *members = await given.crowd(place, 21)
    team = await given.paid_team(place, leader, of)
    notices = []
    for member in members:
        seated = await given.join_team(place, member, team.team, of)
        notices.append(await given.paid_notice(place, await given.start_paying(place, member, seated)))
    async with place.work() as work:
        await orders.apply_notices(work, notices[:1])
        one = work.statements
    async with place.work() as work:
        await orders.apply_notices(work, notices[1:])
        assert work.statements == one
    await place.quiet()
    assert (await given.team_of(place, team.team))["taken"] == 21
    assert await place.breaches() == {}


async def _lapse(place: Place, count: int, limit: int) -> tuple[int, int]:
    """(teams ended, statements) of one sweep over so many teams due."""
    of = await given.campaign(place, await given.goods(place, units=count * 2), size=3)
    await gathering_teams(place, of, count)
    await place.move_clock(timedelta(seconds=3604))
    async with place.work() as work:
        ended = await groupbuy.lapse_due(work, limit=limit)
        return ended, work.statements


async def test_teams_lapse_set_by_set(place: Place) -> None:
    few, few_statements = await _lapse(place, 3, 1000)
    many, many_statements = await _lapse(place, 300, 1000)
    assert (few, many) == (3, 300)
    assert many_statements <= few_statements
    await place.quiet()
    assert await place.breaches() == {}


@pytest.mark.nightly
async def test_ten_thousand_teams_lapse_and_nobody_is_forgotten(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    of = await given.campaign(place, await given.goods(place, units=20_000), size=3)
    await gathering_teams(place, of, 10_000)
    await place.move_clock(timedelta(seconds=3604))
    started, ended = time.monotonic(), 0
    while done := await place.do(groupbuy.lapse_due, limit=1000):
        ended += done
    with capsys.disabled():
        print(f"\n  {ended} teams lapsed in {time.monotonic() - started:.2f} s")
    assert ended == 10_000
    await place.relay.settle_all(place.market, rounds=200)
    async with place.work() as work:
        back = await work.fetch_value("SELECT count(*) FROM payments.refunds WHERE market_id = $1 AND state = 'done'")
    assert back == 10_000
    assert await place.breaches() == {}


# ── the lock order ──
@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> dict[Work, list[str]]:
    """The kinds that each Work locks, in the order in which they were really asked for."""
    taken: dict[Work, list[str]] = {}
    lock = Work.lock

    async def noting(work: Work, kind: str, sql: str, *args: Any) -> list[Any]:
        taken.setdefault(work, []).append(kind)
        return await lock(work, kind, sql, *args)

    monkeypatch.setattr(Work, "lock", noting)
    return taken


async def test_every_verb_locks_in_the_one_order(place: Place, locked: dict[Work, list[str]]) -> None:
    for scenario in TABLE.values():
        # In a market of its own: what one scenario leaves (a webhook that nobody answers) is not the next one's to deliver.
        act = await scenario(Place(place.house, place.relay, *await houses.make_market(place.house)))
        await act()
    made = await given.goods(place)
    terms = {"units_per_person_max": 2, "audience": "newcomers", "allotments": {made.sku: 5}}
    of = await given.campaign(place, made, size=3, **terms)
    leader, member = await given.buyers(place, 2)
    team = await given.paid_team(place, leader, of)
    await given.paid_join(place, member, team.team, of)
    assert await place.do(groupbuy.leave_team, team.team, member.id) is None
    await wallets.grant(place, member.id, 10)
    await place.later(timedelta(seconds=3610))
    assert len(locked) > 100
    for kinds in locked.values():
        assert kinds == sorted(kinds, key=locks.ORDER.index)
    seen = {kind for kinds in locked.values() for kind in kinds}
    assert seen == {"idempotency", "buyers", "limits", "campaigns", "teams", "stock", "allotments", "payables", "orders",
                    "attempts", "refunds", "accounts", "staff", "feeds", "claims", "withdrawals", "coupons", "lots", "cases", "carts",
                    "proposals", "shops", "parcels", "licences", "sign_offs", "applications"}  # fmt: skip


async def test_a_lock_out_of_order_is_stopped_and_takes_everything_back(place: Place) -> None:
    of = await given.goods(place)
    who = await given.buyer(place)
    before = await place.snapshot()
    with pytest.raises(locks.LockOrderBroken, match="stock after payables"):
        async with place.work() as work:
            await work.execute("UPDATE accounts.persons SET name = 'x' WHERE market_id = $1 AND id = $2", who.id)
            await payments.load_till(work, [])
            await work.lock("stock", "SELECT 1 FROM supply.stock WHERE market_id = $1 AND sku_id = $2", of.sku)
    assert await place.snapshot() == before


async def test_what_is_written_is_sent_together_and_before_anything_is_read(place: Place) -> None:
    """One statement for several tables; the same table again, a read and the commit each send what waits."""
    async with place.work() as work:
        before = work.statements
        await work.write(MARKS, [_mark("first")])
        await work.write(CATEGORIES, [SimpleNamespace(id=new_uuid(), slug="a", name="A", position=1)])
        assert work.statements == before
        assert await work.fetch_value("SELECT count(*) FROM platform.limits WHERE market_id = $1") == 1
        assert work.statements == before + 2
        await work.write(MARKS, [_mark("second")])
        await work.write(MARKS, [_mark("third")])
        assert work.statements == before + 3
    async with place.work() as work:
        assert await work.fetch_value("SELECT count(*) FROM platform.limits WHERE market_id = $1") == 3
        assert await work.fetch_value("SELECT count(*) FROM catalog.categories WHERE market_id = $1") == 1


async def test_a_row_that_was_not_met_takes_everything_back(place: Place) -> None:
    raising = bulk.update(tables.limits, key=["bucket"], columns=["count"])
    with pytest.raises(RowsLost):
        async with place.work() as work:
            await work.write(CATEGORIES, [SimpleNamespace(id=new_uuid(), slug="a", name="A", position=1)])
            await work.write(raising, [SimpleNamespace(bucket="nobody's", count=2)])
    async with place.work() as work:
        assert await work.fetch_value("SELECT count(*) FROM catalog.categories WHERE market_id = $1") == 0
