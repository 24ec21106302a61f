"""Promises under awkward timing: slow news, disputed money, members given back, late newcomers, a sick neighbour."""

from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest

from tests.given import goods as given
from tests.given import houses
from tests.given.houses import Place
from tuan.goods import supply
from tuan.kit.refusals import NotFound, granted
from tuan.main import House
from tuan.platform import sweeps
from tuan.platform.gateways.payment import ChargeState
from tuan.platform.outbox import flush
from tuan.platform.relay import Relay
from tuan.platform.work import SYSTEM, Work, open_work
from tuan.play import groupbuy
from tuan.play.groupbuy.errors import MayNotLeave
from tuan.trade import aftersales, orders, payments
from tuan.trade.orders.model import Placed

HOUR = timedelta(hours=1)
QUERIES = "trade.orders.queries"


@pytest.mark.parametrize("policy", ["refund", "another_team"])
async def test_a_team_waits_for_a_payment_made_in_time_whose_news_is_slow(place: Place, policy: str) -> None:
    of = await given.campaign(place, await given.goods(place), pay_seconds=3600, late_policy=policy)
    leader, payer = await given.buyers(place, 2)
    team = await given.paid_team(place, leader, of)
    last = granted(await given.join_team(place, payer, team.team, of))
    attempt = await given.begin_paying(place, payer, last)
    await place.move_clock(HOUR - timedelta(seconds=20))
    notice = await given.provider_pays(place, attempt)
    await place.move_clock(timedelta(seconds=30))
    assert await place.do(groupbuy.lapse_due, limit=10) == 0
    await place.one(orders.apply_notices, notice)
    await place.quiet()
    assert (await given.team_of(place, team.team))["state"] == "formed"
    assert await place.breaches() == {}


async def test_a_team_does_not_wait_for_ever_for_a_provider_that_says_nothing(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place), pay_seconds=3600)
    leader, payer = await given.buyers(place, 2)
    team = await given.paid_team(place, leader, of)
    await given.begin_paying(place, payer, granted(await given.join_team(place, payer, team.team, of)))
    await place.move_clock(HOUR)
    await place.do(payments.claim_queries, limit=10)  # he is asked
    await place.move_clock(timedelta(seconds=119))
    assert await place.do(groupbuy.lapse_due, limit=10) == 0
    await place.move_clock(timedelta(seconds=1))
    assert await place.do(groupbuy.lapse_due, limit=10) == 1
    await place.quiet()
    assert (await given.team_of(place, team.team))["state"] == "lapsed"
    assert await place.breaches() == {}


async def test_money_that_is_not_what_was_agreed_does_not_hold_the_order_for_ever(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, who = await given.goods(place, units=1), await given.buyer(place)
    placed = granted(await given.place_order(place, who, of))
    attempt = await given.start_paying(place, who, placed)

    async def answer(charges: list[given.Charge]) -> list[given.Notice]:
        return [await given.paid_notice(place, c.attempt, amount_minor=1989) for c in charges]

    monkeypatch.setattr(place.house.sandbox, "query", answer)
    await place.move_clock(timedelta(minutes=1))
    await place.relay.call_out(sweeps.intents[QUERIES], place.market)
    again = await given.begin_paying(place, who, placed)  # the buyer may try anew
    assert again != attempt
    await place.later(HOUR)
    assert await given.state_of(place, placed.orders[0]) == "closed"
    assert await given.free_units(place, of) == 1
    assert await given.place_notice(place, attempt) == ChargeState.PAID  # the agreed money after all
    await place.quiet()
    assert await given.state_of(place, placed.orders[0]) == "to_ship"
    assert await place.breaches() == {}


async def test_a_waiting_member_is_given_back_by_the_team_and_nowhere_else(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place))
    first, second = await given.buyers(place, 2)
    team = await given.paid_team(place, first, of)
    joined = granted(await given.join_team(place, second, team.team, of))
    attempt = await given.begin_paying(place, second, joined)
    refused = await place.do(aftersales.refund_whole, team.order, of.supplier, reason="test")
    assert refused.code == "aftersales.waits_for_others"
    assert await place.do(groupbuy.remove_member, team.order, first.id, reason="test") == NotFound()
    assert await place.do(groupbuy.remove_member, team.order, of.supplier, reason="test") is None
    await place.one(orders.apply_notices, await given.provider_pays(place, attempt))
    await place.quiet()
    assert await given.state_of(place, joined.order) != "to_ship"
    assert await given.given_back(place, team.order) == 990
    assert await place.breaches() == {}


