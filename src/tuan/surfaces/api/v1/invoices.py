"""Invoices: a buyer asks and sees how it stands; a supplier issues, refuses, and takes back."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.platform.work import Work
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, Listing, Money, OrderId, PageQuery, Reason
from tuan.surfaces.api.v1.catalog import money
from tuan.surfaces.storefront.invoice.routes import invoice_of, withdraw_last
from tuan.surfaces.web.once import once
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import invoices, orders
from tuan.trade.invoices.model import INVOICE_ID, RED_ID, Titled
from tuan.trade.orders.model import ORDER_ID

_LETTERS, _SOME = "[0-9a-hjkmnp-tv-z]{26}", "01kb3v6h2ne5x8q4r7t9w0y1z3"
InvoiceId = Annotated[str, Meta(description="An invoice.", pattern=f"^inv_{_LETTERS}$", examples=[f"inv_{_SOME}"])]
RedId = Annotated[str, Meta(description="A red invoice.", pattern=f"^red_{_LETTERS}$", examples=[f"red_{_SOME}"])]
State = Literal["asked", "issued", "refused", "withdrawn"]
Number = Annotated[str, Meta(min_length=1, max_length=40, pattern=NO_NUL, examples=["24952000000000000001"])]
Title = Annotated[str, Meta(max_length=100, pattern=NO_NUL, examples=["福建公司"])]
TaxNumber = Annotated[str, Meta(max_length=18, pattern=NO_NUL, examples=[""])]
Email = Annotated[str, Meta(max_length=254, pattern=NO_NUL, examples=["books@example.com"])]


class InvoiceWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For whom: a person, or a company with its unified social credit code."""

    kind: Literal["personal", "company"] = "personal"
    title: Title
    tax_number: TaxNumber = ""
    email: Email


class RedInvoice(Struct, frozen=True, kw_only=True):
    """What was taken back; without a number it is not issued yet."""

    amount: Money
    tax: Money
    number: str


class Invoice(Struct, frozen=True, kw_only=True):
    """The last invoice of an order. Its amounts have the tax in them; less `red` they are what is kept."""

    invoice: InvoiceId
    state: State
    title: str
    tax_number: str
    email: str
    number: str
    issued_on: date | None
    amount: Money
    tax: Money
    red: Money
    reds: list[RedInvoice]


class SuppliersInvoice(Struct, frozen=True, kw_only=True):
    """One of the supplier's invoices."""

    invoice: InvoiceId
    order: OrderId
    state: State
    kind: Literal["personal", "company"]
    title: str
    tax_number: str
    email: str
    asked_at: datetime
    number: str
    amount: Money
    tax: Money
    red: Money


class RedDue(Struct, frozen=True, kw_only=True):
    """A red invoice that the supplier has to issue against `number`."""

    red: RedId
    invoice: InvoiceId
    number: str
    amount: Money
    tax: Money


