"""Databases to look at: made, filled from the tables of the code, and read back from PostgreSQL's own catalog."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from tuan.migrations.migrate import apply, steps
from tuan.platform.embedded import ADMIN, APP, OWNER, RELAY, EmbeddedServer
from tuan.platform.schema import metadata

OURS = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%'"
MARKET = "market_id = nullif(current_setting('tuan.market', true), '')::bigint"

CATALOG = {
    "columns": (
        "SELECT c.oid::regclass || '.' || a.attname AS name, concat_ws(' ', format_type(a.atttypid, a.atttypmod), "
        "CASE WHEN a.attnotnull THEN 'not null' END, 'default ' || pg_get_expr(d.adbin, d.adrelid), "
        "nullif(a.attidentity, '')) AS text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum "
        f"WHERE {OURS} AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"
    ),
    "constraints": (
        "SELECT k.conrelid::regclass || ' ' || k.conname AS name, pg_get_constraintdef(k.oid) AS text "
        f"FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace WHERE {OURS} AND k.contype <> 'n'"
    ),
    "indexes": f"SELECT n.nspname || '.' || indexname AS name, indexdef AS text FROM pg_indexes JOIN pg_namespace n "
    f"ON n.nspname = schemaname WHERE {OURS}",
    "policies": (
        "SELECT n.nspname || '.' || tablename || ' ' || policyname AS name, concat_ws(' ', permissive, roles::text, cmd, "
        f"qual, with_check) AS text FROM pg_policies JOIN pg_namespace n ON n.nspname = schemaname WHERE {OURS}"
    ),
    "guarded": (
        "SELECT c.oid::regclass::text AS name, concat(c.relrowsecurity, ' ', c.relforcerowsecurity) AS text "
        f"FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OURS} AND c.relkind = 'r'"
    ),
    "grants": (
        "SELECT c.oid::regclass::text || coalesce('.' || a.attname, '') || ' ' || g.grantee::regrole AS name, "
        "string_agg(g.privilege_type, ' ' ORDER BY g.privilege_type) AS text FROM pg_class c "
        "JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attacl IS NOT NULL "
        "CROSS JOIN LATERAL (SELECT * FROM aclexplode(c.relacl) WHERE a.attname IS NULL UNION ALL "
        "SELECT * FROM aclexplode(a.attacl)) g "
        f"WHERE {OURS} AND c.relkind = 'r' AND g.grantee <> c.relowner GROUP BY 1, c.oid, a.attname, g.grantee"
    ),
    "schemas": (
        "SELECT n.nspname || ' ' || g.grantee::regrole AS name, string_agg(g.privilege_type, ' ') AS text "
        f"FROM pg_namespace n CROSS JOIN LATERAL aclexplode(n.nspacl) g WHERE {OURS} AND n.nspname <> 'public' "
        "AND g.grantee <> n.nspowner GROUP BY 1"
    ),
}
"""Everything that makes up a schema, as (name, text) rows in PostgreSQL's own words."""

BOOKKEEPING = "alembic_version"


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection whose transaction is undone."""
    connection = await asyncpg.connect(url)
    try:
        async with asyncpg_undone(connection):
            yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def asyncpg_undone(connection: asyncpg.Connection) -> AsyncIterator[None]:
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield
    finally:
        await transaction.rollback()


async def make(server: EmbeddedServer, name: str) -> None:
    """An empty database that belongs to the owner; one of that name from before is gone."""
    admin = await asyncpg.connect(server.dsn(ADMIN, "postgres"))
    try:
        await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await admin.execute(f"CREATE DATABASE {name} OWNER {OWNER}")
    finally:
        await admin.close()


async def make_release(url: str, revision: str) -> None:
    """Bring an empty database to where a release left it, by the SQL that was shipped with it."""
    owner = await asyncpg.connect(url)
    try:
        for step in steps(None):
            await apply(owner, step)
            if step.revision == revision:
                break
    finally:
        await owner.close()


async def declare(server: EmbeddedServer, name: str) -> None:
    """Make everything that the tables in the code declare, guards and grants too, without any migration."""
    owner = await asyncpg.connect(server.dsn(OWNER, name))
    try:
        for statement in declaration():
            await owner.execute(statement)
    finally:
        await owner.close()


def declaration() -> list[str]:
    """The DDL of the tables in the code, lowest tables first."""
    dialect = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]  # % stays as it is
    statements = []
    for schema in sorted({table.schema or "public" for table in metadata.sorted_tables}):
        statements += [f"CREATE SCHEMA {schema}", f"GRANT USAGE ON SCHEMA {schema} TO {APP}, {RELAY}"]
    for table in metadata.sorted_tables:
        statements.append(str(CreateTable(table).compile(dialect=dialect)))
        statements += [str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes]
        statements += guards(table)
    return statements


def guards(table: sa.Table) -> list[str]:
    """Who may do what with a table, from what it says of itself (`market_table`)."""
    name, statements = table.fullname, []
    if table.info["market"]:
        verbs = "SELECT, INSERT" if table.info["append_only"] else "SELECT, INSERT, UPDATE, DELETE"
        statements += [
            f"GRANT {verbs} ON {name} TO {APP}",
            f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
            f"CREATE POLICY market ON {name} TO {APP} USING ({MARKET})",
        ]
    else:  # read by everybody; the sealer locks a market's row, for which PostgreSQL wants a column that may be updated
        statements += [
            f"GRANT SELECT, UPDATE (name, link_host) ON {name} TO {APP}",
            f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
            f"CREATE POLICY seen ON {name} FOR SELECT TO {APP}, {RELAY} USING (true)",
            f"CREATE POLICY own ON {name} FOR UPDATE TO {APP} USING ({MARKET.removeprefix('market_')})",
        ]
    if table.info["relay"]:
        columns, predicate = table.info["relay"]
        statements.append(f"GRANT SELECT ({columns}) ON {name} TO {RELAY}")
        if table.info["market"]:
            statements.append(f"CREATE POLICY due ON {name} FOR SELECT TO {RELAY} USING ({predicate})")
    return statements


async def read(connection: asyncpg.Connection) -> dict[str, dict[str, Any]]:
    """The whole schema as {kind: {name: text}}, without Alembic's own table."""
    found = {}
    for kind, sql in CATALOG.items():
        rows = await connection.fetch(sql)
        found[kind] = {row["name"]: row["text"] for row in rows if BOOKKEEPING not in row["name"]}
    return found


def differences(one: dict[str, dict[str, Any]], other: dict[str, dict[str, Any]]) -> list[str]:
    """What stands in only one of two schemas, or says something else there."""
    found = []
    for kind in CATALOG:
        for name in sorted(one[kind].keys() | other[kind].keys()):
            if (left := one[kind].get(name)) != (right := other[kind].get(name)):
                found.append(f"{kind} {name}: {left!r} / {right!r}")
    return found
