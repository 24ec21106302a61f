"""Two workers close one season: it ends once and says so once. With its control."""

import pytest

from tests.given import leagues as play
from tests.given.races import Rivals, meet_after_loading, unguarded
from tuan.play import leagues
from tuan.play.leagues import store

TOLD_SQL = "SELECT count(*) FROM outbox.facts WHERE market_id = $1 AND name = 'leagues.season_closed.v1'"


async def two_close_one(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> int:
    """How often it is told that the season ended, where two workers close it at once."""
    place = rivals.one
    shops = await play.shops(place, 8)
    with monkeypatch.context() as patch:
        sold = play.Sold(patch)
        async with place.work() as work:
            sold.kept(shops, *range(8, 0, -1), at=work.now)
        season = await play.begun(place)
        await place.move_clock(play.CLOSES)
        meet_after_loading(patch, before="write")
        acts = (rivals.one.do(leagues.close_season, season), rivals.other.do(leagues.close_season, season))
        assert await rivals.race(*acts) == [None, None]
    async with place.work() as work:
        told: int = await work.fetch_value(TOLD_SQL)
    return told


async def test_a_season_ends_once(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await two_close_one(rivals, monkeypatch) == 1
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_and_state_it_ends_twice(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded(monkeypatch, (store, "LOCK_SEASON_SQL"))
    monkeypatch.setattr(store, "MOVE_SEASON_SQL", store.MOVE_SEASON_SQL.replace("AND state = $5", "AND $5 <> ''"))
    assert await two_close_one(rivals, monkeypatch) == 2
