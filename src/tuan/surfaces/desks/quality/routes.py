"""Quality at the supplier's desk: the score, what it is made of, and what would better it."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from tuan.people import parties
from tuan.surfaces.desks.quality.context import PartShown, QualityPage
from tuan.surfaces.web.policies import SUPPLIER
from tuan.surfaces.web.visits import Visit
from tuan.trade import quality
from tuan.trade.quality.model import BADGE_ORDERS, BADGE_SCORE, WINDOW


@get("/desk/quality", opt=SUPPLIER)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    assert visit.supplier is not None
    async with visit.reading() as work:
        card = (await parties.supplier_cards(work, [visit.supplier]))[visit.supplier]
        found = (await quality.of_suppliers(work, [visit.supplier]))[visit.supplier]
    named, advice = part_words(visit), _advice(visit)
    page = QualityPage(
        supplier=card["name"],
        score=found.score,
        orders=found.counts.orders,
        days=WINDOW.days,
        has_badge=found.has_badge,
        missing=max(0, BADGE_ORDERS - found.counts.orders),
        badge_score=BADGE_SCORE,
        parts=[
            PartShown(
                name=part.name, words=named[part.name], cases=part.cases, lost=part.lost, advice=advice[part.name]
            )
            for part in found.parts
        ],
    )
    return visit.page("desks/quality/page.html", page)


def part_words(visit: Visit) -> dict[str, str]:
    """What each part is called."""
    return {
        "late": visit.gettext("Sent later than 48 hours"),
        "faulty": visit.gettext("Given back or replaced for a fault"),
        "cancelled": visit.gettext("Cancelled by the supplier"),
    }


def _advice(visit: Visit) -> dict[str, str]:
    return {
        "late": visit.gettext("Send within 48 hours, or have the carrier fetch it sooner."),
        "faulty": visit.gettext("Look at what buyers complained of, and check it before it leaves."),
        "cancelled": visit.gettext("Count the stock, so that nothing is sold that is not there."),
    }


HANDLERS = (show,)
