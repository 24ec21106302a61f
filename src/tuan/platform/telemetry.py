"""Structured logs with one trace through request, fact and intent, and the metrics that an operator watches."""

import logging
import re
import sys
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

import msgspec
import structlog
from prometheus_client import Counter, Gauge, Histogram

from tuan.platform.work import new_trace, trace

log = structlog.get_logger()

QUOTED = re.compile(
    r"((?:^DETAIL|^HINT|^CONTEXT|invalid input for query argument \$\d+): ).*?(?=\n\n(?:The above|During)|\Z)",
    re.MULTILINE | re.DOTALL,
)
"""What is added to an error of the database quotes the row or the parameter, and there stand telephone numbers."""

REQUESTS = Histogram(
    "tuan_request_seconds", "Time to answer a request.", ["route", "status"], buckets=(0.005, 0.02, 0.1, 0.5, 2, 10)
)
DELIVERED_FACTS = Counter("tuan_delivered_facts_total", "Facts handed to consumers.", ["consumer"])
PARKED_FACTS = Counter(
    "tuan_parked_facts_total", "Facts given up after their last try; each needs a hand.", ["consumer"]
)
WAITING_FACTS = Gauge("tuan_waiting_facts", "Facts that wait for a consumer.")
LAW_ALARMS = Gauge("tuan_law_alarms", "Alarms of the law's daily measures that ring; each needs a hand.", ["market"])
FAILED_ROUNDS = Counter("tuan_failed_rounds_total", "Rounds of a sweep or intent that failed in a market.", ["name"])
REFUSALS = Counter("tuan_refusals_total", "Refusals told to visitors.", ["code"])

followed: ContextVar[tuple[str, tuple[str, ...]]] = ContextVar("followed", default=("", ()))
"""The trace that was gone on under, and those that it goes on with: itself alone, or several under a new one."""


def follow(event: str, traces: Iterable[str]) -> None:
    """Go on under the trace of what is being done; several at once go on under a new one, and a line says which."""
    known = sorted({one for one in traces if one})
    if len(known) == 1:
        trace.set(known[0])
    elif known:
        trace.set(new_trace())
        log.info(event, traces=known)
    followed.set((trace.get(), tuple(known)))


def set_up_logs(*, as_json: bool, level: int = logging.INFO) -> None:
    """JSON lines for machines, short coloured lines for a terminal; always on standard error."""
    factory: Any = structlog.BytesLoggerFactory if as_json else structlog.WriteLoggerFactory
    structlog.configure(
        processors=[
            _complete,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _as_json if as_json else structlog.dev.ConsoleRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=factory(sys.stderr.buffer if as_json else sys.stderr),
        cache_logger_on_first_use=True,
    )


def _complete(logger: Any, level: str, event: Any) -> Any:
    """What every line has; one step, since a request waits for its line."""
    if mark := trace.get():
        event["trace"] = mark
    event["level"] = level
    if "exc_info" not in event:
        return event
    told = structlog.processors.format_exc_info(logger, level, event)
    told["exception"] = QUOTED.sub(r"\1(left out)", told["exception"])
    return told


def _as_json(_logger: Any, _level: str, event: Any) -> bytes:
    return msgspec.json.encode(event, enc_hook=repr)
