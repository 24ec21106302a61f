"""Levels and seasons for whoever runs the market's game: the table of levels, seasons planned, their leagues, calling one off.

A season begins, is scored and is closed by itself; the office may close one that is due a little earlier, a program waits.
"""

from datetime import datetime
from itertools import islice
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from tuan.kit.refusals import Refusal
from tuan.people.parties.model import BENEFITS, SHOP
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.play import leagues
from tuan.play.leagues.model import SEASON_ID, Level, LevelTable, NewSeason, SeasonState
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, Listing, Money, PageQuery, Reason
from tuan.surfaces.api.v1.catalog import money
from tuan.surfaces.api.v1.leagues import ResultWord, SeasonId
from tuan.surfaces.api.v1.shops import ShopId
from tuan.surfaces.web.once import once, remembered
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

DAYS = 90
"""Over which sales and service are counted where nothing was set."""
PLACES_MAX = 2000

Name = Annotated[str, Meta(min_length=1, max_length=40, pattern=NO_NUL, examples=["冬季"])]
Word = Annotated[str, Meta(max_length=40, pattern=NO_NUL)]
BenefitWords = Annotated[
    list[Word], Meta(description=", ".join(BENEFITS), max_length=len(BENEFITS), examples=[["badge"]])
]
RightWords = Annotated[list[Word], Meta(description="Rights that courses unlock.", max_length=8, examples=[[]])]
Small = Annotated[int, Meta(ge=0, le=1000)]
When = Annotated[datetime, Meta(tz=True)]
StateWord = Literal["planned", "running", "closed", "called_off"]
CLIMBING: list[dict[str, Any]] = [
    {"name": "新芽"},
    {"name": "小店", "sales_minor": 100_000, "service": 800, "benefits": ["badge"]},
]


class LevelRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a level asks for (kept sales in minor units, service in thousandths, rights) and what it gives; never money."""

    name: Annotated[str, Meta(min_length=1, max_length=30, pattern=NO_NUL, examples=["小店"])]
    sales_minor: Annotated[int, Meta(ge=0, le=10**13, examples=[100_000])] = 0
    service: Annotated[Small, Meta(examples=[800])] = 0
    rights: RightWords = []
    benefits: BenefitWords = []


class LevelRules(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The levels from the lowest, which asks for nothing; days: over which sales and service are counted."""

    levels: Annotated[list[LevelRule], Meta(max_length=8, examples=[CLIMBING])]
    days: Annotated[Small, Meta(examples=[DAYS])] = DAYS


