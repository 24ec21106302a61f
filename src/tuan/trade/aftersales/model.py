"""When an order may be given back whole. Pure."""

from dataclasses import dataclass
from uuid import UUID

from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.trade.aftersales.errors import TooLateToCancel, WaitsForOthers
from tuan.trade.orders.model import Book, Order, OrderState, Release


@dataclass(frozen=True, slots=True)
class Case:
    order_id: UUID
    reason: str
    amount_minor: int
    opened_at: Instant


def why_not_cancel(order: Order) -> Refusal | None:
    """A buyer may cancel what is paid and not shipped, unless it waits for others."""
    if order.state == OrderState.TO_SHIP:
        return None
    return why_not_refund(order) or TooLateToCancel(state=order.state)


def why_not_refund(order: Order) -> Refusal | None:
    """Whoever promised to others must hear of it first: an order that waits for a team is given back by the team."""
    waits = order.release == Release.ON_COMMAND and order.state in (OrderState.PAID, OrderState.GATHERING)
    return WaitsForOthers() if waits else None


def give_back(book: Book, order: Order, reason: str) -> Case:
    """Give an order back in full: holds freed, money on its way the way it came, one case."""
    return Case(order.id, reason, book.cancel(order, reason), book.now)
