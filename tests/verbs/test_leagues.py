"""Levels and seasons as they run: counted anew by sweeps, told with reasons, closed once and for good."""

from datetime import timedelta

import msgspec
import pytest

from tests.given import commissions as paid
from tests.given import goods as given
from tests.given import houses
from tests.given import leagues as play
from tests.given import training as learn
from tests.given.aftersales import ask
from tests.given.goods import Buyer
from tests.given.houses import Place
from tests.given.leagues import CLOSES, DAY, LENGTH, TABLE, Sold
from tuan.kit.refusals import NotFound, granted
from tuan.people import parties
from tuan.play import distribution, leagues
from tuan.play.leagues import queries, sweeps
from tuan.play.leagues.model import Lack, LevelTable, Result, Sales, Service
from tuan.trade import aftersales
from tuan.trade.aftersales.model import Kind


@pytest.fixture
def sold(monkeypatch: pytest.MonkeyPatch) -> Sold:
    return Sold(monkeypatch)


async def levels_of(place: Place) -> dict[int, int]:
    async with place.work() as work:
        return await leagues.level_counts(work)


async def test_a_shop_rises_with_its_sales_and_reads_why(place: Place, sold: Sold) -> None:
    (shop,) = await play.shops(place, 1)
    await play.levels(place)
    await place.quiet()
    assert await levels_of(place) == {0: 1}
    async with place.work() as work:
        stands = await leagues.standing_of(work, shop)
        assert stands is not None and stands.level == 0
        assert stands.lacks == [Lack("sales", 100_000, 0), Lack("service", 800, 1000)]
        sold.kept([shop], 150_000, at=work.now)
    await place.later(timedelta(hours=2))
    assert await levels_of(place) == {1: 1}
    async with place.work() as work:
        (change,) = await leagues.changes_of(work, shop)
        assert (change["from_level"], change["to_level"], leagues.name_in(change, 1)) == (0, 1, "小店")
        assert leagues.reasons_of(change) == [Lack("sales", 100_000, 150_000), Lack("service", 800, 1000)]
        assert await leagues.benefits_of(work, shop) == {"badge"} and await parties.has_benefit(work, shop, "badge")
    sold.service[shop] = Service(0, 7, 0)
    await place.later(timedelta(hours=2))
    async with place.work() as work:
        fell, _ = await leagues.changes_of(work, shop)
        assert (fell["from_level"], fell["to_level"]) == (1, 0)
        assert leagues.reasons_of(fell) == [Lack("service", 800, 0)]
        assert [(row["rose"], row["shops"]) for row in await leagues.level_moves(work, work.now - DAY)] == [
            (True, 1), (False, 1),
        ]  # fmt: skip
    assert await place.breaches() == {}


async def test_passing_a_course_counts_at_once(place: Place, sold: Sold) -> None:
    who = await given.buyer(place)
    shop = await play.shop_of(place, who.id)
    async with place.work() as work:
        sold.kept([shop], 2_000_000, at=work.now)
    await play.levels(place)
    await place.quiet()
    assert await levels_of(place) == {1: 1}
    course = await learn.course(place, msgspec.structs.replace(learn.CONTENT, rights=("level_2",)))
    granted(await learn.answer(place, Buyer(who.id, who.address), course))
    await place.quiet()
    assert await levels_of(place) == {2: 1}


async def test_all_shops_are_counted_in_rounds_and_a_new_table_starts_one(
    place: Place, sold: Sold, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps, "SHOPS_PER_SWEEP_MAX", 2)
    shops = await play.shops(place, 5)
    assert await play.levels(place) == 1
    await place.quiet()
    assert await levels_of(place) == {0: 5}
    async with place.work() as work:
        sold.kept(shops, *[200_000] * 5, at=work.now)
    lower = LevelTable((TABLE.levels[0], msgspec.structs.replace(TABLE.levels[1], sales_minor=1_000)))
    assert await play.levels(place, lower) == 2
    await place.quiet()
    assert await levels_of(place) == {1: 5}
    assert await place.breaches() == {}


