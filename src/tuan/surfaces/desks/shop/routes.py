"""The shop's desk: its day."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from tuan.play import shops
from tuan.surfaces.desks.shop import showing
from tuan.surfaces.desks.shop.coming import coming_terms
from tuan.surfaces.desks.shop.context import TodayPage
from tuan.surfaces.web.policies import SHOP
from tuan.surfaces.web.visits import Visit

TEMPLATE = "desks/shop/page.html"
CUSTOMERS_MAX = 1000
"""Among so many is looked for those whose birthday is near."""


@get("/desk/shop", opt=SHOP)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    """How many customers, what is recommended today, who came and went, whose birthday is near."""
    shop = showing.own_shop(visit)
    async with visit.reading() as work:
        counts = await shops.counts_of(work, shop.id)
        page = TodayPage(
            frame=showing.frame_of(shop),
            customers=counts["customers"],
            seen=counts["seen"],
            followers=counts["followers"],
            today=[one for one in await showing.picks(work, visit, shop) if one.is_today and one.is_shown],
            changes=await showing.changes(work, visit, shop.id),
            birthdays=await _birthdays(work, visit, shop.id),
            coming=await coming_terms(work, visit),
        )
    return visit.page(TEMPLATE, page, place="me")


async def _birthdays(work: Any, visit: Visit, shop: Any) -> list[str]:
    today = work.now.astimezone(visit.market.zone)
    days = {(today + ahead).strftime("%m-%d") for ahead in showing.WEEK}
    seen = (await shops.customers_of(work, shop, size=CUSTOMERS_MAX)).items
    return sorted(f"{one.birthday} {one.name}".strip() for one in seen if one.birthday in days)


HANDLERS = (show,)
