"""The shop's desk: its day."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency

from tuan.platform.work import Work
from tuan.play import distribution, shops
from tuan.surfaces.desks.earnings.viewing import earned_of, sums_of, today_of
from tuan.surfaces.desks.shop import showing
from tuan.surfaces.desks.shop.birthdays import birthday_of, near_birthdays
from tuan.surfaces.desks.shop.coming import coming_terms
from tuan.surfaces.desks.today.context import Day, DayEarned, TodayPage
from tuan.surfaces.web.policies import SHOP
from tuan.surfaces.web.visits import Visit

TEMPLATE = "desks/today/page.html"
BIRTHDAYS_SHOWN = 5


@get("/desk/shop", opt=SHOP)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    """What was earned today and why, what is recommended today, who came and went, whose birthday is near."""
    shop = showing.own_shop(visit)
    async with visit.reading() as work:
        counts = await shops.counts_of(work, shop.id)
        born = await near_birthdays(work, visit, shop.id, size=BIRTHDAYS_SHOWN)
        page = TodayPage(
            frame=showing.frame_of(shop),
            day=await _day(work, visit, shop.id),
            customers=counts["customers"],
            seen=counts["seen"],
            followers=counts["followers"],
            today=[one for one in await showing.picks(work, visit, shop) if one.is_today and one.is_shown],
            changes=await showing.changes(work, visit, shop.id),
            birthdays=[birthday_of(row) for row in born.items],
            more_birthdays=born.next_key is not None,
            coming=await coming_terms(work, visit),
        )
    return visit.page(TEMPLATE, page, place="me", blocks=("earned",))


async def _day(work: Work, visit: Visit, shop: UUID) -> Day:
    begins, ends = today_of(visit, work.now)
    sums = sums_of(visit, await distribution.day_sums(work, shop, begins, ends))
    rows = await distribution.day_of_shop(work, shop, begins, ends, after=visit.query.get("page"))
    return Day(
        pending=sums.pending,
        held=sums.held,
        matured=sums.matured,
        lowered=sums.lowered,
        earned=[_earned(visit, row) for row in rows.items],
        next_url=visit.url_with(page=rows.next_key) if rows.next_key else None,
    )


def _earned(visit: Visit, row: Any) -> DayEarned:
    one = earned_of(visit, row, row["lowerings"])
    return DayEarned(
        number=one.number, goods=one.goods, kept=one.kept, promised=one.amount, state=one.state, words=one.words,
        at=one.at, matures_at=one.matures_at, reasons=one.reasons,
    )  # fmt: skip


HANDLERS = (show,)
