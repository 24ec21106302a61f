"""The shop's desk: its day."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency

from tuan.kit.pages import PAGE_SIZE, Page
from tuan.platform.work import Work
from tuan.play import distribution, shops
from tuan.play.shops.model import CONSENT_ID
from tuan.surfaces.desks.earnings.viewing import earned_of, sums_of, today_of
from tuan.surfaces.desks.shop import showing
from tuan.surfaces.desks.shop.coming import coming_terms
from tuan.surfaces.desks.shop.context import Birthday, BirthdaysPage, Day, DayEarned, TodayPage
from tuan.surfaces.web.policies import SHOP
from tuan.surfaces.web.visits import Visit

TEMPLATE = "desks/shop/page.html"
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
            birthdays=[_birthday(row) for row in born.items],
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


@get("/desk/shop/birthdays", opt=SHOP)
async def show_birthdays(visit: NamedDependency[Visit]) -> Response[Any]:
    """Everybody who shows his birthday and has it within a week."""
    shop = showing.own_shop(visit)
    async with visit.reading() as work:
        found = await near_birthdays(work, visit, shop.id, after=visit.query.get("page"))
    next_url = visit.url_with(page=found.next_key) if found.next_key else None
    birthdays = [_birthday(row) for row in found.items]
    page = BirthdaysPage(frame=showing.frame_of(shop), birthdays=birthdays, next_url=next_url)
    return visit.page("desks/shop/birthdays.html", page, place="me", blocks=("list",))


async def near_birthdays(
    work: Work, visit: Visit, shop: UUID, *, after: str | None = None, size: int = PAGE_SIZE
) -> Page[Any]:
    """Rows of id, birthday, name: of this day of the market and the six after it, today's first."""
    today = work.now.astimezone(visit.market.zone)
    days = [(today + ahead).strftime("%m-%d") for ahead in showing.WEEK]
    return await shops.birthdays_of(work, shop, days, after=after, size=size)


def _birthday(row: Any) -> Birthday:
    return Birthday(day=row["birthday"], name=row["name"], url=f"/desk/shop/customers/{CONSENT_ID.show(row['id'])}")


HANDLERS = (show, show_birthdays)
