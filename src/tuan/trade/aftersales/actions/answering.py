"""What the sides of a case do after it was opened, and what time does for them."""

from collections.abc import Callable
from uuid import UUID

from tuan.kit.refusals import NotFound, Refusal
from tuan.platform import audit
from tuan.platform.work import Work
from tuan.trade import orders
from tuan.trade.aftersales import model, queries, store
from tuan.trade.aftersales.actions.opening import save, why_not_say
from tuan.trade.aftersales.errors import AskInvalid, NotAsShown
from tuan.trade.aftersales.model import (
    NOTHING_SAID,
    PARCEL_LENGTHS,
    Case,
    Cases,
    CaseState,
    Decision,
    Saying,
    Side,
)
from tuan.trade.orders.model import Book

S = CaseState
Act = Callable[[Book, Cases, Case], Refusal | None]


async def _act(
    work: Work, order: UUID, number: int, owner: Callable[[Case], bool], act: Act, *, stock: bool = False
) -> Refusal | None:
    """Load one case with its order, check whose it is, act, save. `act` refuses before it changes anything."""
    book = await orders.load_book(work, [order], with_stock=stock)
    cases = await store.load_cases(work, [order])
    found = cases.get(order, number)
    if found is None or not owner(found):
        return NotFound()
    if refusal := act(book, cases, found):
        return refusal
    await save(work, book, cases)
    return None


def _of_buyer(person: UUID) -> Callable[[Case], bool]:
    return lambda case: case.person_id == person


def _of_supplier(supplier: UUID) -> Callable[[Case], bool]:
    return lambda case: case.supplier_id == supplier


def _why_not_parcel(carrier: str, tracking: str) -> Refusal | None:
    typed = {"carrier": carrier, "tracking": tracking}
    wrong = next((name for name, text in typed.items() if not 0 < len(text) <= PARCEL_LENGTHS[name]), None)
    return AskInvalid(field=wrong) if wrong else None


# ── the buyer ──
async def withdraw(work: Work, order: UUID, number: int, person: UUID, saying: Saying = NOTHING_SAID) -> Refusal | None:
    """The buyer does not ask any more; he may ask again."""

    def act(_book: Book, cases: Cases, case: Case) -> Refusal | None:
        if refusal := cases.why_not_withdraw(case) or why_not_say(saying):
            return refusal
        cases.withdraw(case, saying)
        return None

    return await _act(work, order, number, _of_buyer(person), act)


async def send_back(
    work: Work, order: UUID, number: int, person: UUID, *, carrier: str, tracking: str, saying: Saying = NOTHING_SAID
) -> Refusal | None:
    """The buyer has handed the goods to a carrier."""

    def act(_book: Book, cases: Cases, case: Case) -> Refusal | None:
        if refusal := cases.why_not(case, S.TO_RETURN) or _why_not_parcel(carrier, tracking) or why_not_say(saying):
            return refusal
        cases.send_back(case, carrier, tracking, saying)
        return None

    return await _act(work, order, number, _of_buyer(person), act)


async def confirm(work: Work, order: UUID, number: int, person: UUID) -> Refusal | None:
    """What was sent in exchange has come and is as it should be."""

    def act(_book: Book, cases: Cases, case: Case) -> Refusal | None:
        if refusal := cases.why_not(case, S.SENT):
            return refusal
        cases.confirm(case, Side.BUYER, person)
        return None

    return await _act(work, order, number, _of_buyer(person), act)


async def dispute(work: Work, order: UUID, number: int, person: UUID, saying: Saying) -> Refusal | None:
    """The buyer does not accept a refusal, or what was sent; the operator decides."""

    def act(_book: Book, cases: Cases, case: Case) -> Refusal | None:
        if refusal := cases.why_not(case, S.REFUSED, S.SENT) or why_not_say(saying, must=True):
            return refusal
        cases.dispute(case, Side.BUYER, person, saying)
        return None

    return await _act(work, order, number, _of_buyer(person), act)


# ── the supplier ──
async def agree(
    work: Work,
    order: UUID,
    number: int,
    supplier: UUID,
    saying: Saying = NOTHING_SAID,
    *,
    shown_minor: int | None = None,
) -> Refusal | None:
    """The supplier grants it: money comes back now, or as soon as the goods are there. shown_minor as in `OpenCase`."""

    def act(book: Book, cases: Cases, case: Case) -> Refusal | None:
        if refusal := cases.why_not(case, S.ASKED, S.REFUSED, S.ARBITRATION) or why_not_say(saying):
            return refusal
        if shown_minor is not None and shown_minor != case.asked_minor:
            return NotAsShown(now_minor=case.asked_minor, shown_minor=shown_minor)
        cases.agree(book, case, Side.SUPPLIER, work.actor, saying)
        return None

    return await _act(work, order, number, _of_supplier(supplier), act)


