"""The outbox: facts are stored in the transaction that made them true and handed up, in batches, at least once."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tuan.kit import facts
from tuan.kit.facts import Fact
from tuan.kit.ids import new_uuid
from tuan.platform import bulk, tables
from tuan.platform.work import Work, trace

Handler = Callable[[Work, Sequence[Any]], Awaitable[None]]

consumers: dict[str, tuple[type[Fact] | None, Handler]] = {}
"""Handler by its name; the name is part of what is stored, so a handler that is renamed leaves its old facts behind. Without a kind
it hears of every fact, and is handed ids.
"""

_hearers: dict[str, list[str]] = {}
_hearers_of_all: list[str] = []

INSERT_FACTS = bulk.insert(tables.facts, "id", "name", "body", "trace", "told_at")
INSERT_PENDING = bulk.insert(tables.pending, "consumer", "fact_id", "due_at")

TOPIC_LENGTH_MAX = 7000
"""NOTIFY carries at most 8,000 bytes; a batch with more topics wakes everybody instead."""


def on(kind: type[Fact]) -> Callable[[Handler], Handler]:
    """Declare a reaction: `async def handler(work, facts)`. Unordered, at least once, reads state rather than history."""

    def declare(handler: Handler) -> Handler:
        name = _name_of(handler)
        consumers[name] = (kind, handler)
        _hearers.setdefault(kind.name, []).append(name)
        return handler

    return declare


def on_every_fact(handler: Handler) -> Handler:
    """Declare what passes all facts on without understanding them: it is handed their ids, each at least once."""
    name = _name_of(handler)
    consumers[name] = (None, handler)
    _hearers_of_all.append(name)
    return handler


def _name_of(handler: Handler) -> str:
    return f"{handler.__module__.removeprefix('tuan.').removesuffix('.handlers')}.{handler.__name__}"


@dataclass(slots=True)
class _FactRow:
    id: Any
    name: str
    body: bulk.Json
    trace: str
    told_at: Any


@dataclass(slots=True)
class _PendingRow:
    consumer: str
    fact_id: Any
    due_at: Any


async def flush(work: Work) -> None:
    """Store what the transaction tells; one wake-up for the batch, none when nothing waits."""
    if work.facts:
        mark = trace.get()
        rows = [_FactRow(new_uuid(), f.name, bulk.Json(facts.encode(f)), mark, work.now) for f in work.facts]
        await work.write(INSERT_FACTS, rows)
        waiting = [
            _PendingRow(consumer, row.id, work.now)
            for row in rows
            for consumer in (*_hearers.get(row.name, ()), *_hearers_of_all)
        ]
        if waiting:
            await work.write(INSERT_PENDING, waiting)
            work.notify("facts")
    if work.topics:
        text = f"{work.market.id} {' '.join(sorted(work.topics))}"
        if len(text) > TOPIC_LENGTH_MAX:
            text = f"{work.market.id} *"
        await work.send(wake=text)
