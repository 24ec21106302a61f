"""Levels and seasons as staff type them."""

import msgspec

from tuan.kit.money import Money
from tuan.play.leagues.model import Level, LevelTable, NewSeason
from tuan.surfaces.backoffice.acting import read_amount, read_instant, read_whole, written_amount
from tuan.surfaces.backoffice.leagues.context import LevelRow, TypedSeason
from tuan.surfaces.web.visits import Visit

ROWS = range(1, 7)
PARTS = ("name", "sales", "service", "rights", "benefits")

LevelsForm = msgspec.defstruct(
    "LevelsForm",
    [("key", str), ("reason", str), ("days", str), *((f"{part}{row}", str, "") for row in ROWS for part in PARTS)],
    frozen=True,
    kw_only=True,
    module=__name__,
)
"""`name1`, `sales1`, `service1`, `rights1`, `benefits1` for the lowest level, and so on; a row without a name is none."""


class PlanForm(TypedSeason, frozen=True, kw_only=True):
    key: str
    reason: str


def read_table(visit: Visit, form: dict[str, str]) -> LevelTable:
    """Raises Refused(FieldInvalid) for what is no number; whether levels climb, the verb says."""
    levels = tuple(
        Level(
            form[f"name{row}"].strip(),
            read_amount(visit, form[f"sales{row}"] or "0", f"sales{row}"),
            read_whole(form[f"service{row}"] or "0", f"service{row}"),
            tuple(form[f"rights{row}"].split()),
            tuple(form[f"benefits{row}"].split()),
        )
        for row in ROWS
        if form[f"name{row}"].strip()
    )
    return LevelTable(levels, read_whole(form["days"], "days"))


def written_rows(visit: Visit, levels: tuple[Level, ...]) -> list[LevelRow]:
    """The rows of the form: the levels that there are, then empty ones."""
    rows = [
        LevelRow(
            number=number,
            name=level.name,
            sales=written_amount(Money(level.sales_minor, visit.market.currency)),
            service=str(level.service),
            rights=" ".join(level.rights),
            benefits=" ".join(level.benefits),
        )
        for number, level in enumerate(levels, start=1)
    ]
    return rows + [LevelRow(number=number) for number in ROWS if number > len(rows)]


def read_season(visit: Visit, typed: TypedSeason) -> NewSeason:
    """Raises Refused(FieldInvalid) for what cannot be read; what is out of bounds the verb refuses."""
    return NewSeason(
        typed.name,
        read_instant(visit, typed.starts_at, "starts_at"),
        read_instant(visit, typed.ends_at, "ends_at"),
        read_whole(typed.settling_days, "settling_days"),
        read_whole(typed.size, "size"),
        read_whole(typed.moved, "moved"),
        tuple(typed.benefits.split()),
    )
