"""A week of a market, told through its verbs: teams form, lapse, are joined late; parcels go out; orders complete.

Monday to Monday, with the market's own clock. At every midnight nothing may be wrong, and at the end every cent that
came is either with a supplier, with the market, or back where it came from.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.given import goods as given
from tests.given.goods import Buyer, Goods
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.play import groupbuy
from tuan.play.groupbuy.errors import CampaignOver, TeamFull, TeamOver
from tuan.trade import aftersales, orders
from tuan.value import ledger

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(slots=True)
class Week:
    place: Place
    oranges: Goods
    tea: Goods
    people: list[Buyer]

    async def night(self, until: timedelta = DAY) -> None:
        """Evening: parcels go out. Midnight: everything due is done and nothing is wrong."""
        for supplier in (self.oranges.supplier, self.tea.supplier):
            async with self.place.work() as work:
                waiting = (await orders.to_ship(work, supplier, size=100)).items
            for row in waiting:
                shipped = await self.place.do(orders.ship, row["id"], supplier, carrier="SF", tracking=row["id"].hex)
                assert shipped is None
        await self.place.later(until)
        assert await self.place.breaches() == {}

    async def states(self, *seated: Any) -> list[str]:
        return [await given.state_of(self.place, one.order) for one in seated]


async def monday(week: Week) -> dict[str, Any]:
    """Anna's team of three forms; Bo's is one short at the end of the day; Chen opens one and never pays."""
    place, of, (anna, bo, chen, *rest) = week.place, week.oranges, week.people
    formed = [await given.paid_team(place, anna, of)]
    for who in rest[:2]:
        formed.append(await given.paid_join(place, who, formed[0].team, of))
    assert await given.join_team(place, chen, formed[0].team, of) == TeamOver()
    short = [await given.paid_team(place, bo, of)]
    short.append(await given.paid_join(place, rest[2], short[0].team, of))
    void = granted(await given.open_team(place, chen, of))
    await week.night()
    assert await week.states(*formed) == ["shipped"] * 3
    assert await week.states(*short) == ["cancelled"] * 2
    assert (await given.team_of(place, void.team))["state"] == "void"
    return {"formed": formed, "members": [anna, *rest[:2]]}


async def tuesday(week: Week) -> None:
    """Two want the last seat: the slow one hears it, opens a team himself, and his team lapses."""
    place, of = week.place, week.tea
    leader, quick, slow = week.people[3:6]
    team = await given.paid_team(place, leader, of)
    held = granted(await given.join_team(place, quick, team.team, of))
    assert await given.join_team(place, slow, team.team, of) == TeamFull()
    own = await given.paid_team(place, slow, of)
    await given.pay(place, quick, held)
    assert await week.states(team, held, own) == ["to_ship", "to_ship", "gathering"]
    await week.night()
    assert await week.states(team, held, own) == ["shipped", "shipped", "cancelled"]
    assert await given.given_back(place, own.order) == of.team_price_minor


async def wednesday(week: Week) -> None:
    """A payment crosses the deadline and opens a team of its own, which a friend fills."""
    place, of = week.place, week.tea
    leader, late, friend = week.people[6:9]
    team = await given.paid_team(place, leader, of)
    crossing = granted(await given.join_team(place, late, team.team, of))
    attempt = await given.start_paying(place, late, crossing)
    await place.later(8 * HOUR)
    assert await week.states(team, crossing) == ["cancelled", "closed"]
    await given.place_notice(place, attempt)
    async with place.work() as work:
        home = (await groupbuy.teams_of_orders(work, [crossing.order]))[crossing.order]["team_id"]
    assert home != team.team
    joined = await given.paid_join(place, friend, home, of)
    assert await week.states(crossing, joined) == ["to_ship"] * 2
    await week.night(16 * HOUR)


async def thursday(week: Week, monday_is: dict[str, Any]) -> None:
    """Monday's parcels arrive; one member of a gathering team leaves; somebody who bought alone thinks better of it."""
    place, of = week.place, week.oranges
    for seated, who in zip(monday_is["formed"], monday_is["members"], strict=True):
        assert await place.do(orders.confirm_receipt, seated.order, who.id) is None
    leader, second, third, fourth = week.people[:4]
    team = await given.paid_team(place, leader, of)
    joined = await given.paid_join(place, second, team.team, of)
    assert await place.do(groupbuy.leave_team, team.team, leader.id) is None
    assert (await given.team_of(place, team.team))["leader_id"] == second.id
    others = [await given.paid_join(place, who, team.team, of) for who in (third, fourth)]
    assert await week.states(team, joined, *others) == ["cancelled", "to_ship", "to_ship", "to_ship"]
    alone = granted(await given.place_order(place, leader, of, 2))
    await given.pay(place, leader, alone)
    assert await place.do(aftersales.cancel, alone.orders[0], leader.id, reason="too many") is None
    await week.night()
    assert await given.given_back(place, alone.orders[0]) == 2 * of.price_minor


