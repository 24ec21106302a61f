"""What aftersales hears, and what it keeps about a person."""

from collections.abc import Sequence

from tuan.platform.outbox import on
from tuan.platform.personal import Keeper, keeps
from tuan.platform.work import Work
from tuan.trade.aftersales import actions, queries
from tuan.trade.orders.facts import OrderPaidLate

PERSONAL = keeps(Keeper("aftersales", tell=queries.told_of, forget=actions.forget))


@on(OrderPaidLate)
async def orders_paid_late(work: Work, facts: Sequence[OrderPaidLate]) -> None:
    await actions.rehome_late(work, [fact.order for fact in facts])
