"""The rules of SQL that keep one schema good from laptop to cluster, read from the texts themselves."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tidy.house import MODULE, ROOT, files, name, text, tree
from tests.tidy.statements import OWNER, RELAY, Statement, statements
from tuan.platform.schema import metadata

SIMPLE_CASE = re.compile(r"\bCASE\s+(?!WHEN\b)", re.IGNORECASE)
UPDATES = re.compile(r"(?<!FOR )(?<!KEY )\bUPDATE\b(.*)", re.DOTALL)
VOLATILE = re.compile(
    r"\b(?:now|clock_timestamp|statement_timestamp|random|gen_random_uuid|uuidv7|nextval|timeofday)\s*\("
)
WRITES = re.compile(r"\b(?:INSERT INTO|DELETE FROM|(?<!FOR )(?<!KEY )(?<!DO )UPDATE) (\w+)\.(\w+)")
TABLES = re.compile(r"\b(\w+\.\w+)\b")
BOUND = re.compile(r"\bmarket_id = \$1|\(market_id,[^)]*\) (?:SELECT|VALUES \() ?\$1")
TIED = re.compile(r"\bmarket_id = (?:\$1|\w+\.market_id)|INTO \w+\.\w+ (?:AS \w+ )?\(market_id,")
MENTIONED = re.compile(r"\b(?:FROM|JOIN|UPDATE|INTO|USING|,) (\w+\.\w+)\b")
STATEMENT = re.compile(r"\s*(?:SELECT|INSERT INTO|UPDATE (?:[a-z]|$)|DELETE FROM|WITH) ?")
ONE_BY_ONE = re.compile(
    r"\(SELECT (?:sum|count|min|max|array_agg|bool_or|bool_and)\((?:(?!\(SELECT).)*?\bmarket_id = \w+\.market_id",
    re.DOTALL,
)
"""An aggregate that is asked for anew for each row around it."""

INLINE = {
    ("src/tuan/platform/bulk.py", "insert"): "makes statements from tables",
    ("src/tuan/platform/bulk.py", "update"): "makes statements from tables",
    ("src/tuan/platform/bulk.py", "move"): "makes statements from tables",
    ("src/tuan/platform/bulk.py", "together"): "puts such statements together",
    ("src/tuan/platform/locks.py", "timed"): "wraps a statement that is a constant",
    ("src/tuan/platform/work.py", "read_clock"): "has no table and no parameter",
    ("src/tuan/platform/database.py", "refuse_strong_role"): "asks what this role is, once per process",
    ("src/tuan/platform/invariants.py", "find"): "bounds the query of an invariant",
    ("src/tuan/backups/database.py", "_rows_of"): "counts a table whose name it has from the catalog",
    ("src/tuan/migrations/migrate.py", "migrate"): "asks for the revision before any table is there",
}
"""Functions that hold a statement themselves: (file, function) with the reason."""

PING = "SELECT 1"
"""Asks only whether anybody answers."""

SQL_ROOMS = ("store", "queries", "sweeps")


@pytest.fixture(scope="module")
def house() -> list[Statement]:
    return statements()


@pytest.fixture(scope="module")
def market_tables(house: list[Statement]) -> set[str]:
    return {table.fullname for table in metadata.sorted_tables if table.info["market"]}


def is_volatile_update(sql: str) -> bool:
    return any(VOLATILE.search(rest) for rest in UPDATES.findall(sql))


def why_not_bound(sql: str, role: str, market_tables: set[str]) -> str | None:
    """Each mention of a market's table is tied to the market, and the whole to the constant $1; the relay sees all."""
    mentions = [mention for mention in MENTIONED.findall(sql) if mention in market_tables]
    if role == RELAY:
        mentions = mentions[1:]  # the first is what is due, in every market
    elif mentions and not BOUND.search(sql):
        return "no market_id = $1"
    ties = len(TIED.findall(sql))
    return f"{len(mentions)} tables of the market, {ties} tied to it" if ties < len(mentions) else None


