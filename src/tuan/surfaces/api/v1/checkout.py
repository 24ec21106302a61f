"""What buying would cost now: the total to be quoted when it is placed."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from tuan.goods.catalog.model import SKU
from tuan.kit.refusals import NotFound, Refusal
from tuan.play.groupbuy.model import CAMPAIGN_ID, TEAM_ID
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import CampaignId, Money, SkuId, TeamId, Units
from tuan.surfaces.api.v1.catalog import money
from tuan.surfaces.storefront.checkout import quote as quotes
from tuan.surfaces.web.reading import UNITS_MAX, read_id
from tuan.surfaces.web.visits import Visit


class QuoteQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is wished for: alone, in a team of one's own, or in this one (`join` with `team`)."""

    sku: SkuId
    units: Units = 1
    mode: Annotated[Literal["alone", "open", "join"], Meta(examples=["alone"])] = "alone"
    team: TeamId | None = None


class Terms(Struct, frozen=True, kw_only=True):
    """On what a team's price depends: `needed` more people, until the deadline or so long after the leader has paid."""

    size: Annotated[int, Meta(examples=[2])]
    needed: Annotated[int, Meta(examples=[1])]
    gather_hours: Annotated[int, Meta(examples=[24])] | None
    deadline: datetime | None
    campaign: CampaignId | None
    team: TeamId | None


class Quote(Struct, frozen=True, kw_only=True):
    """Price and units of a wish now; nothing is held by asking. `total` is what to send as `quoted_minor`."""

    sku: SkuId
    units: Annotated[int, Meta(examples=[1])]
    units_max: Annotated[int, Meta(description="Of one order.", examples=[5])]
    goods: Annotated[Money, Meta(description="Bought alone.")]
    total: Money
    needs_address: bool
    terms: Terms | None


@operation("GET", "/quote", scope="orders.read")
async def show_quote(visit: Visit, query: QuoteQuery) -> Quote | Refusal:
    """What it would cost, and how many there are; refused as placing it now would be."""
    if (query.mode == "join") != (query.team is not None):
        return NotFound()
    team = read_id(TEAM_ID, query.team) if query.team else None
    wish = quotes.Wish(query.mode, read_id(SKU, query.sku), query.units, team)
    async with visit.reading() as work:
        found = await quotes.quote(work, wish)
        if refusal := found.why_not(wish, work.now):
            return refusal
    return Quote(
        sku=query.sku, units=query.units, units_max=max(min(found.units_free, found.units_most, UNITS_MAX), 1),
        goods=money(visit, found.offer.price_minor * query.units), total=money(visit, found.price_minor * query.units),
        needs_address=found.offer.fulfilment == "shipped", terms=_terms(found, query.team),
    )  # fmt: skip


def _terms(found: quotes.Quote, team: str | None) -> Terms | None:
    if found.terms is None:
        return None
    return Terms(
        size=found.terms.size, needed=found.terms.needed, gather_hours=found.terms.gather_hours,
        deadline=found.terms.deadline, campaign=CAMPAIGN_ID.show(found.campaign) if found.campaign else None,
        team=team,
    )  # fmt: skip


HANDLERS = (show_quote,)
