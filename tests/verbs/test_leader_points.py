"""Points for whoever opens a team that forms: once, the same however many come, theirs when their own order is kept."""

from datetime import timedelta

import pytest

from tests.given import carts
from tests.given import goods as given
from tests.given import points as wallets
from tests.given.aftersales import ask
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.play import groupbuy
from tuan.play.groupbuy.actions import follow_leaders
from tuan.play.groupbuy.errors import CampaignInvalid
from tuan.play.groupbuy.model import Seated
from tuan.trade import aftersales, orders
from tuan.trade.aftersales.model import Ask, Kind
from tuan.value.points import Balance

DAY = timedelta(days=1)
EARNED = 9
"""By any order of 9.90, by the market's terms."""


async def formed(place: Place, size: int = 2, **terms: int) -> tuple[given.Goods, list[tuple[given.Buyer, Seated]]]:
    """A formed team's members with their seats, the leader first."""
    await wallets.terms(place)
    of = await given.campaign(place, await given.goods(place), size=size, **({"leader_points": 50} | terms))
    leader, *others = await given.buyers(place, size)
    seats = [(leader, await given.paid_team(place, leader, of))]
    for who in others:
        seats.append((who, await given.paid_join(place, who, seats[0][1].team, of)))
    await place.quiet()
    return of, seats


async def keep(place: Place, of: given.Goods, who: given.Buyer, seated: Seated) -> None:
    assert await place.do(orders.ship, seated.order, of.supplier, carrier="SF", tracking="1") is None
    assert await place.do(orders.confirm_receipt, seated.order, who.id) is None
    await place.later(8 * DAY)


@pytest.mark.parametrize("size", [2, 4])
async def test_the_leader_is_promised_them_when_it_forms_and_has_them_when_his_order_is_kept(
    place: Place, size: int
) -> None:
    of, seats = await formed(place, size)
    leader, member = seats[0][0].id, seats[1][0].id
    assert await wallets.balance(place, leader) == Balance(0, 0, 50 + EARNED, 0)
    assert await wallets.balance(place, member) == Balance(0, 0, EARNED, 0)
    await keep(place, of, *seats[0])
    assert await wallets.balance(place, leader) == Balance(50 + EARNED, 0, 0, 0)
    for _ in range(2):  # told twice, it comes to the same
        await place.do(follow_leaders, some=[seats[0][1].order], teams=[seats[0][1].team])
    assert await wallets.balance(place, leader) == Balance(50 + EARNED, 0, 0, 0)
    assert await place.breaches() == {}


async def test_a_team_that_does_not_form_gives_none(place: Place) -> None:
    await wallets.terms(place)
    of, who = await given.campaign(place, await given.goods(place), size=2, leader_points=50), await given.buyer(place)
    await given.paid_team(place, who, of)
    await place.later(2 * DAY)
    assert await wallets.balance(place, who.id) == Balance(0, 0, 0, 0)
    assert await place.breaches() == {}


async def test_they_are_gone_with_all_of_the_leaders_money_and_not_with_anothers(place: Place) -> None:
    _, seats = await formed(place)
    (leader, seat), (member, other) = seats
    assert await place.do(aftersales.cancel, other.order, member.id, reason="test") is None
    await place.quiet()
    assert await wallets.balance(place, leader.id) == Balance(0, 0, 50 + EARNED, 0)
    assert await place.do(aftersales.cancel, seat.order, leader.id, reason="test") is None
    await place.quiet()
    assert await wallets.balance(place, leader.id) == Balance(0, 0, 0, 0)
    assert await place.breaches() == {}


async def test_sending_that_is_kept_keeps_no_points(place: Place) -> None:
    """All of the leader's goods come back without a reason; what he paid for sending them stays with the seller."""
    await wallets.terms(place)
    of = await given.campaign(place, await carts.sent(place), size=2, leader_points=50)
    leader, member = await given.buyers(place, 2)
    seat = await given.paid_team(place, leader, of)
    await given.paid_join(place, member, seat.team, of)
    await place.quiet()
    assert await place.do(orders.ship, seat.order, of.supplier, carrier="SF", tracking="1") is None
    assert await place.do(orders.confirm_receipt, seat.order, leader.id) is None
    back = Ask(Kind.RETURN, "no_reason", ((1, 1),))
    assert granted(await place.do(aftersales.preview, seat.order, leader.id, back)).beside.points_led_taken == 50
    granted(await ask(place, leader, seat.order, Kind.RETURN, "no_reason"))
    assert await place.do(aftersales.agree, seat.order, 1, of.supplier) is None
    assert await place.do(aftersales.send_back, seat.order, 1, leader.id, carrier="SF", tracking="2") is None
    assert await place.do(aftersales.receive, seat.order, 1, of.supplier) is None
    await place.later(30 * DAY)
    async with place.work() as work:
        order = await orders.access_order(work, seat.order, leader.id)
    assert (order["state"], order["total_minor"] - order["refunded_minor"]) == ("completed", 600)
    assert await wallets.balance(place, leader.id) == Balance(6, 0, 0, 0), "those of the sending, as of any order"
    assert await place.breaches() == {}


async def test_the_preview_of_giving_it_all_up_says_that_they_go_with_it(place: Place) -> None:
    """Of the leader's own order, of all of it; a member's order has none."""
    await wallets.terms(place)
    of = await given.campaign(place, await given.goods(place), size=2, leader_points=50)
    leader, member = await given.buyers(place, 2)
    seat = await given.paid_team(place, leader, of, 2)
    other = await given.paid_join(place, member, seat.team, of)
    await place.quiet()
    assert (await place.do(aftersales.preview_whole, other.order)).beside.points_led_taken == 0
    half = granted(await place.do(aftersales.preview, seat.order, leader.id, Ask(Kind.CANCEL, "unsaid", ((1, 1),))))
    assert (half.beside.points_taken, half.beside.points_led_taken) == (EARNED, 0)
    seen = (await place.do(aftersales.preview_whole, seat.order)).beside
    assert (seen.points_taken, seen.points_led_taken, seen.points_owed) == (2 * EARNED + 1, 50, 0)
    before = await wallets.balance(place, leader.id)
    assert await place.do(aftersales.cancel, seat.order, leader.id, reason="test") is None
    await place.quiet()
    assert before.pending - (await wallets.balance(place, leader.id)).pending == seen.points_taken + 50
    assert await place.breaches() == {}


async def test_who_took_a_team_over_gets_them_and_who_left_does_not(place: Place) -> None:
    await wallets.terms(place)
    of = await given.campaign(place, await given.goods(place), size=3, leader_points=50)
    first, second, *rest = await given.buyers(place, 4)
    seat = await given.paid_team(place, first, of)
    await given.paid_join(place, second, seat.team, of)
    assert await place.do(groupbuy.leave_team, seat.team, first.id) is None
    for who in rest:
        await given.paid_join(place, who, seat.team, of)
    await place.quiet()
    assert await wallets.balance(place, first.id) == Balance(0, 0, 0, 0)
    assert await wallets.balance(place, second.id) == Balance(0, 0, 50 + EARNED, 0)
    assert await place.breaches() == {}


@pytest.mark.parametrize("units", [-1, 100_001])
async def test_more_than_the_house_lets_be_promised_is_refused(place: Place, units: int) -> None:
    of = await given.goods(place)
    before = await place.snapshot()
    refused = await given.launch(place, of, leader_points=units)
    assert refused == CampaignInvalid(field="leader_points")
    assert await place.snapshot() == before
    granted(await given.launch(place, of, leader_points=100_000))
