"""Reading statements, comparing them with our books, and ending what differs."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any
from uuid import UUID

from tuan.kit.refusals import NotFound, Refusal
from tuan.platform import audit
from tuan.platform.gateways.outside import Outside
from tuan.platform.gateways.payment import StatementLine
from tuan.platform.work import Work
from tuan.trade import payments, settlement
from tuan.trade.reconciliation import model, store
from tuan.trade.reconciliation.errors import ResolutionUnknown, TicketEnded
from tuan.trade.reconciliation.model import Moved, Name, Why, by_name

TICKETS_PER_ROUND_MAX = 1000
GOES_OUT = ("refund", "transfer", "split", "return")
"""What is known by our key."""


@dataclass(frozen=True, slots=True)
class Statement:
    provider: str
    market: int
    day: date
    zone: timezone = UTC
    lines: Sequence[StatementLine] = ()


async def fetch_statement(outside: Outside, name: str, market: int, day: date) -> Statement:
    """One day's statement; raises KeyError for a provider that there is not, StatementNotReady, and what the call raises."""
    provider = outside.providers[name]
    return Statement(name, market, day, provider.zone, await provider.statement(market, day))


async def expect_statements(work: Work, providers: Collection[str], day: date) -> None:
    """Have this day's statements read; those that were read or are waited for stay as they are."""
    await work.execute(store.EXPECT_SQL, list(providers), day, work.now)


async def read_statement(
    work: Work, provider: str, day: date, lines: Sequence[StatementLine], zone: timezone = UTC
) -> None:
    """Keep what a provider says moved on a day of `zone`, and open a ticket for each thing that we have booked otherwise.

    What we booked on that day and no stored statement has, of whatever day, differs too.
    """
    await store.keep_statement(work, provider, day, lines)
    stated = by_name(Moved(li.kind, li.key, li.transaction, li.amount_minor, li.currency) for li in lines)
    since = datetime.combine(day, time(), zone).astimezone(UTC)
    names = stated.keys() | await _booked_between(work, provider, since, since + timedelta(days=1))
    differences = await _differences(work, provider, names)
    await store.open_tickets(work, provider, day, differences)
    late = [d.key for d in differences if d.why is Why.NOT_HERE and d.kind == "refund" and d.key]
    if late:
        await payments.hasten_refunds(work, late)
    if late := [d.key for d in differences if d.why is Why.NOT_HERE and d.kind == "transfer" and d.key]:
        await settlement.hasten_withdrawals(work, late)
    if late := [d.key for d in differences if d.why is Why.NOT_HERE and d.kind == "split" and d.key]:
        await settlement.hasten_withdrawals(work, await settlement.withdrawals_of_splits(work, late))


async def _booked_between(work: Work, provider: str, since: datetime, until: datetime) -> set[Name]:
    charged, refunded = await payments.moved_between(work, provider, since, until)
    paid = await settlement.paid_between(work, provider, since, until)
    split = await settlement.split_between(work, provider, since, until)
    names: set[Name] = {("charge", transaction) for transaction in charged}
    names |= {("refund", key.hex) for key in refunded} | {("transfer", key.hex) for key in paid}
    return names | {("split", key.hex) for key in split}


async def _differences(work: Work, provider: str, names: Collection[Name]) -> Sequence[model.Difference]:
    """What the stored statements and our books say otherwise about these things."""
    theirs = by_name(await store.lines_named(work, provider, names))
    abouts: dict[str, list[str]] = defaultdict(list)
    for kind, about in names:
        abouts[kind].append(about)
    keys = {kind: [key for about in abouts[kind] if (key := store.as_key(about))] for kind in GOES_OUT}
    charges = await payments.booked_charges(work, provider, abouts["charge"])
    refunds = await payments.booked_refunds(work, provider, keys["refund"])
    transfers = await settlement.booked_transfers(work, provider, keys["transfer"])
    splits = await settlement.booked_splits(work, provider, keys["split"])
    currency = work.market.currency
    ours = [Moved("charge", r["key"], r["transaction"], r["amount_minor"], r["currency"]) for r in charges]
    ours += [Moved("refund", r["key"], r["transaction"], r["amount_minor"], currency) for r in refunds]
    ours += [Moved("transfer", r["key"], "", r["amount_minor"], currency) for r in transfers]
    returned = await settlement.returned_transfers(work, provider, keys["return"])
    ours += [Moved("return", r["key"], "", r["amount_minor"], currency) for r in returned]
    ours += [Moved("split", r["key"], "", r["amount_minor"], currency) for r in splits]
    return model.compare(names, theirs, by_name(ours))


async def match_tickets(work: Work) -> int:
    """End the open tickets whose difference went away; one that became another difference gets a ticket for that."""
    open_ones: dict[str, list[Any]] = defaultdict(list)
    for row in await work.fetch(store.OPEN_SQL, TICKETS_PER_ROUND_MAX):
        open_ones[row["provider"]].append(row)
    matched: list[UUID] = []
    for provider, rows in open_ones.items():
        found = await _differences(work, provider, {(row["kind"], row["about"]) for row in rows})
        still = {(d.kind, d.about, d.why) for d in found}
        known = {(row["kind"], row["about"], row["why"]) for row in rows}
        matched += [row["id"] for row in rows if (row["kind"], row["about"], row["why"]) not in still]
        new = [d for d in found if (d.kind, d.about, d.why) not in known]
        await store.open_tickets(work, provider, rows[0]["day"], new)
    if matched:
        await work.execute(store.MATCH_SQL, matched, work.now)
    return len(matched)


async def settle_ticket(work: Work, ticket: UUID, resolution: str, *, reason: str) -> Refusal | None:
    """Say what became of a difference; it books nothing. Audited."""
    if resolution not in model.RESOLUTIONS:
        return ResolutionUnknown(resolution=resolution[:40])
    rows = await work.fetch(store.LOCK_TICKET_SQL, ticket)
    if not rows:
        return NotFound()
    if not await work.execute(store.SETTLE_SQL, ticket, resolution, work.now):
        return TicketEnded()
    await audit.record(work, "reconciliation.settle_ticket", model.TICKET_ID.show(ticket), reason=reason,
                       before={"state": "open"}, after={"state": "settled", "resolution": resolution})  # fmt: skip
    return None