class NewLevelRules(LevelRules, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Reason


class LevelRulesInForce(LevelRules, frozen=True, kw_only=True):
    """The levels that hold now; shops: how many stand on each of them. version: 0 where none were set."""

    version: Annotated[int, Meta(examples=[1])]
    shops: Annotated[list[int], Meta(examples=[[12, 3]])]


class SetLevels(Struct, frozen=True, kw_only=True):
    """The version of the levels from now on."""

    version: Annotated[int, Meta(examples=[2])]


class SeasonTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A season. settling_days: after its end, while goods may go back; size: about so many shops in a league; moved: so many
    rise and fall at most."""

    name: Name
    starts_at: When
    ends_at: When
    size: Annotated[Small, Meta(examples=[20])] = 20
    moved: Annotated[Small, Meta(examples=[3])] = 3
    benefits: BenefitWords = []


class PlannedSeason(SeasonTerms, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A season that begins by itself."""

    settling_days: Annotated[Small, Meta(examples=[15])] = 15
    reason: Reason


class MarketSeason(SeasonTerms, frozen=True, kw_only=True):
    season: SeasonId
    state: StateWord
    closes_at: datetime


class SeasonLeague(Struct, frozen=True, kw_only=True):
    """A league of a season, 1 the strongest: what its shops sold together, how many rose out of it and fell."""

    league: Annotated[int, Meta(examples=[1])]
    shops: Annotated[int, Meta(examples=[20])]
    score: Money
    rose: Annotated[int, Meta(examples=[3])]
    fell: Annotated[int, Meta(examples=[3])]


class SeasonPlace(Struct, frozen=True, kw_only=True):
    """A shop in a league; seeded: what it kept in as long a time before."""

    league: Annotated[int, Meta(examples=[1])]
    rank: Annotated[int, Meta(examples=[1])]
    shop: ShopId
    name: Annotated[str, Meta(examples=["阿梅的小店"])]
    score: Money
    seeded: Money
    result: ResultWord | None


class WholeSeason(Struct, frozen=True, kw_only=True):
    """A season with its leagues; of a planned one the places are as they would be now. Two thousand places at most."""

    season: MarketSeason
    leagues: list[SeasonLeague]
    places: list[SeasonPlace]


class MadeSeason(Struct, frozen=True, kw_only=True):
    season: SeasonId


class SeasonCallOff(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Reason


# ── levels ──
@operation("GET", "/market-levels", scope="growth.read")
async def show_levels(visit: Visit) -> LevelRulesInForce:
    """The levels of the market's shops."""
    async with visit.reading() as work:
        found, counts = await leagues.level_table(work), await leagues.level_counts(work)
    version, table = found or (0, LevelTable((), DAYS))
    rules = [
        LevelRule(name=one.name, sales_minor=one.sales_minor, service=one.service, rights=list(one.rights),
                  benefits=list(one.benefits))
        for one in table.levels
    ]  # fmt: skip
    shops = [counts.get(place, 0) for place in range(len(rules))]
    return LevelRulesInForce(version=version, levels=rules, days=table.days, shops=shops)


@operation("PUT", "/market-levels", scope="growth.write")
async def set_levels(visit: Visit, data: NewLevelRules, key: str) -> SetLevels | Refusal:
    """All levels from now on; every shop is counted anew by them within the hour."""
    table = LevelTable(
        tuple(
            Level(one.name.strip(), one.sales_minor, one.service, tuple(one.rights), tuple(one.benefits))
            for one in data.levels
        ),
        data.days,
    )

    async def act(work: Work) -> Refusal | dict[str, Any]:
        made = await leagues.set_levels(work, table, reason=data.reason)
        return made if isinstance(made, Refusal) else {"version": made}

    outcome = await remembered(visit, "api.set_levels", key, repr(data), act)
    return outcome if isinstance(outcome, Refusal) else SetLevels(**outcome)


# ── seasons ──
@operation("GET", "/market-seasons", scope="growth.read")
async def list_market_seasons(visit: Visit, query: PageQuery) -> Listing[MarketSeason]:
    """Seasons of the market, the latest first."""
    async with visit.reading() as work:
        found = await leagues.search_seasons(work, Wanted(after=query.after, size=query.size))
    return Listing([_season(row) for row in found.items], found.next_key)


def _season(row: Any) -> MarketSeason:
    same = ("name", "state", "starts_at", "ends_at", "closes_at", "size", "moved")
    return MarketSeason(
        season=SEASON_ID.show(row["id"]), benefits=list(row["benefits"]), **{name: row[name] for name in same}
    )


@operation("GET", "/market-seasons/{season}", scope="growth.read")
async def show_market_season(visit: Visit, season: SeasonId) -> WholeSeason:
    """A season with the ranking of every league."""
    found = read_id(SEASON_ID, season)
    async with visit.reading() as work:
        row = await leagues.access_season(work, found)
        sums, rows = await leagues.league_sums(work, found), await leagues.ranking(work, found)
        places = [_place(visit, one) for one in rows]
        if row["state"] == SeasonState.PLANNED:
            places = await _as_if_begun(visit, work, row)
    return WholeSeason(
        season=_season(row),
        leagues=[
            SeasonLeague(league=one["league"], shops=one["shops"], score=money(visit, one["score_minor"]),
                         rose=one["rose"], fell=one["fell"])
            for one in sums
        ],
        places=places,
    )  # fmt: skip


def _place(visit: Visit, row: Any) -> SeasonPlace:
    return SeasonPlace(
        league=row["league"], rank=row["rank"], shop=SHOP.show(row["shop_id"]), name=row["name"],
        score=money(visit, row["score_minor"]), seeded=money(visit, row["seeded_minor"]), result=row["result"],
    )  # fmt: skip


async def _as_if_begun(visit: Visit, work: Work, row: Any) -> list[SeasonPlace]:
    """The places of a season if it began now."""
    grouped, kept = await leagues.grouping(work, row["starts_at"], row["ends_at"], row["size"])
    every = ((league, rank, shop) for league, of in enumerate(grouped, 1) for rank, shop in enumerate(of, 1))
    shown = list(islice(every, PLACES_MAX))
    names = await leagues.shop_names(work, [shop for *_, shop in shown])
    return [
        SeasonPlace(league=league, rank=rank, shop=SHOP.show(shop), name=names[shop], score=money(visit, 0),
                    seeded=money(visit, kept[shop]), result=None)
        for league, rank, shop in shown
    ]  # fmt: skip


@operation("POST", "/market-seasons", scope="growth.write", status=201)
async def plan_season(visit: Visit, data: PlannedSeason, key: str) -> MadeSeason | Refusal:
    """A season that begins by itself; none begins before the one before it is closed."""
    new = NewSeason(
        data.name, data.starts_at, data.ends_at, data.settling_days, data.size, data.moved, tuple(data.benefits)
    )

    async def act(work: Work) -> Refusal | dict[str, Any]:
        made = await leagues.plan_season(work, new, reason=data.reason)
        return made if isinstance(made, Refusal) else {"season": SEASON_ID.show(made)}

    outcome = await remembered(visit, "api.plan_season", key, repr(data), act)
    return outcome if isinstance(outcome, Refusal) else MadeSeason(**outcome)


@operation("POST", "/market-seasons/{season}/calling-off", scope="growth.write", status=204)
async def call_off_season(visit: Visit, season: SeasonId, data: SeasonCallOff, key: str) -> Refusal | None:
    """One that has not begun does not take place."""
    found = read_id(SEASON_ID, season)

    async def act(work: Work) -> Refusal | None:
        return await leagues.call_off(work, found, reason=data.reason)

    return await once(visit, "api.call_off_season", key, f"{season} {data.reason}", act)


HANDLERS = (show_levels, set_levels, list_market_seasons, plan_season, show_market_season, call_off_season)