def inline(module: ast.Module) -> Iterator[tuple[str, int]]:
    """Statements that are no module constant ending in _SQL and not what is due: (function, line)."""
    allowed: set[ast.AST] = set()
    for node in module.body:
        if isinstance(node, ast.Assign) and all(getattr(t, "id", "").endswith("_SQL") for t in node.targets):
            allowed |= set(ast.walk(node))
    functions = [n for n in ast.walk(module) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    for node in ast.walk(module):
        if isinstance(node, ast.keyword) and node.arg in ("due", "due_sql"):
            allowed |= set(ast.walk(node))
    for node in ast.walk(module):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or node in allowed:
            continue
        if STATEMENT.match(node.value) and node.value != PING:
            inner = [f for f in functions if f.lineno <= node.lineno <= (f.end_lineno or 0)]
            yield (max(inner, key=lambda f: f.lineno).name if inner else "", node.lineno)


def test_no_simple_case(house: list[Statement]) -> None:
    """`CASE x WHEN v` in an UPDATE is refused by Citus; `CASE WHEN x = v` says the same everywhere."""
    assert [one.name for one in house if SIMPLE_CASE.search(one.sql)] == []
    assert SIMPLE_CASE.search("CASE kind WHEN 'a' THEN 1 END") and not SIMPLE_CASE.search("CASE WHEN kind = 'a'")


def test_no_volatile_function_in_updates(house: list[Statement]) -> None:
    """Times and ids are parameters: a statement that runs again, or elsewhere, must write the same."""
    assert [one.name for one in house if is_volatile_update(one.sql)] == []
    assert is_volatile_update("UPDATE a.b SET at = now() WHERE id = $1")
    assert is_volatile_update("INSERT INTO a.b VALUES ($1) ON CONFLICT (id) DO UPDATE SET at = clock_timestamp()")
    assert not is_volatile_update("SELECT clock_timestamp() FROM a.b WHERE id = $1 FOR NO KEY UPDATE")


def test_every_statement_keeps_to_its_market(house: list[Statement], market_tables: set[str]) -> None:
    found = {one.name: why_not_bound(one.sql, one.role, market_tables) for one in house if one.role != OWNER}
    assert {statement: why for statement, why in found.items() if why} == {}


def test_a_statement_without_its_market_is_seen(market_tables: set[str]) -> None:
    join = "SELECT 1 FROM orders.orders o JOIN orders.lines l ON l.order_id = o.id"
    assert why_not_bound(f"{join} WHERE o.state = 'paid'", "tuan_app", market_tables)
    assert why_not_bound(f"{join} WHERE o.market_id = $1", "tuan_app", market_tables)
    assert why_not_bound(join, RELAY, market_tables)
    tied = f"{join} AND l.market_id = o.market_id"
    assert not why_not_bound(f"{tied} WHERE o.market_id = $1", "tuan_app", market_tables)
    assert not why_not_bound(tied, RELAY, market_tables)


def test_a_set_has_its_sums_made_together(house: list[Statement]) -> None:
    """Row by row, a plan of the time when that table was empty walks all of the market for each of them: any index that
    starts with the market cost the same then. It took half of the time in which ten thousand teams lapsed."""
    found = [one.name for one in house if ONE_BY_ONE.search(one.sql) and "= ANY($" in one.sql]
    assert found == []
    assert ONE_BY_ONE.search(
        "SELECT id, (SELECT sum(n) FROM a.b WHERE b.market_id = c.market_id AND b.id = c.id) FROM a.c c"
    )
    assert not ONE_BY_ONE.search("SELECT sum(n) FROM a.b WHERE market_id = $1 GROUP BY id")


def test_modules_write_only_their_own_tables(house: list[Statement]) -> None:
    found = []
    for one in house:
        module = MODULE.match(one.name)
        if module and {schema for schema, _ in WRITES.findall(one.sql)} - {module[2]}:
            found.append(one.name)
    assert found == []
    assert WRITES.findall("WITH x AS (DELETE FROM a.b) UPDATE c.d AS t SET e = 1") == [("a", "b"), ("c", "d")]
    assert WRITES.findall("SELECT 1 FROM a.b FOR UPDATE OF b.c") == []


@pytest.mark.parametrize("path", [path for path in files("src") if STATEMENT.search(text(path))], ids=name)
def test_statements_are_constants(path: Path) -> None:
    found = [(function, line) for function, line in inline(tree(path)) if (name(path), function) not in INLINE]
    assert found == [], "make it a module constant ending in _SQL, or let tuan.platform.bulk make it"


def test_every_inline_escape_is_needed() -> None:
    paths = sorted({ROOT / path for path, _ in INLINE})
    found = {(name(path), function) for path in paths for function, _ in inline(tree(path))}
    assert set(INLINE) - found == set()


def test_an_inline_statement_is_seen() -> None:
    bad = "A = 'SELECT 4'\nasync def f(w):\n    await w.fetch(f'SELECT {a} FROM b')\nB_SQL = 'SELECT 2'\n@every(due='SELECT 3')\ndef g(): ..."
    assert [function for function, _ in inline(ast.parse(bad))] == ["", "f"]


def test_statements_of_modules_stand_in_their_rooms(house: list[Statement]) -> None:
    rooms = {one.name: MODULE.sub("", one.name).split(".")[1] for one in house if MODULE.match(one.name)}
    assert {statement for statement, room in rooms.items() if room not in SQL_ROOMS} == set()
    assert len(rooms) > 50


SQL_OF = {"False": "false", "True": "true", "0": "0", "''": "''", "None": None}
"""By how Python shows a value."""


def test_what_a_bare_insert_leaves_out_is_the_tables_default() -> None:
    sparing = [one.bulk for one in statements() if one.bulk and one.bulk.bare]
    assert sparing
    for bulk in sparing:
        columns = metadata.tables[bulk.table].c
        for column, value in bulk.rare:
            default = columns[column].server_default
            written = default.arg.text if default is not None else None
            assert written == SQL_OF[repr(value)], f"{bulk.table}.{column}"
