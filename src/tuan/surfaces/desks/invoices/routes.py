"""Invoices at the supplier's desk: what is asked for, what was issued, what has to become red."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from tuan.kit.refusals import Refusal, Refused
from tuan.kit.time import day_of
from tuan.people import parties
from tuan.platform.work import Work
from tuan.surfaces.backoffice.acting import read_whole
from tuan.surfaces.desks.invoices.context import Asked, DeskInvoicesPage, RedAsked
from tuan.surfaces.storefront.showing import amount
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SUPPLIER
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import invoices
from tuan.trade.invoices.model import INVOICE_ID, RED_ID, InvoiceState
from tuan.trade.orders.model import number_of

URL = "/desk/invoices"
PERCENT = 100


class IssueForm(msgspec.Struct, frozen=True, kw_only=True):
    """`rate`: percent of tax in the prices."""

    key: str
    invoice_number: str
    issued_on: str
    rate: str


class RefusalForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str


class RedForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    invoice_number: str
    issued_on: str


def read_day(text: str) -> date:
    """Raises Refused(FieldInvalid) for what is no day of the calendar."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(FieldInvalid(field="issued_on")) from None


@get(URL, opt=SUPPLIER)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    supplier = _supplier(visit)
    async with visit.reading() as work:
        card = (await parties.supplier_cards(work, [supplier]))[supplier]
        found = await invoices.of_supplier(work, supplier, after=visit.query.get("page"))
        reds = await invoices.reds_due(work, supplier)
        today = day_of(work.now, work.market.time_zone)
    page = DeskInvoicesPage(
        supplier=card["name"],
        reds=[_red(visit, row) for row in reds],
        invoices=[_asked(visit, row) for row in found.items],
        today=today,
        next_url=visit.url_with(page=found.next_key) if found.next_key else None,
    )
    return visit.page("desks/invoices/page.html", page)


def _supplier(visit: Visit) -> UUID:
    assert visit.supplier is not None
    return visit.supplier


def _red(visit: Visit, row: Any) -> RedAsked:
    return RedAsked(
        red=RED_ID.show(row["id"]),
        number=row["number"],
        title=row["title"],
        amount=amount(visit, row["amount_minor"]),
        tax=amount(visit, row["tax_minor"]),
        made_at=row["made_at"],
        key=visit.fresh_key(),
    )


def _asked(visit: Visit, row: Any) -> Asked:
    words = {
        "asked": visit.gettext("To be issued"),
        "issued": visit.gettext("Issued"),
        "refused": visit.gettext("Refused"),
        "withdrawn": visit.gettext("Withdrawn"),
    }
    return Asked(
        invoice=INVOICE_ID.show(row["id"]),
        number_of_order=number_of(row["order_id"]),
        kind=row["kind"],
        state=row["state"],
        words=words[row["state"]],
        title=row["title"],
        tax_number=row["tax_number"],
        email=row["email"],
        asked_at=row["asked_at"],
        number=row["number"] or "",
        issued_on=row["issued_on"],
        amount=amount(visit, row["amount_minor"] or row["kept_minor"] * (row["state"] == InvoiceState.ASKED)),
        red=amount(visit, row["red_minor"]),
        key=visit.fresh_key() if row["state"] == InvoiceState.ASKED else "",
    )


@get("/desk/invoices.csv", opt=SUPPLIER)
async def export(visit: NamedDependency[Visit]) -> Stream:
    """All invoices of the supplier, the newest first, amounts in minor units."""
    supplier = _supplier(visit)

    async def rows() -> AsyncIterator[bytes]:
        yield b"order,state,kind,title,tax_number,email,number,issued_on,amount_minor,tax_minor,red_minor\n"
        after: str | None = None
        while True:
            async with visit.reading() as work:
                found = await invoices.of_supplier(work, supplier, after=after, size=500)
            for row in found.items:
                yield _line(row)
            after = found.next_key
            if after is None:
                return

    headers = {"content-disposition": 'attachment; filename="invoices.csv"'}
    return Stream(rows(), media_type="text/csv; charset=utf-8", headers=headers)


def _line(row: Any) -> bytes:
    """One row of the table; what a spreadsheet would take for a formula stands behind a quote."""
    texts = [
        number_of(row["order_id"]), row["state"], row["kind"], row["title"], row["tax_number"], row["email"],
        row["number"] or "", str(row["issued_on"] or ""), row["amount_minor"], row["tax_minor"], row["red_minor"],
    ]  # fmt: skip
    safe = [f"'{text}" if isinstance(text, str) and text[:1] in "=+-@\t\r" and text else str(text) for text in texts]
    return (",".join('"' + text.replace('"', '""') + '"' for text in safe) + "\n").encode()


@post("/desk/invoices/{invoice:str}/issue", opt=SUPPLIER)
async def issue(visit: NamedDependency[Visit], invoice: FromPath[str]) -> Response[Any]:
    found, form, supplier = read_id(INVOICE_ID, invoice), await visit.form(IssueForm), _supplier(visit)
    day, rate = read_day(form.issued_on), min(read_whole(form.rate, "rate"), 1000) * PERCENT

    async def act(work: Work) -> Refusal | None:
        return await invoices.issue(work, found, supplier, form.invoice_number.strip(), day, rate)

    subject = f"{invoice} {form.invoice_number} {day} {rate}"
    return _after(visit, await once(visit, "desk.issue_invoice", form.key, subject, act))


@post("/desk/invoices/{invoice:str}/refusal", opt=SUPPLIER)
async def decline(visit: NamedDependency[Visit], invoice: FromPath[str]) -> Response[Any]:
    found, form, supplier = read_id(INVOICE_ID, invoice), await visit.form(RefusalForm), _supplier(visit)

    async def act(work: Work) -> Refusal | None:
        return await invoices.refuse(work, found, supplier, reason=form.reason.strip())

    return _after(visit, await once(visit, "desk.refuse_invoice", form.key, f"{invoice} {form.reason}", act))


@post("/desk/invoices/reds/{red:str}", opt=SUPPLIER)
async def issue_red(visit: NamedDependency[Visit], red: FromPath[str]) -> Response[Any]:
    found, form, supplier = read_id(RED_ID, red), await visit.form(RedForm), _supplier(visit)
    day = read_day(form.issued_on)

    async def act(work: Work) -> Refusal | None:
        return await invoices.issue_red(work, found, supplier, form.invoice_number.strip(), day)

    return _after(visit, await once(visit, "desk.issue_red", form.key, f"{red} {form.invoice_number} {day}", act))


def _after(visit: Visit, refusal: Refusal | None) -> Response[Any]:
    if refusal is None:
        return visit.go_on(URL)
    return refuse(visit, refusal, Step(label=visit.gettext("Invoices"), url=URL))


HANDLERS = (show, export, issue, decline, issue_red)
