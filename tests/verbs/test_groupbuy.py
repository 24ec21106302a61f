"""Teams: opened, joined, formed, lapsed."""

from datetime import timedelta

from tests.given import goods as given
from tests.given.houses import Place


async def test_the_last_paid_seat_forms_the_team(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place))
    first, second = await given.buyers(place, 2)
    opened = await given.paid_team(place, first, of)
    assert (await given.team_of(place, opened.team))["state"] == "gathering"
    joined = await given.paid_join(place, second, opened.team, of)
    assert (await given.team_of(place, opened.team))["state"] == "formed"
    assert await given.state_of(place, opened.order) == "to_ship"
    assert await given.state_of(place, joined.order) == "to_ship"
    assert await place.breaches() == {}


async def test_a_lapsed_team_gives_everything_back(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place), size=3)
    first, second = await given.buyers(place, 2)
    opened = await given.paid_team(place, first, of)
    joined = await given.paid_join(place, second, opened.team, of)
    await place.later(timedelta(seconds=3604))
    assert (await given.team_of(place, opened.team))["state"] == "lapsed"
    for order in (opened.order, joined.order):
        assert await given.state_of(place, order) == "cancelled"
    assert await place.breaches() == {}
