"""The tricky cases of group buying by their numbers in the reference: 2 to 7, 32 and 33. Case 1 has its own file."""

from datetime import timedelta

import asyncpg
import pytest

from tests.given import goods as given
from tests.given.houses import Place, owner_url
from tuan.goods import catalog
from tuan.kit.refusals import granted
from tuan.platform import markets
from tuan.play import groupbuy
from tuan.play.groupbuy.errors import CampaignOver, MayNotLeave, TeamFull, TeamOver
from tuan.play.groupbuy.model import CAPTURE_GRACE
from tuan.trade import aftersales, orders

HOUR = timedelta(seconds=3600)


async def test_case_2_the_loser_of_the_last_seat_hears_it_before_paying(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place))
    leader, quick, slow = await given.buyers(place, 3)
    team = await given.paid_team(place, leader, of)
    held = granted(await given.join_team(place, quick, team.team, of))
    before = await place.snapshot()
    assert await given.join_team(place, slow, team.team, of) == TeamFull()
    assert await place.snapshot() == before
    await place.later(timedelta(seconds=601))
    assert await given.state_of(place, held.order) == "closed"
    granted(await given.join_team(place, slow, team.team, of))
    assert await place.breaches() == {}


@pytest.mark.parametrize(
    ("paid_after", "ended"),
    [(HOUR - timedelta(seconds=5), "formed"), (HOUR + timedelta(seconds=1), "formed"), (HOUR * 1.01, "lapsed")],
    ids=["in time", "within the grace", "past it"],
)
async def test_case_3_the_last_payment_counts_by_when_it_was_made(
    place: Place, paid_after: timedelta, ended: str
) -> None:
    """The sweep comes long after the deadline and finds a payment whose fact nobody has heard yet."""
    of = await given.campaign(place, await given.goods(place), pay_seconds=3600, late_policy="refund")
    leader, payer = await given.buyers(place, 2)
    team = await given.paid_team(place, leader, of)
    last = granted(await given.join_team(place, payer, team.team, of))
    attempt = await given.begin_paying(place, payer, last)
    deadline = (await given.team_of(place, team.team))["deadline"]
    async with place.work() as work:
        now, opened = work.now, deadline - HOUR
    await place.move_clock(paid_after - (now - opened))
    notice = await given.provider_pays(place, attempt)
    await place.move_clock(timedelta(minutes=5))
    await place.one(orders.apply_notices, notice)
    await place.do(groupbuy.lapse_due, limit=10)
    assert (await given.team_of(place, team.team))["state"] == ended
    await place.quiet()
    assert await given.state_of(place, last.order) == ("to_ship" if ended == "formed" else "cancelled")
    assert await place.breaches() == {}


async def test_case_3_a_team_waits_for_its_grace_and_takes_nobody_new_in_it(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place))
    leader, late = await given.buyers(place, 2)
    team = await given.paid_team(place, leader, of)
    await place.move_clock(HOUR)
    assert await place.do(groupbuy.lapse_due, limit=10) == 0
    assert await given.join_team(place, late, team.team, of) == TeamOver()
    await place.move_clock(CAPTURE_GRACE)
    assert await place.do(groupbuy.lapse_due, limit=10) == 1
    await place.quiet()
    assert await given.state_of(place, team.order) == "cancelled"


async def test_case_4_a_team_lapses_although_one_member_was_given_back_already(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place), size=3)
    leader, member = await given.buyers(place, 2)
    team = await given.paid_team(place, leader, of)
    joined = await given.paid_join(place, member, team.team, of)
    assert await place.do(groupbuy.remove_member, joined.order, of.supplier, reason="spoilt") is None
    await place.move_clock(HOUR + CAPTURE_GRACE)
    assert await place.do(groupbuy.lapse_due, limit=10) == 1  # before anybody heard of the refund
    await place.quiet()
    assert await given.given_back(place, joined.order) == await given.given_back(place, team.order) == 990
    assert await place.breaches() == {}


