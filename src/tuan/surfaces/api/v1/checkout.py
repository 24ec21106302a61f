"""What buying would cost now: the total to be quoted when it is placed."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from tuan.goods.catalog.model import SKU
from tuan.kit.refusals import NotFound, Refusal
from tuan.play.groupbuy.model import CAMPAIGN_ID, TEAM_ID
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, CampaignId, Money, SkuId, TeamId, Units
from tuan.surfaces.api.v1.catalog import money
from tuan.surfaces.storefront.checkout import quote as quotes
from tuan.surfaces.storefront.couponing import read_coupons, read_points
from tuan.surfaces.web.reading import UNITS_MAX, read_id
from tuan.surfaces.web.visits import Visit
from tuan.value.promotions.model import PricedLine


class QuoteQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is wished for: alone, in a team of one's own, or in this one (`join` with `team`).

    Alone it may be bought with coupons, in the order chosen with commas between, and with points.
    """

    sku: SkuId
    units: Units = 1
    mode: Annotated[Literal["alone", "open", "join"], Meta(examples=["alone"])] = "alone"
    team: TeamId | None = None
    coupons: Annotated[str, Meta(max_length=400, pattern=NO_NUL, examples=[""])] = ""
    points: Annotated[str, Meta(max_length=10, pattern=NO_NUL, examples=[""])] = ""


class Terms(Struct, frozen=True, kw_only=True):
    """On what a team's price depends: `needed` more people, until the deadline or so long after the leader has paid."""

    size: Annotated[int, Meta(examples=[2])]
    needed: Annotated[int, Meta(examples=[1])]
    gather_hours: Annotated[int, Meta(examples=[24])] | None
    deadline: datetime | None
    campaign: CampaignId | None
    team: TeamId | None


class QuoteStep(Struct, frozen=True, kw_only=True):
    """One step of how a line's price came about; the amounts of all steps sum to the line's."""

    code: Annotated[str, Meta(examples=["list_price"])]
    amount: Money


class QuoteLine(Struct, frozen=True, kw_only=True):
    """What a line would cost, and why."""

    sku: SkuId
    units: Annotated[int, Meta(examples=[1])]
    amount: Money
    steps: list[QuoteStep]


class Quote(Struct, frozen=True, kw_only=True):
    """Price and units of a wish now; nothing is held by asking. `total` is what to send as `quoted_minor`."""

    sku: SkuId
    units: Annotated[int, Meta(examples=[1])]
    units_max: Annotated[int, Meta(description="Of one order.", examples=[5])]
    goods: Annotated[Money, Meta(description="Bought alone.")]
    total: Money
    needs_address: bool
    terms: Terms | None
    lines: Annotated[list[QuoteLine], Meta(description="Bought alone: how its price comes about.")]


@operation("GET", "/quote", scope="orders.read")
async def show_quote(visit: Visit, query: QuoteQuery) -> Quote | Refusal:
    """What it would cost, and how many there are; refused as placing it now would be."""
    if (query.mode == "join") != (query.team is not None):
        return NotFound()
    team = read_id(TEAM_ID, query.team) if query.team else None
    sku, coupons, points = read_id(SKU, query.sku), read_coupons(query.coupons), read_points(query.points)
    wish = quotes.Wish(query.mode, sku, query.units, team, coupons, points)
    async with visit.reading() as work:
        found = await quotes.quote(work, wish, visit.person)
        if refusal := found.coupon_refusal or found.why_not(wish, work.now):
            return refusal
    return Quote(
        sku=query.sku, units=query.units, units_max=max(min(found.units_free, found.units_most, UNITS_MAX), 1),
        goods=money(visit, found.offer.price_minor * query.units), total=money(visit, found.priced.total_minor if found.priced else found.price_minor * query.units),
        needs_address=found.offer.fulfilment == "shipped", terms=_terms(found, query.team),
        lines=[_line(visit, line) for line in found.priced.lines] if found.priced else [],
    )  # fmt: skip


def _terms(found: quotes.Quote, team: str | None) -> Terms | None:
    if found.terms is None:
        return None
    return Terms(
        size=found.terms.size, needed=found.terms.needed, gather_hours=found.terms.gather_hours,
        deadline=found.terms.deadline, campaign=CAMPAIGN_ID.show(found.campaign) if found.campaign else None,
        team=team,
    )  # fmt: skip


def _line(visit: Visit, line: PricedLine) -> QuoteLine:
    return QuoteLine(
        sku=SKU.show(line.sku),
        units=line.units,
        amount=money(visit, line.amount_minor),
        steps=[QuoteStep(code=str(step.code), amount=money(visit, step.amount_minor)) for step in line.steps],
    )


HANDLERS = (show_quote,)
