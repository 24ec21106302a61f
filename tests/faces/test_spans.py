"""What a collector is told: one trace from the request to the provider's answer, and nothing that anybody wrote."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import httpx
import pytest
from litestar import Litestar
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.given import goods as given
from tests.given.houses import Place
from tests.given.receivers import URL, Receiver, poster, relay_through
from tests.given.serving import Shopper, shoppers
from tuan.goods.catalog.model import SKU
from tuan.kit.refusals import granted
from tuan.people import developers
from tuan.platform import spans
from tuan.platform.settings import SettingsError
from tuan.platform.telemetry import follow
from tuan.platform.work import new_trace, trace
from tuan.trade import orders

CANARY = "kanarienvogel"
PHONE = "13912345678"


@pytest.fixture
def told() -> Iterator[InMemorySpanExporter]:
    """Everything that would have been exported."""
    kept = InMemorySpanExporter()
    with spans.exported_by(SimpleSpanProcessor(kept), "tuan test"):
        yield kept


def number(span: ReadableSpan) -> str:
    assert span.context is not None
    return f"{span.context.trace_id:016x}"


async def ask(app: Litestar, place: Place, who: Shopper, method: str, path: str, **fields: str) -> httpx.Response:
    headers = {
        "host": place.host, "accept": "application/json", "cookie": f"tuan={who.token}; other={CANARY}",
        "x-csrf-token": who.form_token, "user-agent": CANARY, "x-forwarded-for": "203.0.113.77",
    }  # fmt: skip
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=f"http://{place.host}") as client:
        return await client.request(method, path, headers=headers, json=fields or None)


async def buy_and_regret(app: Litestar, place: Place) -> dict[str, str]:
    """Somebody writes himself into everything there is to write, buys, pays, cancels, has it back; trace by act."""
    (who,), of = await shoppers(place, 1), await given.goods(place, units=10)
    traces = {}
    fields = {"sku": SKU.show(of.sku), "units": "1", "quoted_minor": "1990", "key": CANARY, "address": "new", "name": CANARY,
              "phone": PHONE, "region": f"{CANARY} 省", "street": f"{CANARY} 路"}  # fmt: skip
    placed = await ask(app, place, who, "POST", f"/orders?q={CANARY}", **fields)
    assert placed.status_code == 201, placed.text
    traces["place"] = placed.headers["x-trace-id"]
    payable, (order,) = placed.json()["payable"], placed.json()["orders"]
    started = await ask(app, place, who, "POST", f"/pay/{payable}/attempts", key=CANARY, provider="sandbox")
    decided = await ask(app, place, who, "POST", f"/sandbox/{started.json()['attempt']}", key=CANARY, outcome="pay")
    traces["decide"] = decided.headers["x-trace-id"]
    traces["paid"] = (await ask(app, place, who, "GET", f"/pay/{payable}?ask=1")).headers["x-trace-id"]
    await place.quiet()
    cancelled = await ask(app, place, who, "POST", f"/orders/{order}/cancellation", key=CANARY)
    assert cancelled.status_code < 300, cancelled.text
    traces["cancel"] = cancelled.headers["x-trace-id"]
    await place.quiet()
    await ask(app, place, who, CANARY.upper(), f"/{CANARY}/{PHONE}?{CANARY}")
    return traces


async def test_one_trace_from_request_to_intent_and_nothing_personal(
    app: Litestar, place: Place, told: InMemorySpanExporter
) -> None:
    traces = await buy_and_regret(app, place)
    found = told.get_finished_spans()
    of: dict[str, set[str]] = {act: {s.name for s in found if number(s) == mark} for act, mark in traces.items()}
    assert {"request", "lane place_orders"} <= of["place"]
    assert "request" in of["cancel"] and any(name.startswith("facts ") for name in of["cancel"])
    assert "intent trade.payments.refunds" in of["cancel"], of["cancel"]
    assert "intent platform.gateways.sandbox.courier" in of["decide"], of["decide"]
    texts = [said(span) for span in found]
    assert not [text for text in texts if CANARY in text.lower() or PHONE in text or "203.0.113" in text]
    assert {span.attributes["http.request.method"] for span in found if span.name == "request"} == {  # type: ignore[index]
        "GET",
        "POST",
        "_OTHER",
    }


async def test_a_webhook_is_posted_under_the_trace_of_what_it_tells(place: Place, told: InMemorySpanExporter) -> None:
    kinds = ["orders.paid.v1"]
    granted(await place.do(developers.add_endpoint, URL, kinds, place.house.poster, reason="test"))
    of, who, mark = await given.goods(place), await given.buyer(place), new_trace()
    attempt = await given.start_paying(place, who, granted(await given.place_order(place, who, of)))
    notice = await given.provider_pays(place, attempt)
    trace.set(mark)
    await place.one(orders.apply_notices, notice)
    trace.set("")
    receiver = Receiver([500, 204])
    await relay_through(place, poster(receiver))
    await place.move_clock(timedelta(minutes=1))
    await relay_through(place, poster(receiver))
    posted = [span for span in told.get_finished_spans() if span.name == "intent people.developers.deliveries"]
    assert [number(span) for span in posted] == [mark, mark] and len(receiver.came) == 2


def said(span: ReadableSpan) -> str:
    """All of a span as it is sent."""
    return str(span.to_json())


async def test_whatever_goes_on_hangs_under_the_first(told: InMemorySpanExporter) -> None:
    mark = new_trace()
    trace.set(mark)
    with spans.span("first"):
        pass
    follow("x.batch", [mark])
    with spans.span("next"):
        pass
    follow("x.batch", [mark, "00000000000000ff"])
    with spans.span("several"):
        pass
    first, following, several = told.get_finished_spans()
    assert number(first) == number(following) == mark and first.parent is None
    assert following.parent is not None and following.parent.span_id == first.context.span_id  # type: ignore[union-attr]
    assert number(several) == trace.get() != mark and several.parent is None
    assert sorted(f"{link.context.trace_id:016x}" for link in several.links) == sorted([mark, "00000000000000ff"])


async def test_of_an_error_only_its_type_is_told(told: InMemorySpanExporter) -> None:
    trace.set(new_trace())
    with pytest.raises(ValueError), spans.span("bad"):
        raise ValueError(CANARY)
    (span,) = told.get_finished_spans()
    assert CANARY not in said(span) and span.attributes == {"error.type": "ValueError"}


def test_without_an_endpoint_nothing_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in spans.ENDPOINTS:
        monkeypatch.delenv(name, raising=False)
    with spans.exported("tuan test"), spans.span("x") as silent:
        assert spans._tracer is None
        silent.note("a", 1)


def test_an_endpoint_without_the_extra_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(spans.ENDPOINTS[1], "http://127.0.0.1:9")
    absent: Any = None
    monkeypatch.setitem(__import__("sys").modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", absent)
    with pytest.raises(SettingsError, match=r"otel\.lock"), spans.exported("tuan test"):
        pass


class _Collector(BaseHTTPRequestHandler):
    """Takes what is posted to it."""

    heard: ClassVar[list[tuple[str, bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.heard.append((self.path, body))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_a_collector_hears_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with HTTPServer(("127.0.0.1", 0), _Collector) as collector:
        threading.Thread(target=collector.serve_forever, daemon=True).start()
        monkeypatch.setenv(spans.ENDPOINTS[1], f"http://127.0.0.1:{collector.server_port}")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        with spans.exported("tuan test"), spans.span("what was done"):
            pass
        collector.shutdown()
    ((path, body),) = _Collector.heard
    assert path == "/v1/traces" and b"what was done" in body and b"tuan test" in body
