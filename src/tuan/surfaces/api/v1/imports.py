"""A supplier's tables: brought in after a dry run that says of each line what it would do."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from tuan.kit.refusals import Refusal
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, ImportId, Listing, PageQuery, Reason
from tuan.surfaces.web.once import once, remembered
from tuan.surfaces.web.reading import FILE_BODY_BYTES_MAX, read_file, read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import imports
from tuan.trade.imports.model import IMPORT, NAME_MAX, What

Number = Annotated[int, Meta(examples=[12])]
State = Literal["uploaded", "checked", "running", "done", "refused", "dropped"]
Brought = Annotated[
    Literal["goods", "stock"],
    Meta(description="`goods`: sku, title, options, category, supplier, price, on_hand, return_exception (may be left out). `stock`: sku, title, options, on_hand."),
]  # fmt: skip


class NewImport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the supplier's own goods as CSV (UTF-8) or XLSX."""

    what: Brought
    content: Annotated[
        str, Meta(description="The file's bytes in base64.", min_length=1, max_length=FILE_BODY_BYTES_MAX,
                  examples=["c2t1LHRpdGxlLG9wdGlvbnMsb25faGFuZAo="])
    ]  # fmt: skip
    name: Annotated[str, Meta(max_length=NAME_MAX, pattern=NO_NUL, examples=["nightly stock"])] = ""


class Confirmation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The word that has an import done."""

    reason: Reason


class Import(Struct, frozen=True, kw_only=True):
    """How far it is. `uploaded` is being read, `checked` waits for a confirmation, `running` is being brought in; `refused` is a
    file that is no such table, and `why` says what it is not. Each line is waiting, unchanged, refused or done."""

    id: Annotated[str, Meta(examples=["imp_01kb3v6h2ne5x8q4r7t9w0y1z3"])]
    what: Brought
    name: Annotated[str, Meta(examples=["nightly stock"])]
    state: State
    why: Literal["", "unreadable", "too_large", "columns"]
    waiting: Number
    unchanged: Number
    refused: Number
    done: Number
    made_at: datetime
    ended_at: datetime | None


class RefusedLine(Struct, frozen=True, kw_only=True):
    """A line that is left out: its number in the file (the header is 1), the reason as a code, and its cells."""

    number: Number
    reason: Annotated[str, Meta(examples=["price"])]
    cells: Annotated[list[str], Meta(examples=[["", "Mango"]])]


def _import(row: Any) -> Import:
    return Import(
        id=IMPORT.show(row["id"]), what=row["what"], name=row["name"], state=row["state"], why=row["why"],
        waiting=row["waiting"], unchanged=row["unchanged"], refused=row["refused"], done=row["done"],
        made_at=row["made_at"], ended_at=row["ended_at"],
    )  # fmt: skip


@operation("GET", "/supplier/imports", scope="imports.read")
async def list_imports(visit: Visit, query: PageQuery) -> Listing[Import]:
    """The supplier's imports, the newest first."""
    async with visit.reading() as work:
        found = await imports.jobs(work, Wanted(after=query.after, size=query.size), supplier=visit.supplier)
    return Listing([_import(row) for row in found.items], found.next_key)


@operation("POST", "/supplier/imports", scope="imports.write", status=201, takes_file=True)
async def upload_import(visit: Visit, data: NewImport, key: str) -> Import | Refusal:
    """Have a table looked at. A moment later it says what each line would do; nothing changes before it is confirmed."""
    assert visit.supplier is not None
    supplier, raw = visit.supplier, read_file(data.content, "content")

    async def act(work: Work) -> Refusal | dict[str, Any]:
        outcome = await imports.upload(work, What(data.what), data.name, raw, supplier=supplier)
        return outcome if isinstance(outcome, Refusal) else {"import": IMPORT.show(outcome)}

    subject = f"{data.what} {data.name} {imports.digest_of(raw)}"
    outcome = await remembered(visit, "api.upload_import", key, subject, act)
    return outcome if isinstance(outcome, Refusal) else await show_import_of(visit, outcome["import"])


async def show_import_of(visit: Visit, public: str) -> Import:
    async with visit.reading() as work:
        return _import(await imports.access_job(work, read_id(IMPORT, public), visit.supplier))


@operation("GET", "/supplier/imports/{job}", scope="imports.read")
async def show_import(visit: Visit, job: ImportId) -> Import:
    """How far an import is."""
    return await show_import_of(visit, job)


@operation("GET", "/supplier/imports/{job}/refused-lines", scope="imports.read")
async def list_refused_lines(visit: Visit, job: ImportId, query: PageQuery) -> Listing[RefusedLine]:
    """The lines that are left out, in the order of the file."""
    found = read_id(IMPORT, job)
    page = Wanted("number", is_descending=False, after=query.after, size=query.size)
    async with visit.reading() as work:
        await imports.access_job(work, found, visit.supplier)
        rows = await imports.lines(work, page, found, are_refused=True)
    lines = [RefusedLine(number=row["number"], reason=row["reason"], cells=row["cells"]) for row in rows.items]
    return Listing(lines, rows.next_key)


@operation("POST", "/supplier/imports/{job}/confirmation", scope="imports.write", status=204)
async def confirm_import(visit: Visit, job: ImportId, data: Confirmation, key: str) -> Refusal | None:
    """Have done what the lines say. Each is judged once more when its turn comes."""
    found = read_id(IMPORT, job)

    async def act(work: Work) -> Refusal | None:
        await imports.access_job(work, found, visit.supplier)
        return await imports.confirm(work, found, reason=data.reason, supplier=visit.supplier)

    return await once(visit, "api.confirm_import", key, job, act)


@operation("DELETE", "/supplier/imports/{job}", scope="imports.write", status=204)
async def drop_import(visit: Visit, job: ImportId, key: str) -> Refusal | None:
    """Leave a table aside that waits for its confirmation."""
    found = read_id(IMPORT, job)

    async def act(work: Work) -> Refusal | None:
        await imports.access_job(work, found, visit.supplier)
        return await imports.drop(work, found, reason="api", supplier=visit.supplier)

    return await once(visit, "api.drop_import", key, job, act)


HANDLERS = (list_imports, upload_import, show_import, list_refused_lines, confirm_import, drop_import)
