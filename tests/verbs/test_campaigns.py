"""The terms of a campaign: who may buy how much, what is set aside, who may go."""

from datetime import timedelta

from tests.given import goods as given
from tests.given.houses import Place
from tuan.goods.supply.errors import SoldOut
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import NotFound, granted
from tuan.play import groupbuy
from tuan.play.groupbuy.errors import CampaignClash, MayNotLeave, NewcomersOnly, PersonLimit
from tuan.play.groupbuy.model import OpenTeam
from tuan.trade import orders
from tuan.trade.orders.errors import AmountTooLarge, UnitsInvalid


async def test_a_person_limit_counts_what_is_held_and_gives_back_what_is_not_kept(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place), units_per_person_max=3, units_per_order_max=2)
    who, mate = await given.buyers(place, 2)
    assert await given.open_team(place, who, of, 3) == UnitsInvalid(most=2)
    first = granted(await given.open_team(place, who, of, 2))
    assert await given.open_team(place, who, of, 2) == PersonLimit(left=1, most=3)
    granted(await given.open_team(place, who, of, 1))
    assert await given.open_team(place, who, of) == PersonLimit(left=0, most=3)
    granted(await given.open_team(place, mate, of, 2))
    assert await place.do(orders.cancel_unpaid, first.order, who.id, reason="test") is None
    await place.quiet()
    granted(await given.open_team(place, who, of, 2))
    assert await place.breaches() == {}


async def test_a_team_order_is_bounded_like_any_other_and_the_bound_itself_is_allowed(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place), price_minor=AMOUNT_MINOR_MAX // 2)
    leader, mate = await given.buyers(place, 2)
    before = await place.snapshot()
    assert await given.open_team(place, leader, of, 3) == AmountTooLarge(most_minor=AMOUNT_MINOR_MAX)
    assert await place.snapshot() == before
    team = granted(await given.open_team(place, leader, of, 2))
    await given.pay(place, leader, team)
    assert await given.join_team(place, mate, team.team, of, 3) == AmountTooLarge(most_minor=AMOUNT_MINOR_MAX)
    assert await place.breaches() == {}


async def test_limits_hold_within_one_batch(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place), units_per_person_max=2)
    who = await given.buyer(place)
    commands = [groupbuy_open(who, of) for _ in range(3)]
    async with place.work() as work:
        outcomes = await groupbuy.seat_buyers(work, commands)
    assert [type(o).__name__ for o in outcomes] == ["Seated", "Seated", "PersonLimit"]
    assert await place.breaches() == {}


def groupbuy_open(who: given.Buyer, of: given.Goods) -> OpenTeam:
    return OpenTeam(who.id, given.fresh_key(), of.campaign, of.sku, 1, who.address)


async def test_a_lapsed_team_gives_its_units_back_to_the_limit(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place), units_per_person_max=1)
    who = await given.buyer(place)
    await given.paid_team(place, who, of)
    assert isinstance(await given.open_team(place, who, of), PersonLimit)
    await place.later(timedelta(seconds=3604))
    granted(await given.open_team(place, who, of))
    assert await place.breaches() == {}


async def test_newcomers_only_is_for_those_who_keep_nothing_here(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place), audience="newcomers")
    new, old, changed = await given.buyers(place, 3)
    granted(await given.place_order(place, old, of))
    assert await given.open_team(place, old, of) == NewcomersOnly()
    placed = granted(await given.place_order(place, changed, of))
    assert await place.do(orders.cancel_unpaid, placed.orders[0], changed.id, reason="test") is None
    granted(await given.open_team(place, changed, of))
    granted(await given.open_team(place, new, of))
    assert await given.open_team(place, new, of) == NewcomersOnly()
    assert await place.breaches() == {}


