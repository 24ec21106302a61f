"""Customers whose birthday is near, of those who show it."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency

from tuan.kit.pages import PAGE_SIZE, Page
from tuan.platform.work import Work
from tuan.play import shops
from tuan.play.shops.model import CONSENT_ID
from tuan.surfaces.desks.shop import showing
from tuan.surfaces.desks.shop.context import Birthday, BirthdaysPage
from tuan.surfaces.web.policies import SHOP
from tuan.surfaces.web.visits import Visit


@get("/desk/shop/birthdays", opt=SHOP)
async def show_birthdays(visit: NamedDependency[Visit]) -> Response[Any]:
    """Everybody who shows his birthday and has it within a week."""
    shop = showing.own_shop(visit)
    async with visit.reading() as work:
        found = await near_birthdays(work, visit, shop.id, after=visit.query.get("page"))
    next_url = visit.url_with(page=found.next_key) if found.next_key else None
    birthdays = [birthday_of(row) for row in found.items]
    page = BirthdaysPage(frame=showing.frame_of(shop), birthdays=birthdays, next_url=next_url)
    return visit.page("desks/shop/birthdays.html", page, place="me", blocks=("list",))


async def near_birthdays(
    work: Work, visit: Visit, shop: UUID, *, after: str | None = None, size: int = PAGE_SIZE
) -> Page[Any]:
    """Rows of id, birthday, name: of this day of the market and the six after it, today's first."""
    today = work.now.astimezone(visit.market.zone)
    days = [(today + ahead).strftime("%m-%d") for ahead in showing.WEEK]
    return await shops.birthdays_of(work, shop, days, after=after, size=size)


def birthday_of(row: Any) -> Birthday:
    return Birthday(day=row["birthday"], name=row["name"], url=f"/desk/shop/customers/{CONSENT_ID.show(row['id'])}")


HANDLERS = (show_birthdays,)
