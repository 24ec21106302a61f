"""What backups ask of a database as its owner: one moment to dump, whether it is empty, whether all rows came."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from tuan.backups.errors import BackupError
from tuan.backups.folder import Table

MOMENT_SQL = "SELECT pg_export_snapshot() AS name, clock_timestamp() AS at"
INSTALLED_SQL = "SELECT to_regclass('public.alembic_version') IS NOT NULL"
REVISION_SQL = "SELECT version_num FROM alembic_version"
TABLES_SQL = (
    "SELECT n.nspname || '.' || c.relname AS name, pg_table_size(c.oid) AS bytes FROM pg_class c "
    "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind::text = ANY($1::text[]) "
    "AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%' "
    'AND c.relkind = ANY($1::"char"[]) ORDER BY 1'
)
ROLES_SQL = "SELECT count(*) FROM pg_roles WHERE rolname IN ('tuan_app', 'tuan_relay')"
SET_CLOCK_SQL = "UPDATE platform.markets SET clock_offset = clock_offset + $1::interval"
NOW_SQL = "SELECT clock_timestamp()"
RELEASE_CLOCKS = "ALTER TABLE platform.markets DROP CONSTRAINT markets_clock_true_when_live_check"

HOLDS_ROWS = ["r", "p"]
ANYTHING = ["r", "p", "m", "S", "v"]


@dataclass(frozen=True, slots=True)
class Moment:
    """One state of the database, held for as long as it is dumped."""

    name: str
    """Of PostgreSQL's exported snapshot."""
    at: datetime
    revision: str
    postgres: int
    tables: dict[str, Table]


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url, server_settings={"timezone": "UTC", "application_name": "tuan backup"})
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def one_moment(url: str) -> AsyncIterator[Moment]:
    """Hold a moment and count its rows. Others go on writing: nothing waits for it. Raises BackupError."""
    async with connected(url) as connection:
        if not await connection.fetchval(INSTALLED_SQL):
            raise BackupError("This database has no Tuan in it, so there is nothing to keep. Look at the URL.")
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            moment: Any = await connection.fetchrow(MOMENT_SQL)
            tables = await _count(connection)
            revision = await connection.fetchval(REVISION_SQL)
            yield Moment(moment["name"], moment["at"], revision, connection.get_server_version().major, tables)


async def _count(connection: asyncpg.Connection) -> dict[str, Table]:
    rows = await connection.fetch(TABLES_SQL, HOLDS_ROWS)
    return {row["name"]: Table(await _rows_of(connection, row["name"]), row["bytes"]) for row in rows}


async def _rows_of(connection: asyncpg.Connection, name: str) -> int:
    schema, table = name.split(".", 1)
    count: int = await connection.fetchval(f'SELECT count(*) FROM "{schema}"."{table}"')
    return count


async def require_empty(url: str) -> int:
    """The server's major version. Raises BackupError if the database holds anything, or lacks the roles of the grants."""
    async with connected(url) as connection:
        if found := await connection.fetch(TABLES_SQL, ANYTHING):
            raise BackupError(
                f"The database is not empty ({found[0]['name']} and {len(found) - 1} more), and stays as it is. "
                "Restore into a new data folder or a new database."
            )
        if await connection.fetchval(ROLES_SQL) != 2:
            raise BackupError(
                "The roles tuan_app and tuan_relay are missing on this server. Make them first (as superuser: CREATE "
                "ROLE tuan_app LOGIN PASSWORD '…'; the same for tuan_relay)."
            )
        major: int = connection.get_server_version().major
        return major


async def differences(url: str, expected: dict[str, Table]) -> list[str]:
    """Tables whose number of rows is not what the backup says; afterwards the planner knows them all."""
    async with connected(url) as connection:
        found = await _count(connection)
        await connection.execute("ANALYZE")
    return [
        f"{name}: {found[name].rows if name in found else 'no'} rows, {expected[name].rows if name in expected else 'none'} expected"
        for name in sorted(found.keys() | expected.keys())
        if name not in found or name not in expected or found[name].rows != expected[name].rows
    ]


async def turn_back_clocks(url: str, to: datetime) -> None:
    """Let it be `to` in every market of a scratch copy: what waited a second when it was dumped waits a second there."""
    async with connected(url) as connection:
        await connection.execute(RELEASE_CLOCKS)
        by: timedelta = to - await connection.fetchval(NOW_SQL)
        await connection.execute(SET_CLOCK_SQL, by)
