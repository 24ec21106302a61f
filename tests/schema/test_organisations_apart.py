"""What organisations bore together before stands on an account of each after the migration, to the cent, and still sums to zero."""

from typing import Any

import asyncpg

from tests.schema import databases
from tuan.migrations.migrate import migrate

BEFORE = "0044b"

FIRST, SECOND = (f"00000000-0000-7000-8000-0000000000a{digit}" for digit in (1, 2))
ALONE, SHARED, BACK = (f"00000000-0000-7000-8000-0000000000b{digit}" for digit in (1, 2, 3))
CASE = "00000000-0000-7000-8000-0000000000c1"
OF_THE_RELEASE = f"""
    INSERT INTO platform.markets (name, host, kind, currency, time_zone, created_at)
    VALUES ('Here', 'here.test', 'test', 'CNY', 'UTC', now()), ('There', 'there.test', 'test', 'EUR', 'UTC', now());
    ALTER TABLE membership.months DROP CONSTRAINT months_market_id_organisation_id_fkey;
    ALTER TABLE promotions.coupons DROP CONSTRAINT coupons_market_id_template_id_fkey, DROP CONSTRAINT coupons_market_id_person_id_fkey;
    ALTER TABLE orders.allocations DROP CONSTRAINT allocations_market_id_order_id_line_number_fkey;
    ALTER TABLE settlement.recalls DROP CONSTRAINT recalls_market_id_supplier_id_fkey;
    INSERT INTO membership.months (market_id, organisation_id, month, members, least_members, template_id, counted_at)
    SELECT 1, o::uuid, '2026-10-01', 1, 1, o::uuid, now() FROM unnest(ARRAY['{FIRST}', '{SECOND}']) o;
    INSERT INTO promotions.coupons (market_id, id, template_id, person_id, number, state, friends_missing, taken_at, valid_from, valid_until, about)
    SELECT 1, o::uuid, o::uuid, gen_random_uuid(), 1, 'used', 0, now(), now(), now(), gen_random_uuid() FROM unnest(ARRAY['{FIRST}', '{SECOND}']) o;
    INSERT INTO orders.allocations (market_id, order_id, line_number, reason, bearer, amount_minor, source_id)
    SELECT 1, a.o::uuid, a.line, 'coupon', a.bearer, a.minor, a.source::uuid FROM (VALUES ('{ALONE}', 1, 'organisation', 300, '{FIRST}'),
        ('{SHARED}', 1, 'organisation', 100, '{FIRST}'), ('{SHARED}', 2, 'organisation', 200, '{SECOND}'),
        ('{SHARED}', 3, 'market', 50, NULL), ('{BACK}', 1, 'organisation', 500, '{SECOND}')) a (o, line, bearer, minor, source);
    INSERT INTO settlement.recalls (market_id, case_id, order_id, supplier_id, amount_minor, debt_minor, borne_minor, at)
    VALUES (1, '{CASE}', '{BACK}', gen_random_uuid(), 100, 0, 120, now());
    INSERT INTO ledger.transfers (market_id, id, kind, from_code, to_code, asset, amount, about, at)
    SELECT 1, gen_random_uuid(), t.kind, t.from_code, t.to_code, 'CNY', t.minor, t.about::uuid, now() FROM (VALUES
        ('borne_by_organisation', 'organisation:discounts', 'buyers:prepayment', 300, '{ALONE}'),
        ('borne_by_organisation', 'organisation:discounts', 'buyers:prepayment', 251, '{SHARED}'),
        ('borne_by_organisation', 'organisation:discounts', 'buyers:prepayment', 500, '{BACK}'),
        ('borne_back_organisation', 'supplier:x:payable', 'organisation:discounts', 100, '{CASE}'),
        ('borne_back_organisation_owed', 'supplier:x:debt', 'organisation:discounts', 20, '{CASE}')) t (kind, from_code, to_code, minor, about);
    INSERT INTO ledger.accounts (market_id, code, asset, balance, may_overdraw)
    SELECT 1, a.code, 'CNY', a.minor, true FROM (VALUES ('organisation:discounts', -931), ('buyers:prepayment', 1051),
        ('supplier:x:payable', -100), ('supplier:x:debt', -20)) a (code, minor);
"""
"""One order with a coupon of the first, one with coupons of both (of which not all was kept), one of which some came back."""


async def test_each_stands_apart_and_all_sums_to_what_it_was(empty: str) -> None:
    await databases.make_release(empty, BEFORE)
    owner = await asyncpg.connect(empty)
    try:
        await owner.execute(OF_THE_RELEASE)
        await migrate(empty)
        rows: list[Any] = await owner.fetch(
            "SELECT code, balance FROM ledger.accounts WHERE market_id = 1 ORDER BY code"
        )
        moved = await owner.fetch(
            "SELECT a.code FROM ledger.accounts a LEFT JOIN (SELECT code, asset, sum(minor) AS minor FROM (SELECT to_code AS code, asset, "
            "amount AS minor FROM ledger.transfers WHERE market_id = 1 UNION ALL SELECT from_code, asset, -amount FROM ledger.transfers "
            "WHERE market_id = 1) x GROUP BY code, asset) t USING (code, asset) WHERE a.market_id = 1 AND a.balance IS DISTINCT FROM t.minor"
        )
    finally:
        await owner.close()
    found = {row["code"]: row["balance"] for row in rows}
    assert sum(found.values()) == 0 and moved == [], "each balance is the sum of its transfers"
    assert found["organisation:discounts"] == 0
    first, second = (found[f"organisation:{one}:discounts"] for one in (FIRST, SECOND))
    assert (first, second) == (-300 - 251 * 100 // 300, -(251 - 251 * 100 // 300) - 380)
