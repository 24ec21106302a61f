"""Giving back whole orders."""

from collections.abc import Collection
from uuid import UUID

from tuan.kit.refusals import NotFound, Refusal
from tuan.platform import audit
from tuan.platform.work import Work
from tuan.trade import orders
from tuan.trade.aftersales import model, store
from tuan.trade.aftersales.actions.opening import save_asked
from tuan.trade.aftersales.errors import NotAsShown
from tuan.trade.orders.model import ORDER_ID, OrderState, Release


async def cancel(work: Work, order: UUID, person: UUID, *, reason: str) -> Refusal | None:
    """The buyer cancels a paid order before it is shipped; everything comes back."""
    book = await orders.load_book(work, [order], with_stock=True)
    found = book.get(order)
    if found is None or found.person_id != person:
        return NotFound()
    if refusal := model.why_not_cancel(found):
        return refusal
    cases = [model.give_back(book, found, reason)]
    await orders.save_book(work, book)
    await store.save_cases(work, cases)
    return None


async def refund_whole(
    work: Work, order: UUID, supplier: UUID, *, reason: str, shown_minor: int | None = None
) -> Refusal | None:
    """The supplier gives a paid order back whole, shipped or not; the buyer keeps what has arrived. Audited.

    One that waits for others is given back where they wait (`groupbuy.remove_member`). shown_minor: what the page said
    would come back; anything else is refused.
    """
    book = await orders.load_book(work, [order], with_stock=True)
    found = book.get(order)
    if found is None or found.supplier_id != supplier:
        return NotFound()
    if refusal := (
        model.why_not_refund(found) or model.why_not_fail(found) or book.why_not(found, OrderState.CANCELLED)
    ):
        return refusal
    back_minor = found.total_minor - found.refunded_minor
    if shown_minor is not None and shown_minor != back_minor:
        return NotAsShown(now_minor=back_minor, shown_minor=shown_minor)
    before = found.state
    asked = await store.load_cases(work, [order])
    asked.end_with_order(found)
    cases = [model.give_back(book, found, reason)]
    await orders.save_book(work, book)
    await store.save_cases(work, cases)
    await save_asked(work, asked)
    await audit.record(work, "aftersales.refund_whole", ORDER_ID.show(order), reason=reason, before={"state": before},
                       after={"state": found.state, "refunded_minor": found.refunded_minor})  # fmt: skip
    return None


async def rehome_late(work: Work, late: Collection[UUID]) -> None:
    """Orders bought alone whose money came after they were closed: shipped if the goods are still there, else given back.

    A deposit that comes late is given back always: its balance was void when the order was closed.
    """
    book = await orders.load_book(work, late, with_stock=True)
    cases = []
    for order in book.orders.values():
        if order.release == Release.AT_ONCE and order.state == OrderState.PAID:
            if order.later_minor or book.why_not_rehold(order):
                cases.append(model.give_back(book, order, "late_payment"))
            else:
                book.rehold(order)
                book.release(order)
    await orders.save_book(work, book)
    await store.save_cases(work, cases)
