"""Reports as pages show them: values in the visitor's words, and a drawing of the same rows."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar.response import Stream

from tuan.kit.money import Money
from tuan.kit.pages import Page
from tuan.people import accounts
from tuan.people.accounts.model import masked_name
from tuan.platform.lists import EXPORT_SIZE, Wanted
from tuan.platform.work import Work
from tuan.surfaces.backoffice.insight.context import Drawing, Header, InsightPage, ReportPage, ReportView, Tone
from tuan.surfaces.backoffice.insight.drawing import Bar, Series, bars, heat, lines
from tuan.surfaces.backoffice.insight.words import ABOUT, COLUMNS, OF_SHOPS, OF_SUPPLIERS, TIERS, TITLES
from tuan.surfaces.backoffice.links.routes import CHANNEL_WORDS, PAGES_WORDS
from tuan.surfaces.backoffice.statements import csv_stream
from tuan.surfaces.backoffice.tables import Cell, Choice, plain
from tuan.surfaces.web.visits import Visit
from tuan.voice import insight
from tuan.voice.insight.model import (
    MONTHS_CHOICES,
    MONTHS_USUAL,
    PRICE_BANDS_MINOR,
    Kind,
    Report,
    Row,
    Span,
    Value,
    Viewer,
    Whom,
    reports_for,
    span_until,
)

CHANNELS: Mapping[str, str] = dict(CHANNEL_WORDS + PAGES_WORDS)
WORDS = frozenset((Kind.WORD, Kind.MONTH, Kind.BAND))


def asked_months(visit: Visit) -> int:
    """How many months the address asks for; the usual number where it says none of the choices."""
    asked = visit.query.get("months", "")
    return next((count for count in MONTHS_CHOICES if str(count) == asked), MONTHS_USUAL)


def asked_span(visit: Visit, work: Work) -> Span:
    return span_until(work.now, work.market.time_zone, asked_months(visit))


def _spans(visit: Visit) -> list[Choice]:
    return [
        Choice(
            value=visit.url_with(months=str(count)),
            label=visit.words.ngettext("%(num)s month", "%(num)s months", count) % {"num": count},
            is_chosen=count == asked_months(visit),
        )
        for count in MONTHS_CHOICES
    ]


async def show_all(visit: Visit, work: Work, viewer: Viewer, url: str) -> InsightPage:
    """Everything that this viewer may read, drawn; of a report that grows its first rows."""
    span = asked_span(visit, work)
    views = [await _view(visit, work, one, span, viewer, url, Wanted()) for one in reports_for(viewer.whom)]
    return InsightPage(reports=views, spans=_spans(visit))


async def show_one(visit: Visit, work: Work, name: str, viewer: Viewer, url: str) -> ReportPage:
    """One report with its query. Raises Refused(NotFound)."""
    report, wanted = insight.access_report(name, viewer), Wanted(after=visit.query.get("after"))
    view = await _view(visit, work, report, asked_span(visit, work), viewer, url, wanted)
    return ReportPage(report=view, spans=_spans(visit), all_url=f"{url}?months={asked_months(visit)}")


async def _view(
    visit: Visit, work: Work, report: Report, span: Span, viewer: Viewer, url: str, wanted: Wanted
) -> ReportView:
    found = await insight.read_page(work, report.name, span, viewer, wanted)
    rows = list(found.items)
    teller = Teller(visit, span, await _names(work, report, rows))
    whole = (
        rows
        if found.next_key is None and not wanted.after
        else await insight.read_whole(work, report.name, span, viewer)
    )
    query = f"?months={asked_months(visit)}"
    own = f"{url}/{report.name}{query}"
    return ReportView(
        name=report.name,
        title=visit.gettext(TITLES[report.name]),
        about=_about(visit, report.name, viewer),
        url=own,
        next_url=f"{own}&after={found.next_key}" if found.next_key else None,
        csv_url=f"{url}/{report.name}/table.csv{query}",
        headers=[
            Header(name=one.name, label=visit.gettext(COLUMNS[one.name]), is_number=one.kind not in WORDS)
            for one in report.columns
        ],
        rows=[teller.row(report, row) for row in rows],
        drawing=DRAWN[report.name](teller, report, whole) if rows else None,
        sql=insight.query_of(report.name),
    )


def _about(visit: Visit, name: str, viewer: Viewer) -> str:
    """What is counted, and of whose it is."""
    own = {Whom.SHOP: OF_SHOPS, Whom.SUPPLIER: OF_SUPPLIERS}.get(viewer.whom, {}).get(name)
    return " ".join(visit.gettext(words) for words in (ABOUT[name], own) if words)


async def csv_of(visit: Visit, name: str, viewer: Viewer) -> Stream:
    """All rows under a header, page by page: months as 2026-11, amounts in minor units, shares in ten-thousandths. Raises
    Refused(NotFound)."""
    columns = insight.access_report(name, viewer).columns
    async with visit.reading() as work:
        span = asked_span(visit, work)

    async def read(after: str | None) -> Page[Row]:
        async with visit.reading() as work:
            return await insight.read_page(work, name, span, viewer, Wanted(after=after, size=EXPORT_SIZE))

    def said(kind: Kind, value: Value) -> str:
        if kind is Kind.MONTH and isinstance(value, int):
            return span.days[value - 1].strftime("%Y-%m")
        return "" if value is None else plain(Cell(text=value)) if isinstance(value, str) else str(value)

    def cells(row: Row) -> list[str]:
        return [said(column.kind, value) for column, value in zip(columns, row, strict=True)]

    return csv_stream(name, [column.name for column in columns], read, cells)


async def _names(work: Work, report: Report, rows: Sequence[Row]) -> Mapping[UUID, str]:
    if report.name != "sharers":
        return {}
    return await accounts.names(work, {UUID(str(row[0])) for row in rows if row[0]})


class Teller:
    """Says values in the visitor's words."""

    def __init__(self, visit: Visit, span: Span, names: Mapping[UUID, str]) -> None:
        self.visit, self.span, self.names, self.words = visit, span, names, visit.words

    def row(self, report: Report, row: Row) -> list[str]:
        said = [self.value(column.kind, value) for column, value in zip(report.columns, row, strict=True)]
        return [self.visit.gettext(CHANNELS[str(row[0])]), *said[1:]] if report.name == "channels" else said

    def value(self, kind: Kind, value: Value) -> str:
        if isinstance(value, str):
            return self.word(value)
        if value is None:
            return "–"
        said: Mapping[Kind, Callable[[int], str]] = {
            Kind.MONTH: lambda number: self.words.month(self.span.days[number - 1]),
            Kind.MONEY: self.money,
            Kind.SHARE: self.words.percent,
            Kind.RATIO: self.words.ratio,
            Kind.BAND: self.band,
        }
        return said.get(kind, self.words.count)(value)

    def money(self, minor: int) -> str:
        return self.words.money_text(Money(minor, self.visit.market.currency))

    def word(self, text: str) -> str:
        if not text:
            return "–"
        if text in TIERS:
            return self.visit.gettext(TIERS[text])
        if self.names:
            return masked_name(self.names.get(UUID(text), ""))
        return text

    def band(self, number: int) -> str:
        """Between which prices the band with this number lies."""
        if number == 0:
            return self.visit.gettext("under %(price)s", price=self.money(PRICE_BANDS_MINOR[0]))
        if number == len(PRICE_BANDS_MINOR):
            return self.visit.gettext("%(price)s and more", price=self.money(PRICE_BANDS_MINOR[-1]))
        low, high = PRICE_BANDS_MINOR[number - 1 : number + 1]
        return f"{self.money(low)} – {self.money(high)}"

    def label(self, name: str) -> str:
        return self.visit.gettext(COLUMNS[name])


