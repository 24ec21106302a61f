"""The language for tables: every table belongs to a market, sits in its module's schema and is guarded by row-level security."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

metadata = sa.MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    }
)

UUID = pg.UUID(as_uuid=True)
BIGINT = sa.BigInteger()
INT = sa.Integer()
TEXT = sa.Text()
BYTEWISE = sa.Text(collation="C")
"""Text that sorts byte by byte in every database, so that a stretch of the index is all that begins alike."""
BOOL = sa.Boolean()
DATE = sa.Date()
INSTANT = sa.DateTime(timezone=True)
INTERVAL = pg.INTERVAL()
JSONB = pg.JSONB()
BYTES = sa.LargeBinary()


def column(name: str, kind: Any, *args: Any, null: bool = False, default: str | None = None) -> sa.Column[Any]:
    """A column that refuses NULL unless told otherwise; `default` is a constant SQL text."""
    return sa.Column(name, kind, *args, nullable=null, server_default=sa.text(default) if default else None)


def market_table(
    schema: str,
    name: str,
    *parts: sa.schema.SchemaItem,
    key: Sequence[str],
    append_only: bool = False,
    relay: tuple[str, str] | None = None,
    fill_percent: int | None = None,
) -> sa.Table:
    """A table whose primary key starts with `market_id`.

    fill_percent: leaves room in each page for rows that change soon after they are made, so that no index is touched.

    append_only: the app role gets no UPDATE and no DELETE. relay: (columns, predicate) of what the relay role may see
    across markets, which is only what is pending or due.
    """
    return sa.Table(
        name,
        metadata,
        sa.Column("market_id", BIGINT, nullable=False, autoincrement=False),
        *parts,
        sa.PrimaryKeyConstraint("market_id", *key),
        schema=schema,
        postgresql_with={"fillfactor": fill_percent} if fill_percent else {},
        info={"market": True, "append_only": append_only, "relay": relay},
    )


def unique(*columns: str, where: str | None = None, name: str | None = None) -> sa.schema.SchemaItem:
    """Unique within the market; with `where` a partial unique index (it needs a name)."""
    if where is None:
        return sa.UniqueConstraint("market_id", *columns, name=name)
    return sa.Index(name, "market_id", *columns, unique=True, postgresql_where=sa.text(where))


def index(name: str, *columns: str, where: str | None = None) -> sa.Index:
    return sa.Index(name, "market_id", *columns, postgresql_where=sa.text(where) if where else None)


def by_time(name: str, column: str) -> sa.Index:
    """Finds the rows of a stretch of time in a table that grows along it, and costs a write next to nothing (BRIN)."""
    return sa.Index(name, "market_id", column, postgresql_using="brin")


def by_beginning(name: str, expression: str) -> sa.Index:
    """Finds texts by how they begin, in whatever order the database sorts; `expression` is a column or made from one."""
    return sa.Index(name, "market_id", sa.text(f"{expression} text_pattern_ops"))


def references(target: sa.Table, *columns: str, to: Sequence[str] = ("id",)) -> sa.ForeignKeyConstraint:
    """A foreign key that carries the market, so that no row can point into another one."""
    return sa.ForeignKeyConstraint(
        ["market_id", *columns], [f"{target.schema}.{target.name}.{c}" for c in ("market_id", *to)]
    )


def check(name: str, sql: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(sql, name=name)


def one_of(name: str, choices: Sequence[str]) -> sa.CheckConstraint:
    """The column holds one of the words; a state that is not in its table cannot be written."""
    return check(f"{name}_known", f"{name} IN ({', '.join(repr(str(c)) for c in choices)})")