async def test_a_season_from_its_plan_to_its_end(place: Place, sold: Sold) -> None:
    shops = await play.shops(place, 8)
    async with place.work() as work:
        sold.kept(shops, 800, 700, 600, 500, 400, 300, 200, 100, at=work.now)
    season = await play.begun(place)
    assert await play.places(place, season) == [shops[:4], shops[4:]]
    async with place.work() as work:
        assert (await leagues.access_season(work, season))["state"] == "running"
        reached = work.now + DAY
        for number, shop in enumerate(shops):
            sold.sales[shop] = Sales(100 * number, 50, reached, reached)
    await place.later(DAY)
    assert (await play.places(place, season))[0] == shops[3::-1]
    await place.later(CLOSES)
    rows = {row["shop_id"]: row for row in await play.ranking(place, season)}
    assert [rows[shop]["score_minor"] for shop in shops] == [100 * number for number in range(8)]
    results = {shop: rows[shop]["result"] for shop in shops}
    assert results == dict.fromkeys(shops, Result.STAYED) | {shops[0]: Result.RELEGATED, shops[7]: Result.PROMOTED}
    again = await play.begun(place)
    first, second = await play.places(place, again)
    assert set(first) == {shops[7], *shops[1:4]} and set(second) == {shops[0], *shops[4:7]}
    assert await place.breaches() == {}


async def test_what_comes_back_later_changes_no_closed_season(place: Place, sold: Sold) -> None:
    shops = await play.shops(place, 4)
    async with place.work() as work:
        sold.kept(shops, 400, 300, 200, 100, at=work.now)
    season = await play.begun(place)
    await place.later(CLOSES)
    frozen = [dict(row) for row in await play.ranking(place, season)]
    sold.sales.clear()
    assert await place.do(leagues.close_season, season) is None
    await place.later(10 * DAY)
    assert [dict(row) for row in await play.ranking(place, season)] == frozen


async def test_equal_scores_stand_in_the_order_in_which_they_were_reached(place: Place, sold: Sold) -> None:
    shops = await play.shops(place, 3)
    season = await play.begun(place)
    async with place.work() as work:
        for number, shop in enumerate(shops):
            at = work.now - timedelta(minutes=number)
            sold.sales[shop] = Sales(500, 0, at, at)
    await place.later(DAY)
    assert await play.places(place, season) == [shops[::-1]]


async def test_only_what_is_kept_counts_at_the_end(place: Place, sold: Sold) -> None:
    keeper, other = await play.shops(place, 2)
    season = await play.begun(place)
    async with place.work() as work:
        now = work.now
    sold.sales = {keeper: Sales(100, 0, now, now), other: Sales(0, 900, None, now)}
    await place.later(DAY)
    assert await play.places(place, season) == [[other, keeper]]
    await place.later(CLOSES)
    assert await play.places(place, season) == [[keeper, other]]
    assert [row["score_minor"] for row in await play.ranking(place, season)] == [100, 0]
    assert await place.breaches() == {}


async def test_a_shop_that_opens_meanwhile_plays_from_the_next_season_on_in_the_lowest_league(
    place: Place, sold: Sold
) -> None:
    shops = await play.shops(place, 8)
    season = await play.begun(place)
    (late,) = await play.shops(place, 1)
    async with place.work() as work:
        sold.kept([late], 10**9, at=work.now)
    await place.later(CLOSES)
    assert late not in {row["shop_id"] for row in await play.ranking(place, season)}
    leagues_of = await play.places(place, await play.begun(place))
    assert late in leagues_of[-1] and sum(map(len, leagues_of)) == len(shops) + 1


async def test_a_plan_can_be_called_off_and_makes_room(place: Place) -> None:
    season = granted(await play.plan(place))
    assert await place.do(leagues.call_off, season, reason="test") is None
    granted(await play.plan(place))
    assert await place.do(leagues.call_off, season, reason="test") != NotFound()
    await place.later(DAY)
    async with place.work() as work:
        assert (await leagues.access_season(work, season))["state"] == "called_off"
        assert await leagues.next_season(work) is None


