"""A report to an authority with what compliance cannot see: who invited whom, and what shops were paid."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta
from uuid import UUID

from tuan.kit.refusals import Refusal
from tuan.kit.time import start_of
from tuan.people import compliance, parties
from tuan.people.compliance.model import Table
from tuan.people.parties.model import SHOP
from tuan.platform.work import Work
from tuan.play.distribution import queries

A_DAY = timedelta(days=1)
CHAINS = (
    "every shop of the last day in its chain of invitations, the organiser counted as level 1 and as one of its people"
)
PAY = "what shops could claim anew each month, by what it was for, and what was taken back of it, in minor units"


async def make_report(
    work: Work, secret: bytes, from_day: date, until_day: date, *, market: str, reason: str
) -> UUID | Refusal:
    """As `compliance.make_report`, with the chains and the pay of shops, which are named by their public ids only."""
    more = {
        "chains.csv": Table(CHAINS, _chains(work, until_day)),
        "pay.csv": Table(PAY, _pay(work, from_day, until_day)),
    }
    return await compliance.make_report(work, secret, from_day, until_day, more, market=market, reason=reason)


async def _chains(work: Work, until_day: date) -> AsyncIterator[Sequence[str]]:
    """Chain by chain, from its organiser downwards."""
    yield ["chain of", "longest", "people", "level", "shop", "invited by"]
    async for row in parties.invitation_chains(work, start_of(until_day + A_DAY, work.market.time_zone)):
        inviter = SHOP.show(row["inviter_id"]) if row["inviter_id"] else ""
        counted = [str(row[name]) for name in ("levels", "people", "level")]
        yield [SHOP.show(row["root_id"]), *counted, SHOP.show(row["shop_id"]), inviter]


async def _pay(work: Work, from_day: date, until_day: date) -> AsyncIterator[Sequence[str]]:
    """Month by month, each shop that was paid or gave back in it."""
    yield ["month", "shop", "own sales", "sales of shops it invited", "recruits", "paid", "taken back"]
    zone = work.market.time_zone
    async for row in queries.paid_by_month(work, start_of(from_day, zone), start_of(until_day + A_DAY, zone)):
        parts = ("own_minor", "invited_minor", "recruits_minor", "paid_minor", "back_minor")
        yield [f"{row['month']:%Y-%m}", SHOP.show(row["shop_id"]), *(str(row[name]) for name in parts)]
