"""What aftersales hears."""

from collections.abc import Sequence

from tuan.platform.outbox import on
from tuan.platform.work import Work
from tuan.trade.aftersales import actions
from tuan.trade.orders.facts import OrderPaidLate


@on(OrderPaidLate)
async def orders_paid_late(work: Work, facts: Sequence[OrderPaidLate]) -> None:
    await actions.rehome_late(work, [fact.order for fact in facts])