class Issue(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Number and day of the tax office's system; the tax in the prices in 1/10,000."""

    number: Number
    issued_on: date
    rate_permyriad: Annotated[int, Meta(ge=0, le=10_000, examples=[1300])]


class IssueRed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Number and day of the tax office's system."""

    number: Number
    issued_on: date


class InvoiceRefusal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it cannot be issued; the buyer reads it."""

    reason: Reason


@operation("POST", "/orders/{order}/invoice", scope="orders.write", status=204)
async def ask_invoice(visit: Visit, order: OrderId, data: InvoiceWish, key: str) -> Refusal | None:
    """Ask for an invoice over what is kept of an order."""
    found = read_id(ORDER_ID, order)
    titled = Titled(data.kind, data.title.strip(), data.tax_number.strip().upper(), data.email.strip())

    async def act(work: Work) -> Refusal | None:
        outcome = await invoices.ask_invoice(work, found, visit.person, titled)
        return outcome if isinstance(outcome, Refusal) else None

    return await once(visit, "web.ask_invoice", key, f"{order} {titled}", act)


@operation("GET", "/orders/{order}/invoice", scope="orders.read")
async def show_invoice(visit: Visit, order: OrderId) -> Invoice:
    """The last invoice that was asked for of an order."""
    found = read_id(ORDER_ID, order)
    async with visit.reading() as work:
        await orders.access_order(work, found, visit.person)
        row, one = await invoices.of_order(work, found), await invoice_of(work, visit, found)
    if row is None or one is None:
        raise Refused(NotFound())
    return Invoice(
        invoice=one.invoice, state=one.state, title=one.title, tax_number=one.tax_number, email=one.email,
        number=one.number, issued_on=one.issued_on, amount=money(visit, row["amount_minor"]),
        tax=money(visit, row["tax_minor"]), red=money(visit, row["red_minor"]),
        reds=[
            RedInvoice(amount=money(visit, x.amount.amount_minor), tax=money(visit, x.tax.amount_minor), number=x.number)
            for x in one.reds
        ],
    )  # fmt: skip


@operation("POST", "/orders/{order}/invoice/withdrawal", scope="orders.write", status=204)
async def withdraw_invoice(visit: Visit, order: OrderId, key: str) -> Refusal | None:
    """Withdraw what is not issued yet; another may be asked for."""
    found = read_id(ORDER_ID, order)

    async def act(work: Work) -> Refusal | None:
        return await withdraw_last(work, found, visit.person)

    return await once(visit, "web.withdraw_invoice", key, order, act)


@operation("GET", "/supplier/invoices", scope="shipments.read")
async def list_invoices(visit: Visit, query: PageQuery) -> Listing[SuppliersInvoice]:
    """The supplier's invoices, newest first."""
    assert visit.supplier is not None
    async with visit.reading() as work:
        found = await invoices.of_supplier(work, visit.supplier, after=query.after, size=query.size)
    return Listing([_suppliers(visit, row) for row in found.items], found.next_key)


def _suppliers(visit: Visit, row: Any) -> SuppliersInvoice:
    return SuppliersInvoice(
        invoice=INVOICE_ID.show(row["id"]), order=ORDER_ID.show(row["order_id"]), state=row["state"], kind=row["kind"],
        title=row["title"], tax_number=row["tax_number"], email=row["email"], asked_at=row["asked_at"],
        number=row["number"] or "", amount=money(visit, row["amount_minor"]), tax=money(visit, row["tax_minor"]),
        red=money(visit, row["red_minor"]),
    )  # fmt: skip


@operation("GET", "/supplier/red-invoices", scope="shipments.read")
async def list_red_invoices(visit: Visit) -> Listing[RedDue]:
    """Red invoices that the supplier has to issue, oldest first, a hundred at most."""
    assert visit.supplier is not None
    async with visit.reading() as work:
        rows = await invoices.reds_due(work, visit.supplier)
    return Listing([
        RedDue(red=RED_ID.show(row["id"]), invoice=INVOICE_ID.show(row["invoice_id"]), number=row["number"],
               amount=money(visit, row["amount_minor"]), tax=money(visit, row["tax_minor"]))
        for row in rows
    ])  # fmt: skip


@operation("POST", "/supplier/invoices/{invoice}/issue", scope="shipments.write", status=204)
async def issue_invoice(visit: Visit, invoice: InvoiceId, data: Issue, key: str) -> Refusal | None:
    """It is issued: its lines are what is kept of the order now."""
    found, supplier = read_id(INVOICE_ID, invoice), visit.supplier

    async def act(work: Work) -> Refusal | None:
        assert supplier is not None
        return await invoices.issue(work, found, supplier, data.number.strip(), data.issued_on, data.rate_permyriad)

    return await once(visit, "api.issue_invoice", key, f"{invoice} {data}", act)


@operation("POST", "/supplier/invoices/{invoice}/refusal", scope="shipments.write", status=204)
async def refuse_invoice(visit: Visit, invoice: InvoiceId, data: InvoiceRefusal, key: str) -> Refusal | None:
    """It cannot be issued so; the buyer may ask anew."""
    found, supplier = read_id(INVOICE_ID, invoice), visit.supplier

    async def act(work: Work) -> Refusal | None:
        assert supplier is not None
        return await invoices.refuse(work, found, supplier, reason=data.reason)

    return await once(visit, "desk.refuse_invoice", key, f"{invoice} {data.reason}", act)


@operation("POST", "/supplier/red-invoices/{red}/issue", scope="shipments.write", status=204)
async def issue_red_invoice(visit: Visit, red: RedId, data: IssueRed, key: str) -> Refusal | None:
    """The red invoice is issued."""
    found, supplier = read_id(RED_ID, red), visit.supplier

    async def act(work: Work) -> Refusal | None:
        assert supplier is not None
        return await invoices.issue_red(work, found, supplier, data.number.strip(), data.issued_on)

    return await once(visit, "api.issue_red", key, f"{red} {data}", act)


HANDLERS = (
    ask_invoice,
    show_invoice,
    withdraw_invoice,
    list_invoices,
    list_red_invoices,
    issue_invoice,
    refuse_invoice,
    issue_red_invoice,
)
