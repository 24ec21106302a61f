"""The rules that keep markets apart and the schema fit for a cluster, asked of the migrated database itself."""

from typing import Any

import asyncpg
import pytest

from tests.schema.databases import BOOKKEEPING, OURS
from tuan.platform.embedded import APP, RELAY
from tuan.platform.schema import metadata

OF_NO_MARKET = {
    "platform.markets": "the markets themselves; read before a Work knows its market",
    BOOKKEEPING: "Alembic's own",
}
"""Tables without market_id."""

TABLES = f"pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OURS} AND c.relkind IN ('r', 'p')"

KEYS_SQL = f"""
    SELECT c.oid::regclass::text AS name, i.indexrelid::regclass::text AS key, i.indisprimary AS is_primary,
        array(SELECT a.attname::text FROM unnest(i.indkey::int[]) WITH ORDINALITY AS k(number, place)
              JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number ORDER BY k.place) AS columns
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE {OURS} AND c.relkind = 'r'
"""
REFERENCES_SQL = f"""
    SELECT k.conrelid::regclass::text AS name, k.conname::text AS key, k.confdeltype::text AS on_delete,
        array(SELECT a.attname::text FROM unnest(k.conkey) AS x(number)
              JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = x.number) AS columns,
        array(SELECT a.attname::text FROM unnest(k.confkey) AS x(number)
              JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = x.number) AS targets
    FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace WHERE {OURS} AND k.contype = 'f'
"""
POLICIES_SQL = "SELECT schemaname || '.' || tablename AS name, policyname, permissive, roles::text[] AS roles, qual FROM pg_policies"
MARKET_POLICY = "(market_id = (NULLIF(current_setting('tuan.market'::text, true), ''::text))::bigint)"

# asked as what a role may do in the end, so a grant to PUBLIC or to a group counts too
RIGHTS_SQL = f"""
    SELECT c.oid::regclass::text AS name,
        array(SELECT r FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS r
              WHERE has_table_privilege($1, c.oid, r)) AS rights,
        array(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
              AND has_column_privilege($1, c.oid, a.attnum, 'SELECT')) AS seen,
        array(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
              AND has_column_privilege($1, c.oid, a.attnum, 'INSERT, UPDATE, REFERENCES')) AS written
    FROM {TABLES}
"""


NONE_OF = {
    "trigger": "SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal",
    "rule": "SELECT rulename::text FROM pg_rules WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    "extension": "SELECT extname::text FROM pg_extension WHERE extname <> 'plpgsql'",
    "function": (
        f"SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {OURS}"
    ),
    "small number for money": (
        "SELECT attrelid::regclass::text || '.' || attname FROM pg_attribute "
        r"WHERE attname LIKE '%\_minor' AND atttypid <> 'bigint'::regtype"
    ),
    "float, and no time without its zone": (
        f"SELECT c.oid::regclass::text FROM {TABLES} AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid "
        "AND a.atttypid IN ('timestamp'::regtype, 'float8'::regtype, 'float4'::regtype))"
    ),
}
"""What the schema does without, each as a query of what would be there."""


async def names(connection: asyncpg.Connection, sql: str) -> list[str]:
    return sorted(row[0] for row in await connection.fetch(sql))


async def rights(connection: asyncpg.Connection, role: str) -> dict[str, Any]:
    return {row["name"]: row for row in await connection.fetch(RIGHTS_SQL, role) if row["name"] != BOOKKEEPING}


async def test_every_table_is_of_a_market(migrated: asyncpg.Connection) -> None:
    without = (
        f"SELECT c.oid::regclass::text FROM {TABLES} AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid "
        "AND a.attname = 'market_id' AND a.attnotnull AND a.atttypid = 'bigint'::regtype)"
    )
    assert await names(migrated, without) == sorted(OF_NO_MARKET)
    declared = {table.fullname for table in metadata.sorted_tables if not table.info["market"]}
    assert declared == OF_NO_MARKET.keys() - {BOOKKEEPING}


async def test_the_market_stands_first_in_every_key_and_index(migrated: asyncpg.Connection) -> None:
    rows = [row for row in await migrated.fetch(KEYS_SQL) if row["name"] not in OF_NO_MARKET]
    assert [row["key"] for row in rows if row["columns"][:1] != ["market_id"]] == []
    tables = {table.fullname for table in metadata.sorted_tables if table.info["market"]}
    assert {row["name"] for row in rows if row["is_primary"]} == tables, "each has a primary key"


async def test_the_market_is_part_of_every_reference(migrated: asyncpg.Connection) -> None:
    rows = await migrated.fetch(REFERENCES_SQL)
    assert len(rows) > 20
    assert [row["key"] for row in rows if row["columns"][0] != "market_id" or row["targets"][0] != "market_id"] == []
    assert [row["key"] for row in rows if row["on_delete"] != "a"] == [], "nothing goes because something else went"


