"""Shops, what they sold, levels and seasons for tests."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.given import sharing as share
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.kit.time import Instant
from tuan.people import parties
from tuan.platform.work import Work
from tuan.play import leagues
from tuan.play.leagues import queries
from tuan.play.leagues.model import Level, LevelTable, NewSeason, Sales, Service

DAY = timedelta(days=1)
LENGTH = 28 * DAY
CLOSES = LENGTH + 15 * DAY
TABLE = LevelTable(
    (
        Level("新芽", 0),
        Level("小店", 100_000, 800, (), ("badge",)),
        Level("好店", 1_000_000, 900, ("level_2",), ("badge", "showcase")),
    ),
    days=90,
)


async def shops(place: Place, count: int) -> list[UUID]:
    return [(await share.shop(place))[0] for _ in range(count)]


async def owner_of(place: Place, shop: UUID) -> UUID:
    async with place.work() as work:
        owner: UUID = (await leagues.access_shop(work, shop))["owner_id"]
        return owner


async def shop_of(place: Place, owner: UUID) -> UUID:
    shop: UUID = await place.do(parties.admit_shop, "小店", owner, reason="test")
    return shop


async def levels(place: Place, table: LevelTable = TABLE) -> int:
    version: int = granted(await place.do(leagues.set_levels, table, reason="test"))
    return version


async def plan(place: Place, **more: Any) -> Any:
    """A season that begins in an hour; what the verb answers."""
    async with place.work() as work:
        starts_at = work.now + timedelta(hours=1) + more.pop("after", timedelta())
        new = NewSeason(
            **{"name": "冬季", "starts_at": starts_at, "ends_at": starts_at + LENGTH, "size": 4, "moved": 1, **more}
        )
        return await leagues.plan_season(work, new, reason="test")


async def begun(place: Place, **more: Any) -> UUID:
    """A season that runs."""
    season: UUID = granted(await plan(place, **more))
    await place.later(timedelta(hours=2))
    return season


async def ranking(place: Place, season: UUID) -> list[Any]:
    async with place.work() as work:
        return await leagues.ranking(work, season)


async def places(place: Place, season: UUID) -> list[list[UUID]]:
    """The shops of each league, by rank."""
    found: list[list[UUID]] = []
    for row in await ranking(place, season):
        if row["rank"] == 1:
            found.append([])
        found[-1].append(row["shop_id"])
    return found


class Sold:
    """What shops are believed to have sold and how it was served, in place of the orders that say so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sales: dict[UUID, Sales] = {}
        self.service: dict[UUID, Service] = {}
        monkeypatch.setattr(queries, "kept_sales", self._sales)
        monkeypatch.setattr(queries, "service_counts", self._service)

    def kept(self, shops: Sequence[UUID], *amounts: int, at: Instant) -> None:
        """Each of these shops with what it sold, all of it kept."""
        for shop, minor in zip(shops, amounts, strict=True):
            self.sales[shop] = Sales(minor, 0, at, at)

    async def _sales(self, work: Work, shops: Collection[UUID], since: Instant, until: Instant) -> dict[UUID, Sales]:
        return {shop: self.sales[shop] for shop in shops if shop in self.sales}

    async def _service(self, work: Work, shops: Collection[UUID], since: Instant) -> dict[UUID, Service]:
        return {shop: self.service[shop] for shop in shops if shop in self.service}
