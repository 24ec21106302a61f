"""What would come back, told before it does: the money, and beside it coupons and points. Nothing is done and nothing locked."""

from dataclasses import replace
from uuid import UUID

from tuan.kit.refusals import NotFound, Refusal
from tuan.platform.work import Work
from tuan.trade import orders, settlement
from tuan.trade.aftersales import model, store
from tuan.trade.aftersales.model import Ask, Beside, Preview
from tuan.trade.orders.model import Book, Order, OrderId, OrderState, measure
from tuan.value import points
from tuan.value.points import Undone


async def preview(work: Work, order: UUID, person: UUID, ask: Ask) -> Preview | Refusal:
    """What `open_case` would do, by the same rules and the same sums. Of goods that are to be sent: what is given back if they
    are not."""
    book = await orders.look_at_book(work, [order])
    found = book.get(order)
    if found is None or found.person_id != person:
        return NotFound()
    cases, rules = await store.look_at_cases(work, [order]), await settlement.rules(work)
    if refusal := model.why_not_open(found, ask, cases.of(order), work.now, rules.claim_days):
        return refusal
    return await _with_beside(work, book, found, model.preview(found, book.till, ask))


async def preview_whole(work: Work, order: UUID, *, kept_minor: int = 0) -> Preview:
    """What giving all of it up would do, in whatever way its state allows; whether it does, is for that way to say.

    Whose the order is, was asked before (`orders.access_order`). kept_minor: of a deposit, what stays with the supplier.
    """
    book = await orders.look_at_book(work, [order])
    found = book.orders[OrderId(order)]
    return await _with_beside(work, book, found, model.preview_whole(found, book.till, kept_minor))


async def _with_beside(work: Work, book: Book, order: Order, seen: Preview) -> Preview:
    undone = await _undone(work, order, seen)
    coupons = tuple(book.foresee_coupons(order, seen.shares))
    return replace(seen, beside=Beside(coupons, undone.returned, undone.taken, undone.owed, undone.led_taken))


async def _undone(work: Work, order: Order, seen: Preview) -> Undone:
    """What comes of points: those that were spent by the goods, those that were earned by the money; unpaid they are let go."""
    if order.state == OrderState.PLACED:
        return Undone(order.points, 0, 0)
    (done, of), units = measure(order.lines), 0 if seen.keeps_units else 1
    after, _ = measure(order.lines, [replace(share, units=share.units * units) for share in seen.shares])
    return await points.preview(
        work, order.person_id, order.id, goods=(done, after, of), paid_minor=order.total_minor,
        after_minor=order.refunded_minor + seen.total_minor,
    )  # fmt: skip
