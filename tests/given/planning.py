"""Simulations for tests, and the office's planner at work."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from tests.given import commissions as earning
from tests.given import goods as given
from tests.given.houses import Place
from tests.given.refusals import Act, gives
from tuan.kit.refusals import granted
from tuan.play import distribution
from tuan.play.distribution.model import Rate, Scope
from tuan.play.distribution.model import Terms as PlanTerms
from tuan.voice import planning
from tuan.voice.planning.actions import WAITING_MAX
from tuan.voice.planning.errors import NobodyKnown, NothingToSell, TermsInvalid, TooManyWaiting
from tuan.voice.planning.model import SimulationId, Terms, What, World

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


async def drafted(place: Place, *rates: Rate, **more: Any) -> UUID:
    """A plan that pays nobody yet; a tenth for the whole market where nothing else is said."""
    terms = PlanTerms(rates or earning.ten_percent().rates, **more)
    return granted(await place.do(distribution.draft_plan, "秋季", terms, reason="test"))


async def sold(place: Place) -> tuple[given.Goods, given.Goods]:
    """Three pieces at 19.90 that were paid, one at 7.00, and one at 7.00 that never was."""
    dear, cheap = await given.goods(place, price_minor=1990), await given.goods(place, price_minor=700)
    who = await given.buyer(place)
    for of, units in ((dear, 2), (dear, 1), (cheap, 1)):
        await given.pay(place, who, granted(await given.place_order(place, who, of, units)))
    granted(await given.place_order(place, who, cheap))
    return dear, cheap


@gives(NothingToSell)
async def _(place: Place) -> Act:
    plan = await drafted(place, Rate(Scope.MARKET, None, 1, rate_bp=1000))
    return lambda: place.do(planning.ask, "x", replace(SMALL, what=What.PLAN, plan=plan, version=1))


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
