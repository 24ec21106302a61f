"""The start page of the office: the figures of today, the last two weeks, and what needs a hand now."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from tuan.people import compliance
from tuan.platform import waiting
from tuan.platform.work import Work
from tuan.play import groupbuy
from tuan.surfaces.backoffice.today.context import Hand, TodayPage
from tuan.surfaces.backoffice.today.viewing import Numbers, charts, figures, read_days
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders, payments

PLACE = Place(name="today", label="Today", url="/office", icon="home")


@get("/office", opt=staff())
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    assert visit.staff is not None
    async with visit.reading() as work:
        numbers = await _read(work, visit)
        ringing = len(await compliance.ringing(work)) if visit.may("law.see") else 0
        parked = sum(row["parked"] for row in await waiting.consumers(work)) if visit.may("system.see") else 0
    page = TodayPage(
        name=visit.staff.name,
        figures=figures(visit, numbers),
        charts=charts(visit, numbers),
        hands=_hands(visit, numbers, parked, ringing),
    )
    return visit.page("backoffice/today/page.html", page, place=PLACE.name)


async def _read(work: Work, visit: Visit) -> Numbers:
    """Each number only for who may see what it counts."""
    numbers = Numbers(days=read_days(visit, work.now))
    since, until = numbers.days[0], numbers.days[-1]
    if visit.may("orders.see"):
        numbers.orders = await orders.placed_per_day(work, numbers.days)
        numbers.to_ship = await orders.count_to_ship(work)
    if visit.may("payments.see"):
        numbers.captures = await payments.captured_per_day(work, numbers.days)
    if visit.may("teams.see"):
        numbers.teams = await groupbuy.ended_per_day(work, numbers.days)
    if visit.may("refunds.see"):
        numbers.refunds = await payments.refunds_by_reason(work, since, until)
    if visit.may("refunds.see") or visit.may("payments.see"):
        numbers.needs = await payments.needs_a_hand(work, numbers.days[-2])
    return numbers


def _hands(visit: Visit, numbers: Numbers, parked: int, ringing: int) -> list[Hand]:
    """What waits for somebody, for those who can do something about it."""
    needs = numbers.needs
    stuck = needs["stuck_refunds"] if needs and visit.may("refunds.see") else 0
    aside = needs["quarantined"] if needs and visit.may("payments.see") else 0
    hands = [
        Hand(kind="refunds", count=stuck, url="/office/refunds?state=stuck"),
        Hand(kind="quarantine", count=aside, url="/office/payments/quarantine"),
        Hand(kind="facts", count=parked, url="/office/system"),
        Hand(kind="alarms", count=ringing, url="/office/law"),
    ]
    return [hand for hand in hands if hand.count]


HANDLERS = (show,)
