"""Imports in the office: a file is uploaded, looked at by the worker, confirmed, brought in; and goods are taken along."""

import asyncio
import csv
import io
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import Refusal, Refused
from tuan.people import accounts
from tuan.people import staff as members
from tuan.platform.lists import Wanted
from tuan.platform.sheets import write_csv, write_workbook
from tuan.platform.work import Work
from tuan.surfaces.backoffice.acting import acted
from tuan.surfaces.backoffice.imports.context import ImportPage, ImportsPage
from tuan.surfaces.backoffice.imports.viewing import COLUMNS, PLACE, URL, cells_of, import_page, said
from tuan.surfaces.backoffice.imports.words import reason_words, what_words
from tuan.surfaces.backoffice.tables import XLSX, Cell, Choice, plain, table_page, wanted
from tuan.surfaces.web.errors import FieldInvalid, NotPermitted
from tuan.surfaces.web.once import remembered
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import TAKES_FILE, staff
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import FILE_BODY_BYTES_MAX, read_file, read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import imports
from tuan.trade.imports.model import (
    BYTES_MAX,
    GOODS_COLUMNS,
    IMPORT,
    INVOICE_COLUMNS,
    NAME_MAX,
    STOCK_COLUMNS,
    What,
    to_rows,
)

NEEDED: Mapping[What, tuple[str, ...]] = {
    What.GOODS: ("products.edit", "stock.adjust"),
    What.STOCK: ("stock.adjust",),
    What.ORDERS: ("settlement.pay",),
}
"""What one must be allowed besides; past orders become what suppliers may claim."""
REFUSED_PER_FILE_MAX = 20_000


class UploadForm(msgspec.Struct, frozen=True, kw_only=True):
    """`content` is a file of a form, or the bytes of one in base64."""

    key: str
    what: str
    content: str
    name: str = ""


class ActForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str


def _why_not_bring(visit: Visit, what: What) -> Refusal | None:
    missing = next((one for one in NEEDED[what] if not visit.may(one)), None)
    return NotPermitted(permission=missing) if missing else None


@get(URL, opt=staff("imports.see"))
async def show_all(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        rows = await imports.jobs(work, wanted(visit, COLUMNS))
        names = await accounts.names(work, {row["made_by"] for row in rows.items})
        views = await members.views(work, visit.person, PLACE.name)
    table = table_page(visit, PLACE, COLUMNS, (), rows, lambda row: cells_of(visit, row, names), views)
    labels = what_words(visit)
    mine = [what for what in What if visit.may("imports.make") and not _why_not_bring(visit, what)]
    headers = {What.GOODS: GOODS_COLUMNS, What.STOCK: STOCK_COLUMNS, What.ORDERS: INVOICE_COLUMNS}
    page = ImportsPage(
        table=table,
        choices=[Choice(value=what, label=labels[what], is_chosen=False) for what in mine],
        columns=[(labels[what], ", ".join(headers[what])) for what in mine],
        exports=[("CSV", f"{URL}/goods.csv"), ("XLSX", f"{URL}/goods.xlsx")] if visit.may("exports.make") else [],
        most_mib=BYTES_MAX >> 20,
        key=visit.fresh_key(),
    )
    return visit.page("backoffice/imports/list.html", page, place=PLACE.name)


@post(URL, opt=staff("imports.make") | TAKES_FILE, request_max_body_size=FILE_BODY_BYTES_MAX)
async def upload(visit: NamedDependency[Visit]) -> Response[Any]:
    """Keep a file for the worker to read; what it is, nobody looks at here."""
    form = await visit.form(UploadForm)
    if form.what not in tuple(What) or len(form.name) > NAME_MAX:
        raise Refused(FieldInvalid(field="what" if form.what not in tuple(What) else "name"))
    what, raw = What(form.what), read_file(form.content, "content")
    if refusal := _why_not_bring(visit, what):
        return refuse(visit, refusal)

    async def act(work: Work) -> Refusal | dict[str, Any]:
        outcome = await imports.upload(work, what, form.name, raw)
        return outcome if isinstance(outcome, Refusal) else {"import": IMPORT.show(outcome)}

    subject = f"{what} {form.name} {imports.digest_of(raw)}"
    outcome = await remembered(visit, "office.upload_import", form.key, subject, act)
    if isinstance(outcome, Refusal):
        return refuse(visit, outcome, Step(label=visit.gettext("Back to the imports"), url=URL))
    return visit.go_on(f"{URL}/{outcome['import']}", outcome)


async def _goods(visit: Visit) -> list[list[str]]:
    async with visit.writing() as work:
        await members.record_export(work, "goods", "import table")
        return to_rows(await imports.read_market(work))


def _file(content: bytes, name: str, kind: str) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content=content, media_type=kind, headers=headers)


