"""A migration runs while the release before it still serves: it takes no lock for long and takes nothing away from it.

squawk knows what PostgreSQL does to a table that is there already; what is left to say is said here. A file may need an
exception: it stands in `ESCAPES` with its reason (docs/design/migrations.md).
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tuan import migrations

VERSIONS = Path(migrations.__file__).parent / "versions"

BEFORE_THE_RULE = ("0001_house.sql", "0002_sandbox_twin.sql")
"""Released, and run on houses that are hardly a day old."""

ESCAPES: dict[tuple[str, str], str] = {
    ("0005_goods.sql", "ban-drop-constraint"): "its list of words is put back longer in the same transaction",
    ("0021_presale_and_invoices.sql", "ban-drop-constraint"): "put back wider in the same transaction",
    ("0022c_gifts.sql", "ban-drop-constraint"): "its list of words is put back longer in the same transaction",
    ("0031_coupon_links.sql", "ban-drop-constraint"): "its list of words is put back longer in the same transaction",
    (
        "0041_one_consent_ledger.sql",
        "ban-drop-constraint",
    ): "its list of words is put back longer in the same transaction",
    ("0046_bonds.sql", "ban-drop-constraint"): "its lists of words are put back longer in the same transaction",
    ("0044_returned_withdrawals.sql", "ban-drop-constraint"): "they are put back wider in the same transaction",
    ("0022_bundles.sql", "ban-drop-constraint"): "its list of words is put back longer in the same transaction",
    ("0050_splits.sql", "ban-drop-constraint"): "its lists of words are put back longer in the same transaction",
    ("0054_payers.sql", "ban-drop-constraint"): "its list of words is put back longer in the same transaction",
    ("0050b_organisations_apart.sql", "no-backfill"): "a row for each account that a payee has named: a few thousand",
    ("0033c_payees.sql", "ban-drop-not-null"): "the release before makes no row without a supplier, and books none",
    ("0018_providers.sql", "ban-drop-not-null"): "the sandbox's own books; the release before writes it always",
    ("0039_link_hosts.sql", "constraint-missing-not-valid"): "one row for each market, and none has what is checked",
    ("0039_link_hosts.sql", "disallowed-unique-constraint"): "one row for each market: its index is made in no time",
    ("0039b_recalled_discounts.sql", "ban-drop-constraint"): "put back wider in the same transaction",
    ("0017_aftersales.sql", "ban-drop-constraint"): "the key is put back with one more column in the same transaction",
    ("0017_aftersales.sql", "adding-serial-primary-key-field"): "one row per order given back: a million take a second",
    ("0017_aftersales.sql", "constraint-missing-not-valid"): "a key; its one more column is the same in every row",
}
"""(file, rule) with the reason why it is harmless there."""

NOT_OURS = (
    # The runner sets both, and tries again.
    "require-lock-timeout",
    "require-statement-timeout",
    # A step is one transaction that is not run twice.
    "prefer-robust-stmts",
    # The tables in the code say their types and lengths, and test_rules.py forbids small identities.
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-identity",
    "prefer-text-field",
    "prefer-timestamp-tz",
)

ROWS = re.compile(r"^\s*(?:UPDATE|DELETE FROM)\s+(\w+\.\w+)", re.IGNORECASE)
REWRITES = re.compile(
    r"\b(VACUUM\s+FULL|CLUSTER|TRUNCATE|LOCK\s+TABLE|SET\s+(?:TABLESPACE|LOGGED|UNLOGGED))\b", re.IGNORECASE
)
MADE = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+\.\w+)", re.IGNORECASE)
IN_PARALLEL = re.compile(
    r"^\s*(CREATE|DROP)\b.*?\bCONCURRENTLY\s+(?:IF (?:NOT )?EXISTS\s+)?([\w.]+)", re.IGNORECASE | re.DOTALL
)
COMMENT = re.compile(r"--[^\n]*")


def squawk() -> str:
    found = shutil.which("squawk", path=str(Path(sys.executable).parent)) or shutil.which("squawk")
    assert found, "squawk-cli is not installed (requirements/dev.lock)"
    return found


def rules_broken(sql: str) -> set[str]:
    """The rules that this migration breaks on a house of the release before it."""
    in_parallel = "CONCURRENTLY" in sql
    words = [squawk(), "--reporter=json", "--pg-version=16.0", f"--exclude={','.join(NOT_OURS)}"]
    if not in_parallel:
        words.append("--assume-in-transaction")
    ran = subprocess.run(words, input=sql, capture_output=True, text=True, timeout=30, check=False)
    assert ran.returncode in (0, 1) and ran.stdout.lstrip().startswith("["), ran.stdout + ran.stderr
    return {found["rule_name"] for found in json.loads(ran.stdout)} | set(more(sql))


def more(sql: str) -> Iterator[str]:
    if "squawk-ignore" in sql:
        yield "escape-without-a-name"
    made = set(MADE.findall(sql))
    dropped: set[str] = set()
    parts = [part for part in COMMENT.sub("", sql).split(";") if part.strip()]
    for part in parts:
        if (rows := ROWS.match(part)) and rows[1] not in made:
            yield "no-backfill"
        if REWRITES.search(part):
            yield "no-rewrite"
    if not any(IN_PARALLEL.match(part) for part in parts):
        return
    for part in parts:
        index = IN_PARALLEL.match(part)
        if index is None:
            yield "concurrently-alone"
        elif index[1].upper() == "DROP":
            dropped.add(index[2].split(".")[-1])
        elif index[2].split(".")[-1] not in dropped:
            yield "concurrently-again"


@pytest.mark.parametrize("path", sorted(VERSIONS.glob("*.sql")), ids=lambda path: path.name)
def test_a_migration_leaves_the_release_before_it_in_peace(path: Path) -> None:
    if path.name in BEFORE_THE_RULE:
        return
    escaped = {rule for name, rule in ESCAPES if name == path.name}
    assert rules_broken(path.read_text()) - escaped == set(), "see docs/design/migrations.md"


def test_every_escape_is_needed() -> None:
    assert [
        name for name in BEFORE_THE_RULE if not rules_broken((VERSIONS / name).read_text()) and name != "0001_house.sql"
    ] == []
    assert [(name, rule) for name, rule in ESCAPES if rule not in rules_broken((VERSIONS / name).read_text())] == []


BAD = {
    "CREATE INDEX o_idx ON orders.orders (market_id)": "require-concurrent-index-creation",
    "CREATE UNIQUE INDEX o_idx ON orders.orders (market_id)": "require-concurrent-index-creation",
    "DROP INDEX orders.orders_unpaid_idx": "require-concurrent-index-deletion",
    "ALTER TABLE orders.orders ADD COLUMN gift text NOT NULL": "adding-required-field",
    "ALTER TABLE orders.orders ALTER COLUMN gift SET NOT NULL": "adding-not-nullable-field",
    "ALTER TABLE orders.orders ADD COLUMN k uuid DEFAULT gen_random_uuid()": "adding-field-with-default",
    "ALTER TABLE orders.orders ALTER COLUMN gift TYPE bigint": "changing-column-type",
    "ALTER TABLE orders.orders DROP COLUMN currency": "ban-drop-column",
    "ALTER TABLE orders.orders RENAME COLUMN currency TO money": "renaming-column",
    "ALTER TABLE orders.orders RENAME TO purchases": "renaming-table",
    "DROP TABLE orders.orders": "ban-drop-table",
    "ALTER TABLE orders.orders ADD CONSTRAINT c CHECK (version > 0)": "constraint-missing-not-valid",
    "ALTER TABLE orders.orders ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES b.c (d)": "adding-foreign-key-constraint",
    "ALTER TABLE orders.orders ADD CONSTRAINT u UNIQUE (version)": "disallowed-unique-constraint",
    "UPDATE orders.orders SET version = 1": "no-backfill",
    "DELETE FROM orders.orders": "no-backfill",
    "VACUUM FULL orders.orders": "no-rewrite",
    "TRUNCATE orders.orders": "no-rewrite",
    "CREATE TABLE a.b (c bigint); CREATE INDEX CONCURRENTLY i ON orders.orders (market_id)": "concurrently-alone",
    "CREATE INDEX CONCURRENTLY i ON orders.orders (market_id)": "concurrently-again",
    "-- squawk-ignore ban-drop-column\nALTER TABLE orders.orders DROP COLUMN currency": "escape-without-a-name",
}

GOOD = [
    "CREATE TABLE a.b (market_id bigint NOT NULL, c text NOT NULL); CREATE INDEX b_idx ON a.b (market_id); "
    "INSERT INTO a.b VALUES (1, ''); UPDATE a.b SET c = 'x'; ALTER TABLE a.b ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE orders.orders ADD COLUMN gift text, ADD COLUMN count integer DEFAULT 0 NOT NULL",
    "ALTER TABLE orders.orders ADD CONSTRAINT c CHECK (version > 0) NOT VALID",
    "ALTER TABLE orders.orders VALIDATE CONSTRAINT c",
    "GRANT SELECT (version) ON orders.orders TO tuan_relay",
    "DROP INDEX CONCURRENTLY IF EXISTS orders.i; CREATE INDEX CONCURRENTLY i ON orders.orders (market_id)",
]


@pytest.mark.parametrize("sql", BAD)
def test_what_holds_up_or_breaks_the_release_before_is_seen(sql: str) -> None:
    assert BAD[sql] in rules_broken(f"{sql};\n")


@pytest.mark.parametrize("sql", GOOD)
def test_what_only_adds_is_let_through(sql: str) -> None:
    assert rules_broken(f"{sql};\n") == set()
