"""The verbs of invoices."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from tuan.kit.ids import new_uuid
from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.kit.time import day_of
from tuan.platform import audit
from tuan.platform.work import Work
from tuan.trade import orders
from tuan.trade.invoices import facts, model, queries, store
from tuan.trade.invoices.errors import AlreadyAsked, InvoiceOver, NumberTaken
from tuan.trade.invoices.model import INVOICE_ID, InvoiceId, InvoiceLine, InvoiceState, Titled


async def ask_invoice(work: Work, order: UUID, person: UUID, titled: Titled) -> InvoiceId | Refusal:
    """The buyer wants one, for himself or for a company; an order has one that is asked for or issued."""
    try:
        row = await orders.access_order(work, order, person)
    except Refused as refused:
        return refused.refusal
    kept = row["total_minor"] - row["refunded_minor"]
    if refusal := model.why_not_title(titled) or model.why_not_ask(row["state"], kept):
        return refusal
    invoice = INVOICE_ID.new()
    return invoice if await store.add_request(work, invoice, row, titled) else AlreadyAsked()


async def withdraw(work: Work, invoice: UUID, person: UUID) -> Refusal | None:
    """The buyer does not want it after all, or wants it otherwise: he may ask anew."""
    found = await store.lock_invoice(work, invoice)
    if found is None or found["person_id"] != person:
        return NotFound()
    if found["state"] != InvoiceState.ASKED:
        return InvoiceOver(state=found["state"])
    await store.end(work, invoice, InvoiceState.ASKED, InvoiceState.WITHDRAWN)
    return None


async def refuse(work: Work, invoice: UUID, supplier: UUID, *, reason: str) -> Refusal | None:
    """The supplier cannot issue it so, and says why; the buyer may ask anew. Audited."""
    if refusal := audit.why_not_reason(reason):
        return refusal
    found = await store.lock_invoice(work, invoice)
    if found is None or found["supplier_id"] != supplier:
        return NotFound()
    if found["state"] != InvoiceState.ASKED:
        return InvoiceOver(state=found["state"])
    await store.end(work, invoice, InvoiceState.ASKED, InvoiceState.REFUSED, reason)
    await audit.record(work, "invoices.refuse", INVOICE_ID.show(found["id"]), reason=reason, before={"state": "asked"},
                       after={"state": "refused"})  # fmt: skip
    return None


async def issue(
    work: Work, invoice: UUID, supplier: UUID, number: str, issued_on: date, rate_permyriad: int
) -> Refusal | None:
    """The supplier has issued it under this number: its lines are what is kept of the order's at this moment.

    The order is locked first, so that no refund comes between; rate_permyriad: of the tax that the prices have in them.
    """
    seen = await store.find(work, invoice)
    if seen is None or seen["supplier_id"] != supplier:
        return NotFound()
    book = await orders.load_alone(work, [seen["order_id"]])
    found = await store.lock_invoice(work, invoice)
    assert found is not None
    order = book.orders[found["order_id"]]
    today = day_of(work.now, work.market.time_zone)
    if found["state"] != InvoiceState.ASKED:
        return InvoiceOver(state=found["state"])
    if refusal := model.why_not_number(number, issued_on, rate_permyriad, today) or model.why_not_ask(
        order.state, order.total_minor - order.refunded_minor
    ):
        return refusal
    if await store.is_number_taken(work, supplier, number):
        return NumberTaken()
    # After this point it must succeed.
    rows = (await orders.lines_of(work, [order.id]))[order.id]
    kept = [
        InvoiceLine(r["number"], r["title"], r["options"], r["units"], r["amount_minor"] - r["refunded_minor"],
                    rate_permyriad, 0)
        for r in rows
        if r["amount_minor"] > r["refunded_minor"]
    ]  # fmt: skip
    await store.issue(work, invoice, number, issued_on, model.with_tax(kept))
    work.tell(facts.InvoiceIssued(invoice=invoice))
    return None


async def follow(work: Work, some: Collection[UUID]) -> None:
    """Money of these orders went back: what their invoices say too much becomes red. It reads how the orders stand now, so
    that it may be told late, twice and in any order."""
    candidates = await queries.with_issued(work, some)
    if not candidates:
        return
    await orders.load_alone(work, candidates)
    issued = await store.lock_issued(work, candidates)
    rows = await orders.lines_of(work, [one["order_id"] for one in issued])
    lines = await store.load_lines(work, [one["id"] for one in issued])
    for one in issued:
        kept = {row["number"]: row["amount_minor"] - row["refunded_minor"] for row in rows[one["order_id"]]}
        parts = model.reds_of(lines[one["id"]], kept)
        if parts:
            amount, tax = sum(x.amount_minor for x in parts), sum(x.tax_minor for x in parts)
            red = store.NewRed(new_uuid(), one["id"], one["supplier_id"], amount, tax, "due", work.now)
            await store.add_red(work, red, parts, lines[one["id"]])
            work.tell(facts.RedDue(red=red.id))


async def issue_red(work: Work, red: UUID, supplier: UUID, number: str, issued_on: date) -> Refusal | None:
    """The supplier has issued the red invoice under this number."""
    found = await store.lock_red(work, red)
    if found is None or found["supplier_id"] != supplier:
        return NotFound()
    if found["state"] != "due":
        return InvoiceOver(state=found["state"])
    today = day_of(work.now, work.market.time_zone)
    if refusal := model.why_not_number(number, issued_on, 0, today):
        return refusal
    if await store.is_number_taken(work, supplier, number):
        return NumberTaken()
    await store.issue_red(work, red, number, issued_on)
    return None


async def forget(work: Work, person: UUID) -> dict[str, int]:
    """What was only asked for is withdrawn and emptied; what was issued is kept for as long as the law asks, without the e-mail."""
    await work.execute(store.WITHDRAW_ALL_SQL, person, work.now)
    await work.execute(store.FORGET_EMAIL_SQL, person)
    emptied = await work.execute(store.FORGET_SQL, [person], work.now - model.KEPT_BY_LAW)
    return {"emptied": emptied, "kept": await queries.count_kept(work, person)}


async def forget_due(work: Work) -> int:
    """Of those who were erased: what the law no longer keeps goes too."""
    erased = await queries.erased(work)
    return await work.execute(store.FORGET_SQL, erased, work.now - model.KEPT_BY_LAW) if erased else 0