# ── one drawing per report ──
def _column(report: Report, rows: Sequence[Row], name: str) -> list[Any]:
    place = [column.name for column in report.columns].index(name)
    return [row[place] for row in rows]


STEPS: Sequence[tuple[str, str, Tone]] = (
    ("placed", "", "stone"), ("unpaid", "placed", "stone"), ("paid", "", "leaf"), ("refunded", "paid", "amber"),
    ("kept", "", "leaf"), ("waiting", "kept", "stone"), ("settled", "", "ripe"), ("fee", "", "plum"), ("cut", "", "plum"),
    ("withheld", "", "plum"), ("share", "", "ripe"),
)  # fmt: skip
"""Each step with what it is taken from, if it is: then it hangs from there."""


def _waterfall(teller: Teller, report: Report, rows: Sequence[Row]) -> Drawing:
    total = {name: sum(_column(report, rows, name)) for name, _, _ in STEPS}
    return bars(
        [
            Bar(teller.label(name), total[of] if of else total[name], teller.money(total[name]),
                begin=total[of] - total[name] if of else 0, tone=tone)
            for name, of, tone in STEPS
        ]
    )  # fmt: skip


def _funnel(teller: Teller, report: Report, rows: Sequence[Row]) -> Drawing:
    """All rows together, from a visit to what is kept; the table has each of them."""
    steps: Sequence[tuple[str, Tone]] = (
        ("visits", "stone"), ("visitors", "stone"), ("orders", "amber"), ("paid_orders", "leaf"), ("kept_orders", "leaf"),
    )  # fmt: skip
    totals = [(name, tone, sum(_column(report, rows, name))) for name, tone in steps]
    return bars([Bar(teller.label(name), total, teller.words.count(total), tone=tone) for name, tone, total in totals])


