"""What group buying hears."""

from collections.abc import Sequence

from tuan.platform.outbox import on
from tuan.platform.work import Work
from tuan.play.groupbuy import actions
from tuan.trade.orders.facts import OrderClosed, OrderPaid, OrderPaidLate


@on(OrderPaid)
async def orders_paid(work: Work, facts: Sequence[OrderPaid]) -> None:
    await actions.take_seats(work, [fact.order for fact in facts])


@on(OrderPaidLate)
async def orders_paid_late(work: Work, facts: Sequence[OrderPaidLate]) -> None:
    await actions.take_seats(work, [fact.order for fact in facts])


@on(OrderClosed)
async def orders_closed(work: Work, facts: Sequence[OrderClosed]) -> None:
    await actions.release_seats(work, [fact.order for fact in facts])
