"""The chain of migrations: from nothing to the head, once, however often and by however many it is run."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

import tuan.migrations.versions
from tests.schema import databases
from tests.schema.conftest import Databases
from tuan.migrations.migrate import MigrationError, migrate, scripts, steps
from tuan.platform.embedded import ADMIN

VERSIONS = Path(tuan.migrations.versions.__file__).parent
NEWEST = 18
"""What the embedded server is where nothing else is asked for."""


async def test_the_server_is_of_the_version_meant(migrated: asyncpg.Connection, request: pytest.FixtureRequest) -> None:
    meant = request.node.callspec.params["cluster"] or NEWEST
    assert migrated.get_server_version().major == meant


def test_each_file_is_run_as_it_is_written() -> None:
    """No letter is changed or doubled on the way, but for the space between words."""
    written = {path.stem: words(path.read_text()) for path in VERSIONS.glob("*.sql")}
    revisions = {Path(one.path).stem: one.revision for one in scripts().walk_revisions()}
    run = {step.revision: words(step.sql) for step in steps(None)}
    assert written.keys() <= revisions.keys() and any("%" in text for text in written.values())
    assert [name for name, text in sorted(written.items()) if text not in run[revisions[name]]] == []


def words(text: str) -> str:
    return " ".join(text.split()).removesuffix(";")


async def test_up_from_nothing_and_again(empty: str) -> None:
    head = scripts().get_current_head()
    assert await migrate(empty) == (None, head)
    async with databases.connected(empty) as connection:
        before = await databases.read(connection)
    assert await migrate(empty) == (head, head)
    async with databases.connected(empty) as connection:
        assert databases.differences(before, await databases.read(connection)) == []
        assert await connection.fetch("SELECT version_num FROM alembic_version") == [(head,)]


RELEASED = "0001"
"""Where the last release left a database."""

OF_A_RELEASE = """
    INSERT INTO platform.markets (name, host, kind, currency, time_zone, created_at)
    VALUES ('Here', 'here.test', 'test', 'CNY', 'UTC', now()), ('There', 'there.test', 'test', 'EUR', 'UTC', now());
    INSERT INTO sandbox.charges (market_id, attempt_id, amount_minor, currency, state, paid_at)
    SELECT id, '00000000-0000-7000-8000-000000000001', 1990, currency, 'paid', now() FROM platform.markets;
    INSERT INTO sandbox.refunds (market_id, refund_id, transaction, amount_minor, done_at)
    SELECT id, '00000000-0000-7000-8000-000000000002', 'sandbox-00000000000070008000000000000001', 500, now()
    FROM platform.markets;
"""
"""Rows as that release wrote them."""


async def test_up_from_the_last_release_with_its_rows(empty: str, declared: asyncpg.Connection) -> None:
    await databases.make_release(empty, RELEASED)
    async with databases.connected(empty) as owner:
        assert databases.differences(await databases.read(owner), await databases.read(declared)), (
            "there is a way to go"
        )
    owner = await asyncpg.connect(empty)
    try:
        await owner.execute(OF_A_RELEASE)
        assert await migrate(empty) == (RELEASED, scripts().get_current_head())
        assert databases.differences(await databases.read(owner), await databases.read(declared)) == []
        charges = await owner.fetch("SELECT state, notify_url, faults, doubts FROM sandbox.charges")
        refunds = await owner.fetch("SELECT amount_minor, currency, doubts FROM sandbox.refunds ORDER BY market_id")
    finally:
        await owner.close()
    assert [tuple(row) for row in charges] == [("paid", "", [], 0)] * 2
    assert [tuple(row) for row in refunds] == [(500, "CNY", 0), (500, "EUR", 0)]


async def test_two_at_once_wait_for_each_other(empty: str) -> None:
    head = scripts().get_current_head()
    assert sorted(await asyncio.gather(migrate(empty), migrate(empty)), key=str) == [(head, head), (None, head)]


async def test_a_database_of_a_newer_version_is_refused(empty: str) -> None:
    await migrate(empty)
    owner = await asyncpg.connect(empty)
    await owner.execute("UPDATE alembic_version SET version_num = '9999'")
    await owner.close()
    with pytest.raises(MigrationError, match=r"9999.*does not know"):
        await migrate(empty)


def test_the_chain_is_one_line_with_one_head() -> None:
    revisions = list(scripts().walk_revisions())
    assert len(scripts().get_heads()) == len(scripts().get_bases()) == 1
    assert [revision.revision for revision in revisions if revision.is_branch_point or revision.is_merge_point] == []
    assert [revision.revision for revision in revisions if revision.dependencies or revision.branch_labels] == []


async def test_no_drift(migrated: asyncpg.Connection, declared: asyncpg.Connection) -> None:
    """What the migrations make is what the code declares: columns, constraints, indexes, policies, grants."""
    here, there = await databases.read(migrated), await databases.read(declared)
    assert all(here.values()), "every kind has something to compare"
    assert databases.differences(here, there) == []


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE orders.orders ALTER COLUMN currency DROP NOT NULL",
        "ALTER TABLE orders.orders ALTER COLUMN version DROP DEFAULT",
        "ALTER TABLE orders.orders ADD COLUMN gift text",
        "ALTER TABLE orders.lines DROP CONSTRAINT lines_units_positive_check",
        "DROP INDEX orders.orders_unpaid_idx",
        "ALTER TABLE orders.orders DISABLE ROW LEVEL SECURITY",
        "DROP POLICY due ON orders.orders",
        "GRANT DELETE ON ledger.transfers TO tuan_app",
        "GRANT SELECT (total_minor) ON orders.orders TO tuan_relay",
        "REVOKE USAGE ON SCHEMA orders FROM tuan_app",
    ],
)
async def test_drift_is_seen(both: Databases, change: str) -> None:
    async with databases.connected(both.server.dsn(ADMIN, both.migrated)) as connection:
        before = await databases.read(connection)
        await connection.execute(change)
        assert databases.differences(before, await databases.read(connection))
