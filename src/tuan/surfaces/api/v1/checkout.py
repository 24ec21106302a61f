"""What buying would cost now: the total to be quoted when it is placed."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from tuan.goods.catalog.model import SKU
from tuan.kit.refusals import NotFound, Refusal
from tuan.people import accounts
from tuan.people.accounts.model import ADDRESS
from tuan.play.groupbuy.model import CAMPAIGN_ID, TEAM_ID
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, AddressId, CampaignId, Money, SkuId, TeamId, Units
from tuan.surfaces.api.v1.catalog import money
from tuan.surfaces.storefront.checkout import quote as quotes
from tuan.surfaces.storefront.couponing import read_coupons, read_points
from tuan.surfaces.storefront.ladders import Ladder
from tuan.surfaces.web.reading import UNITS_MAX, read_id
from tuan.surfaces.web.visits import Visit
from tuan.value.promotions.model import PricedLine


class QuoteQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is wished for: alone, in a team of one's own, or in this one (`join` with `team`).

    With coupons, in the order chosen with commas between, and with points: in a team as far as its campaign lets them go with
    its price.
    """

    sku: SkuId
    units: Units = 1
    mode: Annotated[Literal["alone", "open", "join"], Meta(examples=["alone"])] = "alone"
    team: TeamId | None = None
    coupons: Annotated[str, Meta(max_length=400, pattern=NO_NUL, examples=[""])] = ""
    points: Annotated[str, Meta(max_length=10, pattern=NO_NUL, examples=[""])] = ""
    address: Annotated[AddressId | None, Meta(description="Where to; without it freight is not in the total.")] = None


class LadderStep(Struct, frozen=True, kw_only=True):
    """From so many members on a unit costs so much, for everybody in the team."""

    members: Annotated[int, Meta(examples=[5])]
    price: Money


class Terms(Struct, frozen=True, kw_only=True):
    """On what a team's price depends: `needed` more people, until the deadline or so long after the leader has paid."""

    size: Annotated[int, Meta(examples=[2])]
    needed: Annotated[int, Meta(examples=[1])]
    gather_hours: Annotated[int, Meta(examples=[24])] | None
    deadline: datetime | None
    campaign: CampaignId | None
    team: TeamId | None
    ladder: Annotated[list[LadderStep], Meta(description="The difference to the step reached comes back at the close.")]


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
    freight: Annotated[Money, Meta(description="In the total.")]
    total: Money
    needs_address: bool
    return_exception: Annotated[str, Meta(description="As the product says it.", examples=[""])]
    terms: Terms | None
    lines: Annotated[list[QuoteLine], Meta(description="How the price of each comes about.")]


@operation("GET", "/quote", scope="orders.read")
async def show_quote(visit: Visit, query: QuoteQuery) -> Quote | Refusal:
    """What it would cost, and how many there are; refused as placing it now would be."""
    if (query.mode == "join") != (query.team is not None):
        return NotFound()
    team = read_id(TEAM_ID, query.team) if query.team else None
    sku, coupons, points = read_id(SKU, query.sku), read_coupons(query.coupons), read_points(query.points)
    address = read_id(ADDRESS, query.address) if query.address else None
    wish = quotes.Wish(query.mode, sku, query.units, team, coupons, points, address=address)
    async with visit.reading() as work:
        if address is not None:
            await accounts.access_address(work, address, visit.person)
        found = await quotes.quote(work, visit, wish)
        if refusal := found.coupon_refusal or found.freight_refusal or found.why_not(wish, work.now):
            return refusal
    return Quote(
        sku=query.sku, units=query.units, units_max=max(min(found.units_free, found.units_most, UNITS_MAX), 1),
        goods=money(visit, found.offer.price_minor * query.units), total=money(visit, found.total_minor(wish)),
        freight=money(visit, found.priced.freight_minor if found.priced else 0),
        needs_address=found.offer.fulfilment == "shipped", return_exception=found.offer.return_exception,
        terms=_terms(found, query.team),
        lines=[line_of(visit, line) for line in found.priced.lines] if found.priced else [],
    )  # fmt: skip


def _terms(found: quotes.Quote, team: str | None) -> Terms | None:
    if found.terms is None:
        return None
    return Terms(
        size=found.terms.size, needed=found.terms.needed, gather_hours=found.terms.gather_hours,
        deadline=found.terms.deadline, campaign=CAMPAIGN_ID.show(found.campaign) if found.campaign else None,
        team=team,
        ladder=ladder_steps(found.terms.ladder),
    )  # fmt: skip


def ladder_steps(ladder: Ladder | None) -> list[LadderStep]:
    """The steps of a ladder, the first included; none without one."""
    return (
        [LadderStep(members=s.members, price=Money(s.price.amount_minor, s.price.currency)) for s in ladder.steps]
        if ladder
        else []
    )


def line_of(visit: Visit, line: PricedLine) -> QuoteLine:
    return QuoteLine(
        sku=SKU.show(line.sku),
        units=line.units,
        amount=money(visit, line.amount_minor),
        steps=[QuoteStep(code=str(step.code), amount=money(visit, step.amount_minor)) for step in line.steps],
    )


HANDLERS = (show_quote,)