async def test_case_4_a_member_whom_the_seller_gave_back_no_longer_counts(place: Place) -> None:
    """No ghosts: his seat is free, and the team forms with people who have paid."""
    of = await given.campaign(place, await given.goods(place), size=3)
    leader, ghost, second, third = await given.buyers(place, 4)
    team = await given.paid_team(place, leader, of)
    given_back = await given.paid_join(place, ghost, team.team, of)
    assert await place.do(groupbuy.remove_member, given_back.order, of.supplier, reason="no more") is None
    await place.quiet()
    assert (await given.seats_of(place, team.team))[ghost.id] == "left"
    await given.paid_join(place, second, team.team, of)
    assert (await given.team_of(place, team.team))["state"] == "gathering"
    await given.paid_join(place, third, team.team, of)
    assert (await given.team_of(place, team.team))["state"] == "formed"
    assert await place.breaches() == {}


async def test_case_5_a_promise_needs_its_real_members(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place), size=5, promise_min=2)
    leader, member, alone, unpaid = await given.buyers(place, 4)
    kept = await given.paid_team(place, leader, of)
    joined = await given.paid_join(place, member, kept.team, of)
    waiting = granted(await given.join_team(place, unpaid, kept.team, of))
    short = await given.paid_team(place, alone, of)
    await place.later(HOUR + CAPTURE_GRACE)
    formed = await given.team_of(place, kept.team)
    assert (formed["state"], formed["formed_by_promise"], formed["taken"]) == ("formed", True, 2)
    assert await given.state_of(place, kept.order) == await given.state_of(place, joined.order) == "to_ship"
    assert await given.state_of(place, waiting.order) == "closed"
    assert (await given.team_of(place, short.team))["state"] == "lapsed"
    assert await given.given_back(place, short.order) == 990
    assert await place.breaches() == {}


async def test_case_5_a_promise_with_no_member_left_forms_nothing(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place), size=3, promise_min=1)
    leader, unpaid = await given.buyers(place, 2)
    team = await given.paid_team(place, leader, of)
    granted(await given.join_team(place, unpaid, team.team, of))
    assert await place.do(groupbuy.leave_team, team.team, leader.id) is None
    assert (await given.team_of(place, team.team))["state"] == "lapsed"
    await place.later(HOUR)
    assert (await given.seats_of(place, team.team)) == {leader.id: "left", unpaid.id: "released"}
    assert await place.breaches() == {}


async def test_case_6_a_formed_team_stays_formed_when_a_member_is_given_back(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place, units=2))
    leader, member = await given.buyers(place, 2)
    team = await given.paid_team(place, leader, of)
    joined = await given.paid_join(place, member, team.team, of)
    assert await place.do(aftersales.cancel, joined.order, member.id, reason="changed my mind") is None
    await place.quiet()
    assert (await given.team_of(place, team.team))["state"] == "formed"
    assert await given.state_of(place, team.order) == "to_ship"
    assert await given.given_back(place, joined.order) == 990
    assert await given.given_back(place, team.order) == 0
    assert await given.free_units(place, of) == 1
    assert await place.do(groupbuy.leave_team, team.team, leader.id) == MayNotLeave(state="formed")
    assert await place.breaches() == {}


async def test_case_7_the_oldest_paid_member_leads_when_the_leader_leaves(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place), size=4)
    leader, second, third = await given.buyers(place, 3)
    team = await given.paid_team(place, leader, of)
    later = granted(await given.join_team(place, third, team.team, of))  # sits earlier, pays later
    await given.paid_join(place, second, team.team, of)
    await given.pay(place, third, later)
    deadline = (await given.team_of(place, team.team))["deadline"]
    assert await place.do(groupbuy.leave_team, team.team, leader.id) is None
    row = await given.team_of(place, team.team)
    assert (row["leader_id"], row["deadline"], row["taken"]) == (second.id, deadline, 2)
    await place.quiet()
    assert await given.given_back(place, team.order) == 990
    assert await place.breaches() == {}


async def test_case_7_the_last_one_out_ends_the_team(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place), size=3)
    leader, member = await given.buyers(place, 2)
    team = await given.paid_team(place, leader, of)
    joined = await given.paid_join(place, member, team.team, of)
    for who in (leader, member):
        assert await place.do(groupbuy.leave_team, team.team, who.id) is None
    await place.quiet()
    assert (await given.team_of(place, team.team))["state"] == "lapsed"
    assert await given.state_of(place, team.order) == await given.state_of(place, joined.order) == "cancelled"
    assert await given.free_units(place, of) == 100
    assert await place.breaches() == {}


