"""The caller's points, and checking in."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from tuan.kit.refusals import Refusal, Refused
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.play import loyalty
from tuan.play.loyalty import NoCheckIn
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import Listing, OrderId, PageQuery
from tuan.surfaces.storefront.points.words import order_of
from tuan.surfaces.web.once import once
from tuan.surfaces.web.visits import Visit
from tuan.trade.orders.model import ORDER_ID
from tuan.value import points

Kind = Literal[
    "earn", "grant", "activate", "spend", "restore", "expire", "reverse", "deduct", "owe", "repay", "forfeit", "forgive"
]
Count = Annotated[int, Meta(examples=[120])]


class Points(Struct, frozen=True, kw_only=True):
    """What can be spent now, what unpaid orders hold, what is promised, what is owed."""

    spendable: Count
    held: Annotated[int, Meta(examples=[0])]
    pending: Annotated[int, Meta(examples=[19])]
    debt: Annotated[int, Meta(examples=[0])]


class PointsEntry(Struct, frozen=True, kw_only=True):
    """One change; `change` is signed, and 0 of what only became ready. `order`: which one it is about, if any."""

    kind: Annotated[Kind, Meta(examples=["earn"])]
    units: Annotated[int, Meta(examples=[19])]
    change: Annotated[int, Meta(examples=[19])]
    reason: Annotated[str, Meta(examples=[""])]
    at: datetime
    order: OrderId | None = None


class CheckInLadder(Struct, frozen=True, kw_only=True):
    """What each day in a row gives, which of them today is, and what today gave once it is done."""

    rewards: Annotated[list[int], Meta(examples=[[5, 5, 10]])]
    streak: Annotated[int, Meta(description="Days in a row with today.", examples=[2])]
    is_done: Annotated[bool, Meta(examples=[True])]
    given: Annotated[int, Meta(examples=[5])] | None = None


@operation("GET", "/account/points", scope="account.read")
async def show_points(visit: Visit) -> Points:
    """How many points the caller has."""
    async with visit.reading() as work:
        has = await points.balance(work, visit.person)
    return Points(spendable=has.spendable, held=has.held, pending=has.pending, debt=has.debt)


@operation("GET", "/account/points/entries", scope="account.read")
async def list_points_entries(visit: Visit, query: PageQuery) -> Listing[PointsEntry]:
    """Every change of the caller's points, the newest first."""
    async with visit.reading() as work:
        page = await points.entries(work, visit.person, Wanted(after=query.after, size=query.size))
    return Listing([entry_told(row) for row in page.items], page.next_key)


def entry_told(row: Any) -> PointsEntry:
    """A change as a program is told of it."""
    order = order_of(row)
    return PointsEntry(
        kind=row["kind"], units=row["units"], change=row["change"], reason=row["reason"], at=row["at"],
        order=None if order is None else ORDER_ID.show(order),
    )  # fmt: skip


@operation("GET", "/account/check-in", scope="account.read")
async def show_check_in(visit: Visit) -> CheckInLadder:
    """Today on the ladder of days in a row; gone where the market gives nothing for checking in."""
    async with visit.reading() as work:
        return await _ladder(work, visit)


@operation("POST", "/account/check-in", scope="account.write")
async def check_in(visit: Visit, key: str) -> CheckInLadder | Refusal:
    """Check in for today. Once on a day of the market; asking again is told what the first time gave."""

    async def act(work: Work) -> Refusal | None:
        outcome = await loyalty.check_in(work, visit.person)
        return outcome if isinstance(outcome, Refusal) else None

    if refusal := await once(visit, "api.check_in", key, "", act):
        return refusal
    async with visit.reading() as work:
        return await _ladder(work, visit)


async def _ladder(work: Work, visit: Visit) -> CheckInLadder:
    found = await loyalty.ladder_of(work, visit.person)
    if not found.rewards:
        raise Refused(NoCheckIn())
    return CheckInLadder(rewards=found.rewards, streak=found.streak, is_done=found.is_done, given=found.given)


HANDLERS = (show_points, list_points_entries, show_check_in, check_in)
