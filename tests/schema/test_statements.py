"""Every SQL text of the house is understood by the migrated schema and allowed to the role that runs it."""

import asyncpg
import pytest

from tests.schema import databases
from tests.schema.conftest import Databases
from tests.tidy.statements import APP, OWNER, RELAY, statements

STATEMENTS = statements()


async def why_not(connection: asyncpg.Connection, sql: str) -> str | None:
    """PREPARE finds the types and columns; only a plan that is started asks for the rights, so it is explained too."""
    try:
        async with connection.transaction():
            await connection.prepare(sql)
            await connection.execute(f"EXPLAIN (GENERIC_PLAN) {sql}")
    except asyncpg.PostgresError as error:
        return f"{type(error).__name__}: {error}"
    return None


@pytest.mark.parametrize("role", [OWNER, APP, RELAY])
async def test_statements_are_understood_and_allowed(both: Databases, role: str) -> None:
    mine = [one for one in STATEMENTS if one.role == role]
    assert mine
    async with databases.connected(both.server.dsn(role, both.migrated)) as connection:
        found = {one.name: await why_not(connection, one.sql) for one in mine}
    assert {name: why for name, why in found.items() if why} == {}


@pytest.mark.parametrize(
    ("role", "sql"),
    [
        (APP, "SELECT no_such_column FROM orders.orders WHERE market_id = $1"),
        (APP, "SELECT id FROM orders.orders WHERE market_id = $1 AND id = $2::text"),
        (APP, "UPDATE ledger.transfers SET amount = 1 WHERE market_id = $1"),
        (RELAY, "SELECT id FROM orders.orders WHERE state = 'placed'"),
        (RELAY, "SELECT count(*) FROM ledger.transfers WHERE market_id = $1"),
    ],
)
async def test_a_statement_that_cannot_run_is_seen(both: Databases, role: str, sql: str) -> None:
    async with databases.connected(both.server.dsn(role, both.migrated)) as connection:
        assert await why_not(connection, sql)
