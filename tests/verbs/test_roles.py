"""What each role may see and write: a market its own rows, the relay what is due, and nobody rewrites history."""

from datetime import timedelta

import asyncpg
import pytest

from tests.given import goods as given
from tests.given.houses import Place, make_market, owner_url
from tuan.platform.database import open_pool, refuse_strong_role
from tuan.platform.outbox import flush
from tuan.platform.schema import metadata
from tuan.platform.work import SYSTEM, open_work


def market_tables() -> list[str]:
    from tuan.main import load_modules

    load_modules()
    return sorted(table.fullname for table in metadata.sorted_tables if table.info["market"])


async def busy_market(place: Place) -> None:
    """A market with a row in nearly every table."""
    made = await given.goods(place)
    of = await given.campaign(place, made, allotments={made.sku: 5}, units_per_person_max=3)
    leader, member, gone = await given.buyers(place, 3)
    team = await given.paid_team(place, leader, of)
    await given.paid_join(place, member, team.team, of)
    await given.paid_team(place, gone, of)
    attempt = await given.start_paying(place, gone, await given.open_team(place, gone, of))
    await given.place_notice(place, attempt, amount_minor=1)
    await place.later(timedelta(seconds=3604))


async def test_another_markets_rows_are_invisible_and_unwritable(place: Place) -> None:
    await busy_market(place)
    other, _ = await make_market(place.house)
    counts = {}
    async with open_work(place.house.database.requests, other, SYSTEM, flush=flush) as work:
        for table in market_tables():
            assert await work.connection.fetchval(f"SELECT count(*) FROM {table}") == 0, table
    async with place.work() as work:
        for table in market_tables():
            counts[table] = await work.connection.fetchval(f"SELECT count(*) FROM {table}")
    assert sum(count > 0 for count in counts.values()) > 25, counts
    before = await place.snapshot()
    async with open_work(place.house.database.requests, other, SYSTEM, flush=flush) as work:
        for table in metadata.sorted_tables:
            if table.info["market"] and not table.info["append_only"]:
                status = await work.connection.execute(
                    f"DELETE FROM {table.fullname} WHERE market_id = $1", place.market
                )
                assert status == "DELETE 0", table
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        async with open_work(place.house.database.requests, other, SYSTEM, flush=flush) as work:
            await work.connection.execute("INSERT INTO catalog.categories VALUES ($1, gen_random_uuid(), 'x', 'x', 1)",
                                          place.market)  # fmt: skip
    assert await place.snapshot() == before


async def test_without_a_market_nothing_is_seen(place: Place) -> None:
    await busy_market(place)
    async with place.house.database.requests.acquire() as connection:
        for table in market_tables():
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0, table


async def test_nobody_rewrites_what_is_only_added(place: Place) -> None:
    await busy_market(place)
    only_added = [table.fullname for table in metadata.sorted_tables if table.info["append_only"]]
    assert {"ledger.transfers", "outbox.facts", "audit.entries", "audit.seals", "supply.movements"} <= set(only_added)
    for table in only_added:
        for sql in (f"UPDATE {table} SET market_id = market_id", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with place.work() as work:
                    await work.connection.execute(sql)


async def test_the_app_changes_no_schema_and_makes_no_market(place: Place) -> None:
    for sql in (
        "ALTER TABLE ledger.transfers DISABLE ROW LEVEL SECURITY",
        "DROP TABLE outbox.pending",
        "CREATE TABLE public.x ()",
        "UPDATE platform.markets SET clock_offset = '1 hour'",
        "INSERT INTO platform.markets (name, host, kind, currency, time_zone, created_at) VALUES ('', 'x', 'live', '', '', now())",
        "SET ROLE tuan_owner",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await place.house.database.requests.execute(sql)


async def test_a_request_gives_a_domain_to_its_own_market_only(place: Place) -> None:
    """The row of another market is seen, since every market is found by its host, and cannot be changed or locked."""
    other, _ = await make_market(place.house)
    async with place.work() as work:
        assert await work.connection.fetchval("SELECT count(*) FROM platform.markets WHERE id = $1", other) == 1
        for sql in (
            "UPDATE platform.markets SET link_host = 'go-{}.example'",
            "UPDATE platform.markets SET name = '{}'",
        ):
            assert await work.connection.execute(f"{sql} WHERE id = $1".format(other), other) == "UPDATE 0"
        locked = await work.connection.fetch("SELECT id FROM platform.markets WHERE id = $1 FOR UPDATE", other)
        assert locked == []
        mine = await work.connection.execute("UPDATE platform.markets SET name = name WHERE id = $1", place.market)
        assert mine == "UPDATE 1"
    nobodys = "UPDATE platform.markets SET link_host = 'go.example'"
    assert await place.house.database.requests.execute(nobodys) == "UPDATE 0", "outside of a Work there is no market"


async def test_the_relay_sees_what_is_due_and_writes_nothing(place: Place) -> None:
    await busy_market(place)
    eyes = place.relay.eyes
    for table in metadata.sorted_tables:
        columns = (table.info["relay"] or ("", ""))[0].split(", ")
        hidden = [c.name for c in table.columns if c.name not in columns]
        for column in hidden:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await eyes.fetch(f"SELECT {column} FROM {table.fullname} LIMIT 1")
        if table.info["relay"]:
            await eyes.fetch(f"SELECT {', '.join(columns)} FROM {table.fullname} LIMIT 1")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await eyes.execute(f"DELETE FROM {table.fullname}")
    assert {r["state"] for r in await eyes.fetch("SELECT state FROM payments.refunds")} <= {"due"}
    assert {r["state"] for r in await eyes.fetch("SELECT state FROM groupbuy.teams")} <= {"gathering"}
    assert {r["state"] for r in await eyes.fetch("SELECT state FROM payments.attempts")} <= {"pending"}
    assert {r["state"] for r in await eyes.fetch("SELECT state FROM orders.orders")} <= {
        "placed",
        "shipped",
        "received",
    }


async def test_a_server_that_runs_as_owner_refuses_to_start(place: Place) -> None:
    await refuse_strong_role(place.house.database.requests)
    owner = await open_pool(owner_url(place.house), least=1, most=1, name="test")
    try:
        with pytest.raises(PermissionError):
            await refuse_strong_role(owner)
    finally:
        owner.terminate()
