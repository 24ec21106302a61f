"""The struck price: what a thing cost before its offer began, computed from history and never typed in."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from tuan.goods import catalog
from tuan.goods.catalog.model import lowest_price
from tuan.kit.time import Instant
from tuan.platform.work import Work
from tuan.play import groupbuy
from tuan.surfaces.storefront import showing
from tuan.surfaces.storefront.parts import StruckPrice
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders

WINDOW = timedelta(days=30)
"""Of the European Union: the lowest price of at least thirty days before the offer (98/6/EC, article 6a). China asks for
no more than the lowest price of the seven days at which something was sold, or else the last one (rules on marked prices
of 2022). A price that is none of both is struck nowhere."""


async def struck_price(
    work: Work, visit: Visit, product: Any, sku: UUID, asked_minor: int, campaign_since: Instant | None
) -> StruckPrice | None:
    """The lowest price asked or paid in the days before this offer, where it was higher than what is asked now; else None.

    The offer began with its campaign, or alone with the SKU's last change of price. What was on sale for less than the
    window, or was never bought, has no former price.
    """
    history = await catalog.past_prices(work, sku)
    since = campaign_since or history[-1].since
    begins = since - WINDOW
    if max(history[0].since, product["listed_at"]) > begins:
        return None
    sold = await orders.deal_price(work, sku, begins, since)
    alone = lowest_price([point for point in history if point.since < since], begins, since)
    in_team = await groupbuy.earlier_price(work, sku, begins, since)
    former = min((price for price in (alone, in_team, sold) if price is not None), default=None)
    if sold is None or former is None or former <= asked_minor:
        return None
    return StruckPrice(
        price=showing.amount(visit, former),
        basis=visit.gettext(
            "The lowest price in the thirty days before this offer began, %(first)s to %(last)s. It was really sold for that, or for more.",
            first=visit.words.day(begins, visit.market.zone),
            last=visit.words.day(since, visit.market.zone),
        ),
    )
