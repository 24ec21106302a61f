"""All SQL that writes aftersales."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from tuan.platform import bulk
from tuan.platform.work import Work
from tuan.trade.aftersales import tables
from tuan.trade.aftersales.model import Case, CaseLine, Cases

INSERT_WHOLE = bulk.insert(tables.cases, "order_id", "reason", "amount_minor", "opened_at")
INSERT_CASES = bulk.insert(
    tables.cases, "order_id", "number", "kind", "state", "reason", "amount_minor", "opened_at", "id", "person_id",
    "supplier_id", "asked_minor", "deadline", "ended_at", "outcome",
)  # fmt: skip
INSERT_LINES = bulk.insert(
    tables.case_lines, "order_id", "case_number", "line_number", "units", "goods_minor", "freight_minor",
    "keeps_units", "is_open",
)  # fmt: skip
INSERT_MESSAGES = bulk.insert(
    tables.messages, "id", "order_id", "case_number", "side", "author_id", "act", "text", "pictures", "at"
)
MOVE_CASES = bulk.move(
    tables.cases,
    key=["order_id", "number", "version"],
    columns=["amount_minor", "deadline", "disputed_at", "ended_at", "outcome", "back_carrier", "back_tracking",
             "out_carrier", "out_tracking"],
)  # fmt: skip
MOVE_CASES = replace(MOVE_CASES, sql=MOVE_CASES.sql.replace("SET state", "SET version = t.version + 1, state"))
SAVE_LINES = bulk.update(
    tables.case_lines,
    key=["order_id", "case_number", "line_number"],
    columns=["goods_minor", "freight_minor", "keeps_units", "is_open"],
)
CASES_SQL = (
    "SELECT order_id, number, kind, state, reason, amount_minor, opened_at, id, person_id, supplier_id, asked_minor, "
    "deadline, disputed_at, ended_at, outcome, back_carrier, back_tracking, out_carrier, out_tracking, version, "
    "state AS before FROM aftersales.cases WHERE market_id = $1 AND order_id = ANY($2::uuid[]) AND number > 0 "
    "ORDER BY order_id, number"
)
LOCK_CASES_SQL = f"{CASES_SQL} FOR UPDATE"
CASE_LINES_SQL = (
    "SELECT order_id, case_number, line_number, units, goods_minor, freight_minor, keeps_units, is_open "
    "FROM aftersales.case_lines WHERE market_id = $1 AND order_id = ANY($2::uuid[]) "
    "ORDER BY order_id, case_number, line_number"
)
DUE_CASES_SQL = (
    "SELECT order_id, number FROM aftersales.cases WHERE market_id = $1 AND deadline <= $2 AND state <> 'arbitration' "
    "ORDER BY deadline LIMIT $3"
)
EMPTY_MESSAGES_SQL = (
    "UPDATE aftersales.messages AS m SET text = '', pictures = '[]' FROM orders.orders o WHERE m.market_id = $1 "
    "AND o.market_id = $1 AND o.id = m.order_id AND o.person_id = ANY($2::uuid[]) AND o.ended_at < $3 "
    "AND m.side = 'buyer' AND (m.text <> '' OR m.pictures <> '[]')"
)


async def save_cases(work: Work, cases: Sequence[Case]) -> None:
    """Orders given back whole, one case each: giving back twice stops at the primary key."""
    await work.write(INSERT_WHOLE, cases)


async def load_cases(work: Work, orders: Collection[UUID]) -> Cases:
    """What is and was asked about these orders, locked after the orders themselves."""
    wanted = list(set(orders))
    rows = [Case(*row.values()) for row in await work.lock("cases", LOCK_CASES_SQL, wanted)]
    lines = [CaseLine(*row.values()) for row in await work.fetch(CASE_LINES_SQL, wanted)] if rows else []
    return Cases(rows, lines, work.now)


async def look_at_cases(work: Work, orders: Collection[UUID]) -> Cases:
    """The same without locks, to be shown and not to be saved."""
    wanted = list(set(orders))
    rows = [Case(*row.values()) for row in await work.fetch(CASES_SQL, wanted)]
    return Cases(rows, [CaseLine(*row.values()) for row in await work.fetch(CASE_LINES_SQL, wanted)], work.now)


async def save_moved(work: Work, cases: Cases) -> None:
    """Write what was opened and what moved; a row that is no longer at its version stops the transaction."""
    added = {(case.order_id, case.number) for case in cases.added}
    moved: list[Case] = [case for key, case in cases.moved.items() if key not in added]
    changed: list[CaseLine] = [line for case in moved for line in case.lines]
    await work.write(INSERT_CASES, cases.added)
    await work.write(INSERT_LINES, [line for case in cases.added for line in case.lines])
    await work.write(MOVE_CASES, moved)
    await work.write(SAVE_LINES, changed)
    await work.write(INSERT_MESSAGES, cases.messages)
    for fact in cases.facts:
        work.tell(fact)
