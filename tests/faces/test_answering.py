"""What one request costs besides its work: its body is read once and no longer than allowed, and nothing of it stays behind."""

import gc
from types import SimpleNamespace
from typing import Any

import pytest
from litestar import Request

from tests.faces.browser import JSON
from tests.faces.conftest import Visitors
from tests.faces.test_refusals import wish
from tests.given import goods as given
from tests.given.houses import Place
from tuan.kit.refusals import Refused
from tuan.surfaces.web.answers import Answer
from tuan.surfaces.web.errors import FormUnreadable, TooLarge
from tuan.surfaces.web.reading import whole_body
from tuan.surfaces.web.visits import Visit

MOST = 10


def sending(*messages: dict[str, Any]) -> Any:
    """A request whose body comes in these messages, on a route that takes ten bytes."""
    coming = iter(messages)

    async def receive() -> dict[str, Any]:
        return next(coming)

    return SimpleNamespace(receive=receive, route_handler=SimpleNamespace(resolve_request_max_body_size=lambda: MOST))


def part(body: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


async def test_a_body_comes_in_parts() -> None:
    assert await whole_body(sending(part(b"12345", more=True), part(b"67890", more=False)), "10") == b"1234567890"
    assert await whole_body(sending({"type": "http.request"}), "") == b""


async def test_a_body_that_is_too_long_or_breaks_off_is_refused() -> None:
    with pytest.raises(Refused) as long:
        await whole_body(sending(part(b"12345", more=True), part(b"678901", more=True)), "²")
    assert isinstance(long.value.refusal, TooLarge)
    with pytest.raises(Refused) as short:
        await whole_body(sending(part(b"12345", more=True), {"type": "http.disconnect"}), "10")
    assert isinstance(short.value.refusal, FormUnreadable)


async def test_a_body_that_is_announced_too_long_is_not_even_asked_for() -> None:
    with pytest.raises(Refused) as refused:
        await whole_body(sending(), "11")  # to ask would be an error: nothing comes
    assert isinstance(refused.value.refusal, TooLarge)


async def test_an_answer_says_its_type_and_its_length() -> None:
    told: list[Any] = []

    async def send(message: Any) -> None:
        told.append(message)

    answer = Answer(content="团".encode(), status_code=404, media_type="text/html", headers={"Location": "/é"})
    await answer.to_asgi_response()({}, None, send)  # type: ignore[arg-type]
    assert told[0]["status"] == 404 and told[1] == {
        "type": "http.response.body",
        "body": b"\xe5\x9b\xa2",
        "more_body": False,
    }
    assert told[0]["headers"] == [
        (b"location", b"/\xe9"), (b"content-type", b"text/html; charset=utf-8"), (b"content-length", b"3"),
    ]  # fmt: skip


def alive() -> int:
    return sum(type(one) in (Visit, Request) for one in gc.get_objects())


async def test_a_request_that_is_answered_is_gone(place: Place, visitors: Visitors) -> None:
    """Without the collector: what it would have to find costs a crowd a tenth of the server's processor."""
    of, who = await given.goods(place, units=5), await given.buyer(place)
    visitor = await visitors(who, accept=JSON)
    headers = {"x-csrf-token": visitor.token}
    gc.collect()
    before = alive()
    gc.disable()
    try:
        statuses = [
            (await visitor.http.get("/")).status_code,
            (await visitor.http.get("/p/none")).status_code,
            (await visitor.http.post("/orders", json=wish(of, who), headers=headers)).status_code,
            (await visitor.http.post("/orders", json=wish(of, who, units="0"), headers=headers)).status_code,
        ]
        assert statuses == [200, 404, 201, 422] and alive() == before
    finally:
        gc.enable()
