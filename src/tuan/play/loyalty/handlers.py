"""What loyalty hears, and what it keeps about a person."""

from collections.abc import Sequence

from tuan.platform.outbox import on
from tuan.platform.personal import Keeper, keeps
from tuan.platform.work import Work
from tuan.play.loyalty import actions, queries
from tuan.trade.orders.facts import OrderCancelled, OrderCompleted, OrderPaid, OrderPaidLate


@on(OrderPaid)
async def orders_paid(work: Work, facts: Sequence[OrderPaid]) -> None:
    await actions.follow_orders(work, [fact.order for fact in facts])


@on(OrderPaidLate)
async def orders_paid_late(work: Work, facts: Sequence[OrderPaidLate]) -> None:
    await actions.follow_orders(work, [fact.order for fact in facts])


@on(OrderCompleted)
async def orders_completed(work: Work, facts: Sequence[OrderCompleted]) -> None:
    await actions.follow_orders(work, [fact.order for fact in facts])


@on(OrderCancelled)
async def orders_cancelled(work: Work, facts: Sequence[OrderCancelled]) -> None:
    await actions.follow_orders(work, [fact.order for fact in facts])


PERSONAL = keeps(Keeper("loyalty", tell=queries.told_of, forget=actions.forget))
