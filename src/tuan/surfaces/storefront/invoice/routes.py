"""The invoice of an order: asking for it, seeing how it stands, withdrawing."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import NotFound, Refusal
from tuan.platform.work import Work
from tuan.surfaces.storefront import showing
from tuan.surfaces.storefront.invoice.context import Invoice, InvoicePage, Line, Red
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SIGNED_IN
from tuan.surfaces.web.problems import errors_of, refuse
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import invoices, orders
from tuan.trade.invoices.model import INVOICE_ID, InvoiceState, Titled, why_not_ask
from tuan.trade.orders.model import ORDER_ID, number_of

TEMPLATE = "storefront/invoice/page.html"
LIVE = (InvoiceState.ASKED, InvoiceState.ISSUED)


class AskForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    title_kind: str
    title: str
    tax_number: str = ""
    email: str


class WithdrawalForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str


@get("/orders/{order:str}/invoice", opt=SIGNED_IN)
async def show(visit: NamedDependency[Visit], order: FromPath[str]) -> Response[Any]:
    return await _show(visit, read_id(ORDER_ID, order))


@post("/orders/{order:str}/invoice", opt=SIGNED_IN)
async def ask(visit: NamedDependency[Visit], order: FromPath[str]) -> Response[Any]:
    found, form = read_id(ORDER_ID, order), await visit.form(AskForm)
    titled = Titled(form.title_kind, form.title.strip(), form.tax_number.strip().upper(), form.email.strip())

    async def act(work: Work) -> Refusal | None:
        outcome = await invoices.ask_invoice(work, found, visit.person, titled)
        return outcome if isinstance(outcome, Refusal) else None

    typed = {name: text for name, text in msgspec.structs.asdict(form).items() if name != "key"}
    refusal = await once(visit, "web.ask_invoice", form.key, f"{order} {typed}", act)
    url = f"/orders/{order}/invoice"
    if refusal is None:
        return visit.go_on(url, status=201)
    field = "tax_number" if refusal.code == "invoices.tax_number_wrong" else str(refusal.data.get("field", ""))
    if visit.wants_json or not field:
        return refuse(visit, refusal, Step(label=visit.gettext("Back"), url=url))
    return await _show(visit, found, typed, errors_of(visit, refusal, field), refusal.status)


@post("/orders/{order:str}/invoice/withdrawal", opt=SIGNED_IN)
async def withdraw(visit: NamedDependency[Visit], order: FromPath[str]) -> Response[Any]:
    found, form, url = read_id(ORDER_ID, order), await visit.form(WithdrawalForm), f"/orders/{order}/invoice"

    async def act(work: Work) -> Refusal | None:
        return await withdraw_last(work, found, visit.person)

    refusal = await once(visit, "web.withdraw_invoice", form.key, order, act)
    return visit.go_on(url) if refusal is None else refuse(visit, refusal, Step(label=visit.gettext("Back"), url=url))


async def withdraw_last(work: Work, order: UUID, person: UUID) -> Refusal | None:
    """The invoice that was asked for last; of another's order it is as if there was none."""
    row = await invoices.of_order(work, order)
    return NotFound() if row is None else await invoices.withdraw(work, row["id"], person)


async def invoice_of(work: Work, visit: Visit, order: UUID) -> Invoice | None:
    """The last one of this order, which was accessed before."""
    row = await invoices.of_order(work, order)
    if row is None:
        return None
    lines, reds = await invoices.lines_of(work, row["id"]), await invoices.reds_of(work, row["id"])
    return Invoice(
        invoice=INVOICE_ID.show(row["id"]),
        kind=row["kind"],
        state=row["state"],
        title=row["title"],
        tax_number=row["tax_number"],
        email=row["email"],
        asked_at=row["asked_at"],
        number=row["number"] or "",
        issued_on=row["issued_on"],
        amount=showing.amount(visit, row["amount_minor"]),
        tax=showing.amount(visit, row["tax_minor"]),
        red=showing.amount(visit, row["red_minor"]),
        reason=row["reason"],
        lines=[
            Line(
                name=f"{one.title} {one.options}".strip(),
                units=one.units,
                amount=showing.amount(visit, one.amount_minor),
                tax=showing.amount(visit, one.tax_minor),
            )
            for one in lines
        ],
        reds=[
            Red(
                amount=showing.amount(visit, one["amount_minor"]),
                tax=showing.amount(visit, one["tax_minor"]),
                made_at=one["made_at"],
                number=one["number"] or "",
            )
            for one in reds
        ],
    )


async def _show(
    visit: Visit,
    order: UUID,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response[Any]:
    async with visit.reading() as work:
        row = await orders.access_order(work, order, visit.person)
        invoice = await invoice_of(work, visit, order)
    kept, shown = row["total_minor"] - row["refunded_minor"], ORDER_ID.show(order)
    can_ask = why_not_ask(row["state"], kept) is None and (invoice is None or invoice.state not in LIVE)
    page = InvoicePage(
        url=f"/orders/{shown}/invoice",
        order_url=f"/orders/{shown}",
        number=number_of(order),
        kept=showing.amount(visit, kept),
        invoice=invoice,
        can_ask=can_ask,
        key=visit.fresh_key(),
        typed=typed or {},
        errors=errors or {},
    )
    return visit.page(TEMPLATE, page, place="teams", status=status)


HANDLERS = (show, ask, withdraw)
