"""What group buying hears, and what it keeps about a person."""

from collections.abc import Sequence
from uuid import UUID

from tuan.platform.outbox import on
from tuan.platform.personal import Keeper, keeps
from tuan.platform.work import Work
from tuan.play.groupbuy import actions, queries
from tuan.play.groupbuy.facts import TeamFormed
from tuan.trade.aftersales.facts import LineGivenBack
from tuan.trade.orders.facts import OrderCancelled, OrderClosed, OrderCompleted, OrderPaid, OrderPaidLate


@on(OrderPaid)
async def orders_paid(work: Work, facts: Sequence[OrderPaid]) -> None:
    await actions.take_seats(work, [fact.order for fact in facts])


@on(OrderPaidLate)
async def orders_paid_late(work: Work, facts: Sequence[OrderPaidLate]) -> None:
    await actions.take_seats(work, [fact.order for fact in facts])


@on(OrderClosed)
async def orders_closed(work: Work, facts: Sequence[OrderClosed]) -> None:
    await actions.release_seats(work, [fact.order for fact in facts])


@on(TeamFormed)
async def teams_formed(work: Work, facts: Sequence[TeamFormed]) -> None:
    await actions.follow_leaders(work, teams=[fact.team for fact in facts])


@on(OrderCompleted)
async def orders_completed(work: Work, facts: Sequence[OrderCompleted]) -> None:
    await actions.follow_leaders(work, some=[fact.order for fact in facts])


@on(OrderCancelled)
async def orders_cancelled(work: Work, facts: Sequence[OrderCancelled]) -> None:
    await actions.follow_leaders(work, some=[fact.order for fact in facts])


@on(LineGivenBack)
async def lines_given_back(work: Work, facts: Sequence[LineGivenBack]) -> None:
    await actions.follow_leaders(work, some=[fact.order for fact in facts])


async def forget(_work: Work, _person: UUID) -> dict[str, int]:
    """A seat belongs to its order and names nobody: others were counted with it."""
    return {}


PERSONAL = keeps(Keeper("groupbuy", tell=queries.told_of, forget=forget))
