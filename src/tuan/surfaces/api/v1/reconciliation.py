"""What providers' statements say against the market's books: for whoever keeps those books elsewhere."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from tuan.kit.refusals import Refusal
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import Listing, Money, PageQuery, Reason, TicketId
from tuan.surfaces.web.once import once
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import reconciliation
from tuan.trade.reconciliation.model import TICKET_ID

DAYS_MAX = 92

Provider = Annotated[str, Meta(max_length=40, pattern=r"^[a-z0-9_]*$", examples=["sandbox"])]
Resolution = Literal["corrected_there", "corrected_here", "accepted"]


class DaysQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many days back."""

    days: Annotated[int, Meta(ge=1, le=DAYS_MAX, examples=[31])] = 31


class StatementDay(Struct, frozen=True, kw_only=True):
    """A provider's statement of a day: its sums, how many things differed, and how many still do."""

    provider: Provider
    day: date
    state: Annotated[Literal["due", "read"], Meta(description="`due` is waited for.")]
    lines: Annotated[int, Meta(examples=[120])]
    charged: Money
    refunded: Money
    paid_out: Money
    differences: Annotated[int, Meta(examples=[2])]
    open_differences: Annotated[int, Meta(examples=[1])]


class DifferenceQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which differences: in this state, of this provider and day where they are named."""

    state: Literal["open", "matched", "settled"] = "open"
    provider: Provider | None = None
    day: date | None = None


class Difference(Struct, frozen=True, kw_only=True):
    """A line of a statement that is not booked so, or something booked that no statement has; a side that has nothing is null."""

    ticket: TicketId
    provider: Provider
    day: date
    kind: Literal["charge", "refund", "transfer", "split", "return"]
    about: Annotated[str, Meta(examples=["sb-0001"])]
    why: Literal["not_here", "not_there", "other_amount", "other_currency", "other_payment"]
    ours: Money | None
    theirs: Money | None
    state: Literal["open", "matched", "settled"]
    resolution: Resolution | None
    opened_at: datetime
    closed_at: datetime | None


class NewResolution(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became of a difference. It books nothing."""

    settled_by: Resolution
    reason: Reason


@operation("GET", "/reconciliation/days", scope="reconciliation.read")
async def list_statement_days(visit: Visit, query: DaysQuery) -> Listing[StatementDay]:
    """Every provider's statement of each of the last days, the newest first."""
    async with visit.reading() as work:
        rows = await reconciliation.days(work, work.now.date() - timedelta(days=query.days))
    return Listing([_day(row, visit.market.currency) for row in rows])


def _day(row: Any, currency: str) -> StatementDay:
    charged, refunded, paid_out = (
        Money(row[f"{name}_minor"], currency) for name in ("charged", "refunded", "paid_out")
    )
    return StatementDay(
        provider=row["provider"], day=row["day"], state=row["state"], lines=row["lines"], charged=charged,
        refunded=refunded, paid_out=paid_out, differences=row["differences"], open_differences=row["open"],
    )  # fmt: skip


@operation("GET", "/reconciliation/differences", scope="reconciliation.read")
async def list_differences(visit: Visit, query: DifferenceQuery) -> Listing[Difference]:
    """What differs, or has differed, the newest first."""
    page = Wanted(after=query.after, size=query.size)
    async with visit.reading() as work:
        found = await reconciliation.tickets(
            work, page, states=[query.state], provider=query.provider, day=query.day
        )  # fmt: skip
    return Listing([_difference(row) for row in found.items], found.next_key)


def _difference(row: Any) -> Difference:
    ours, theirs = (
        None if row[side] is None else Money(row[side], row["currency"]) for side in ("ours_minor", "theirs_minor")
    )
    return Difference(
        ticket=TICKET_ID.show(row["id"]), provider=row["provider"], day=row["day"], kind=row["kind"],
        about=row["about"], why=row["why"], ours=ours, theirs=theirs, state=row["state"],
        resolution=row["resolution"], opened_at=row["opened_at"], closed_at=row["closed_at"],
    )  # fmt: skip


@operation("POST", "/reconciliation/differences/{ticket}/resolution", scope="reconciliation.write", status=204)
async def settle_difference(visit: Visit, ticket: TicketId, data: NewResolution, key: str) -> Refusal | None:
    """Say what became of a difference that was put right outside."""
    found = read_id(TICKET_ID, ticket)

    async def act(work: Work) -> Refusal | None:
        return await reconciliation.settle_ticket(work, found, data.settled_by, reason=data.reason)

    return await once(visit, "api.settle_difference", key, f"{ticket} {data.settled_by}", act)


HANDLERS = (list_statement_days, list_differences, settle_difference)
