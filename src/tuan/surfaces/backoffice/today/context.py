"""What the start page of the office knows."""

from typing import Literal

import msgspec

from tuan.kit.money import Money


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A number of today, an amount or a count, with what it was yesterday; `url` leads to what it counts."""

    label: str
    amount: Money | None = None
    count: int = 0
    before: str = ""
    url: str = ""


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a chart's table: its label, and each value as text and as a number in the chart's unit."""

    label: str
    values: list[int]
    words: list[str]


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """A chart and its table, which are the same numbers; `scale` makes money of minor units."""

    name: str
    title: str
    kind: Literal["line", "bars"]
    columns: list[str]
    points: list[Point]
    scale: int = 1


class Hand(msgspec.Struct, frozen=True, kw_only=True):
    """So many things that wait for a person."""

    kind: Literal["refunds", "quarantine", "facts", "alarms"]
    count: int
    url: str


class TodayPage(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of today, the last two weeks, and what needs a hand: of each what this member of staff may see."""

    name: str
    figures: list[Figure]
    charts: list[Chart]
    hands: list[Hand]
