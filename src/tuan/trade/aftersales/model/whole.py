"""When an order may be given back whole. Pure."""

from uuid import UUID

from tuan.kit.refusals import Refusal
from tuan.trade.aftersales.errors import InPresale, TooLateToCancel, WaitsForOthers
from tuan.trade.aftersales.model.words import Case, CaseState, Kind
from tuan.trade.orders.model import Book, Order, OrderState, Release

WHOLE_NUMBER = 0
"""An order is given back whole at most once; what is asked about its lines counts from 1."""


def why_not_cancel(order: Order) -> Refusal | None:
    """A buyer may cancel what is paid and not shipped, unless it waits for others."""
    if order.state == OrderState.TO_SHIP:
        return None
    return why_not_refund(order) or TooLateToCancel(state=order.state)


def why_not_refund(order: Order) -> Refusal | None:
    """Whoever promised to others must hear of it first: an order that waits for a team is given back by the team."""
    in_team = order.release == Release.ON_COMMAND and order.state in (OrderState.PAID, OrderState.GATHERING)
    if in_team:
        return WaitsForOthers()
    return InPresale() if order.state == OrderState.DEPOSITED else None


def why_not_fail(order: Order) -> Refusal | None:
    """A supplier who does not deliver what a deposit was taken for says so where the deposit's rule is known."""
    return InPresale() if order.balance_id is not None and order.state == OrderState.TO_SHIP else None


def given_in_part(book: Book, order: Order, amount_minor: int, reason: str) -> Case:
    """The case of an order that ended with so much of it given back and the rest kept."""
    return Case(order.id, WHOLE_NUMBER, Kind.WHOLE, CaseState.DONE, reason, amount_minor, book.now)


def give_back(book: Book, order: Order, reason: str) -> Case:
    """Give an order back in full: holds freed, money on its way the way it came, one case."""
    order_id: UUID = order.id
    amount_minor = book.cancel(order, reason)
    return Case(order_id, WHOLE_NUMBER, Kind.WHOLE, CaseState.DONE, reason, amount_minor, book.now)
