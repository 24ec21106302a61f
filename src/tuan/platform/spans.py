"""Spans for an OpenTelemetry collector: request → lane batch → fact → intent, each under the trace of our log lines.

Off unless an endpoint is set, and then the extra `otel` is needed. A trace's number is its id for the collector too, and the
id of its first span, so that whoever goes on with it later, in another process, hangs under that one without being told more.
Attributes are names and numbers of ours (route, verb, consumer, count): nothing that a visitor wrote, no id of a person, and
of an error its type alone.
"""

import os
import random
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any, Protocol

from tuan.platform.settings import SettingsError
from tuan.platform.telemetry import followed
from tuan.platform.work import trace

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
SPAN_IDS = 2**64


class Span(Protocol):
    def note(self, name: str, value: str | int) -> None: ...


class _Nobody:
    """Nothing is exported."""

    def note(self, name: str, value: str | int) -> None:
        pass


class _Noted:
    def __init__(self, span: Any) -> None:
        self._span = span

    def note(self, name: str, value: str | int) -> None:
        self._span.set_attribute(name, value)


_SILENT: AbstractContextManager[Span] = nullcontext(_Nobody())
_first: ContextVar[int] = ContextVar("first", default=0)
_tracer: Any = None


def span(name: str, **attributes: str | int) -> AbstractContextManager[Span]:
    """What is done inside, under the current trace: its first span, or one that goes on with a trace begun elsewhere."""
    return _SILENT if _tracer is None else _recorded(name, attributes)


@contextmanager
def _recorded(name: str, attributes: dict[str, str | int]) -> Iterator[Span]:
    from opentelemetry.trace import Link, StatusCode

    mark, known = trace.get(), tuple[str, ...]()
    if followed.get()[0] == mark:
        known = followed.get()[1]
    parent = _under(known[0]) if len(known) == 1 else _alone()
    _first.set(int(mark, 16) if mark and len(known) != 1 else 0)
    links: list[Link] = [Link(_context(one)) for one in known] if len(known) > 1 else []
    one = _tracer.start_span(name, context=parent, attributes=attributes, links=links)
    try:
        yield _Noted(one)
    except BaseException as error:
        one.set_attribute("error.type", type(error).__name__)
        one.set_status(StatusCode.ERROR)
        raise
    finally:
        one.end()


def _context(mark: str) -> Any:
    """The first span of a trace, as it is known without having seen it."""
    from opentelemetry.trace import SpanContext, TraceFlags

    number = int(mark, 16)
    return SpanContext(number, number, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))


def _under(mark: str) -> Any:
    from opentelemetry.trace import NonRecordingSpan, set_span_in_context

    return set_span_in_context(NonRecordingSpan(_context(mark)), _alone())


def _alone() -> Any:
    from opentelemetry.context import Context

    return Context()


@contextmanager
def exported(service: str) -> Iterator[None]:
    """Export spans for as long as the process runs, if the environment names an endpoint; raises SettingsError."""
    if not any(os.environ.get(name) for name in ENDPOINTS):
        yield
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise SettingsError(
            f"{ENDPOINTS[1]} is set, but what exports is not installed ({error.name}): pip install --require-hashes "
            "-r requirements/otel.lock, or unset it."
        ) from None
    with exported_by(BatchSpanProcessor(OTLPSpanExporter()), service):
        yield


@contextmanager
def exported_by(processor: Any, service: str) -> Iterator[None]:
    """Hand finished spans to a processor; what is still under way is sent at the end."""
    global _tracer
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

    class Ids(RandomIdGenerator):
        """A trace keeps its number, and its first span has it too."""

        def generate_trace_id(self) -> int:
            return _first.get() or super().generate_trace_id()

        def generate_span_id(self) -> int:
            return _first.get() or random.randrange(1, SPAN_IDS)

    provider = TracerProvider(resource=Resource.create({"service.name": service}), id_generator=Ids())
    provider.add_span_processor(processor)
    _tracer = provider.get_tracer("tuan")
    try:
        yield
    finally:
        _tracer = None
        provider.shutdown()
