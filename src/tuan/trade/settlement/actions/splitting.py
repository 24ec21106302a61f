"""Paying out by splitting payments: what is drawn from which of them."""

from collections.abc import Collection
from uuid import UUID

from tuan.kit.ids import new_uuid
from tuan.kit.refusals import Refusal
from tuan.platform.work import Work
from tuan.trade import payments
from tuan.trade.settlement import model, queries, store
from tuan.trade.settlement.model import PayoutAccount

Known = set[tuple[UUID, UUID]]
"""Orders with the payments they were paid by, which are locked."""


async def lock_sources(work: Work, account: PayoutAccount) -> Known:
    """The payments that this payee may draw on, of what was settled for him first, are his to count until the end of the
    transaction: whoever draws on the same ones, and whoever gives of them back to the buyer, takes turns with him."""
    rows = await queries.first_sources(work, account)
    await payments.load_till(work, {row["payable_id"] for row in rows})
    return {(row["order_id"], row["payable_id"]) for row in rows}


async def draw(work: Work, account: PayoutAccount, known: Known, wanted_minor: int) -> list[model.Part] | Refusal:
    """What a withdrawal of this payee's is split from, of what `lock_sources` has locked: read again, since only now it stands
    still, and what was settled meanwhile is left for the next withdrawal."""
    rows = await queries.sources(work, account, {order for order, _ in known})
    sources = [
        model.Source(r["order_id"], r["capture_id"], r["transaction"], r["order_left"], r["capture_left"])
        for r in rows
        if (r["order_id"], r["payable_id"]) in known
    ]
    return model.draw(sources, wanted_minor)


async def hold_parts(work: Work, withdrawal: UUID, parts: Collection[model.Part]) -> None:
    """Nobody else draws on these parts of these payments until they have ended."""
    await work.write(store.INSERT_SPLITS, [
        store.SplitRow(new_uuid(), withdrawal, one.order_id, one.capture_id, one.transaction, one.amount_minor, "held")
        for one in parts
    ])  # fmt: skip
