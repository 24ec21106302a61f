"""What shipping hears, and what it keeps about a person: nothing that names him."""

from collections.abc import Sequence

from tuan.platform.outbox import on
from tuan.platform.work import Work
from tuan.trade.orders.facts import OrderShipped
from tuan.trade.shipping import actions


@on(OrderShipped)
async def orders_shipped(work: Work, facts: Sequence[OrderShipped]) -> None:
    await actions.follow_shipped(work, [fact.order for fact in facts])
