"""What distribution hears, and what it keeps about a person."""

from collections.abc import Sequence
from uuid import UUID

from tuan.platform.outbox import on
from tuan.platform.personal import Keeper, keeps
from tuan.platform.work import Work
from tuan.play.distribution import actions, queries
from tuan.trade.aftersales.facts import LineGivenBack
from tuan.trade.orders.facts import OrderCancelled, OrderCompleted, OrderPaid, OrderPaidLate


@on(OrderPaid)
async def orders_paid(work: Work, facts: Sequence[OrderPaid]) -> None:
    await actions.accrue(work, [fact.order for fact in facts])


@on(OrderPaidLate)
async def orders_paid_late(work: Work, facts: Sequence[OrderPaidLate]) -> None:
    await actions.accrue(work, [fact.order for fact in facts])


@on(OrderCompleted)
async def orders_completed(work: Work, facts: Sequence[OrderCompleted]) -> None:
    await actions.follow_orders(work, [fact.order for fact in facts])


@on(OrderCancelled)
async def orders_cancelled(work: Work, facts: Sequence[OrderCancelled]) -> None:
    await actions.follow_orders(work, [fact.order for fact in facts])


@on(LineGivenBack)
async def lines_given_back(work: Work, facts: Sequence[LineGivenBack]) -> None:
    await actions.follow_orders(work, [fact.order for fact in facts])


async def forget(_work: Work, _person: UUID) -> dict[str, int]:
    """What a shop was paid belongs to the books, which are kept (E-Commerce Law, art. 31); they name the shop and no person."""
    return {}


PERSONAL = keeps(Keeper("distribution", tell=queries.told_of, forget=forget))
