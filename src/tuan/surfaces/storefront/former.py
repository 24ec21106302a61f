"""The struck price: what a thing cost before its offer began, computed from history and never typed in."""

from datetime import timedelta
from uuid import UUID

from tuan.goods import catalog
from tuan.goods.catalog.model import lowest_price
from tuan.kit.time import Instant
from tuan.platform.work import Work
from tuan.play import groupbuy
from tuan.surfaces.storefront import showing
from tuan.surfaces.storefront.parts import StruckPrice
from tuan.surfaces.web.visits import Visit

WINDOW = timedelta(days=7)
"""The profile of China: the lowest price of the seven days before the offer began."""


async def struck_price(
    work: Work, visit: Visit, sku: UUID, asked_minor: int, campaign_since: Instant | None
) -> StruckPrice | None:
    """The lowest price of the days before this offer, where it was higher than what is asked now; else None.

    The offer began with its campaign, or alone with the SKU's last change of price. What was not on sale before has no
    former price.
    """
    history = await catalog.past_prices(work, sku)
    if not history:
        return None
    since = campaign_since or history[-1].since
    begins = since - WINDOW
    alone = lowest_price([point for point in history if point.since < since], begins, since)
    in_team = await groupbuy.earlier_price(work, sku, begins, since)
    former = min((price for price in (alone, in_team) if price is not None), default=None)
    if former is None or former <= asked_minor:
        return None
    return StruckPrice(
        price=showing.amount(visit, former),
        basis=visit.gettext(
            "The lowest price in the seven days before this offer began, %(first)s to %(last)s.",
            first=visit.words.day(begins, visit.market.zone),
            last=visit.words.day(since, visit.market.zone),
        ),
    )
