"""Set-based writes: one statement per table whatever the number of rows, made from the table's own columns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

_DIALECT = pg.dialect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Bulk:
    """A statement whose first parameter is the market and whose others are arrays, one per column."""

    sql: str
    columns: tuple[str, ...]

    def arrays(self, rows: Sequence[Any]) -> list[list[Any]]:
        """Rows (objects with these attributes) turned into columns."""
        return [list(map(attrgetter(name), rows)) for name in self.columns]


def _arrays(table: sa.Table, columns: Iterable[str]) -> str:
    return ", ".join(
        f"${n}::{table.c[name].type.compile(_DIALECT)}[]" for n, name in enumerate(columns, start=2)
    )


def insert(table: sa.Table, *columns: str, on_conflict: str = "") -> Bulk:
    names = ", ".join(columns)
    sql = (
        f"INSERT INTO {table.fullname} (market_id, {names}) "
        f"SELECT $1, u.* FROM unnest({_arrays(table, columns)}) AS u({names}) {on_conflict}"
    )
    return Bulk(sql.strip(), columns)


def update(table: sa.Table, *, key: Sequence[str], columns: Sequence[str], add: Sequence[str] = ()) -> Bulk:
    """Set `columns` to the given values and add the given deltas to `add`, for the rows named by `key`."""
    names = (*key, *columns, *add)
    sets = [f"{c} = u.{c}" for c in columns] + [f"{c} = t.{c} + u.{c}" for c in add]
    sql = (
        f"UPDATE {table.fullname} AS t SET {', '.join(sets)} "
        f"FROM unnest({_arrays(table, names)}) AS u({', '.join(names)}) "
        f"WHERE t.market_id = $1 AND {' AND '.join(f't.{k} = u.{k}' for k in key)}"
    )
    return Bulk(sql, names)


def move(table: sa.Table, *, key: Sequence[str], columns: Sequence[str] = ()) -> Bulk:
    """Move `state` from `before` to `state`; a row that is no longer where it was is not touched, and the count tells."""
    names = (*key, "before", "state", *columns)
    kinds = ", ".join(
        f"${n}::{'text' if name == 'before' else table.c[name].type.compile(_DIALECT)}[]"
        for n, name in enumerate(names, start=2)
    )
    sets = ", ".join(f"{c} = u.{c}" for c in ("state", *columns))
    sql = (
        f"UPDATE {table.fullname} AS t SET {sets} FROM unnest({kinds}) AS u({', '.join(names)}) "
        f"WHERE t.market_id = $1 AND t.state = u.before AND {' AND '.join(f't.{k} = u.{k}' for k in key)}"
    )
    return Bulk(sql, names)
