"""What the caller's shop is told of terms: what is coming, old beside new, and what is not paid because of a channel."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from tuan.platform.lists import Wanted
from tuan.play import distribution
from tuan.play.distribution.model import PLAN_ID, Terms
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import Listing, OrderChannel, OrderNumber, PageQuery, PlanId
from tuan.surfaces.api.v1.plans import PlanName, PlanTerms, rates_told
from tuan.surfaces.web.visits import Visit
from tuan.trade.orders.model import number_of


class ComingTerms(Struct, frozen=True, kw_only=True):
    """From `since` on a plan pays by `after` instead of `before`; null where it pays nothing. Orders that were placed before are paid
    by the old terms."""

    plan: PlanId
    name: PlanName
    since: datetime
    before: PlanTerms | None
    after: PlanTerms | None


class UnpaidLine(Struct, frozen=True, kw_only=True):
    """A line that the shop is paid nothing of at this level, because of the channel of the link that brought its order, or of where its buyer was."""

    order_number: OrderNumber
    line: Annotated[int, Meta(examples=[1])]
    level: Literal[1, 2]
    title: Annotated[str, Meta(examples=["赣南脐橙"])]
    channel: OrderChannel
    article: Annotated[
        str,
        Meta(
            description="Of the channel's owner, who forbids it; empty where the plan does not hold there.",
            examples=[""],
        ),
    ]
    at: datetime


@operation("GET", "/shop/coming-terms", scope="shop.read")
async def list_coming_terms(visit: Visit) -> Listing[ComingTerms]:
    """How plans will pay from a later day on, the soonest first."""
    async with visit.reading() as work:
        found = await distribution.coming(work)
        names = await distribution.plan_names(work, {one.plan_id for one in found})
    return Listing([
        ComingTerms(
            plan=PLAN_ID.show(one.plan_id), name=names[one.plan_id], since=one.since, before=_told(one.before),
            after=_told(one.after),
        )
        for one in found
    ])  # fmt: skip


def _told(terms: Terms | None) -> PlanTerms | None:
    if terms is None:
        return None
    return PlanTerms(
        rates=rates_told(terms.rates), line_most_bp=terms.line_most_bp, budget_minor=terms.budget_minor,
        hold_days=terms.hold_days,
    )  # fmt: skip


@operation("GET", "/shop/unpaid-lines", scope="shop.read")
async def list_unpaid_lines(visit: Visit, query: PageQuery) -> Listing[UnpaidLine]:
    """What the shop is paid nothing of because of a channel, the latest first."""
    assert visit.shop is not None
    async with visit.reading() as work:
        found = await distribution.withheld(work, Wanted(after=query.after, size=query.size), shop=visit.shop.id)
    lines = [
        UnpaidLine(
            order_number=number_of(row["order_id"]), line=row["line_number"], level=row["depth"], title=row["title"],
            channel=row["channel"], article=row["article"], at=row["at"],
        )
        for row in found.items
    ]  # fmt: skip
    return Listing(lines, found.next_key)


HANDLERS = (list_coming_terms, list_unpaid_lines)
