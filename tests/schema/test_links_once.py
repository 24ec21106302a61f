"""Links that end and were made twice both lead on, to ends that are not the same, and no second one can be made any more."""

import asyncpg
import pytest

from tests.schema import databases
from tuan.migrations.migrate import migrate

BEFORE = "0050c"
PERSON, PRODUCT = (f"00000000-0000-7000-8000-0000000000d{digit}" for digit in (1, 2))
INSERT_SQL = (
    "INSERT INTO sharing.links (market_id, code, kind, object_id, sharer_id, channel, made_at, expires_at) "
    f"VALUES (1, $1, 'product', '{PRODUCT}', '{PERSON}', $2, now(), '2026-12-01 00:00Z')"
)
OF_THE_RELEASE = """
    INSERT INTO platform.markets (name, host, kind, currency, time_zone, created_at) VALUES ('Here', 'here.test', 'test', 'CNY', 'UTC', now());
    ALTER TABLE sharing.links DROP CONSTRAINT links_market_id_sharer_id_fkey;
"""


async def test_twins_both_stay_and_the_one_that_was_opened_ends_when_it_was_to(empty: str) -> None:
    await databases.make_release(empty, BEFORE)
    owner = await asyncpg.connect(empty)
    try:
        await owner.execute(OF_THE_RELEASE)
        for code, channel in (
            ("0" * 10, "web"),
            ("1" * 10, "web"),
            ("2" * 10, "word"),
            ("3" * 10, "word"),
            ("4" * 10, "poster"),
        ):
            await owner.execute(INSERT_SQL, code, channel)
        await owner.execute(f"INSERT INTO sharing.visits VALUES (1, '{'1' * 10}', '2026-11-23', 3, 2, 0)")
        await migrate(empty)
        left = await owner.fetch(
            "SELECT code, extract(microseconds FROM expires_at)::int AS later FROM sharing.links WHERE revoked_at IS NULL ORDER BY code"
        )
        assert [(row["code"][0], row["later"]) for row in left] == [("0", 1), ("1", 0), ("2", 0), ("3", 1), ("4", 0)]
        with pytest.raises(asyncpg.UniqueViolationError):
            await owner.execute(INSERT_SQL, "5" * 10, "web")
    finally:
        await owner.close()