async def test_a_winner_has_the_benefits_of_his_season_until_the_next_one_closes(place: Place, sold: Sold) -> None:
    shops = await play.shops(place, 8)
    season = await play.begun(place, benefits=("showcase",))
    async with place.work() as work:
        sold.kept(shops, *range(8, 0, -1), at=work.now)
    await place.later(CLOSES)
    async with place.work() as work:
        won = {shop for shop in shops if await parties.has_benefit(work, shop, "showcase")}
        top = {row["shop_id"] for row in await leagues.ranking(work, season) if row["rank"] == 1}
    assert won == top
    sold.sales.clear()
    await play.begun(place)
    await place.later(CLOSES)
    async with place.work() as work:
        assert not [shop for shop in shops if await parties.has_benefit(work, shop, "showcase")]


async def test_leagues_of_another_market_are_not_found(place: Place) -> None:
    elsewhere = Place(place.house, place.relay, *await houses.make_market(place.house))
    season = granted(await play.plan(elsewhere))
    assert await place.do(leagues.close_season, season) == NotFound()
    assert await place.do(leagues.call_off, season, reason="test") == NotFound()
    async with place.work() as work:
        assert (await leagues.grouping(work, work.now, work.now + LENGTH, 4)) == ([], {})


async def counted(place: Place, shop: paid.Shop) -> tuple[Sales, Service]:
    """What this shop sold in the last month, and how it was served."""
    async with place.work() as work:
        since = work.now - 30 * DAY
        sales = await queries.kept_sales(work, [shop.id], since, work.now)
        service = await queries.service_counts(work, [shop.id], since)
    return sales.get(shop.id, Sales()), service.get(shop.id, Service())


async def test_sales_are_what_others_bought_through_the_shop_and_kept(place: Place) -> None:
    of = await given.goods(place)
    shop = await paid.shop(place, of)
    alone, through, own = await paid.neighbour(place), await paid.neighbour(place), shop.owner
    await paid.buy(place, alone, of, None)
    await paid.buy(place, own, of, shop.code)
    assert await counted(place, shop) == (Sales(), Service())
    order = await paid.buy(place, through, of, shop.code, units=3)
    sales, service = await counted(place, shop)
    assert (sales.kept_minor, sales.coming_minor, sales.kept_at) == (0, 3 * 1990, None) and sales.reached_at is not None
    assert service == Service(1, 0, 0)
    await paid.receive(place, of, through, order)
    await paid.give_back(place, of, through, order, 1)
    sales, service = await counted(place, shop)
    assert (sales.coming_minor, service) == (2 * 1990, Service(1, 1, 0))
    await place.later(8 * DAY)
    sales, _ = await counted(place, shop)
    assert (sales.kept_minor, sales.coming_minor) == (2 * 1990, 0) and sales.kept_at == sales.reached_at is not None


async def test_what_is_given_back_whole_is_no_sale(place: Place) -> None:
    of = await given.goods(place)
    shop, who = await paid.shop(place, of), await paid.neighbour(place)
    order = await paid.buy(place, who, of, shop.code)
    assert await place.do(aftersales.refund_whole, order, of.supplier, reason="test") is None
    await place.quiet()
    assert (await counted(place, shop))[0] == Sales()


async def test_a_case_that_nobody_answers_in_time_counts_against_the_service(place: Place) -> None:
    of = await given.goods(place)
    shop, who = await paid.shop(place, of), await paid.neighbour(place)
    order = await paid.buy(place, who, of, shop.code, units=2)
    await paid.receive(place, of, who, order)
    granted(await ask(place, who, order, Kind.REFUND_ONLY, "damaged", (1, 1)))
    await place.later(3 * DAY)
    assert (await counted(place, shop))[1] == Service(1, 1, 1)


async def test_a_sale_that_is_looked_at_waits_outside(place: Place) -> None:
    of = await given.goods(place)
    shop, who = await paid.shop(place, of), await paid.neighbour(place)
    await paid.plan(place)
    order = await paid.buy(place, who, of, shop.code)
    assert (await counted(place, shop))[0].coming_minor == 1990
    (commission,) = await paid.commissions(place, order)
    assert await place.do(distribution.hold, commission["id"], reason="test") is None
    assert (await counted(place, shop))[0] == Sales()
    assert await place.do(distribution.release, commission["id"], reason="test") is None
    assert (await counted(place, shop))[0].coming_minor == 1990
