"""What the pages of figures know."""

from typing import Literal

import msgspec

from tuan.surfaces.backoffice.tables import Choice

Tone = Literal["ripe", "leaf", "amber", "plum", "stone"]


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A rectangle; `level` shades it, `words` are told to who points at it."""

    x: int
    y: int
    width: int
    height: int
    tone: Tone = "ripe"
    level: int = 0
    words: str = ""


class Label(msgspec.Struct, frozen=True, kw_only=True):
    x: int
    y: int
    text: str
    anchor: Literal["start", "middle", "end"] = "start"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """Points as SVG writes them."""

    points: str
    tone: Tone


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """What a tone stands for."""

    tone: Tone
    label: str


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """A chart as the template draws it, in units of its own; the table beside it has the same numbers."""

    width: int
    height: int
    marks: list[Mark] = []
    labels: list[Label] = []
    lines: list[Line] = []
    rules: list[int] = []
    named: list[Named] = []


class Header(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    label: str
    is_number: bool


class ReportView(msgspec.Struct, frozen=True, kw_only=True):
    """A report as a page shows it; `sql` is the query that made it, `about` says in words what is counted. Of a report that
    grows a page of its rows; the drawing is of all of them."""

    name: str
    title: str
    about: str
    url: str
    next_url: str | None
    csv_url: str
    headers: list[Header]
    rows: list[list[str]]
    drawing: Drawing | None
    sql: str


class InsightPage(msgspec.Struct, frozen=True, kw_only=True):
    """Every report of this viewer, drawn."""

    reports: list[ReportView]
    spans: list[Choice]


class ReportPage(msgspec.Struct, frozen=True, kw_only=True):
    """One report with its table and how it is made."""

    report: ReportView
    spans: list[Choice]
    all_url: str
