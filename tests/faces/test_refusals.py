"""Bad input and bad luck: a clear answer, in the visitor's language, and nothing changed."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from tests.faces.browser import HTML, JSON, Browser, form_to
from tests.faces.conftest import Visitors
from tests.faces.spoken import refusals, sample
from tests.given import goods as given
from tests.given import houses
from tests.given.houses import Place
from tuan.goods import catalog
from tuan.goods.catalog.model import SKU
from tuan.kit.ids import new_uuid
from tuan.kit.pages import encode_key
from tuan.kit.refusals import Refused, granted
from tuan.people.accounts.model import ADDRESS
from tuan.platform import database
from tuan.platform.work import OutcomeUnknown
from tuan.play.groupbuy.model import TEAM_ID
from tuan.surfaces.storefront.home import routes as home
from tuan.surfaces.web.i18n import LANGUAGES, load_words
from tuan.surfaces.web.problems import DOORS
from tuan.trade.orders.model import ORDER_ID
from tuan.trade.payments.model import ATTEMPT_ID, PAYABLE

WORDS = load_words()


def wish(of: given.Goods, who: given.Buyer, **changes: Any) -> dict[str, Any]:
    """The fields of an order for one."""
    return {
        "key": given.fresh_key(),
        "sku": SKU.show(of.sku),
        "units": "1",
        "address": ADDRESS.show(who.address),
        "quoted_minor": str(of.team_price_minor or of.price_minor),
    } | changes


async def refused(
    place: Place, visitor: Browser, url: str, fields: Mapping[str, Any], status: int, code: str
) -> dict[str, Any]:
    """Send fields, expect this refusal as a problem, and that nothing changed. The problem."""
    before = await place.snapshot()
    answer = await visitor.post(url, **fields)
    assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert await place.snapshot() == before
    problem: dict[str, Any] = answer.json()
    return problem


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_refusal_as_page_and_problem(
    place: Place, visitors: Visitors, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, program = await visitors(language=language), await visitors(language=language, accept=JSON)
    for code, kind in refusals().items():

        async def refuse(*_: Any, kind: Any = kind) -> Any:
            raise Refused(sample(kind))

        monkeypatch.setattr(home, "_page", refuse)
        told = WORDS[language].told(sample(kind), "CNY")
        problem = (await program.get("/")).json()
        assert problem.keys() == {"type", "title", "status", "detail", "code", "data", "trace"}
        assert (problem["code"], problem["status"]) == (code, kind.status)
        assert told.happened in problem["detail"] and told.safe in problem["detail"]
        answer = await person.get("/")
        if kind in DOORS:
            assert answer.headers["location"] == f"{DOORS[kind]}?next=/"
            continue
        assert answer.status_code == kind.status and f'data-code="{code}"' in answer.text
        if "retry_after_seconds" in problem["data"] or kind.status == 503:
            assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("units", ["0", "-1", "1000", str(2**63), "٣", "1.5", " 1", "", "1e2", "0x1", "²"])
async def test_what_is_no_number_of_units(place: Place, visitors: Visitors, units: str) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    visitor = await visitors(who, accept=JSON)
    await refused(place, visitor, "/orders", wish(of, who, units=units), 422, "web.units_unreadable")
    answer = await visitor.http.get("/checkout", params={"sku": SKU.show(of.sku), "units": units or "x"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"sku": "sku_nothing"}, 404, "not_found"),
        ({"sku": f"sku_{'0' * 26}"}, 404, "not_found"),
        ({"sku": f"prod_{'0' * 26}"}, 404, "not_found"),
        ({"sku": "'; DROP TABLE orders --"}, 404, "not_found"),
        ({"address": f"addr_{'0' * 26}"}, 404, "not_found"),
        ({"address": ""}, 422, "orders.address_missing"),
        ({"address": "new", "name": "王"}, 422, "web.field_invalid"),
        ({"quoted_minor": "1"}, 409, "orders.price_changed"),
        ({"quoted_minor": ""}, 409, "orders.price_unseen"),
        ({"quoted_minor": "-1"}, 422, "web.field_invalid"),
        ({"key": ""}, 422, "idempotency.key_invalid"),
        ({"key": "k" * 256}, 422, "idempotency.key_invalid"),
        ({"discount": "1"}, 422, "web.field_invalid"),
        ({"units": ["1"]}, 422, "web.field_invalid"),
        ({"sku": None}, 422, "web.field_invalid"),
        ({"key": "a\0b"}, 422, "web.field_invalid"),
        ({"units": "6"}, 409, "supply.not_enough"),
    ],
)
async def test_what_cannot_be_ordered(
    place: Place, visitors: Visitors, changes: dict[str, Any], status: int, code: str
) -> None:
    of, who = await given.goods(place, units=5), await given.buyer(place)
    visitor = await visitors(who, accept=JSON)
    await refused(place, visitor, "/orders", wish(of, who, **changes), status, code)


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 422),
        (b"[]", "application/json", 422),
        (b"\xff\xfe", "application/json", 422),
        (b'{"a":' + b"[" * 30_000 + b"]" * 30_000 + b"}", "application/json", 422),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "application/json", 422),
        (b'{"a":' * 12_000 + b"1" + b"}" * 12_000, "application/json", 413),
        (b'{"a":1' + b"0" * 5_000 + b"}", "application/json", 422),
        (b"a=%ff", "application/x-www-form-urlencoded", 422),
        (b"&".join(b"a%d=1" % n for n in range(60)), "application/x-www-form-urlencoded", 422),
        (b"<x/>", "text/xml", 415),
        (b"a" * 70_000, "application/x-www-form-urlencoded", 413),
    ],
)
async def test_bodies_that_cannot_be_read(
    place: Place, visitors: Visitors, body: bytes, content_type: str, status: int
) -> None:
    visitor = await visitors(await given.buyer(place), accept=JSON)
    headers = {"x-csrf-token": visitor.token, "content-type": content_type}
    answer = await visitor.http.post("/orders", content=body, headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    "instant",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2020-01-01T00:00:00", "0001-01-01T00:00:00Z",
     "9999-12-31T23:59:59Z", "-4713-01-01T00:00:00Z", "infinity", 0, None],
)  # fmt: skip
async def test_a_made_up_page_key_starts_at_the_beginning(visitors: Visitors, instant: Any) -> None:
    visitor = await visitors()
    answer = await visitor.http.get("/", params={"page": encode_key((instant, new_uuid()))})
    assert answer.status_code == 200


async def test_what_belongs_to_others_is_not_found(place: Place, visitors: Visitors) -> None:
    of, (owner, other) = await given.goods(place), await given.buyers(place, 2)
    placed = granted(await given.place_order(place, owner, of))
    attempt = await given.start_paying(place, owner, placed)
    order, pay, bank = ORDER_ID.show(placed.orders[0]), PAYABLE.show(placed.payable), ATTEMPT_ID.show(attempt)
    visitor = await visitors(other, accept=JSON)
    foreign = wish(of, other, address=ADDRESS.show(owner.address))
    await refused(place, visitor, "/orders", foreign, 404, "not_found")
    for url in (f"/orders/{order}", f"/pay/{pay}", f"/pay/{pay}?ask=1", f"/sandbox/{bank}"):
        assert (await visitor.get(url)).status_code == 404
    for url in (f"/orders/{order}/cancellation", f"/orders/{order}/receipt"):
        await refused(place, visitor, url, {"key": "k"}, 404, "not_found")
    await refused(place, visitor, f"/pay/{pay}/attempts", {"key": "k", "provider": "sandbox"}, 404, "not_found")
    await refused(place, visitor, f"/sandbox/{bank}", {"key": "k", "outcome": "pay"}, 404, "not_found")


async def test_what_belongs_to_another_market_is_not_found(place: Place, visitors: Visitors) -> None:
    market, host = await houses.make_market(place.house)
    elsewhere = Place(place.house, place.relay, market, host)
    of = await given.campaign(elsewhere, await given.goods(elsewhere))
    there = await given.buyer(elsewhere)
    opened = await given.paid_team(elsewhere, there, of)
    who = await given.buyer(place)
    visitor = await visitors(who, accept=JSON)
    await refused(place, visitor, "/orders", wish(of, who), 404, "not_found")
    await refused(place, visitor, f"/t/{TEAM_ID.show(opened.team)}/seats", wish(of, who), 404, "not_found")
    assert (await visitor.get(f"/t/{TEAM_ID.show(opened.team)}")).status_code == 404
    assert (await visitor.get(f"/t/{TEAM_ID.show(opened.team)}/events")).status_code == 404
    assert (await visitor.get(f"/pay/{PAYABLE.show(opened.payable)}")).status_code == 404


async def test_teams_that_cannot_be_joined(place: Place, visitors: Visitors) -> None:
    of = await given.campaign(place, await given.goods(place))
    first, second, third = await given.buyers(place, 3)
    full = await given.paid_team(place, first, of)
    url = f"/t/{TEAM_ID.show(full.team)}/seats"
    leader = await visitors(first, accept=JSON)
    await refused(place, leader, url, wish(of, first), 409, "groupbuy.already_seated")
    held = granted(await given.join_team(place, second, full.team, of))
    visitor = await visitors(third, accept=JSON)
    await refused(place, visitor, url, wish(of, third), 409, "groupbuy.team_full")
    await given.pay(place, second, held)
    await refused(place, visitor, url, wish(of, third), 410, "groupbuy.team_over")
    expired = await given.paid_team(place, first, of)
    await place.move_clock(timedelta(hours=2))
    await refused(place, visitor, f"/t/{TEAM_ID.show(expired.team)}/seats", wish(of, third), 410, "groupbuy.team_over")
    shown = await visitor.http.get(
        "/checkout", params={"mode": "join", "team": TEAM_ID.show(expired.team), "sku": SKU.show(of.sku)}
    )
    assert (shown.status_code, shown.json()["code"]) == (410, "groupbuy.team_over")


async def test_the_same_form_again_is_the_same_outcome(place: Place, visitors: Visitors) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    visitor = await visitors(who)
    checkout = await visitor.read(f"/checkout?mode=alone&sku={SKU.show(of.sku)}")
    typed = {"address": "new", "name": "李雷", "phone": "13800138001", "region": "上海市", "street": "南京路 2 号"}
    form = form_to(checkout, "/orders")
    answers = [await visitor.send(form, **typed) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    other = await visitor.send(form, **typed | {"units": "2", "quoted_minor": "3980"})
    assert other.status_code == 422 and "idempotency.key_reused" in other.text


async def test_the_same_form_twice_at_once_is_one_order_to_one_new_address(place: Place, visitors: Visitors) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    visitor = await visitors(who)
    form = form_to(await visitor.read(f"/checkout?mode=alone&sku={SKU.show(of.sku)}"), "/orders")
    typed = {"address": "new", "name": "李雷", "phone": "13800138001", "region": "上海市", "street": "南京路 2 号"}
    answers = await asyncio.gather(*(visitor.send(form, **typed) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [303] * 4
    assert len({answer.headers["location"] for answer in answers}) == 1


async def test_a_changed_price_shows_the_form_again(place: Place, visitors: Visitors) -> None:
    of, who = await given.goods(place, price_minor=1990), await given.buyer(place)
    visitor = await visitors(who)
    form = form_to(await visitor.read(f"/checkout?mode=alone&sku={SKU.show(of.sku)}"), "/orders")
    await place.do(catalog.set_price, of.sku, 2500, reason="test")
    before = await place.snapshot()
    again = await visitor.send(form)
    assert again.status_code == 409 and "¥19.90" in again.text and "¥25.00" in again.text
    assert await place.snapshot() == before
    assert (await visitor.send(form_to(again.text, "/orders"))).status_code == 303


async def test_sold_out_and_off_the_shelf(place: Place, visitors: Visitors) -> None:
    of, who = await given.goods(place, units=1), await given.buyer(place)
    visitor = await visitors(who, accept=JSON)
    granted(await given.place_order(place, who, of))
    await refused(place, visitor, "/orders", wish(of, who), 409, "supply.sold_out")
    page = visitor.asking_for(HTML)
    before = await place.snapshot()
    answer = await page.post("/orders", **wish(of, who))
    assert answer.status_code == 409 and "Nothing was ordered" in answer.text and "Back to the goods" in answer.text
    assert await place.snapshot() == before
    await place.do(catalog.take_off, of.product, reason="test")
    await refused(place, visitor, "/orders", wish(of, who), 410, "catalog.product_off")


async def test_a_declined_payment_can_be_tried_again(place: Place, visitors: Visitors) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    placed = granted(await given.place_order(place, who, of))
    visitor = await visitors(who)
    pay = f"/pay/{PAYABLE.show(placed.payable)}"
    start = form_to(await visitor.read(pay), f"{pay}/attempts")
    bank = (await visitor.send(start)).headers["location"]
    program = visitor.asking_for(JSON)
    fields = {"key": "second", "provider": "sandbox"}
    await refused(place, program, f"{pay}/attempts", fields, 409, "payments.being_confirmed")
    answer = await visitor.send(form_to(await visitor.read(bank), bank), outcome="decline")
    page = await visitor.read(answer.headers["location"])
    assert "The payment was declined. Nothing was taken" in page
    bank = (await visitor.send(form_to(page, f"{pay}/attempts"))).headers["location"]
    assert (await visitor.get(f"{pay}?ask=1")).status_code == 200
    answer = await visitor.send(form_to(await visitor.read(bank), bank), outcome="pay")
    assert "Paid" in await visitor.read(answer.headers["location"])
    await refused(place, program, f"{pay}/attempts", fields, 409, "payments.already_paid")
    assert await place.breaches() == {}


@pytest.mark.parametrize(
    "error", [OutcomeUnknown("01000"), asyncpg.ConnectionDoesNotExistError("gone"), ConnectionResetError()]
)
async def test_an_unknown_outcome_is_told_as_unknown(
    place: Place, visitors: Visitors, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    visitor = await visitors(who)
    program = visitor.asking_for(JSON)

    async def lose(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(type(place.house.lanes), "submit", lose)
    answer = await visitor.post("/orders", **wish(of, who))
    assert answer.status_code == 503 and "being confirmed" in answer.text and answer.headers["retry-after"]
    assert (await program.post("/orders", **wish(of, who))).json()["code"] == "web.unconfirmed"


async def test_a_missing_file_is_a_mistake_of_ours_and_a_missing_socket_is_the_database_that_is_away(
    place: Place, visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    visitor = (await visitors(who)).asking_for(JSON)

    async def miss(*_: Any, **__: Any) -> Any:
        raise FileNotFoundError("no such file")

    with monkeypatch.context() as patch:
        patch.setattr(type(place.house.lanes), "submit", miss)
        answer = await visitor.post("/orders", **wish(of, who))
    assert (answer.status_code, answer.json()["code"]) == (500, "web.broken")
    with pytest.raises(database.LOST_CONNECTION):
        await database.open_pool("postgresql:///tuan?host=/nowhere", least=1, most=1, name="nobody")


async def test_a_mistake_of_ours_names_its_trace(
    place: Place, visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(home, "_page", fail)
    visitor = await visitors()
    answer = await visitor.get("/")
    assert answer.status_code == 500 and answer.headers["x-trace-id"] in answer.text
    assert "ZeroDivision" not in answer.text


@pytest.mark.parametrize("code", ["000000", "", "١٢٣٤٥٦", "' OR 1=1"])
async def test_a_wrong_code_lets_nobody_in(place: Place, visitors: Visitors, code: str) -> None:
    visitor = await visitors()
    await visitor.post("/sign-in/code", phone="13912345678")
    shown = place.house.messages.last["+8613912345678"]
    answer = await visitor.post("/sign-in", phone="13912345678", code="111111" if code == shown else code)
    assert answer.status_code == 422 and (await visitor.get("/me")).status_code == 303
    again = await visitor.post("/sign-in/code", phone="13912345678")
    assert again.status_code == 429
    assert (await visitor.post("/sign-in/code", phone="12")).status_code == 422
