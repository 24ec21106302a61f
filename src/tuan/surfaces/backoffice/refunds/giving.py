"""Giving an order back whole: what would come back, and doing it where the order waits."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tuan.kit.refusals import Refusal, Refused
from tuan.platform.work import Work
from tuan.play import groupbuy, presale
from tuan.trade import aftersales, orders, payments
from tuan.trade.aftersales import NotAsShown
from tuan.trade.orders.model import ORDER, OrderState, Release


async def foresee(work: Work, row: Any) -> Sequence[tuple[Any, int]] | Refusal:
    """What giving this order back would take from which capture; nothing is done."""
    if not ORDER.allows(row["state"], OrderState.CANCELLED):
        return orders.NotNow(state=row["state"])
    amount = row["total_minor"] - row["refunded_minor"]
    return await payments.foresee_refund(work, orders.payables_of(row), row["id"], amount)


def waits_in_team(row: Any) -> bool:
    return bool(row["release"] == Release.ON_COMMAND and row["state"] in (OrderState.PAID, OrderState.GATHERING))


def frees_stock(row: Any) -> bool:
    return row["state"] in (OrderState.DEPOSITED, OrderState.PAID, OrderState.GATHERING, OrderState.TO_SHIP)


async def give_back(work: Work, order: UUID, shown_minor: int, reason: str) -> Refusal | None:
    """One that waits for others is given back where they wait, so that nobody counts on him."""
    try:
        row = await orders.access_any_order(work, order)
    except Refused as refused:
        return refused.refusal
    supplier = row["supplier_id"]
    in_presale = row["balance_id"] is not None and row["state"] in (OrderState.DEPOSITED, OrderState.TO_SHIP)
    if not waits_in_team(row) and not in_presale:
        return await aftersales.refund_whole(work, order, supplier, reason=reason, shown_minor=shown_minor)
    back_minor = row["total_minor"] - row["refunded_minor"]
    if back_minor != shown_minor:
        return NotAsShown(now_minor=back_minor, shown_minor=shown_minor)
    if in_presale:
        return await presale.fail(work, order, supplier, reason=reason)
    return await groupbuy.remove_member(work, order, supplier, reason=reason)
