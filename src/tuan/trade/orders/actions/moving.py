"""What becomes of placed orders: money that comes, parcels that go, time that passes."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from tuan.goods import catalog, supply
from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import Instant
from tuan.platform import audit
from tuan.platform.gateways.payment import ChargeState, Notice
from tuan.platform.work import Work
from tuan.trade import payments
from tuan.trade.orders import model, queries, store
from tuan.trade.orders.model import ORDER_ID, Book, Order, OrderState
from tuan.trade.payments.model import ATTEMPT_ID, Attempt, AttemptState, QuarantineReason


def _why_quarantine(
    notice: Notice, attempt: Attempt | None, spent: Mapping[tuple[str, str], UUID]
) -> QuarantineReason | None:
    """Money must be what was agreed, to the cent, and pay one attempt only; else a person has to look at it.

    News that no money came (declined, closed) needs to be about an attempt of that provider, no more.
    """
    if attempt is None:
        return QuarantineReason.UNKNOWN_ATTEMPT
    if notice.provider != attempt.provider:
        return QuarantineReason.WRONG_PROVIDER
    if notice.state is not ChargeState.PAID:
        return None
    if spent.get((notice.provider, notice.transaction), attempt.id) != attempt.id:
        return QuarantineReason.REUSED_TRANSACTION
    agreed = (
        (notice.amount_minor, attempt.amount_minor, QuarantineReason.WRONG_AMOUNT),
        (notice.currency, attempt.currency, QuarantineReason.WRONG_CURRENCY),
        ((notice.merchant, notice.app), (attempt.merchant, attempt.app), QuarantineReason.WRONG_MERCHANT),
    )
    return next((reason for said, agreed_on, reason in agreed if said != agreed_on), None)


def _dispute(attempt: Attempt | None, reason: QuarantineReason) -> None:
    """The provider says paid, but not what was agreed: the attempt no longer keeps the order waiting for an outcome.

    The order may be paid anew or lapse; should the agreed money be told of later, it is captured all the same.
    """
    if attempt is not None and reason != QuarantineReason.WRONG_PROVIDER and attempt.state == AttemptState.PENDING:
        attempt.move(AttemptState.DISPUTED)


async def apply_notices(work: Work, notices: Sequence[Notice]) -> list[ChargeState | QuarantineReason]:
    """What providers say of charges, by notice, query or browser return: at least once, in any order, late or early.

    Saying it twice is saying it once (the provider's transaction is unique). The answer is the state that holds now,
    or why the notice was put aside.
    """
    known = await payments.load_attempts(work, {notice.attempt for notice in notices})
    book = await store.load_book_of_payables(work, {attempt.payable_id for attempt in known.values()})
    attempts = await payments.lock_attempts(work, known)
    spent = await payments.spent_on(work, [(n.provider, n.transaction) for n in notices if n.transaction])
    outcomes: list[ChargeState | QuarantineReason] = []
    aside: list[tuple[Notice, QuarantineReason]] = []
    for notice in notices:
        attempt = attempts.get(notice.attempt)
        if (reason := _why_quarantine(notice, attempt, spent)) or attempt is None:
            _dispute(attempt, reason or QuarantineReason.UNKNOWN_ATTEMPT)
            aside.append((notice, reason or QuarantineReason.UNKNOWN_ATTEMPT))
            outcomes.append(reason or QuarantineReason.UNKNOWN_ATTEMPT)
        else:
            outcomes.append(_apply(notice, attempt, book))
            if notice.transaction:
                spent[notice.provider, notice.transaction] = attempt.id
    await payments.save_attempts(work, attempts.values())
    await payments.put_aside(work, aside)
    await store.save_book(work, book)
    for payable in book.till.touched:
        work.notify(f"payable:{payable.hex}")
    return outcomes


def _apply(notice: Notice, attempt: Attempt, book: Book) -> ChargeState:
    if notice.state is ChargeState.PAID:
        if (notice.provider, notice.transaction) not in book.till.transactions:
            # A provider's clock may be off: no payment is older than its attempt or younger than its news.
            paid_at = min(max(notice.paid_at or book.now, attempt.started_at), book.now)
            book.till.capture(attempt, notice.transaction, notice.amount_minor, paid_at, book.now, payer=notice.payer)
            _mark_paid(book, attempt, paid_at)
        if attempt.state != AttemptState.CAPTURED:
            attempt.move(AttemptState.CAPTURED)
    elif notice.state in (ChargeState.DECLINED, ChargeState.CLOSED) and attempt.state == AttemptState.PENDING:
        attempt.move(AttemptState(notice.state.value))
    return ChargeState.PAID if attempt.state == AttemptState.CAPTURED else notice.state


def _mark_paid(book: Book, attempt: Attempt, paid_at: Instant) -> None:
    if book.till.payables[attempt.payable_id].is_paid:
        for order in book.covered_by(attempt.payable_id):
            if order.state in (OrderState.PLACED, OrderState.CLOSED):
                book.mark_paid(order, paid_at)
        owing = book.owing(attempt.payable_id)
        if owing is not None and owing.state == OrderState.DEPOSITED:
            book.settle_balance(owing, paid_at)


async def record_sales(work: Work, sales: Sequence[model.Sale], provider: str) -> Book:
    """Sales that were over before we knew of them: placed, paid, shipped and received at their own time.

    Their orders in a book of their own, in the order of `sales`, locked, written and not saved: the caller adds what came
    back later and saves it. The goods must be in stock. Nobody is told, because it is no news.
    """
    offers = await catalog.load_offers(work, skus := {sku for sale in sales for sku, _, _ in sale.items})
    known = {sku: offers.get(sku) for sku in skus}
    stock = await supply.load_stock(work, skus)
    draft = model.OrderDraft(await work.read_clock(), work.market.currency)
    placed = [model.place_sale(sale, known, stock, draft) for sale in sales]
    await store.save_draft(work, draft)
    book = await store.add_to_book(work, [one.orders[0] for one in placed], stock)
    attempts = []
    for sale, one in zip(sales, placed, strict=True):
        order, payable = book.orders[one.orders[0]], book.till.payables[one.payable]
        attempt = Attempt(ATTEMPT_ID.new(), payable.id, provider, provider, provider, payable.amount_minor,
                          payable.currency, AttemptState.CAPTURED, sale.at)  # fmt: skip
        attempts.append(attempt)
        book.now = sale.at
        book.till.capture(attempt, sale.transaction, payable.amount_minor, sale.at, sale.at)
        book.mark_paid(order, sale.at)
        book.ship(order, "", "")
        book.receive(order)
    book.facts.clear()
    book.orders = {one.orders[0]: book.orders[one.orders[0]] for one in placed}
    await payments.add_captured(work, attempts)
    return book


async def cancel_unpaid(work: Work, order: UUID, person: UUID, *, reason: str) -> Refusal | None:
    """The buyer does not want it after all; with it go the other orders of the same unpaid checkout.

    Refused while a payment is under way, because its outcome is not known.
    """
    payable = await work.fetch_one(store.PAYABLES_OF_SQL, [order])
    if payable is None:
        return NotFound()
    siblings = [row["id"] for row in await work.fetch(store.ORDERS_OF_PAYABLES_SQL, [payable["payable_id"]])]
    book = await store.load_book(work, siblings, with_stock=True)
    found = book.get(order)
    if found is None or found.person_id != person:
        return NotFound()
    if refusal := book.why_not(found, OrderState.CLOSED) or await payments.why_not_close(work, book.till.payables):
        return refusal
    for one in book.orders.values():
        book.close(one, reason)
    await store.save_book(work, book)
    return None


async def lapse_unpaid(work: Work, *, limit: int) -> int:
    """Close orders whose time to pay is over. One with a pending attempt waits until the provider has been asked."""
    due = [row["id"] for row in await work.fetch(store.UNPAID_DUE_SQL, work.now, limit)]
    if not due:
        return 0
    book = await store.load_book(work, due, with_stock=True)
    pending = await payments.pending_among(work, book.till.payables)
    for order in book.orders.values():
        if order.state == OrderState.PLACED and order.payable_id not in pending:
            book.close(order, "unpaid")
    await store.save_book(work, book)
    return len(due)


async def ship(
    work: Work, order: UUID, supplier: UUID, *, carrier: str, tracking: str, reason: str = "shipped"
) -> Refusal | None:
    """The supplier hands it to a carrier; the held goods leave the stock. Audited."""

    def act(book: Book, found: Order) -> None:
        book.ship(found, carrier, tracking)

    refusal = await _move(work, order, OrderState.SHIPPED, act, owner=lambda o: o.supplier_id == supplier, stock=True)
    if refusal is None:
        await work.execute(store.RECORD_DEALS_SQL, [order])
        await audit.record(work, "orders.ship", ORDER_ID.show(order), reason=reason, before={"state": "to_ship"},
                           after={"state": "shipped", "carrier": carrier, "tracking": tracking})  # fmt: skip
    return refusal


async def ship_fetched(work: Work, numbers: Mapping[UUID, tuple[str, str]], *, reason: str) -> int:
    """The same of several orders, (carrier, number) by order, because their carriers have fetched them; how many. One that
    does not wait for its parcel any more stays as it is."""
    book = await store.load_book(work, list(numbers), with_stock=True)
    waiting = [order for order in book.orders.values() if book.why_not(order, OrderState.SHIPPED) is None]
    for order in waiting:
        book.ship(order, *numbers[order.id])
    await store.save_book(work, book)
    await work.send()
    await work.execute(store.RECORD_DEALS_SQL, [order.id for order in waiting])
    for order in waiting:
        await audit.record(work, "orders.ship", ORDER_ID.show(order.id), reason=reason, before={"state": "to_ship"},
                           after={"state": "shipped", "tracking": numbers[order.id][1]})  # fmt: skip
    return len(waiting)


async def confirm_receipt(work: Work, order: UUID, person: UUID) -> Refusal | None:
    """The buyer has it; the return window runs from now."""
    return await _move(work, order, OrderState.RECEIVED, Book.receive, owner=lambda o: o.person_id == person)


async def receive_due(work: Work, *, limit: int) -> int:
    """What was shipped long ago counts as received, so that a silent buyer does not keep a supplier waiting."""
    due = await work.fetch(store.RECEIPT_DUE_SQL, work.now - model.RECEIVED_BY_ITSELF_AFTER, limit)
    if not due:
        return 0
    book = await store.load_alone(work, [row["id"] for row in due])
    for order in book.orders.values():
        if order.state == OrderState.SHIPPED:  # somebody else may have been faster
            book.receive(order)
    await store.save_book(work, book)
    return len(due)


async def _move(
    work: Work,
    order: UUID,
    after: OrderState,
    act: Callable[[Book, Order], None],
    *,
    owner: Callable[[Order], bool],
    stock: bool = False,
) -> Refusal | None:
    """Load one order, check whose it is and whether it may move, act, save."""
    book = await store.load_book(work, [order], with_stock=stock)
    found = book.get(order)
    if found is None or not owner(found):
        return NotFound()
    if refusal := book.why_not(found, after):
        return refusal
    act(book, found)
    await store.save_book(work, book)
    return None


async def forget(work: Work, person: UUID) -> dict[str, int]:
    """Orders are kept as long as the law asks for; of older ones the address is emptied. How many of each."""
    since = work.now - model.KEPT_BY_LAW
    emptied = await work.execute(store.EMPTY_ADDRESSES_SQL, [person], since, model.NO_ADDRESS)
    declarations = await work.execute(store.FORGET_DECLARATIONS_SQL, since, [person], work.now)
    return {"emptied": emptied, "declarations": declarations, "kept": await queries.count_with_address(work, person)}


async def forget_due(work: Work) -> int:
    """Of those who were erased: what the law no longer keeps goes too. Of everybody: for whom such orders were declared."""
    erased = [row["id"] for row in await work.fetch(queries.ERASED_PERSONS_SQL)]
    since = work.now - model.KEPT_BY_LAW
    emptied = await work.execute(store.EMPTY_ADDRESSES_SQL, erased, since, model.NO_ADDRESS)
    return emptied + await work.execute(store.FORGET_DECLARATIONS_SQL, since, erased, work.now)
