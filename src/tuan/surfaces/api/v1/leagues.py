"""The caller's shop: its level and what the next one asks for, its seasons and their rankings."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from tuan.kit.refusals import NotFound, Refused
from tuan.people.parties.model import BENEFITS
from tuan.play import leagues
from tuan.play.leagues.model import SEASON_ID, Lack, band_of, service_of
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import Listing, Money
from tuan.surfaces.api.v1.catalog import money
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

SeasonId = Annotated[
    str,
    Meta(
        description="A season.",
        pattern="^season_[0-9a-hjkmnp-tv-z]{26}$",
        examples=["season_01kb3v6h2ne5x8q4r7t9w0y1z3"],
    ),
]
Words = Annotated[list[str], Meta(description="Words that other parts of the market ask for.", examples=[["badge"]])]
ResultWord = Literal["promoted", "stayed", "relegated"]


class LevelNeed(Struct, frozen=True, kw_only=True):
    """What a level asks for: sales in minor units, service in thousandths, or a right that a course unlocks."""

    kind: Literal["sales", "service", "right"]
    need: Annotated[int, Meta(examples=[100000])]
    have: Annotated[int, Meta(examples=[50000])]
    right: Annotated[str, Meta(examples=["level_2"])] | None = None


class LevelChange(Struct, frozen=True, kw_only=True):
    """From which place in the table to which, and why; places are counted from 0."""

    before: Annotated[int, Meta(examples=[0])]
    after: Annotated[int, Meta(examples=[1])]
    reasons: list[LevelNeed]
    at: datetime


class ShopLevel(Struct, frozen=True, kw_only=True):
    """Where the shop stands now. next_benefits: what the next level gives beside what the shop has. next_needs: all that the next level asks for; empty at the top."""

    level: Annotated[int, Meta(examples=[1])]
    name: Annotated[str, Meta(examples=["小店"])]
    days: Annotated[int, Meta(examples=[90])]
    kept: Money
    service: Annotated[int, Meta(examples=[985])]
    benefits: Words
    next_benefits: Words
    next_needs: list[LevelNeed]


class ShopSeason(Struct, frozen=True, kw_only=True):
    """A season in which the shop plays or played; result: null while it runs."""

    season: SeasonId
    name: Annotated[str, Meta(examples=["冬季"])]
    state: Literal["planned", "running", "closed", "called_off"]
    starts_at: datetime
    ends_at: datetime
    closes_at: datetime
    league: Annotated[int, Meta(examples=[2])]
    rank: Annotated[int, Meta(examples=[3])]
    score: Money
    result: ResultWord | None


class LeaguePlace(Struct, frozen=True, kw_only=True):
    """A shop in a league. band: the lower edge of its score's range; score: the caller's own alone."""

    rank: Annotated[int, Meta(examples=[1])]
    name: Annotated[str, Meta(examples=["阿梅的小店"])]
    band: Money
    score: Money | None
    is_own: bool


class LeagueRanking(Struct, frozen=True, kw_only=True):
    season: ShopSeason
    places: list[LeaguePlace]


@operation("GET", "/shop/level", scope="shop.read")
async def show_level(visit: Visit) -> ShopLevel:
    """The level of the caller's shop, and what it lacks for the next one."""
    assert visit.shop is not None
    async with visit.reading() as work:
        stands = await leagues.standing_of(work, visit.shop.id)
        benefits = await leagues.benefits_of(work, visit.shop.id)
    if stands is None:
        raise Refused(NotFound())
    above = stands.table.levels[stands.level + 1 : stands.level + 2]
    return ShopLevel(
        level=stands.level,
        name=stands.table.levels[stands.level].name,
        days=stands.table.days,
        kept=money(visit, stands.sales.kept_minor),
        service=service_of(stands.service),
        benefits=sorted(benefits),
        next_benefits=sorted({word for one in above for word in one.benefits if word in BENEFITS} - benefits),
        next_needs=[_need(one) for one in stands.lacks],
    )


def _need(one: Lack) -> LevelNeed:
    kind: Any = one.kind
    return LevelNeed(kind=kind, need=one.need, have=one.have, right=one.word or None)


@operation("GET", "/shop/level/changes", scope="shop.read")
async def list_level_changes(visit: Visit) -> Listing[LevelChange]:
    """How the shop came where it stands, the latest first."""
    assert visit.shop is not None
    async with visit.reading() as work:
        rows = await leagues.changes_of(work, visit.shop.id)
    return Listing(
        [
            LevelChange(
                before=row["from_level"], after=row["to_level"], at=row["at"],
                reasons=[_need(one) for one in leagues.reasons_of(row)],
            )
            for row in rows
        ]
    )  # fmt: skip


@operation("GET", "/shop/seasons", scope="shop.read")
async def list_seasons(visit: Visit) -> Listing[ShopSeason]:
    """The shop's seasons with its rank in each, the latest first."""
    assert visit.shop is not None
    async with visit.reading() as work:
        return Listing([_season(visit, row) for row in await leagues.seasons_of(work, visit.shop.id)])


def _season(visit: Visit, row: Any) -> ShopSeason:
    return ShopSeason(
        season=SEASON_ID.show(row["id"]), name=row["name"], state=row["state"], starts_at=row["starts_at"],
        ends_at=row["ends_at"], closes_at=row["closes_at"], league=row["league"], rank=row["rank"],
        score=money(visit, row["score_minor"]), result=row["result"],
    )  # fmt: skip


@operation("GET", "/shop/seasons/{season}", scope="shop.read")
async def show_season(visit: Visit, season: SeasonId) -> LeagueRanking:
    """The ranking of the shop's league in one of its seasons."""
    assert visit.shop is not None
    found, own = read_id(SEASON_ID, season), visit.shop.id
    async with visit.reading() as work:
        row = next((one for one in await leagues.seasons_of(work, own) if one["id"] == found), None)
        if row is None:
            raise Refused(NotFound())
        ranking = await leagues.ranking(work, found, row["league"])
    places = [
        LeaguePlace(
            rank=one["rank"], name=one["name"], band=money(visit, band_of(one["score_minor"])),
            score=money(visit, one["score_minor"]) if one["shop_id"] == own else None, is_own=one["shop_id"] == own,
        )
        for one in ranking
    ]  # fmt: skip
    return LeagueRanking(season=_season(visit, row), places=places)


HANDLERS = (show_level, list_level_changes, list_seasons, show_season)
