"""Kept lines: shared out when their time is over, promised from, held."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from tuan.kit.ids import new_uuid
from tuan.kit.refusals import NotFound, Refusal
from tuan.people import parties
from tuan.platform.sweeps import ONLY_HAND, Hand
from tuan.platform.work import Work
from tuan.trade import orders
from tuan.trade.orders.model import RETURN_WINDOW, Book, Order, OrderState
from tuan.trade.settlement import model, queries, store
from tuan.trade.settlement.errors import AlreadySettled
from tuan.trade.settlement.model import (
    Claim,
    Cut,
    KeptLine,
    PayeeKind,
    Promisable,
)
from tuan.value import ledger
from tuan.value.ledger.model import (
    BY_HAND,
    Postings,
    debt_of,
    payable_of,
    provider_clearing,
)

SETTLED = (OrderState.COMPLETED, OrderState.CANCELLED, OrderState.CLOSED, OrderState.FORFEITED)


async def settle_due(work: Work, *, limit: int, hand: Hand = ONLY_HAND) -> int:
    """Complete orders that were received and kept through the return window, unless a case holds one of their lines,
    and share out what each line left. How many."""
    due = [row["id"] for row in await work.fetch(store.DUE_SQL, work.now - RETURN_WINDOW, limit, hand.of, hand.number)]
    if not due:
        return 0
    book = await orders.load_alone(work, due)
    held = await store.held_among(work, due)  # asked under the lock that whoever opens a case takes first
    ready = [o for o in book.orders.values() if o.state == OrderState.RECEIVED and o.id not in held]
    for order in ready:
        book.complete(order)
    claims = await share_out(work, book, ready)
    await store.save_claims(work, claims)
    await orders.save_book(work, book)
    return len(ready)


async def share_out(work: Work, book: Book, ended: Sequence[Order]) -> list[Claim]:
    """What each line of these orders of a book left is shared out, and booked with it; the claims, which the caller saves
    by `save_claims` beside the book. Where the book has the lines they count as they stand there."""
    kept = await store.load_kept(work, [order.id for order in ended])
    terms = await store.load_terms(work, {order.supplier_id for order in ended})
    merchant = await parties.share_merchant(work)
    claims: list[Claim] = []
    for order in ended:
        stood, lines = terms.at(order.supplier_id, order.placed_at), kept[order.id]
        if order.lines:
            lines = [
                replace(x, refunded_minor=y.refunded_minor, refunded_freight_minor=y.refunded_freight_minor)
                for x, y in zip(lines, order.lines, strict=True)
            ]
        claims += model.settle(order.supplier_id, lines, stood, order.currency, book.postings, book.now,
                               is_direct=order.supplier_id == merchant)  # fmt: skip
    await repay(work, book.postings, PayeeKind.SUPPLIER, {order.supplier_id for order in ended})
    return claims


async def repay(work: Work, postings: Postings, kind: PayeeKind, payees: Collection[UUID]) -> None:
    """Whoever owes the market pays it from what he gets in this batch, before it can be paid out.

    Looked for without a lock, since next to nobody owes; a debt made at this moment stops withdrawals, and the next batch
    repays it. Where somebody owes, every account of the batch is locked in one statement, as saving it would. What is left
    to the market's merchant then is with him already (`model.pay_directly`).
    """
    merchant = await parties.share_merchant(work) if kind == PayeeKind.SUPPLIER else None
    providers = await queries.taken_by(work, model.shares_of(merchant, postings)) if merchant else {}
    asset, codes = work.market.currency, [debt_of(kind, one) for one in payees]
    if any((await ledger.balances_of(work, codes, asset)).values()):
        coming, clearing = postings.deltas(), map(provider_clearing, {*providers.values(), BY_HAND} if merchant else ())
        debts = await ledger.lock_balances(work, [*codes, *(code for code, _ in coming), *clearing], asset)
        for payee in sorted(payees):
            owed = -debts.get(debt_of(kind, payee), 0)
            if (part := min(owed, coming.get((payable_of(kind, payee), asset), 0))) > 0:
                postings.post("debt_repaid", payable_of(kind, payee), debt_of(kind, payee), asset, part, new_uuid())
    if merchant:
        model.pay_directly(merchant, asset, postings, providers)


async def hold_lines(work: Work, case: UUID, order: UUID, numbers: Sequence[int]) -> None:
    """These lines are not settled before the case has ended. The caller has locked the order."""
    await work.write(store.INSERT_HOLDS, [store.HoldRow(order, number, case) for number in numbers])


async def free_lines(work: Work, *cases: UUID) -> None:
    """These cases are over; what they left of their lines is settled in its time."""
    if cases:
        await work.execute(store.FREE_LINES_SQL, list(cases))


async def lines_to_promise(work: Work, orders: Collection[UUID]) -> dict[tuple[UUID, int], Promisable]:
    """The lines of these orders of which something may still be promised, by order and number; the orders are locked, so that
    `promise_cuts` refuses nothing of it in this transaction."""
    locked = {k: one for k, one in (await store.lock_orders(work, orders)).items() if one.state not in SETTLED}
    kept = await store.load_kept(work, locked)
    terms = await store.load_terms(work, {one.supplier_id for one in locked.values()})
    found = {}
    for order, one in locked.items():
        stood = terms.at(one.supplier_id, one.placed_at)
        for line in kept[order]:
            room = max(model.room_for(line, stood), 0)
            found[order, line.number] = Promisable(line.goods_minor, line.goods_back_minor, room)
    return found


async def kept_lines(work: Work, orders: Collection[UUID]) -> dict[tuple[UUID, int], KeptLine]:
    """The lines of these orders as settlement looks at them now, by order and number."""
    return {(order, line.number): line for order, of in (await store.load_kept(work, orders)).items() for line in of}


async def promise_cuts(work: Work, cuts: Sequence[tuple[UUID, int, Cut]]) -> Refusal | None:
    """Promise parts of (order, line) to others: they are paid when the line is settled, in proportion to what was kept.

    All or none. The ledger accounts they go to belong to the caller. A promise of the same kind to the same account is
    made once per line.
    """
    if not cuts:
        return None
    locked = await store.lock_orders(work, {order for order, _, _ in cuts})
    kept = await store.load_kept(work, locked)
    terms = await store.load_terms(work, {one.supplier_id for one in locked.values()})
    wanted: dict[tuple[UUID, int], list[Cut]] = defaultdict(list)
    for order, number, cut in cuts:
        wanted[order, number].append(cut)
    for (order, number), of_line in wanted.items():
        line = next((one for one in kept.get(order, ()) if one.number == number), None)
        if line is None:
            return NotFound()
        promised = locked[order]
        if promised.state in SETTLED:
            return AlreadySettled()
        if refusal := model.why_not_cut(line, terms.at(promised.supplier_id, promised.placed_at), of_line):
            return refusal
    rows = [store.CutRow(c.id, order, number, c.kind, c.code, c.amount_minor) for order, number, c in cuts]
    await work.write(store.INSERT_CUTS, rows)
    return None