@get(f"{URL}/goods.csv", opt=staff("imports.see", "exports.make", fresh=True))
async def export_csv(visit: NamedDependency[Visit]) -> Response[Any]:
    """Every SKU that is sold, as the table that an import of goods reads."""
    return _file(write_csv(await _goods(visit)), "goods.csv", "text/csv")


@get(f"{URL}/goods.xlsx", opt=staff("imports.see", "exports.make", fresh=True))
async def export_workbook(visit: NamedDependency[Visit]) -> Response[Any]:
    rows = await _goods(visit)
    return _file(await asyncio.to_thread(write_workbook, rows), "goods.xlsx", XLSX)


@get(f"{URL}/{{job:str}}", opt=staff("imports.see"))
async def show(visit: NamedDependency[Visit], job: FromPath[str]) -> Response[Any]:
    found = read_id(IMPORT, job)
    async with visit.reading() as work:
        row = await imports.access_job(work, found)
        refused = await _lines(visit, work, found, "refused")
        changes = await _lines(visit, work, found, "changes")
        names = await accounts.names(work, {who for who in (row["made_by"], row["confirmed_by"]) if who})
    may = visit.may("imports.confirm") and not _why_not_bring(visit, What(row["what"]))
    page: ImportPage = import_page(visit, row, refused, changes, names, may_confirm=may)
    return visit.page("backoffice/imports/page.html", page, place=PLACE.name)


async def _lines(visit: Visit, work: Work, job: Any, which: str) -> Any:
    page = Wanted("number", is_descending=False, after=visit.query.get(which), size=50)
    return await imports.lines(work, page, job, are_refused=which == "refused")


@get(f"{URL}/{{job:str}}/refused.csv", opt=staff("imports.see"))
async def export_refused(visit: NamedDependency[Visit], job: FromPath[str]) -> Response[Any]:
    """The lines that are left out, each with its reason and how it begins."""
    found = read_id(IMPORT, job)
    page = Wanted("number", is_descending=False, size=REFUSED_PER_FILE_MAX)
    async with visit.reading() as work:
        await imports.access_job(work, found)
        rows = (await imports.lines(work, page, found, are_refused=True)).items
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([visit.gettext("Line"), visit.gettext("Reason"), "reason", visit.gettext("It says")])
    for row in rows:
        words = reason_words(visit, row["reason"])
        writer.writerow([row["number"], words, row["reason"], plain(Cell(text=said(row["cells"])))])
    return _file(out.getvalue().encode("utf-8-sig"), "refused.csv", "text/csv")


@post(f"{URL}/{{job:str}}/confirmation", opt=staff("imports.confirm", fresh=True))
async def confirm(visit: NamedDependency[Visit], job: FromPath[str]) -> Response[Any]:
    """The worker does what the lines say, in this member's name."""
    found, form = read_id(IMPORT, job), await visit.form(ActForm)

    async def act(work: Work) -> Refusal | None:
        what = What((await imports.access_job(work, found))["what"])
        return _why_not_bring(visit, what) or await imports.confirm(work, found, reason=form.reason.strip())

    return await acted(visit, "office.confirm_import", form.key, form.reason, job, act, f"{URL}/{job}")


@post(f"{URL}/{{job:str}}/removal", opt=staff("imports.make"))
async def drop(visit: NamedDependency[Visit], job: FromPath[str]) -> Response[Any]:
    found, form = read_id(IMPORT, job), await visit.form(ActForm)

    async def act(work: Work) -> Refusal | None:
        await imports.access_job(work, found)
        return await imports.drop(work, found, reason=form.reason.strip())

    return await acted(visit, "office.drop_import", form.key, form.reason, job, act, f"{URL}/{job}")


HANDLERS = (show_all, upload, export_csv, export_workbook, show, export_refused, confirm, drop)
