"""Tables of the office: columns by name, sorts from an allow-list, pages by key, filters in the address, CSV of the same rows.

A view is an address. A place says its columns and filters, reads what is wanted with `wanted(visit, …)`, asks its module for
that page of rows, and shows them with `table_page` or streams all of them with `csv_of`.
"""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import msgspec
from litestar.response import Stream

from tuan.kit.money import Money
from tuan.kit.pages import Page
from tuan.kit.refusals import Refused
from tuan.people import staff
from tuan.people.accounts.model import masked_name
from tuan.platform.lists import COUNT_MAX, EXPORT_SIZE, Wanted
from tuan.platform.sheets import ROWS_MAX, write_workbook
from tuan.platform.work import Work
from tuan.surfaces.web.errors import TooManyRows
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.visits import Visit

Tone = Literal["leaf", "ripe", "amber", "plum", "stone"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RUNS_IN_A_SPREADSHEET = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""The broad ones too: a spreadsheet in Chinese or Japanese reads them as the narrow ones."""
ADDRESS_FIELDS = ("page", "block", "lang", "as")
"""Fields of the address that are no part of a view."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `sort` is the name of the module's sort that it stands for, if it can be sorted by."""

    name: str
    label: str
    sort: str = ""
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """A field of the address that narrows the table: a choice, or without choices a text. Choices are (value, label)."""

    name: str
    label: str
    choices: Sequence[tuple[str, str]] = ()


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One value: a text, an amount or an instant; with a link, and with a tone where it is a state."""

    text: str = ""
    amount: Money | None = None
    at: datetime | None = None
    url: str = ""
    tone: Tone | None = None
    is_number: bool = False


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """A column's name; `url` sorts by it, `direction` says that it is sorted by now."""

    label: str
    url: str = ""
    direction: Literal["", "ascending", "descending"] = ""
    is_number: bool = False


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    value: str
    label: str
    is_chosen: bool


class FilterField(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    label: str
    value: str
    choices: list[Choice]


class SavedView(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    url: str


class TablePage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a table: what the macro `table` of `backoffice/table.html` draws. `view` is this view's query."""

    place: str
    url: str
    view: str
    headers: list[Header]
    rows: list[list[Cell]]
    filters: list[FilterField]
    kept: dict[str, str]
    """The fields that a form of filters carries along: how the table is sorted."""
    views: list[SavedView]
    next_url: str | None = None
    csv_url: str | None = None
    xlsx_url: str | None = None
    opens_beside: bool = False
    """Whether the first link of a row opens in a panel beside the table, where there is room."""


def wanted(visit: Visit, columns: Sequence[Column]) -> Wanted:
    """What the address asks for: `sort` with a column's name, `-` before it for descending; `page` is a key."""
    asked = visit.query.get("sort", "")
    sorts = {column.name: column.sort for column in columns if column.sort}
    sort = sorts.get(asked.removeprefix("-"), "")
    return Wanted(sort, is_descending=asked.startswith("-") or not sort, after=visit.query.get("page"))


def chosen(visit: Visit, filters: Sequence[Filter]) -> dict[str, str]:
    """The filters that the address sets; a choice that there is not sets nothing."""
    said = {one.name: visit.query.get(one.name, "").strip() for one in filters}
    known = {one.name: {value for value, _ in one.choices} for one in filters if one.choices}
    return {name: text for name, text in said.items() if text and text in known.get(name, {text})}


def table_page(
    visit: Visit,
    place: Place,
    columns: Sequence[Column],
    filters: Sequence[Filter],
    rows: Page[Any],
    cells: Callable[[Any], Sequence[Cell]],
    views: Iterable[Any] = (),
    *,
    csv_path: str = "",
    opens_beside: bool = False,
) -> TablePage:
    """A page of rows as the template draws it; `views` are rows of `staff.views`; with `csv_path` its export is offered.

    opens_beside: the first link of a row leads to a page whose block `main` may stand in a panel.
    """
    asked, values = visit.query.get("sort", ""), chosen(visit, filters)
    view = _view(visit)
    is_taken = bool(csv_path) and visit.may("exports.make")
    return TablePage(
        place=place.name,
        url=place.url,
        view=view,
        headers=[_header(visit, column, asked) for column in columns],
        rows=[list(cells(row)) for row in rows.items],
        filters=[_field(visit, one, values.get(one.name, "")) for one in filters],
        kept={"sort": asked} if asked else {},
        views=[SavedView(name=row["name"], url=_with(place.url, row["query"])) for row in views],
        next_url=visit.url_with(page=rows.next_key) if rows.next_key else None,
        csv_url=_with(csv_path, view) if is_taken else None,
        xlsx_url=_with(csv_path, f"{view}&as=xlsx" if view else "as=xlsx") if is_taken else None,
        opens_beside=opens_beside,
    )


def _header(visit: Visit, column: Column, asked: str) -> Header:
    label = visit.gettext(column.label)
    if not column.sort:
        return Header(label=label, is_number=column.is_number)
    is_ascending, is_descending = asked == column.name, asked == f"-{column.name}"
    turned = column.name if is_descending else f"-{column.name}"
    return Header(
        label=label,
        url=visit.url_with(sort=turned, page=None),
        direction="ascending" if is_ascending else "descending" if is_descending else "",
        is_number=column.is_number,
    )


def _field(visit: Visit, one: Filter, value: str) -> FilterField:
    choices = [Choice(value=v, label=visit.gettext(label), is_chosen=v == value) for v, label in one.choices]
    return FilterField(name=one.name, label=visit.gettext(one.label), value=value, choices=choices)


def _view(visit: Visit) -> str:
    return visit.url_with(page=None).partition("?")[2]


def _told_view(visit: Visit) -> str:
    """The same for the audit, which forgets nothing: whom somebody looked for is not in it."""
    looked_for = visit.query.get("q", "")
    masked = {"q": masked_name(looked_for)} if looked_for else {}
    return visit.url_with(page=None, **masked).partition("?")[2]


def _with(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


async def csv_of(
    visit: Visit,
    name: str,
    columns: Sequence[Column],
    fetch: Callable[[Work, Wanted], Awaitable[Page[Any]]],
    cells: Callable[[Any], Sequence[Cell]],
) -> Stream:
    """All rows of this view as CSV, page by page, each page in a transaction of its own; that it was taken is audited.

    With `as=xlsx` in the address a workbook, which is made whole before it is sent and so has a bound on its rows.
    The header X-Rows says how many rows there are now, or so many and more: `100000+`. Whoever hangs up has stopped it.
    """
    async with visit.writing() as work:
        await staff.record_export(work, name, _told_view(visit))

    async def read(page: Wanted) -> Page[Any]:
        async with visit.reading() as work:
            return await fetch(work, page)

    first = replace(wanted(visit, columns), after=None, size=EXPORT_SIZE, is_counted=True)
    found = await read(first)

    if visit.query.get("as") == "xlsx":
        return await _workbook(visit, name, columns, found, lambda after: read(replace(first, after=after)), cells)

    async def lines() -> AsyncIterator[bytes]:
        yield "\ufeff".encode() + _csv([[visit.gettext(column.label) for column in columns]])
        page = found
        while True:
            yield _csv([[plain(cell) for cell in cells(row)] for row in page.items])
            if page.next_key is None:
                return
            # Whoever hangs up cancels this; the transaction of the page still comes to its end.
            following = replace(first, after=page.next_key, is_counted=False)
            page = await asyncio.shield(asyncio.create_task(read(following)))

    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "X-Rows": _rows_in_words(found)}
    return Stream(lines(), media_type="text/csv", headers=headers)


async def _workbook(
    visit: Visit,
    name: str,
    columns: Sequence[Column],
    found: Page[Any],
    following: Callable[[str], Awaitable[Page[Any]]],
    cells: Callable[[Any], Sequence[Cell]],
) -> Stream:
    assert found.count is not None
    if found.count >= ROWS_MAX:
        raise Refused(TooManyRows(most=ROWS_MAX - 1))
    rows = [[visit.gettext(column.label) for column in columns]]
    while True:
        rows += [[_text(cell) for cell in cells(row)] for row in found.items]  # the writer keeps formulas from running
        if found.next_key is None or len(rows) >= ROWS_MAX:
            break
        found = await following(found.next_key)
    content = await asyncio.to_thread(write_workbook, rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return Stream(iter([content]), media_type=XLSX, headers=headers)


def _rows_in_words(first: Page[Any]) -> str:
    assert first.count is not None
    return f"{COUNT_MAX}+" if first.count > COUNT_MAX else str(first.count)


def plain(cell: Cell) -> str:
    """A cell as a spreadsheet may read it: instants as ISO 8601, amounts in minor units and currency, and nothing that it would run."""
    text = _text(cell)
    return f"'{text}" if cell.text.startswith(RUNS_IN_A_SPREADSHEET) and text == cell.text else text


def _text(cell: Cell) -> str:
    if cell.at is not None:
        return cell.at.isoformat()
    if cell.amount is not None:
        return f"{cell.amount.amount_minor} {cell.amount.currency}"
    return cell.text


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def tone_of(tones: Mapping[str, Tone], state: str) -> Tone:
    """The tone of a state; grey for one that asks for nothing."""
    return tones.get(state, "stone")
