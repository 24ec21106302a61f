"""Scenarios of what is refused about single lines of an order; TABLE holds these and all others."""

from datetime import timedelta

from tests.given.aftersales import ask, asked, bought, disputed
from tests.given.houses import Place
from tests.given.refusals import Act, gives
from tuan.kit.refusals import granted
from tuan.trade import aftersales
from tuan.trade.aftersales.errors import (
    AskInvalid,
    CaseNotNow,
    ClaimOver,
    LineInCase,
    NotHeard,
    NotReturnable,
    UnitsNotLeft,
    WindowOver,
)
from tuan.trade.aftersales.model import Decision, Kind


@gives(AskInvalid)
async def _(place: Place) -> Act:
    who, _, order = await bought(place)
    return lambda: ask(place, who, order, Kind.REFUND_ONLY, "no_reason")


@gives(UnitsNotLeft)
async def _(place: Place) -> Act:
    who, _, order = await bought(place)
    return lambda: ask(place, who, order, Kind.REFUND_ONLY, "damaged", (1, 4))


@gives(LineInCase)
async def _(place: Place) -> Act:
    who, _, order = await asked(place)
    return lambda: ask(place, who, order, Kind.RETURN, "no_reason", (1, 1))


@gives(NotReturnable)
async def _(place: Place) -> Act:
    who, _, order = await bought(place)
    async with place.work() as work:
        await work.execute("UPDATE orders.lines SET no_reason_return = false WHERE market_id = $1")
    return lambda: ask(place, who, order, Kind.RETURN, "no_reason", (1, 1))


@gives(ClaimOver)
async def _(place: Place) -> Act:
    who, _, order = await bought(place)
    await place.later(timedelta(days=181))
    return lambda: ask(place, who, order, Kind.REFUND_ONLY, "damaged")


@gives(WindowOver)
async def _(place: Place) -> Act:
    who, _, order = await bought(place, lines=2)
    granted(await ask(place, who, order, Kind.RETURN, "damaged", (1, 1)))
    await place.move_clock(timedelta(days=7, seconds=1))
    await place.quiet()
    return lambda: ask(place, who, order, Kind.RETURN, "no_reason", (2, 1))


@gives(CaseNotNow)
async def _(place: Place) -> Act:
    _, of, order = await asked(place)
    return lambda: place.do(aftersales.receive, order, 1, of.supplier)


@gives(NotHeard)
async def _(place: Place) -> Act:
    _, _, order = await disputed(place)
    return lambda: place.do(aftersales.decide, order, 1, Decision.DENY, reason="test")