async def test_every_market_table_is_guarded(migrated: asyncpg.Connection) -> None:
    unguarded = f"SELECT c.oid::regclass::text FROM {TABLES} AND NOT c.relrowsecurity"
    assert await names(migrated, unguarded) == [BOOKKEEPING]
    every = await migrated.fetch(POLICIES_SQL)
    markets = {row["policyname"]: row["qual"] for row in every if row["name"] == "platform.markets"}
    assert markets == {"seen": "true", "own": MARKET_POLICY.replace("market_id", "id", 1)}
    policies = [row for row in every if row["name"] != "platform.markets"]
    market = {row["name"]: row for row in policies if row["policyname"] == "market"}
    assert market.keys() == {table.fullname for table in metadata.sorted_tables if table.info["market"]}
    assert {(row["qual"], *row["roles"]) for row in market.values()} == {(MARKET_POLICY, APP)}
    due = {row["name"] for row in policies if row["policyname"] == "due" and row["roles"] == [RELAY]}
    assert len(market) + len(due) == len(policies), "no policy but these two"


async def test_the_app_may_do_what_the_tables_say(migrated: asyncpg.Connection) -> None:
    allowed = await rights(migrated, APP)
    wrong = {}
    for table in metadata.sorted_tables:
        expected = ["SELECT", "INSERT"] if table.info["append_only"] else ["SELECT", "INSERT", "UPDATE", "DELETE"]
        if not table.info["market"]:
            expected = ["SELECT"]
        if allowed[table.fullname]["rights"] != expected:
            wrong[table.fullname] = allowed[table.fullname]["rights"]
    assert wrong == {}
    written = "the sealer locks a market's row; of its own market the app sets the domain of links"
    assert allowed["platform.markets"]["written"] == ["name", "link_host"], written


@pytest.mark.parametrize(
    "table", ["ledger.transfers", "outbox.facts", "audit.entries", "audit.seals", "supply.movements"]
)
def test_history_only_grows(table: str) -> None:
    """The books, the facts and the trail; the test above holds the database to what the table says."""
    assert metadata.tables[table].info["append_only"]


async def test_the_relay_sees_only_what_is_due(migrated: asyncpg.Connection) -> None:
    allowed = await rights(migrated, RELAY)
    expected = {
        t.fullname: set(t.info["relay"][0].split(", ")) if t.info["relay"] else set() for t in metadata.sorted_tables
    }
    assert {name: set(row["seen"]) for name, row in allowed.items()} == expected
    assert [name for name, row in allowed.items() if row["written"] or row["rights"]] == []


@pytest.mark.parametrize("role", [APP, RELAY])
async def test_roles_own_and_make_nothing(migrated: asyncpg.Connection, role: str) -> None:
    owned = f"SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OURS}"
    assert await names(migrated, f"{owned} AND pg_get_userbyid(c.relowner) <> 'tuan_owner'") == []
    making = (
        f"SELECT n.nspname::text FROM pg_namespace n WHERE {OURS} AND has_schema_privilege('{role}', n.oid, 'CREATE')"
    )
    assert await names(migrated, making) == []


async def test_no_small_identities(migrated: asyncpg.Connection) -> None:
    """An int4 sequence ends after two thousand million rows; a sequence at all is one per node on a cluster."""
    sequences = (
        "SELECT schemaname || '.' || sequencename FROM pg_sequences WHERE data_type <> 'bigint'::regtype "
        "OR schemaname || '.' || sequencename <> 'platform.markets_id_seq'"
    )
    assert await names(migrated, sequences) == []


@pytest.mark.parametrize("what", NONE_OF)
async def test_there_is_no(migrated: asyncpg.Connection, what: str) -> None:
    assert await names(migrated, NONE_OF[what]) == []


async def test_one_market_neither_sees_nor_writes_another(migrated: asyncpg.Connection) -> None:
    """The guard at work, as the app's role."""
    row = "gen_random_uuid(), '', '', now()"
    await migrated.execute("SELECT set_config('tuan.market', '1', true)")
    await migrated.execute(f"SET LOCAL ROLE {APP}")
    insert = f"INSERT INTO accounts.persons (market_id, id, name, locale, created_at) VALUES (%s, {row})"
    await migrated.execute(insert % 1)
    assert await migrated.fetchval("SELECT count(*) FROM accounts.persons") == 1
    await migrated.execute("SELECT set_config('tuan.market', '2', true)")
    assert await migrated.fetchval("SELECT count(*) FROM accounts.persons") == 0
    assert await migrated.execute("UPDATE accounts.persons SET name = 'x'") == "UPDATE 0"
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        async with migrated.transaction():
            await migrated.execute(insert % 1)
    await migrated.execute("SELECT set_config('tuan.market', '', true)")
    assert await migrated.fetchval("SELECT count(*) FROM accounts.persons") == 0, "without a market nothing is there"
