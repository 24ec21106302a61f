"""What persons let shops see before the ledger of consents heard of it is there after the migration, with its times."""

from typing import Any

import asyncpg
import pytest

from tests.schema import databases
from tuan.migrations.migrate import migrate

BEFORE = "0039"

PERSON, OTHER, SHOP = (f"00000000-0000-7000-8000-00000000000{digit}" for digit in (1, 2, 3))
OF_THE_RELEASE = f"""
    INSERT INTO platform.markets (name, host, kind, currency, time_zone, created_at)
    VALUES ('Here', 'here.test', 'test', 'CNY', 'UTC', now()), ('There', 'there.test', 'test', 'EUR', 'UTC', now());
    INSERT INTO accounts.persons (market_id, id, phone, name, locale, created_at)
    SELECT m.id, p.id::uuid, p.phone, '', 'en', now() FROM platform.markets m,
    (VALUES ('{PERSON}', '+8613000000001'), ('{OTHER}', '+8613000000002')) p (id, phone);
    INSERT INTO parties.shops (market_id, id, name, owner_id, created_at) SELECT id, '{SHOP}', 'S', '{OTHER}', now() FROM platform.markets;
    INSERT INTO shops.consents (market_id, id, person_id, shop_id, shows, birthday, given_at, ended_at)
    SELECT m.id, gen_random_uuid(), c.person::uuid, '{SHOP}', c.shows::jsonb, '', c.given::timestamptz, c.ended::timestamptz
    FROM platform.markets m, (VALUES
        ('{PERSON}', '["name"]', '2026-01-01Z', '2026-02-01Z'),
        ('{PERSON}', '["name", "orders"]', '2026-02-01Z', NULL),
        ('{OTHER}', '["phone"]', '2026-01-01Z', '2026-03-01Z')
    ) c (person, shows, given, ended);
"""
"""In each market one who changed what he lets be seen, and one who took it back."""


@pytest.mark.parametrize("market", [1, 2])
async def test_what_was_agreed_to_before_is_brought_over(empty: str, market: int) -> None:
    await databases.make_release(empty, BEFORE)
    owner = await asyncpg.connect(empty)
    try:
        await owner.execute(OF_THE_RELEASE)
        await migrate(empty)
        rows: list[Any] = await owner.fetch(
            "SELECT person_id::text, is_given, shows, at::date::text AS day FROM compliance.consents WHERE market_id = $1 "
            "AND purpose = 'shop_customer' AND about_id = $2 AND version = 'unwritten' AND place = 'house' ORDER BY person_id, at",
            market, SHOP,
        )  # fmt: skip
    finally:
        await owner.close()
    assert [tuple(row) for row in rows] == [
        (PERSON, True, '["name"]', "2026-01-01"),
        (PERSON, True, '["name", "orders"]', "2026-02-01"),
        (OTHER, True, '["phone"]', "2026-01-01"),
        (OTHER, False, "[]", "2026-03-01"),
    ]
