"""Case 1: money that comes after its team is over or full goes where the campaign's policy says, and never nowhere."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.given import goods as given
from tests.given import notices
from tests.given.goods import Buyer, Goods
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.platform.gateways.payment import ChargeState
from tuan.play import groupbuy
from tuan.play.groupbuy.model import Seated
from tuan.play.groupbuy.model.words import PENDING_PATIENCE
from tuan.trade import orders, payments

HALF_AN_HOUR = timedelta(minutes=30)


async def crossing(place: Place, of: Goods, payer: Buyer, *, rival: Buyer | None = None) -> tuple[Seated, UUID, Any]:
    """A payment under way while its team lapses: (the seat, its attempt, the rival's team that is still open)."""
    leader = await given.buyer(place)
    team = await given.paid_team(place, leader, of)
    late = granted(await given.join_team(place, payer, team.team, of))
    attempt = await given.begin_paying(place, payer, late)
    await place.move_clock(HALF_AN_HOUR)
    other = await given.paid_team(place, rival, of) if rival else None
    await place.move_clock(HALF_AN_HOUR)
    await place.do(payments.claim_queries, limit=10)  # the provider is asked, and says nothing
    await place.move_clock(PENDING_PATIENCE)
    await place.do(groupbuy.lapse_due, limit=10)
    assert (await given.team_of(place, team.team))["state"] == "lapsed"
    assert await given.state_of(place, late.order) == "closed"
    return late, attempt, other


async def last_seat_under_way(place: Place) -> tuple[Seated, UUID]:
    """A team that is complete, and whose last payment nobody has heard of yet: (the seat, its attempt)."""
    of = await offered(place, "refund", size=2)
    leader, payer = await given.buyers(place, 2)
    team = await given.paid_team(place, leader, of)
    seat = granted(await given.join_team(place, payer, team.team, of))
    return seat, await given.begin_paying(place, payer, seat)


async def test_a_complete_team_waits_until_somebody_could_ask_about_its_last_payment(place: Place) -> None:
    """The worker was away for half an hour; that the buyer has paid in time is found out when it is back."""
    seat, attempt = await last_seat_under_way(place)
    await given.provider_pays(place, attempt)
    await place.later(2 * HALF_AN_HOUR + HALF_AN_HOUR)
    assert (await given.team_of(place, seat.team))["state"] == "formed"
    assert await given.state_of(place, seat.order) == "to_ship"
    assert await place.breaches() == {}


async def test_patience_with_a_silent_provider_counts_from_the_question(place: Place) -> None:
    seat, _ = await last_seat_under_way(place)
    await place.move_clock(2 * HALF_AN_HOUR + HALF_AN_HOUR)
    for pause in (timedelta(0), PENDING_PATIENCE - timedelta(seconds=10)):  # asked, and nearly long enough ago
        await place.do(groupbuy.lapse_due, limit=10)
        assert (await given.team_of(place, seat.team))["state"] == "gathering"
        if not pause:
            await place.do(payments.claim_queries, limit=10)
        await place.move_clock(pause)
    await place.move_clock(timedelta(seconds=10))
    await place.do(groupbuy.lapse_due, limit=10)
    assert (await given.team_of(place, seat.team))["state"] == "lapsed"
    assert await given.state_of(place, seat.order) == "closed"


async def offered(place: Place, policy: str, *, size: int = 3, **more: Any) -> Goods:
    terms = {"late_policy": policy, "pay_seconds": 3600} | more
    return await given.campaign(place, await given.goods(place, units=terms.pop("units", 100)), size=size, **terms)


async def test_case_1_late_money_takes_a_seat_in_another_open_team(place: Place) -> None:
    of = await offered(place, "another_team")
    payer, rival = await given.buyers(place, 2)
    late, attempt, other = await crossing(place, of, payer, rival=rival)
    await given.money_comes(place, attempt)
    assert await given.seats_of(place, other.team) == {rival.id: "taken", payer.id: "taken"}
    assert await given.state_of(place, late.order) == "gathering"
    assert await place.breaches() == {}


async def test_case_1_late_money_that_takes_the_last_seat_of_another_team_forms_it_with_all_its_members(
    place: Place,
) -> None:
    of = await offered(place, "another_team", size=2)
    payer, rival = await given.buyers(place, 2)
    late, attempt, other = await crossing(place, of, payer, rival=rival)
    await given.money_comes(place, attempt)
    assert (await given.team_of(place, other.team))["state"] == "formed"
    assert await given.state_of(place, late.order) == "to_ship"
    assert await given.state_of(place, other.order) == "to_ship"
    assert await place.breaches() == {}


@pytest.mark.parametrize("policy", ["another_team", "new_team"])
async def test_case_1_late_money_opens_a_new_team_led_by_the_payer(place: Place, policy: str) -> None:
    of = await offered(place, policy)
    payer, rival = await given.buyers(place, 2)
    late, attempt, other = await crossing(place, of, payer, rival=rival if policy == "new_team" else None)
    await given.money_comes(place, attempt)
    async with place.work() as work:
        seat = (await groupbuy.teams_of_orders(work, [late.order]))[late.order]
        team = await groupbuy.access_team(work, seat["team_id"])
    assert seat["team_id"] not in (late.team, other and other.team)
    assert (team["state"], team["leader_id"], team["taken"]) == ("gathering", payer.id, 1)
    assert team["deadline"] > team["opened_at"]
    assert await place.breaches() == {}


async def test_case_1_late_money_is_given_back_where_the_policy_says_so(place: Place) -> None:
    of = await offered(place, "refund")
    payer, rival = await given.buyers(place, 2)
    late, attempt, other = await crossing(place, of, payer, rival=rival)
    await given.money_comes(place, attempt)
    assert await given.state_of(place, late.order) == "cancelled"
    assert await given.given_back(place, late.order) == 990
    assert await given.seats_of(place, other.team) == {rival.id: "taken"}
    assert await place.breaches() == {}


async def test_case_1_late_money_is_given_back_when_its_goods_are_gone(place: Place) -> None:
    of = await offered(place, "another_team", units=2)
    payer, rival, alone = await given.buyers(place, 3)
    late, attempt, _ = await crossing(place, of, payer)
    for who in (alone, rival):
        granted(await given.place_order(place, who, of))
    assert await given.free_units(place, of) == 0
    await given.money_comes(place, attempt)
    assert await given.state_of(place, late.order) == "cancelled"
    assert await given.given_back(place, late.order) == 990
    assert await place.breaches() == {}


async def test_case_1_late_money_never_passes_a_person_limit(place: Place) -> None:
    of = await offered(place, "another_team", units_per_person_max=1)
    payer = await given.buyer(place)
    late, attempt, _ = await crossing(place, of, payer)
    again = granted(await given.open_team(place, payer, of))
    await given.money_comes(place, attempt)
    assert await given.state_of(place, late.order) == "cancelled"
    assert await given.state_of(place, again.order) == "placed"
    assert await place.breaches() == {}


async def test_case_1_late_money_opens_no_team_in_a_campaign_that_is_over(place: Place) -> None:
    of = await offered(place, "new_team")
    payer = await given.buyer(place)
    late, attempt, _ = await crossing(place, of, payer)
    assert await place.do(groupbuy.end_campaign, of.campaign, reason="test") is None
    await given.money_comes(place, attempt)
    assert await given.state_of(place, late.order) == "cancelled"
    assert await place.breaches() == {}


async def test_case_1_money_for_a_full_team_finds_its_seat_gone_and_goes_back(place: Place) -> None:
    """The seat was let go unpaid and somebody else has it."""
    of = await offered(place, "refund", size=2, pay_seconds=600)
    leader, slow, quick = await given.buyers(place, 3)
    team = await given.paid_team(place, leader, of)
    late = granted(await given.join_team(place, slow, team.team, of))
    attempt = await given.start_paying(place, slow, late)
    await place.later(timedelta(seconds=601))
    assert await given.state_of(place, late.order) == "closed"
    await given.paid_join(place, quick, team.team, of)
    await given.money_comes(place, attempt)
    assert await given.state_of(place, late.order) == "cancelled"
    assert await given.given_back(place, late.order) == 990
    assert (await given.team_of(place, team.team))["state"] == "formed"
    assert await place.breaches() == {}


async def test_case_1_money_for_a_seat_that_is_free_again_takes_it_back(place: Place) -> None:
    of = await offered(place, "refund", size=2, pay_seconds=600)
    leader, slow = await given.buyers(place, 2)
    team = await given.paid_team(place, leader, of)
    late = granted(await given.join_team(place, slow, team.team, of))
    attempt = await given.start_paying(place, slow, late)
    await place.later(timedelta(seconds=601))
    assert await given.state_of(place, late.order) == "closed"
    await given.place_notice(place, attempt)
    assert (await given.team_of(place, team.team))["state"] == "formed"
    assert await given.state_of(place, late.order) == await given.state_of(place, team.order) == "to_ship"
    assert await place.breaches() == {}


async def test_case_1_paid_after_the_deadline_but_heard_of_before_the_sweep_is_late_too(place: Place) -> None:
    of = await offered(place, "refund")
    leader, payer = await given.buyers(place, 2)
    team = await given.paid_team(place, leader, of)
    late = granted(await given.join_team(place, payer, team.team, of))
    attempt = await given.begin_paying(place, payer, late)
    await place.move_clock(timedelta(seconds=3610))
    notice = await given.provider_pays(place, attempt)
    await place.one(orders.apply_notices, notice)
    await place.do(groupbuy.take_seats, [late.order])  # before the sweep has been
    assert await given.state_of(place, late.order) == "cancelled"
    await place.quiet()
    assert await given.given_back(place, late.order) == 990
    assert await place.breaches() == {}


async def test_case_1_alone_a_late_payment_is_shipped_if_the_goods_are_there_and_else_given_back(place: Place) -> None:
    of = await given.goods(place, units=1)
    first, second = await given.buyers(place, 2)
    late = granted(await given.place_order(place, first, of))
    attempt = await given.start_paying(place, first, late)
    await place.later(timedelta(minutes=16))
    assert await given.state_of(place, late.orders[0]) == "closed"
    rival = granted(await given.place_order(place, second, of))
    await given.place_notice(place, attempt)
    assert await given.state_of(place, late.orders[0]) == "cancelled"
    told = await notices.rows(place, "SELECT reason FROM aftersales.cases WHERE market_id = $1")
    assert [row["reason"] for row in told] == ["late_payment"]
    attempt = await given.start_paying(place, second, rival)
    await place.later(timedelta(minutes=16))
    await given.place_notice(place, attempt)
    assert await given.state_of(place, rival.orders[0]) == "to_ship"
    assert await place.breaches() == {}


@pytest.mark.parametrize("left", [1, 0])
async def test_a_team_at_its_deadline_counts_a_late_payer_only_if_his_goods_are_still_there(
    place: Place, left: int
) -> None:
    """His order was closed unpaid and paid after all, and the team ends before either fact is heard of."""
    of = await offered(place, "refund", size=2, units=2, pay_seconds=600)
    leader, payer, rival = await given.buyers(place, 3)
    team = await given.paid_team(place, leader, of)
    late = granted(await given.join_team(place, payer, team.team, of))
    attempt = await given.begin_paying(place, payer, late)
    await place.one(orders.apply_notices, await given.paid_notice(place, attempt, state=ChargeState.DECLINED,
                                                                  transaction="", paid_at=None))  # fmt: skip
    await place.move_clock(timedelta(minutes=11))
    await place.do(orders.lapse_unpaid, limit=10)
    if not left:
        granted(await given.place_order(place, rival, of))
    notice = await given.provider_pays(place, attempt)
    await place.one(orders.apply_notices, notice)
    await place.move_clock(timedelta(minutes=50))
    await place.do(groupbuy.lapse_due, limit=10)
    await place.quiet()
    assert await given.state_of(place, late.order) == ("to_ship" if left else "cancelled")
    assert await given.state_of(place, team.order) == ("to_ship" if left else "cancelled")
    assert await place.breaches() == {}