async def test_set_aside_units_are_sold_by_the_campaign_only_and_return_when_it_ends(place: Place) -> None:
    made = await given.goods(place, units=5)
    of = await given.campaign(place, made, allotments={made.sku: 3}, size=2)
    leader, second, third, alone = await given.buyers(place, 4)
    assert await given.free_units(place, of) == 2
    team = await given.paid_team(place, leader, of)
    held = granted(await given.open_team(place, second, of, 2))
    assert await given.open_team(place, third, of) == SoldOut()
    granted(await given.place_order(place, alone, of, 2))
    assert await given.free_units(place, of) == 0
    assert await place.do(groupbuy.end_campaign, of.campaign, reason="test") is None
    assert await given.free_units(place, of) == 0
    assert await place.do(orders.cancel_unpaid, held.order, second.id, reason="test") is None
    assert await given.free_units(place, of) == 2
    await place.later(timedelta(seconds=3604))
    assert await given.state_of(place, team.order) == "cancelled"
    assert await given.free_units(place, of) == 5  # the order bought alone was never paid
    assert await place.breaches() == {}


async def test_what_ends_returns_at_once_what_nobody_holds(place: Place) -> None:
    made = await given.goods(place, units=5)
    of = await given.campaign(place, made, allotments={made.sku: 3})
    assert await place.do(groupbuy.end_campaign, of.campaign, reason="test") is None
    assert await given.free_units(place, of) == 5
    assert await place.do(groupbuy.end_campaign, of.campaign, reason="test") == NotFound()
    assert await place.breaches() == {}


async def test_a_team_outlives_its_campaign_and_buys_from_the_free_stock(place: Place) -> None:
    made = await given.goods(place, units=5)
    of = await given.campaign(place, made, allotments={made.sku: 3})
    leader, late = await given.buyers(place, 2)
    team = await given.paid_team(place, leader, of)
    assert await place.do(groupbuy.end_campaign, of.campaign, reason="test") is None
    await given.paid_join(place, late, team.team, of)
    assert (await given.team_of(place, team.team))["state"] == "formed"
    assert await given.free_units(place, of) == 3
    assert await place.breaches() == {}


async def test_no_more_is_set_aside_than_is_free_and_one_campaign_runs_at_a_time(place: Place) -> None:
    made = await given.goods(place, units=5)
    before = await place.snapshot()
    assert (await given.launch(place, made, allotments={made.sku: 6})).code == "supply.not_enough"
    assert await place.snapshot() == before
    granted(await given.launch(place, made, allotments={made.sku: 5}))
    before = await place.snapshot()
    assert (await given.launch(place, made, allotments={made.sku: 1})).code == "supply.sold_out"
    assert await given.launch(place, made) == CampaignClash()
    assert await place.snapshot() == before


async def test_leaving_is_for_members_of_gathering_teams_whose_campaign_allows_it(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place), size=3)
    leader, held, paid = await given.buyers(place, 3)
    team = await given.paid_team(place, leader, of)
    granted(await given.join_team(place, held, team.team, of))
    joined = await given.paid_join(place, paid, team.team, of)
    assert await place.do(groupbuy.leave_team, team.team, held.id) is None  # unpaid, so his order is closed
    assert await place.do(groupbuy.leave_team, team.team, paid.id) is None
    assert await place.do(groupbuy.leave_team, team.team, paid.id) == NotFound()
    await place.quiet()
    assert await given.given_back(place, joined.order) == 990
    again = await given.paid_join(place, paid, team.team, of)
    assert await given.state_of(place, again.order) == "gathering"
    assert await place.breaches() == {}


async def test_who_may_not_leave_stays(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place), size=3, may_leave=False)
    leader = await given.buyer(place)
    team = await given.paid_team(place, leader, of)
    assert await place.do(groupbuy.leave_team, team.team, leader.id) == MayNotLeave(state="gathering")


async def test_an_opener_who_never_pays_leaves_no_team(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place))
    who = await given.buyer(place)
    opened = granted(await given.open_team(place, who, of))
    await place.later(timedelta(seconds=601))
    assert (await given.team_of(place, opened.team))["state"] == "void"
    async with place.work() as work:
        assert await groupbuy.list_open_teams(work, [of.product]) == {of.product: []}
    assert await place.breaches() == {}


async def test_nothing_ships_from_a_team_that_gathers(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place))
    who = await given.buyer(place)
    team = await given.paid_team(place, who, of)
    refusal = await place.do(orders.ship, team.order, of.supplier, carrier="SF", tracking="1")
    assert refusal.code == "orders.not_now"
    async with place.work() as work:
        assert (await orders.to_ship(work, of.supplier)).items == []