def _shops(teller: Teller, report: Report, rows: Sequence[Row]) -> Drawing:
    steps: Sequence[tuple[str, Tone]] = (
        ("paid", "leaf"), ("refunded", "amber"), ("kept", "leaf"), ("promised_minor", "plum"), ("commission", "plum"), ("matured", "ripe"),
    )  # fmt: skip
    totals = [(name, tone, sum(_column(report, rows, name))) for name, tone in steps]
    return bars([Bar(teller.label(name), total, teller.money(total), tone=tone) for name, tone, total in totals])


def _cohorts(teller: Teller, report: Report, rows: Sequence[Row]) -> Drawing:
    buyers = {(row[0], row[1]): row[2] for row in rows}
    months = sorted({row[0] for row in rows if isinstance(row[0], int)})
    last = len(teller.span.days)
    cells = [[int(buyers.get((month, later), 0) or 0) for later in range(last - month + 1)] for month in months]
    return heat([teller.value(Kind.MONTH, month) for month in months], cells)


def _by_month(report: Report, rows: Sequence[Row], months: int, name: str) -> list[int | None]:
    found = dict(zip(_column(report, rows, "month"), _column(report, rows, name), strict=True))
    return [found.get(number) for number in range(1, months + 1)]


def _lines(*named: tuple[str, Tone], kind: Kind = Kind.SHARE) -> Callable[[Teller, Report, Sequence[Row]], Drawing]:
    def draw(teller: Teller, report: Report, rows: Sequence[Row]) -> Drawing:
        days = teller.span.days
        series = [Series(teller.label(name), tone, _by_month(report, rows, len(days), name)) for name, tone in named]
        return lines([teller.words.month(day) for day in days], series, lambda value: teller.value(kind, value))

    return draw


def _teams(teller: Teller, report: Report, rows: Sequence[Row]) -> Drawing:
    """How many of those that ended formed, by size."""
    ended: dict[Any, tuple[int, int]] = {}
    for size, formed, lapsed in zip(
        *(_column(report, rows, name) for name in ("size", "formed", "lapsed")), strict=True
    ):
        before = ended.get(size, (0, 0))
        ended[size] = (before[0] + formed, before[1] + lapsed)
    return bars([
        Bar(teller.visit.gettext("team of %(size)s", size=size), share, teller.words.percent(share), tone="leaf")
        for size, (formed, lapsed) in ended.items()
        if formed + lapsed and (share := formed * 10_000 // (formed + lapsed)) is not None
    ])  # fmt: skip


def _tiers(teller: Teller, report: Report, rows: Sequence[Row]) -> Drawing:
    found = []
    for tier, _, before, now, _ in rows:
        name = teller.word(str(tier))
        found.append(Bar(name, int(before or 0), teller.money(int(before or 0)), tone="stone"))
        found.append(Bar("", int(now or 0), teller.money(int(now or 0)), tone="leaf"))
    return bars(found)


DRAWN: Mapping[str, Callable[[Teller, Report, Sequence[Row]], Drawing]] = {
    "waterfall": _waterfall,
    "shops": _shops,
    "channels": _funnel,
    "campaigns": _funnel,
    "sharers": _funnel,
    "referrals": _lines(("factor", "ripe"), kind=Kind.RATIO),
    "shop_concentration": _lines(("top", "ripe"), ("gini", "plum")),
    "shop_tiers": _tiers,
    "cohorts": _cohorts,
    "invitations": _lines(("factor", "ripe"), kind=Kind.RATIO),
    "teams": _teams,
    "concentration": _lines(("top", "ripe"), ("gini", "plum")),
    "tiers": _tiers,
    "retail": _lines(("retail", "leaf"), ("recommended_retail", "plum")),
}
