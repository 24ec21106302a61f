"""Simulations for tests, and the office's planner at work."""

from dataclasses import replace
from typing import Any

from tests.given import goods as given
from tests.given.houses import Place
from tests.given.refusals import Act, gives
from tuan.kit.refusals import granted
from tuan.voice import planning
from tuan.voice.planning.actions import WAITING_MAX
from tuan.voice.planning.errors import NobodyKnown, TermsInvalid, TooManyWaiting
from tuan.voice.planning.model import SimulationId, Terms, World

SMALL = Terms(people=100, opened=20, runs=7)


async def asked(place: Place, **more: Any) -> SimulationId:
    found: SimulationId = granted(await place.do(planning.ask, "autumn", replace(SMALL, **more)))
    return found


async def played(place: Place, **more: Any) -> Any:
    """A simulation that is over, as a row."""
    simulation = await asked(place, **more)
    while await place.do(planning.go_on):
        pass
    return await place.do(planning.access_simulation, simulation)


async def friends(place: Place) -> None:
    """Two who sat in one team, and two in another."""
    of = await given.campaign(place, await given.goods(place))
    for _ in range(2):
        leader, friend = await given.buyers(place, 2)
        team = await given.paid_team(place, leader, of)
        await given.paid_join(place, friend, team.team, of)


@gives(TermsInvalid)
async def _(place: Place) -> Act:
    return lambda: place.do(planning.ask, "x", replace(SMALL, runs=0))


@gives(TooManyWaiting)
async def _(place: Place) -> Act:
    for _ in range(WAITING_MAX):
        await asked(place)
    return lambda: place.do(planning.ask, "x", SMALL)


@gives(NobodyKnown)
async def _(place: Place) -> Act:
    return lambda: place.do(planning.ask, "x", replace(SMALL, world=World.OWN))
