"""What a checkout says of customs: for whom goods from abroad are declared, or that somebody has to say so first."""

from collections.abc import Sequence

from tuan.goods.catalog.model import Offer
from tuan.people import identities
from tuan.platform.work import Work
from tuan.surfaces.storefront.checkout.context import Declared
from tuan.surfaces.storefront.identity.routes import identity_url
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.visits import Visit
from tuan.trade.orders.model import is_declared


def identity_step(visit: Visit, then: str) -> Step:
    return Step(label=visit.gettext("Say for whom it is declared"), url=identity_url(then))


async def declared(work: Work, visit: Visit, offers: Sequence[Offer], then: str) -> Declared | None:
    """For whom this would be declared; None where nothing of it is from abroad."""
    if not is_declared(offers, work.market.currency):
        return None
    row = await identities.identity_of(work, visit.person)
    shown = f"{row['shown_name']} {row['shown_number']}" if row else ""
    return Declared(shown=shown, url=identity_url(then))