async def friday(week: Week) -> None:
    """The price is revised: the open team keeps its own, a new one pays the new one. A payment never comes."""
    place, of = week.place, week.oranges
    leader, second, third, new, silent = week.people[4:9]
    team = await given.paid_team(place, leader, of)
    assert await place.do(groupbuy.end_campaign, of.campaign, reason="price") is None
    assert await given.open_team(place, new, of) == CampaignOver()
    week.oranges = await given.campaign(place, of, price_minor=1190, size=3, revises=of.campaign)
    for who in (second, third):
        await given.paid_join(place, who, team.team, of)
    fresh = await given.paid_team(place, new, week.oranges)
    unpaid = granted(await given.join_team(place, silent, fresh.team, week.oranges))
    await given.begin_paying(place, silent, unpaid)
    async with place.work() as work:
        totals = [(await orders.access_order(work, o, w.id))["total_minor"]
                  for o, w in ((team.order, leader), (fresh.order, new))]  # fmt: skip
    assert totals == [990, 1190]
    await week.night()
    assert await week.states(unpaid, fresh) == ["closed", "cancelled"]


async def test_a_week_of_a_market(place: Place) -> None:
    oranges = await given.campaign(place, await given.goods(place, units=60), size=3, team_seconds=6 * 3600)
    tea = await given.campaign(place, await given.goods(place, units=20, price_minor=4900), size=2, price_minor=3900,
                               team_seconds=6 * 3600, late_policy="new_team")  # fmt: skip
    week = Week(place, oranges, tea, await given.buyers(place, 9))
    first = await monday(week)
    await tuesday(week)
    await wednesday(week)
    await thursday(week, first)
    await friday(week)
    await week.night(2 * DAY)
    assert await week.states(*first["formed"]) == ["received"] * 3
    await week.night(4 * DAY)
    assert await week.states(*first["formed"]) == ["completed"] * 3
    await week.night(15 * DAY)  # who says nothing has received it after a while
    await week.night(8 * DAY)
    await everything_adds_up(week)


async def everything_adds_up(week: Week) -> None:
    async with week.place.work() as work:
        balances = await ledger.balances(work)
        ended = await work.fetch(
            "SELECT state, count(*) AS orders, sum(total_minor - refunded_minor)::bigint AS kept FROM orders.orders "
            "WHERE market_id = $1 GROUP BY state"
        )
        stock = await work.fetch("SELECT held, allotted FROM supply.stock WHERE market_id = $1")
    kept = {row["state"]: row["kept"] for row in ended}
    assert kept.keys() == {"completed", "cancelled", "closed"}
    assert kept["cancelled"] == 0
    suppliers = sum(balance for (code, _), balance in balances.items() if code.startswith("supplier:"))
    assert (
        suppliers + balances["platform:income", "CNY"]
        == kept["completed"]
        == -balances["provider:sandbox:clearing", "CNY"]
    )
    assert balances["buyers:prepayment", "CNY"] == balances["buyers:refunds_payable", "CNY"] == 0
    assert all((row["held"], row["allotted"]) == (0, 0) for row in stock)
    assert await week.place.breaches() == {}
