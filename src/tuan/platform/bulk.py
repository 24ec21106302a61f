"""Set-based writes: one statement per table whatever the number of rows, made from the table's own columns.

What is written to several tables in a row goes as one statement (`together`): a round trip costs as much as a table does.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from operator import attrgetter
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

_DIALECT = pg.dialect()  # type: ignore[no-untyped-call]


class Json(str):
    """JSON text that is sent as it is. A list needs it: among array elements it would be taken for a dimension."""

    @classmethod
    def of(cls, value: Any) -> "Json":
        return value if type(value) is cls else cls(msgspec.json.encode(value).decode())


@dataclass(frozen=True, slots=True)
class Bulk:
    """A statement on one table. Its first parameter is the market, its last ones are arrays, one per column."""

    table: str
    sql: str
    columns: tuple[str, ...]
    json: frozenset[str] = frozenset()
    apart: bool = False
    """It meets no row and no unique key that another statement on its table touches: both may go as one."""
    rare: tuple[tuple[str, Any], ...] = ()
    """Columns that nearly always have their default, with it."""
    bare: "Bulk | None" = None
    """The same without the rare columns: an array that is not sent costs neither side its encoding."""

    def fit(self, rows: Sequence[Any]) -> "Bulk":
        """The shortest statement that says all there is to say of these rows."""
        if self.bare and all(set(map(attrgetter(name), rows)) == {default} for name, default in self.rare):
            return self.bare
        return self

    def arrays(self, rows: Sequence[Any]) -> list[list[Any]]:
        """Rows (objects with these attributes) turned into columns; None in a JSON column is NULL."""
        columns = [list(map(attrgetter(name), rows)) for name in self.columns]
        for place, name in enumerate(self.columns):
            if name in self.json:
                columns[place] = [None if value is None else Json.of(value) for value in columns[place]]
        return columns


def _json(table: sa.Table, columns: Iterable[str]) -> frozenset[str]:
    return frozenset(name for name in columns if name in table.c and isinstance(table.c[name].type, pg.JSONB))


def _arrays(table: sa.Table, columns: Iterable[str]) -> str:
    return ", ".join(f"${n}::{table.c[name].type.compile(_DIALECT)}[]" for n, name in enumerate(columns, start=2))


def insert(
    table: sa.Table, *columns: str, on_conflict: str = "", apart: bool = False, rare: Mapping[str, Any] | None = None
) -> Bulk:
    """rare: columns whose values are nearly always these, which are the table's defaults; they are sent only otherwise."""
    if rare:
        bare = insert(table, *columns, on_conflict=on_conflict, apart=apart)
        whole = insert(table, *columns, *rare, on_conflict=on_conflict, apart=apart)
        return replace(whole, rare=tuple(rare.items()), bare=bare)
    names = ", ".join(columns)
    sql = (
        f"INSERT INTO {table.fullname} (market_id, {names}) "
        f"SELECT $1, u.* FROM unnest({_arrays(table, columns)}) AS u({names}) {on_conflict}"
    )
    return Bulk(table.fullname, sql.strip(), columns, _json(table, columns), apart)


def update(table: sa.Table, *, key: Sequence[str], columns: Sequence[str], add: Sequence[str] = ()) -> Bulk:
    """Set `columns` to the given values and add the given deltas to `add`, for the rows named by `key`."""
    names = (*key, *columns, *add)
    sets = [f"{c} = u.{c}" for c in columns] + [f"{c} = t.{c} + u.{c}" for c in add]
    sql = (
        f"UPDATE {table.fullname} AS t SET {', '.join(sets)} "
        f"FROM unnest({_arrays(table, names)}) AS u({', '.join(names)}) "
        f"WHERE t.market_id = $1 AND {_by_key(key)}"
    )
    return Bulk(table.fullname, sql, names, _json(table, names))


def _by_key(key: Sequence[str]) -> str:
    """Rows joined by their key. The first part stands there as an array too: without statistics (they come a minute
    late) the planner would otherwise walk the whole market for each batch instead of the index for each key."""
    return f"t.{key[0]} = ANY($2) AND {' AND '.join(f't.{k} = u.{k}' for k in key)}"


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
        f"WHERE t.market_id = $1 AND t.state = u.before AND {_by_key(key)}"
    )
    return Bulk(table.fullname, sql, names, _json(table, names))


_PARAMETER = re.compile(r"\$(\d+)")


@cache
def together(parts: tuple[tuple[str, int], ...], *, wakes: bool) -> str:
    """Several writes, each (text, number of its parameters after the market), as one statement that counts what each met.

    The market stays $1, the others follow each other; last comes the payload of a NOTIFY where `wakes`. No two parts may
    touch the same rows: they all see them as they were before the statement.
    """
    named, counts, first = [], [], 2
    for place, (sql, parameters) in enumerate(parts):
        shift = first - 2
        moved = _PARAMETER.sub(lambda m, by=shift: f"${int(m[1]) + by if m[1] != '1' else 1}", sql)  # type: ignore[misc]
        named.append(f"w{place} AS ({moved} RETURNING 1)")
        counts.append(f"(SELECT count(*) FROM w{place})")
        first += parameters
    if wakes:
        counts.append(f"pg_notify('tuan', ${first})")
    return f"WITH {', '.join(named)} SELECT {', '.join(counts)}"