async def test_case_32_deadlines_follow_the_clock_of_the_database_and_the_market(place: Place) -> None:
    """This host's clock is never asked: a market that is a year ahead counts its hour from there."""
    await place.move_clock(timedelta(days=365))
    of = await given.campaign(place, await given.goods(place))
    leader = await given.buyer(place)
    team = await given.paid_team(place, leader, of)
    owner = await asyncpg.connect(owner_url(place.house))
    try:
        real = await owner.fetchval("SELECT clock_timestamp()")
    finally:
        await owner.close()
    deadline = (await given.team_of(place, team.team))["deadline"]
    assert timedelta(0) <= deadline - real - timedelta(days=365) - HOUR + timedelta(minutes=1) < timedelta(minutes=2)
    await place.later(HOUR - timedelta(minutes=1))
    assert (await given.team_of(place, team.team))["state"] == "gathering"
    await place.later(timedelta(minutes=2))
    assert (await given.team_of(place, team.team))["state"] == "lapsed"


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Shanghai"])
async def test_case_32_an_hour_is_an_hour_whatever_the_zone_does(place: Place, zone: str) -> None:
    """Over the night when clocks are put forward, a session in any zone counts the same deadline."""
    async with place.work() as work:
        await work.connection.execute(f"SET LOCAL timezone = '{zone}'")
        spring = await work.connection.fetchval("SELECT '2026-03-29 00:30+00'::timestamptz")
        now = work.now
    await place.move_clock(spring - now)
    leader = await given.buyer(place)
    of = await given.campaign(place, await given.goods(place))
    team = await given.paid_team(place, leader, of)
    async with place.work() as work:
        await work.connection.execute(f"SET LOCAL timezone = '{zone}'")
        row = await groupbuy.access_team(work, team.team)
        left = await work.fetch_value("SELECT deadline - opened_at FROM groupbuy.teams WHERE market_id = $1 AND id = $2",
                                      team.team)  # fmt: skip
    assert HOUR <= left < HOUR + timedelta(minutes=1)
    assert row["deadline"].utcoffset() == timedelta(0)


async def test_case_32_the_clock_of_a_live_market_does_not_move(place: Place) -> None:
    owner = await asyncpg.connect(owner_url(place.house))
    try:
        live = await markets.make(owner, name="Live", host=f"live-{place.host}", kind="live", currency="CNY")
        with pytest.raises(PermissionError):
            await markets.move_clock(owner, live, HOUR)
        with pytest.raises(asyncpg.CheckViolationError):
            await owner.execute("UPDATE platform.markets SET clock_offset = '1 hour' WHERE id = $1", live)
    finally:
        await owner.close()


async def test_case_33_a_revised_price_leaves_running_teams_their_own(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place, price_minor=1990), price_minor=990)
    leader, member, newcomer = await given.buyers(place, 3)
    team = await given.paid_team(place, leader, of)
    old = of.campaign
    assert await place.do(groupbuy.end_campaign, old, reason="price") is None
    assert await given.open_team(place, newcomer, of) == CampaignOver()
    revised = await given.campaign(place, of, price_minor=1190, revises=old)
    joined = await given.paid_join(place, member, team.team, of)
    fresh = await given.paid_team(place, newcomer, revised)
    async with place.work() as work:
        totals = [(await orders.access_order(work, s.order, w.id))["total_minor"]
                  for s, w in ((team, leader), (joined, member), (fresh, newcomer))]  # fmt: skip
        revises = await work.fetch_value("SELECT revises_id FROM groupbuy.campaigns WHERE market_id = $1 AND id = $2",
                                         revised.campaign)  # fmt: skip
    assert totals == [990, 990, 1190]
    assert revises == old
    assert (await given.team_of(place, team.team))["state"] == "formed"
    assert await place.breaches() == {}


async def test_case_33_a_changed_list_price_leaves_placed_orders_as_they_are(place: Place) -> None:
    of = await given.goods(place, price_minor=1990)
    who = await given.buyer(place)
    placed = granted(await given.place_order(place, who, of))
    assert await place.do(catalog.set_price, of.sku, 2990, reason="season") is None
    await given.pay(place, who, placed)
    async with place.work() as work:
        assert (await orders.access_order(work, placed.orders[0], who.id))["total_minor"] == 1990
