"""What invoices hear, and what they keep about a person."""

from collections.abc import Sequence

from tuan.platform.outbox import on
from tuan.platform.personal import Keeper, keeps
from tuan.platform.work import Work
from tuan.trade.aftersales.facts import LineGivenBack
from tuan.trade.invoices import actions, queries
from tuan.trade.orders.facts import OrderCancelled

PERSONAL = keeps(Keeper("invoices", tell=queries.told_of, forget=actions.forget))


@on(OrderCancelled)
async def orders_cancelled(work: Work, facts: Sequence[OrderCancelled]) -> None:
    await actions.follow(work, [fact.order for fact in facts])


@on(LineGivenBack)
async def lines_given_back(work: Work, facts: Sequence[LineGivenBack]) -> None:
    await actions.follow(work, [fact.order for fact in facts])