async def test_an_order_whose_seat_was_let_go_is_no_member_and_not_unknown(place: Place) -> None:
    """Paid too late, and nobody has heard of it yet: it is no member of the team, and that is what is said of it."""
    of = await given.campaign(place, await given.goods(place))
    leader, stranger = await given.buyers(place, 2)
    team = granted(await given.open_team(place, leader, of))
    attempt = await given.begin_paying(place, leader, team)
    await place.one(orders.apply_notices, await given.paid_notice(place, attempt, state=ChargeState.DECLINED))
    await place.move_clock(HOUR)
    await place.do(orders.lapse_unpaid, limit=10)
    await place.relay.hand_up()
    assert await given.state_of(place, team.order) == "closed"
    remove = partial(place.do, groupbuy.remove_member, team.order, reason="test")
    assert await remove(of.supplier) == MayNotLeave(state="closed")
    await place.one(orders.apply_notices, await given.paid_notice(place, attempt))  # after all
    assert await remove(of.supplier) == MayNotLeave(state="paid")
    assert await remove(stranger.id) == NotFound()
    await place.quiet()
    assert await place.breaches() == {}


async def test_leadership_goes_to_whoever_paid_first_however_the_news_came(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place), size=4)
    leader, placed_first, paid_first = await given.buyers(place, 3)
    team = await given.paid_team(place, leader, of)
    one = granted(await given.join_team(place, placed_first, team.team, of))
    two = granted(await given.join_team(place, paid_first, team.team, of))
    attempts = [await given.begin_paying(place, placed_first, one), await given.begin_paying(place, paid_first, two)]
    for attempt in reversed(attempts):
        await place.one(orders.apply_notices, await given.provider_pays(place, attempt))
    await place.quiet()
    assert await place.do(groupbuy.leave_team, team.team, leader.id) is None
    assert (await given.team_of(place, team.team))["leader_id"] == paid_first.id


async def test_a_teams_time_runs_from_the_openers_payment(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place), team_seconds=6 * 3600)
    who = await given.buyer(place)
    opened = granted(await given.open_team(place, who, of))
    await place.one(
        orders.apply_notices, await given.provider_pays(place, await given.start_paying(place, who, opened))
    )
    await place.move_clock(HOUR)  # nobody delivered facts for an hour
    await place.quiet()
    async with place.work() as work:
        paid_at = await work.fetch_value(
            "SELECT paid_at FROM orders.orders WHERE market_id = $1 AND id = $2", opened.order
        )
    assert (await given.team_of(place, opened.team))["deadline"] == paid_at + 6 * HOUR


async def test_a_late_payment_is_no_way_around_newcomers_only(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place), audience="newcomers", late_policy="new_team")
    who = await given.buyer(place)
    first = granted(await given.open_team(place, who, of))
    notice = await given.paid_notice(place, await given.begin_paying(place, who, first))
    await place.later(2 * HOUR)
    await given.paid_team(place, who, of)
    await place.one(orders.apply_notices, notice)
    await place.quiet()
    assert await given.state_of(place, first.order) == "cancelled"
    assert await place.breaches() == {}


async def test_an_unpaid_member_may_leave_too(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place))
    leader, member = await given.buyers(place, 2)
    team = await given.paid_team(place, leader, of)
    joined = granted(await given.join_team(place, member, team.team, of))
    assert await place.do(groupbuy.leave_team, team.team, member.id) is None
    await place.quiet()
    assert await given.state_of(place, joined.order) == "closed"
    assert (await given.team_of(place, team.team))["held"] == 0


async def test_a_market_whose_sweep_fails_holds_up_no_other(place: Place, house: House, relay: Relay) -> None:
    other = Place(house, relay, *await houses.make_market(house))
    teams = {}
    for one in (place, other):
        of = await given.campaign(one, await given.goods(one), size=3)
        teams[one.market] = (await given.paid_team(one, await given.buyer(one), of)).team
        await one.move_clock(2 * HOUR)
    lapse = sweeps.sweeps["play.groupbuy.lapse_due_teams"]
    for sick, well in ((place, other), (other, place)):

        async def sweep(work: Work, sick: Place = sick) -> int:
            assert work.market.id != sick.market
            return sum([await hand(work) for hand in lapse.hands])

        with suppress(AssertionError):
            await relay._sweeper(lapse, sweep)()
        assert (await given.team_of(well, teams[well.market]))["state"] == "lapsed"


async def test_a_page_reads_one_moment(place: Place) -> None:
    """Two reads of one read-only Work never see two states of the world."""
    of = await given.goods(place, units=7)
    pool = place.house.database.requests
    async with open_work(pool, place.market, SYSTEM, flush=flush, read_only=True) as page:
        before = await supply.free_units(page, [of.sku])
        assert isinstance(await given.place_order(place, await given.buyer(place), of), Placed)
        assert await supply.free_units(page, [of.sku]) == before
    assert await given.free_units(place, of) == 6
