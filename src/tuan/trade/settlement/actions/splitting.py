"""Paying out by splitting payments: what is drawn from which of them."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from tuan.kit.ids import new_uuid
from tuan.kit.refusals import Refusal
from tuan.platform.gateways.payment import SPLIT_DAYS
from tuan.platform.work import Work
from tuan.trade import payments
from tuan.trade.settlement import model, store
from tuan.trade.settlement.model import PayoutAccount


async def lock_sources(work: Work, account: PayoutAccount) -> None:
    """The payments that this payee may draw on are his to count until the end of the transaction: whoever draws on the same
    ones, and whoever gives of them back to the buyer, takes turns with him."""
    await payments.load_till(work, {row["payable_id"] for row in await _sources(work, account)})


async def draw(work: Work, account: PayoutAccount, wanted_minor: int) -> list[model.Part] | Refusal:
    """What a withdrawal of this payee's is split from; `lock_sources` came before."""
    sources = [
        model.Source(r["order_id"], r["capture_id"], r["transaction"], r["order_left"], r["capture_left"])
        for r in await _sources(work, account)
    ]
    return model.draw(sources, wanted_minor)


async def _sources(work: Work, account: PayoutAccount) -> list[Any]:
    since = work.now - timedelta(days=SPLIT_DAYS[account.provider])
    return await work.fetch(store.SOURCES_SQL, account.payee_id, account.provider, since)


async def hold_parts(work: Work, withdrawal: UUID, parts: Collection[model.Part]) -> None:
    """Nobody else draws on these parts of these payments until they have ended."""
    await work.write(store.INSERT_SPLITS, [
        store.SplitRow(new_uuid(), withdrawal, one.order_id, one.capture_id, one.transaction, one.amount_minor, "held")
        for one in parts
    ])  # fmt: skip
