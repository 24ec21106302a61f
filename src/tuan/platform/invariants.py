"""The registry of what must always be true. `tuan check` asks a live database; tests ask after every story."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from tuan.platform.audit import broken_links
from tuan.platform.work import Work

BREACHES_SHOWN_MAX = 20


@dataclass(frozen=True, slots=True)
class Invariant:
    """`find` gives one line per breach; none means that it holds."""

    name: str
    text: str
    find: Callable[[Work], Awaitable[Sequence[str]]]


registry: list[Invariant] = []


def invariant(name: str, text: str, sql: str) -> str:
    """Declare an invariant by a query of the market ($1) whose rows (one text column) are the breaches; returns the query."""

    async def find(work: Work) -> list[str]:
        return [row[0] for row in await work.fetch(f"SELECT * FROM ({sql}) AS breaches LIMIT {BREACHES_SHOWN_MAX}")]

    registry.append(Invariant(name, text, find))
    return sql


async def breaches(work: Work) -> dict[str, list[str]]:
    """Every invariant by `name: text` with its breaches in this market."""
    return {f"{i.name}: {i.text}": list(await i.find(work)) for i in sorted(registry, key=lambda i: _order(i.name))}


def _order(name: str) -> tuple[int, str]:
    digits = "".join(c for c in name if c.isdigit())
    return (int(digits or 0), name)


async def _audit_chain(work: Work) -> list[str]:
    return [f"audit seal {position}" for position in await broken_links(work)]


registry.append(Invariant("I19", "the audit chain is unbroken", _audit_chain))

UNSEALED_SQL = invariant(
    "I19a",
    "every audit row is sealed, or has waited for its seal no longer than a minute",
    "SELECT e.id::text FROM audit.entries e JOIN platform.markets m ON m.id = e.market_id LEFT JOIN audit.seals s "
    "ON s.market_id = e.market_id AND s.entry_id = e.id LEFT JOIN audit.unsealed u ON u.market_id = e.market_id "
    "AND u.entry_id = e.id WHERE e.market_id = $1 AND s.entry_id IS NULL AND (u.entry_id IS NULL "
    "OR e.at < clock_timestamp() + m.clock_offset - interval '60 seconds')",
)
UNDELIVERED_SQL = invariant(
    "I14",
    "no fact is parked or waits for its consumer longer than five minutes",
    "SELECT p.consumer || ' ' || p.fact_id FROM outbox.pending p JOIN platform.markets m ON m.id = p.market_id "
    "WHERE p.market_id = $1 AND (p.parked_at IS NOT NULL OR "
    "p.due_at < clock_timestamp() + m.clock_offset - interval '5 minutes')",
)
UNANSWERED_SQL = invariant(
    "I13",
    "every stored idempotency key has its outcome",
    "SELECT verb || ' ' || key FROM platform.idempotency WHERE market_id = $1 AND outcome IS NULL",
)
