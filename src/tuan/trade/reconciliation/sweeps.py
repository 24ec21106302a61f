"""Every night the statements are read; what we have not booked is asked about; tickets end by themselves where they can."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog

from tuan.platform.gateways.outside import Outside
from tuan.platform.gateways.payment import Charge, Notice, StatementNotReady
from tuan.platform.sweeps import Intent, every, intent
from tuan.platform.work import Work
from tuan.trade import orders, payments
from tuan.trade.reconciliation import actions, store
from tuan.trade.reconciliation.actions import Statement, fetch_statement

log = structlog.get_logger()

READY_AFTER = timedelta(hours=10)
"""After midnight of UTC; by then every provider has made the statement of the day before."""
STATEMENTS_PER_ROUND_MAX = 4
ASKS_PER_ROUND_MAX = 200
ASKS_MAX = 12
"""After so many questions about one payment a person has to look."""


@every(seconds=3600, due="SELECT id AS market_id FROM platform.markets")
async def expect_yesterday(work: Work) -> int:
    """The statements of yesterday, of every provider that ever took money for this market."""
    yesterday = (work.now - READY_AFTER).date() - timedelta(days=1)
    await actions.expect_statements(work, await payments.providers_used(work), yesterday)
    return 0


async def claim_statements(work: Work) -> list[Statement]:
    rows = await work.fetch(store.CLAIM_SQL, work.now, STATEMENTS_PER_ROUND_MAX)
    return [Statement(row["provider"], work.market.id, row["day"]) for row in rows]


async def fetch_statements(outside: Outside, claimed: Sequence[Any]) -> list[Statement]:
    """Those that could be had; the others are asked for again."""
    found = []
    for one in claimed:
        try:
            found.append(await fetch_statement(outside, one.provider, one.market, one.day))
        except StatementNotReady:
            log.info("statement.not_ready", provider=one.provider, day=str(one.day))
        except Exception as error:
            log.warning("statement.unknown", provider=one.provider, day=str(one.day), error=repr(error))
    return found


async def keep_statements(work: Work, fetched: Sequence[Statement]) -> None:
    for one in fetched:
        await actions.read_statement(work, one.provider, one.day, one.lines, one.zone)


STATEMENTS = intent(
    Intent(
        name="trade.reconciliation.statements",
        seconds=60,
        due_sql=(
            "SELECT DISTINCT s.market_id FROM reconciliation.statements s JOIN platform.markets m ON m.id = s.market_id "
            "WHERE s.state = 'due' AND s.next_attempt_at <= clock_timestamp() + m.clock_offset"
        ),
        claim=claim_statements,
        call=fetch_statements,
        apply=keep_statements,
    )
)


async def claim_asks(work: Work) -> list[tuple[str, Charge]]:
    """Payments in a statement that name an attempt of ours and are not booked."""
    rows = await work.fetch(store.CLAIM_ASKS_SQL, work.now, ASKS_PER_ROUND_MAX, ASKS_MAX)
    known = await payments.load_attempts(work, [row["key"] for row in rows])
    return [
        (
            row["provider"],
            Charge(work.market.id, row["key"], known[row["key"]].amount_minor, known[row["key"]].currency),
        )
        for row in rows
        if row["key"] in known and known[row["key"]].provider == row["provider"]
    ]


async def ask_about(outside: Outside, claimed: Sequence[Any]) -> list[Notice]:
    notices: list[Notice] = []
    for name in sorted({name for name, _ in claimed}):
        try:
            notices += await outside.providers[name].query([charge for of, charge in claimed if of == name])
        except Exception as error:
            log.warning("charges.unknown", provider=name, error=repr(error))
    return notices


async def apply_answers(work: Work, notices: Sequence[Notice]) -> None:
    """As the notices that were lost would have been applied; then both sides agree."""
    await orders.apply_notices(work, notices)
    await work.send()
    await actions.match_tickets(work)


ASKS = intent(
    Intent(
        name="trade.reconciliation.asks",
        seconds=10,
        due_sql=(
            "SELECT DISTINCT t.market_id FROM reconciliation.tickets t JOIN platform.markets m ON m.id = t.market_id "
            "WHERE t.next_attempt_at <= clock_timestamp() + m.clock_offset"
        ),
        claim=claim_asks,
        call=ask_about,
        apply=apply_answers,
    )
)


@every(seconds=300, due="SELECT id AS market_id FROM platform.markets")
async def match_tickets(work: Work) -> int:
    return await actions.match_tickets(work)
