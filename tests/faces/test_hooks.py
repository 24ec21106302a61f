"""What a provider posts: recorded once if he said it now, else answered clearly, with nothing changed."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from litestar import Litestar

from tests.faces import wire
from tests.faces.browser import JSON
from tests.faces.conftest import Visitors
from tests.given import goods as given
from tests.given import houses, notices
from tests.given.houses import Place
from tuan.platform.gateways.payment import Charge, Notice
from tuan.platform.lanes import ServerBusy
from tuan.platform.work import OutcomeUnknown
from tuan.surfaces.hooks.routes import NOTICE_BYTES_MAX, WINDOW_SECONDS, WRONG_MAX
from tuan.surfaces.web.app import make_app
from tuan.trade.payments.model import PAYABLE

HOOK = "/hooks/sandbox"
PROBLEM = "application/problem+json"


async def post(visitors: Visitors, body: bytes, headers: dict[str, str], url: str = HOOK, **of: Any) -> httpx.Response:
    """As a provider posts: no cookie, no token, a content type."""
    sender = await visitors(accept="*/*", **of)
    sender.http.cookies.clear()
    return await sender.http.post(url, content=body, headers={"content-type": "application/json", **headers})


async def paid_notice(place: Place) -> tuple[Any, Charge, Notice]:
    """An order, the charge for it, and the notice that it was paid just now."""
    _, who, placed, charge = await notices.started(place)
    return (who, placed), charge, await given.paid_notice(place, charge.attempt)


async def recorded(place: Place) -> dict[str, Any]:
    """Everything but how often somebody was wrong."""
    return {name: rows for name, rows in (await place.snapshot()).items() if name != "platform.limits"}


async def refused(
    place: Place, visitors: Visitors, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    before = await recorded(place)
    answer = await post(visitors, body, headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == PROBLEM
    assert await recorded(place) == before
    assert await notices.set_aside(place) == []


async def test_a_notice_is_recorded_and_a_repeated_one_changes_nothing(place: Place, visitors: Visitors) -> None:
    (_, placed), _, notice = await paid_notice(place)
    body = notices.body_of(notice)
    headers = await notices.signed(place, body)
    answer = await post(visitors, body, headers)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "set-cookie" not in answer.headers
    await place.quiet()
    assert await given.state_of(place, placed.orders[0]) == "to_ship"
    before = await place.snapshot()
    assert (await post(visitors, body, headers)).status_code == 204
    assert (await post(visitors, body, await notices.signed(place, body, id="msg_2"))).status_code == 204
    assert await place.snapshot() == before
    assert await place.breaches() == {}


@pytest.mark.parametrize(
    "forgery",
    [
        "another key",
        "another market",
        "another body",
        "another id",
        "another time",
        "no headers",
        "nothing",
        "v2",
        "words",
    ],
)
async def test_what_the_provider_has_not_signed_changes_nothing(place: Place, visitors: Visitors, forgery: str) -> None:
    _, _, notice = await paid_notice(place)
    body = notices.body_of(notice)
    headers = await notices.signed(place, body)
    right = headers["webhook-signature"]
    if forgery == "another key":
        headers = await notices.signed(place, body, key=b"k" * 32)
    elif forgery == "another market":
        headers = await notices.signed(place, body, key=place.house.sandbox.key_of(place.market + 1))
    elif forgery == "another body":
        body = body.replace(b"1990", b"1991")
    elif forgery == "no headers":
        headers = {}
    else:
        headers |= {
            "another id": {"webhook-id": "msg_2"},
            "another time": {"webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)},
            "nothing": {"webhook-signature": ""},
            "v2": {"webhook-signature": right.replace("v1,", "v2,")},
            "words": {"webhook-signature": "v1,é v1, , ,,"},
        }[forgery]
    sent = {name: value.encode("latin-1") for name, value in headers.items()}
    await refused(place, visitors, body, sent, 401, "gateways.signature_wrong")  # type: ignore[arg-type]


async def test_one_right_signature_among_several_is_enough(place: Place, visitors: Visitors) -> None:
    """As while a key is being changed."""
    _, _, notice = await paid_notice(place)
    body = notices.body_of(notice)
    headers = await notices.signed(place, body)
    headers["webhook-signature"] = f"v1,AAAA {headers['webhook-signature']} v1a,BBBB"
    assert (await post(visitors, body, headers)).status_code == 204


@pytest.mark.parametrize("age", [timedelta(minutes=6), timedelta(minutes=-6), timedelta(days=20_000)], ids=str)
async def test_a_notice_that_somebody_kept_is_too_old(place: Place, visitors: Visitors, age: timedelta) -> None:
    _, _, notice = await paid_notice(place)
    body = notices.body_of(notice)
    await refused(place, visitors, body, await notices.signed(place, body, age=age), 401, "gateways.notice_old")


@pytest.mark.parametrize("timestamp", ["", "now", "-1", "1e9", "²", "9" * 40])
async def test_a_time_that_is_none_is_old(place: Place, visitors: Visitors, timestamp: str) -> None:
    body = b"{}"
    right = notices.signature(place.house.sandbox.key_of(place.market), "msg_1", timestamp, body)
    # A header travels as bytes; the server reads them as Latin-1.
    sent = timestamp.encode("latin-1")
    if not timestamp.isascii():
        right = notices.signature(place.house.sandbox.key_of(place.market), "msg_1", sent.decode("latin-1"), body)
    headers: Any = {"webhook-id": "msg_1", "webhook-timestamp": sent, "webhook-signature": right}
    await refused(place, visitors, body, headers, 401, "gateways.notice_old")


@pytest.mark.parametrize("minutes", [4, -4])
async def test_clocks_may_be_off_by_some_minutes(place: Place, visitors: Visitors, minutes: int) -> None:
    _, _, notice = await paid_notice(place)
    body = notices.body_of(notice)
    headers = await notices.signed(place, body, age=timedelta(minutes=minutes))
    assert (await post(visitors, body, headers)).status_code == 204


@pytest.mark.parametrize(
    "said",
    [
        {"amount_minor": -1},
        {"amount_minor": 10**30},
        {"amount_minor": "1990"},
        {"amount_minor": 19.9},
        {"transaction": ""},
        {"transaction": "a\0b"},
        {"transaction": "x" * 81},
        {"state": "declined"},
        {"state": "stolen"},
        {"attempt": "try_1"},
        {"currency": "cny"},
        {"merchant": None},
        {"paid_at": "2026-11-22T00:00:00"},
        {"paid_at": 0},
        {"tip_minor": 1},
    ],
    ids=str,
)
async def test_a_signed_notice_that_cannot_be_meant(place: Place, visitors: Visitors, said: dict[str, Any]) -> None:
    _, _, notice = await paid_notice(place)
    body = notices.body_of(notice, **said)
    await refused(place, visitors, body, await notices.signed(place, body), 422, "gateways.notice_unreadable")


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b"\xff", b"[" * 8000, b'{"data":' * 2000])
async def test_a_signed_body_that_cannot_be_read(place: Place, visitors: Visitors, body: bytes) -> None:
    await refused(place, visitors, body, await notices.signed(place, body), 422, "gateways.notice_unreadable")


async def test_a_body_that_was_cut_off(place: Place, visitors: Visitors) -> None:
    _, _, notice = await paid_notice(place)
    whole = notices.body_of(notice)
    cut = whole[: len(whole) // 2]
    await refused(place, visitors, cut, await notices.signed(place, whole), 401, "gateways.signature_wrong")
    await refused(place, visitors, cut, await notices.signed(place, cut), 422, "gateways.notice_unreadable")


async def test_a_body_that_is_too_long(place: Place, visitors: Visitors) -> None:
    _, _, notice = await paid_notice(place)
    body = notices.body_of(notice) + b" " * NOTICE_BYTES_MAX
    await refused(place, visitors, body, await notices.signed(place, body), 413, "web.too_large")


async def test_a_provider_whom_we_do_not_know(place: Place, visitors: Visitors) -> None:
    _, _, notice = await paid_notice(place)
    body = notices.body_of(notice)
    before = await place.snapshot()
    headers = await notices.signed(place, body)
    for url in ("/hooks/wechat", "/hooks/Sandbox", "/hooks/", "/hooks/sandbox/more"):
        assert (await post(visitors, body, headers, url)).status_code == 404
    assert (await (await visitors(accept=JSON)).get(HOOK)).status_code == 405
    assert await place.snapshot() == before


async def test_a_notice_for_another_market_is_not_ours(place: Place, visitors: Visitors) -> None:
    _, _, notice = await paid_notice(place)
    body = notices.body_of(notice)
    _, elsewhere = await houses.make_market(place.house)
    answer = await post(visitors, body, await notices.signed(place, body), host=elsewhere)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"amount_minor": 1989}, "wrong_amount"),
        ({"currency": "USD"}, "wrong_currency"),
        ({"merchant": "another-merchant"}, "wrong_merchant"),
        ({"app": "another-app"}, "wrong_merchant"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_was_not_agreed_is_recorded_put_aside_and_shown_as_unpaid(
    place: Place, visitors: Visitors, said: dict[str, Any], reason: str
) -> None:
    (who, placed), _, notice = await paid_notice(place)
    body = notices.body_of(notice, **said)
    for number in range(2):
        answer = await post(visitors, body, await notices.signed(place, body, id=f"msg_{number}"))
        assert answer.status_code == 204
    await place.quiet()
    assert await notices.set_aside(place) == [reason]
    assert await notices.attempt_states(place) == ["disputed"]
    assert await given.state_of(place, placed.orders[0]) == "placed"
    buyer = await visitors(who, accept=JSON)
    assert (await buyer.json(f"/pay/{PAYABLE.show(placed.payable)}"))["state"] == "open"
    right = notices.body_of(notice)
    assert (await post(visitors, right, await notices.signed(place, right, id="msg_9"))).status_code == 204
    assert (await buyer.json(f"/pay/{PAYABLE.show(placed.payable)}"))["state"] == "paid"
    assert await place.breaches() == {}


async def test_a_payment_of_nothing_we_know_is_put_aside(place: Place, visitors: Visitors) -> None:
    _, _, notice = await paid_notice(place)
    body = notices.body_of(notice, attempt=str(uuid4()))
    assert (await post(visitors, body, await notices.signed(place, body))).status_code == 204
    assert await notices.set_aside(place) == ["unknown_attempt"]
    assert await notices.attempt_states(place) == ["pending"]


@pytest.mark.parametrize(
    "error", [OutcomeUnknown("01000"), asyncpg.ConnectionDoesNotExistError("gone"), ConnectionResetError()]
)
async def test_an_unknown_outcome_asks_for_the_notice_again(
    place: Place, visitors: Visitors, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, notice = await paid_notice(place)
    body = notices.body_of(notice)

    async def lose(*_: Any, **__: Any) -> Any:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(type(place.house.lanes), "submit", lose)
        answer = await post(visitors, body, await notices.signed(place, body))
        assert (answer.status_code, answer.json()["code"]) == (503, "web.unconfirmed") and answer.headers["retry-after"]
    assert (await post(visitors, body, await notices.signed(place, body))).status_code == 204


async def test_a_full_queue_asks_for_the_notice_again(
    place: Place, visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, notice = await paid_notice(place)
    body = notices.body_of(notice)

    async def busy(*_: Any, **__: Any) -> Any:
        return ServerBusy(retry_after_seconds=1)

    monkeypatch.setattr(type(place.house.lanes), "submit", busy)
    answer = await post(visitors, body, await notices.signed(place, body))
    assert answer.status_code == 503 and answer.headers["retry-after"] == "1"


# ── how often ──
async def test_whoever_signs_wrongly_too_often_is_not_listened_to_and_others_are(
    app: Litestar, place: Place, visitors: Visitors
) -> None:
    (_, placed), _, notice = await paid_notice(place)
    body = notices.body_of(notice)
    async with place.work() as work:  # at the beginning of a window, however slow the machine is
        left = WINDOW_SECONDS - work.now.timestamp() % WINDOW_SECONDS
    await place.move_clock(timedelta(seconds=left))
    wrong = await notices.signed(place, body, key=b"k" * 32)
    for _ in range(WRONG_MAX):
        assert (await post(visitors, body, wrong)).status_code == 401
    before = await place.snapshot()
    another_process = make_app(place.house)
    for there in (app, another_process):
        for headers in (wrong, await notices.signed(place, body)):
            answer = await wire.send(there, sent(place, body, headers), client="127.0.0.1")
            assert (answer.status, answer.json()["code"]) == (429, "platform.too_often")
            assert 0 < int(answer.headers["retry-after"]) <= WINDOW_SECONDS
    assert await place.snapshot() == before, "nothing is recorded, and nothing counted any more"
    right = sent(place, body, await notices.signed(place, body))
    assert (await wire.send(app, right, client="192.0.2.44")).status == 204, "another address has a count of its own"
    await place.move_clock(timedelta(seconds=WINDOW_SECONDS))
    assert (await post(visitors, body, await notices.signed(place, body))).status_code == 204
    await place.quiet()
    assert await given.state_of(place, placed.orders[0]) == "to_ship"


async def test_a_burst_of_what_is_signed_meets_no_limit_and_writes_no_count(place: Place, visitors: Visitors) -> None:
    _, _, notice = await paid_notice(place)
    body = notices.body_of(notice)
    for number in range(WRONG_MAX + 10):
        headers = await notices.signed(place, body, id=f"msg_{number}")
        assert (await post(visitors, body, headers)).status_code == 204
    async with place.work() as work:
        sql = "SELECT count(*) FROM platform.limits WHERE market_id = $1 AND bucket LIKE 'wrong notices%'"
        assert await work.fetch_value(sql) == 0


def sent(place: Place, body: bytes, headers: dict[str, str]) -> wire.Sent:
    """The same as it comes over the line."""
    named = {"host": place.host, "content-type": "application/json", **headers}
    return wire.Sent("POST", HOOK, [(name.encode(), value.encode()) for name, value in named.items()], body)
