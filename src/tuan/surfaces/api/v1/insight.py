"""Figures over what happened, for the whole market, a supplier or a shop, each with the query that makes it."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from tuan.platform.lists import Wanted
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import Cursor, Listing, PageQuery
from tuan.surfaces.web.visits import Visit
from tuan.voice import insight
from tuan.voice.insight.model import REPORTS, Kind, Value, Viewer, Whom, reports_for, span_until

ReportName = Annotated[str, Meta(max_length=40, examples=["waterfall"])]
MONTHS_MAX = 36


class MonthsQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many months, by the market's calendar; the last is the one it is. Which page, of a report that has a row for each
    campaign or sharer; any other is one page, whatever its size."""

    months: Annotated[int, Meta(ge=1, le=MONTHS_MAX, examples=[12])] = 12


class FigureColumn(Struct, frozen=True, kw_only=True):
    """A column. `money` is in minor units, `share` and `ratio` in ten-thousandths; `month` counts the months from 1."""

    name: Annotated[str, Meta(examples=["kept"])]
    kind: Literal["month", "later", "count", "money", "share", "ratio", "word", "band"]


class ReportCard(Struct, frozen=True, kw_only=True):
    """A report that the caller may read, with the query that makes it."""

    report: ReportName
    columns: list[FigureColumn]
    query: Annotated[str, Meta(description="SQL, as it is run.")]


class Figures(Struct, frozen=True, kw_only=True):
    """A report: its months, its columns, and of each row a value for each column (null where there is nothing to divide by).
    `next` is null at its end."""

    report: ReportName
    currency: Annotated[str, Meta(examples=["CNY"])]
    months: Annotated[list[date], Meta(description="The day each month begins at.")]
    columns: list[FigureColumn]
    rows: list[list[Value]]
    next: Cursor | None = None


def _columns(report: str) -> list[FigureColumn]:
    return [FigureColumn(name=one.name, kind=_kind(one.kind)) for one in REPORTS[report].columns]


def _kind(kind: Kind) -> Literal["month", "later", "count", "money", "share", "ratio", "word", "band"]:
    return kind.value


def _cards(whom: Whom) -> Listing[ReportCard]:
    return Listing(
        [
            ReportCard(report=one.name, columns=_columns(one.name), query=insight.query_of(one.name))
            for one in reports_for(whom)
        ]
    )


async def _figures(visit: Visit, report: str, query: MonthsQuery, viewer: Viewer) -> Figures:
    async with visit.reading() as work:
        span = span_until(work.now, work.market.time_zone, query.months)
        found = await insight.read_page(work, report, span, viewer, Wanted(after=query.after, size=query.size))
    return Figures(
        report=report,
        currency=visit.market.currency,
        months=list(span.days),
        columns=_columns(report),
        rows=[list(row) for row in found.items],
        next=found.next_key,
    )


@operation("GET", "/insight/reports", scope="insight.read")
async def list_reports(visit: Visit) -> Listing[ReportCard]:
    """The market's reports."""
    return _cards(Whom.MARKET)


@operation("GET", "/insight/reports/{report}", scope="insight.read")
async def show_report(visit: Visit, report: ReportName, query: MonthsQuery) -> Figures:
    """One of them, over the whole market."""
    return await _figures(visit, report, query, Viewer())


@operation("GET", "/supplier/reports", scope="figures.read")
async def list_suppliers_reports(visit: Visit) -> Listing[ReportCard]:
    """The reports that a supplier has of his own sales."""
    return _cards(Whom.SUPPLIER)


@operation("GET", "/supplier/reports/{report}", scope="figures.read")
async def show_suppliers_report(visit: Visit, report: ReportName, query: MonthsQuery) -> Figures:
    """One of them, over the caller's own orders."""
    return await _figures(visit, report, query, Viewer(supplier=visit.supplier))


@operation("GET", "/shop/reports", scope="shop.read")
async def list_shops_reports(visit: Visit) -> Listing[ReportCard]:
    """The reports that a shop has of what it sold and what its links brought."""
    return _cards(Whom.SHOP)


@operation("GET", "/shop/reports/{report}", scope="shop.read")
async def show_shops_report(visit: Visit, report: ReportName, query: MonthsQuery) -> Figures:
    """One of them, over the caller's own shop."""
    assert visit.shop is not None
    return await _figures(visit, report, query, Viewer(shop=visit.shop.id))


HANDLERS = (
    list_reports, show_report, list_suppliers_reports, show_suppliers_report, list_shops_reports, show_shops_report,
)  # fmt: skip
