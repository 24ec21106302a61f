"""Lists that are sorted by what a person chooses and go on after the last row seen, written in SQLAlchemy Core.

A module offers such a list with the sorts it allows; what a visitor asks for is looked up there and is never part of a statement.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from tuan.kit.pages import INT_BITS, PAGE_SIZE, Page, decode_key, page_of
from tuan.platform.work import Work

EXPORT_SIZE = 1000
"""Rows of one page of an export; each is read in a transaction of its own."""
COUNT_MAX = 100_000
"""Rows are counted up to here and no further, so that asking how many there are never takes long."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page of a list: sorted by the name of an allowed sort, going on after a key of the page before.

    is_counted: the page also says how many rows the whole list has, at most one more than COUNT_MAX.
    """

    sort: str = ""
    is_descending: bool = True
    after: str | None = None
    size: int = PAGE_SIZE
    is_counted: bool = False


async def list_rows(
    work: Work,
    query: sa.Select[Any],
    wanted: Wanted,
    *,
    sorts: Mapping[str, sa.ColumnElement[Any]],
    key: sa.Column[Any],
) -> Page[Any]:
    """Rows of this SELECT (which names its market itself), sorted by one of `sorts` and then by `key`.

    The first of `sorts` is taken for a name that is not among them. A sort is never NULL and, like `key`, is selected under
    its own name. A key that belongs to another sort, or that nobody of ours made, starts at the beginning.
    """
    name = wanted.sort if wanted.sort in sorts else next(iter(sorts))
    sort = sorts[name]
    count = (await work.run(_count_of(query)))[0]["rows"] if wanted.is_counted else None
    shape = tuple[str, sort.type.python_type, key.type.python_type]  # type: ignore[name-defined]
    query = query.add_columns(sort.label("_sort"), key.label("_key")).limit(wanted.size + 1)
    query = query.order_by(*((sort.desc(), key.desc()) if wanted.is_descending else (sort, key)))
    found = decode_key(wanted.after, shape)
    if found is not None and found[0] == name and _fits(sort, found[1]):
        seen, here = sa.tuple_(sa.literal(found[1], sort.type), sa.literal(found[2], key.type)), sa.tuple_(sort, key)
        query = query.where(here < seen if wanted.is_descending else here > seen)
    page = page_of(await work.run(query), wanted.size, lambda row: (name, row["_sort"], row["_key"]))
    return msgspec.structs.replace(page, count=count)


def _count_of(query: sa.Select[Any]) -> sa.Select[Any]:
    rows = query.with_only_columns(sa.literal(1).label("one"), maintain_column_froms=True).limit(COUNT_MAX + 1)
    return sa.select(sa.func.count().label("rows")).select_from(rows.subquery())


def _fits(column: sa.ColumnElement[Any], value: Any) -> bool:
    """Whether a column of this type could hold the value; a number may be too large for a short one."""
    is_short = isinstance(column.type, sa.Integer) and not isinstance(column.type, sa.BigInteger)
    return not is_short or value.bit_length() < INT_BITS
