"""What leagues refuse: one scenario each, in the table of all."""

from tests.given import leagues as play
from tests.given.houses import Place
from tests.given.refusals import Act, gives
from tuan.kit.refusals import granted
from tuan.play import leagues
from tuan.play.leagues import SeasonBegun, SeasonClash, SeasonInvalid, SeasonNotDue, TableInvalid
from tuan.play.leagues.model import Level, LevelTable


@gives(TableInvalid)
async def _(place: Place) -> Act:
    table = LevelTable((Level("a"), Level("b", 100, benefits=("cash",))))
    return lambda: place.do(leagues.set_levels, table, reason="test")


@gives(SeasonInvalid)
async def _(place: Place) -> Act:
    return lambda: play.plan(place, moved=3)


@gives(SeasonClash)
async def _(place: Place) -> Act:
    granted(await play.plan(place))
    return lambda: play.plan(place, after=play.LENGTH)


@gives(SeasonNotDue)
async def _(place: Place) -> Act:
    await play.shops(place, 2)
    season = await play.begun(place)
    return lambda: place.do(leagues.close_season, season)


@gives(SeasonBegun)
async def _(place: Place) -> Act:
    season = await play.begun(place)
    return lambda: place.do(leagues.call_off, season, reason="test")