async def refuse(work: Work, order: UUID, number: int, supplier: UUID, saying: Saying) -> Refusal | None:
    """The supplier does not grant it, or what came back is not what was agreed; he says why."""

    def act(_book: Book, cases: Cases, case: Case) -> Refusal | None:
        if refusal := cases.why_not(case, S.ASKED, S.RETURNING) or why_not_say(saying, must=True):
            return refusal
        cases.refuse(case, work.actor, saying)
        return None

    return await _act(work, order, number, _of_supplier(supplier), act)


async def receive(
    work: Work, order: UUID, number: int, supplier: UUID, saying: Saying = NOTHING_SAID, *, restock: bool = False
) -> Refusal | None:
    """The goods are back. restock: they are as new and go into the stock again."""

    def act(book: Book, cases: Cases, case: Case) -> Refusal | None:
        if refusal := cases.why_not(case, S.RETURNING) or why_not_say(saying):
            return refusal
        if restock:
            for sku, units in model.goods_of(book, case):
                book.stock.receive(sku, units)
        cases.receive(book, case, Side.SUPPLIER, work.actor, saying)
        return None

    return await _act(work, order, number, _of_supplier(supplier), act, stock=restock)


async def send(
    work: Work, order: UUID, number: int, supplier: UUID, *, carrier: str, tracking: str, saying: Saying = NOTHING_SAID
) -> Refusal | None:
    """Other goods, or the missing ones, are on their way; they leave the stock."""

    def act(book: Book, cases: Cases, case: Case) -> Refusal | None:
        refusal = cases.why_not_send(book, case) or _why_not_parcel(carrier, tracking) or why_not_say(saying)
        if refusal is None:
            cases.send(book, case, work.actor, carrier, tracking, saying)
        return refusal

    return await _act(work, order, number, _of_supplier(supplier), act, stock=True)


# ── both, and the operator ──
async def say(work: Work, order: UUID, number: int, side: Side, of: UUID, saying: Saying) -> Refusal | None:
    """A word in the log of a case that is not over. `of`: the buyer, or the supplier the side speaks for."""
    owner = {Side.BUYER: _of_buyer(of), Side.SUPPLIER: _of_supplier(of)}.get(side, lambda _case: True)

    def act(_book: Book, cases: Cases, case: Case) -> Refusal | None:
        running = [state for state in CaseState if state not in model.ENDS]
        if refusal := cases.why_not(case, *running) or why_not_say(saying, must=not saying.pictures):
            return refusal
        cases.say(case, side, of if side is Side.BUYER else work.actor, saying)
        return None

    return await _act(work, order, number, owner, act)


async def decide(
    work: Work, order: UUID, number: int, decision: Decision, *, reason: str, amount_minor: int | None = None
) -> Refusal | None:
    """The operator decides what the sides could not; both read the reason. Audited."""
    if refusal := audit.why_not_reason(reason):
        return refusal
    before: dict[str, str] = {}
    heard = await queries.heard(work, order, number)

    def act(book: Book, cases: Cases, case: Case) -> Refusal | None:
        if refusal := cases.why_not_decide(case, heard, decision, amount_minor):
            return refusal
        before["state"] = case.state
        cases.decide(book, case, work.actor, decision, amount_minor, Saying(reason))
        before["after"] = case.state
        return None

    refusal = await _act(work, order, number, lambda _case: True, act)
    if refusal is None:
        await audit.record(work, "aftersales.decide", model.number_of_case(order, number), reason=reason,
                           before={"state": before["state"]},
                           after={"state": before["after"], "decision": decision, "amount_minor": amount_minor})  # fmt: skip
    return refusal


async def end_due(work: Work, *, limit: int) -> int:
    """Whoever let his time pass has answered by it; one transaction for many cases."""
    due = [(row["order_id"], row["number"]) for row in await work.fetch(store.DUE_CASES_SQL, work.now, limit)]
    if not due:
        return 0
    book = await orders.load_book(work, [order for order, _ in due], with_stock=False)
    cases = await store.load_cases(work, [order for order, _ in due])
    for order, number in due:
        case = cases.get(order, number)
        if case is not None and case.deadline is not None and case.deadline <= work.now and case.state != S.ARBITRATION:
            cases.let_pass(book, case)
    await save(work, book, cases)
    return len(due)


async def forget(work: Work, person: UUID) -> dict[str, int]:
    """What a buyer wrote is kept as long as the trade it is about; of older cases words and pictures are emptied."""
    emptied = await work.execute(store.EMPTY_MESSAGES_SQL, [person], work.now - orders.model.KEPT_BY_LAW)
    return {"emptied": emptied, "kept": await queries.count_written(work, person)}


async def forget_due(work: Work) -> int:
    """Of those who were erased: what the law no longer keeps goes too."""
    erased = await queries.erased_with_words(work)
    return await work.execute(store.EMPTY_MESSAGES_SQL, erased, work.now - orders.model.KEPT_BY_LAW)
