"""Who takes the buyers' money of a market: its own merchant accounts, or those of its one supplier."""

from uuid import UUID

from tuan.kit.refusals import Refusal
from tuan.people import parties
from tuan.people.parties.model import SUPPLIER
from tuan.platform import audit
from tuan.platform.work import Work
from tuan.trade.settlement import queries
from tuan.trade.settlement.errors import MoneyOpen, SeveralSuppliers


async def set_merchant(work: Work, supplier: UUID | None, *, reason: str) -> Refusal | None:
    """From now on the accounts of this supplier take the market's money, and nobody else sells there; None: suppliers are paid
    out by transfers and splits. Twice is once. Audited.

    Nothing is on its way then: money stays with whom it was paid to, and nobody could tell afterwards which was whose. Who
    settles or lists goods shares the merchant until the end of his transaction, so what is read here under its lock stands.
    """
    before = await parties.lock_merchant(work)
    if supplier == before:
        return None
    holding = await queries.holding(work, supplier) if supplier else set()
    busy = holding | await queries.with_open_orders(work)
    if supplier and (others := busy - {supplier}):
        return SeveralSuppliers(others=len(others))
    if (supplier or before) in busy:
        return MoneyOpen()
    await parties.set_merchant(work, supplier)
    await audit.record(work, "settlement.set_merchant", "rules", reason=reason, before={"merchant": _shown(before)},
                       after={"merchant": _shown(supplier)})  # fmt: skip
    return None


def _shown(supplier: UUID | None) -> str | None:
    return SUPPLIER.show(supplier) if supplier else None
