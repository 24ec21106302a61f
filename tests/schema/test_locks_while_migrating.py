"""A migration that waits for a lock lets the others past, and one that makes indexes beside everybody can begin again."""

import asyncio
import time

import asyncpg
import pytest

from tests.schema import databases
from tests.schema.test_migrations import RELEASED
from tuan.migrations import migrate as migrating
from tuan.migrations.migrate import MigrationError, Step, apply, migrate, scripts

IN_PARALLEL = Step(
    "9998",
    "-- Running upgrade 9997 -> 9998\n\nDROP INDEX CONCURRENTLY IF EXISTS platform.again_idx;\n"
    "CREATE UNIQUE INDEX CONCURRENTLY again_idx ON platform.sessions (market_id, person_id);;\n\n"
    "UPDATE alembic_version SET version_num='9998' WHERE alembic_version.version_num = '9997';\n",
)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrating, "LOCK_SECONDS", 1)
    monkeypatch.setattr(migrating, "PAUSE_SECONDS_MAX", 0.1)


async def test_a_lock_that_is_held_is_asked_for_again_and_nobody_queues_behind(empty: str) -> None:
    """A report reads a table that the migration alters. Whoever comes after waits no longer than one try."""
    await databases.make_release(empty, RELEASED)
    report, buyer = await asyncpg.connect(empty), await asyncpg.connect(empty)
    said: list[str] = []
    try:
        async with report.transaction():
            await report.fetch("SELECT * FROM sandbox.charges")
            migration = asyncio.create_task(migrate(empty, say=said.append))
            waited = 0.0
            while not said:
                began = time.monotonic()
                await buyer.fetch("SELECT * FROM sandbox.charges")
                waited = max(waited, time.monotonic() - began)
                await asyncio.sleep(0.01)
            assert 0.3 < waited < 3, "behind one try, and then let through"
        assert await migration == (RELEASED, scripts().get_current_head())
    finally:
        await report.close()
        await buyer.close()
    assert said == ["Migration 0002 waits for a lock; trying again."]


async def test_it_gives_up_with_a_sentence_and_has_done_nothing(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrating, "TRIES_MAX", 1)
    await databases.make_release(empty, RELEASED)
    report = await asyncpg.connect(empty)
    try:
        async with report.transaction():
            await report.fetch("SELECT * FROM sandbox.charges")
            with pytest.raises(MigrationError, match=r"0002 did not get its locks.*Nothing of it was done"):
                await migrate(empty)
        assert await report.fetchval("SELECT version_num FROM alembic_version") == RELEASED
        assert await report.fetchval("SELECT to_regclass('sandbox.deliveries')") is None
    finally:
        await report.close()


async def test_an_index_is_made_beside_everybody_and_again_after_it_broke_off(empty: str) -> None:
    await migrate(empty)
    owner = await asyncpg.connect(empty)
    try:
        await owner.execute("UPDATE alembic_version SET version_num = '9997'")
        twice = (
            "INSERT INTO platform.sessions SELECT 1, n::text::bytea, '00000000-0000-7000-8000-000000000001', '{}', now() "
            "FROM generate_series(1, 2) AS n"
        )
        await owner.execute(twice)
        with pytest.raises(asyncpg.UniqueViolationError):
            await apply(owner, IN_PARALLEL)
        left = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('platform.again_idx')"
        assert await owner.fetchval(left) is False, "what broke off leaves an index that nobody uses"
        await owner.execute("DELETE FROM platform.sessions WHERE token_hash = '2'")
        await apply(owner, IN_PARALLEL)
        assert await owner.fetchval(left) is True
        assert await owner.fetchval("SELECT version_num FROM alembic_version") == "9998"
    finally:
        await owner.close()
