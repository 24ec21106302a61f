"""The office's places of trade, people and system: who may, what is masked, what each act does, and what strangers type."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.faces.browser import Browser, form_to
from tests.faces.conftest import Visitors
from tests.given import goods as given
from tests.given import office, settling
from tests.given.houses import Place
from tests.given.reconciliation_refusals import ticket
from tuan.kit.refusals import granted
from tuan.people import accounts
from tuan.people.accounts.model import PERSON
from tuan.platform.gateways.payment import RefundAnswer, RefundState, TransferState
from tuan.trade import aftersales, payments
from tuan.trade.orders.model import ORDER_ID, number_of
from tuan.trade.payments.model import REFUND_ID
from tuan.trade.settlement.model import PAYOUT_ID

PLACES = {
    "/office/orders": "orders.see",
    "/office/payments": "payments.see",
    "/office/payments/quarantine": "payments.see",
    "/office/payments/reconciliation": "payments.see",
    "/office/refunds": "refunds.see",
    "/office/people": "people.see",
    "/office/system": "system.see",
    "/office/system/check": "system.see",
}
HOSTILE = '"><script>alert(1)</script>=1+1'
REASON = {"reason": "because of the test"}


async def come_in(place: Place, visitors: Visitors, *roles: str, language: str = "en") -> Browser:
    """A member of staff with these roles, in the office; without a role an owner."""
    browser = await visitors(language=language)
    browser.http.cookies.set("tuan-office", await office.signed_in(place, await office.clerk(place, *roles)))
    return browser


async def bought(place: Place, **more: Any) -> tuple[given.Goods, given.Buyer, str]:
    of, who = await given.goods(place, **more), await given.buyer(place)
    placed = granted(await given.place_order(place, who, of))
    await given.pay(place, who, placed)
    return of, who, ORDER_ID.show(placed.orders[0])


def id_of(order: str) -> Any:
    return ORDER_ID.parse(order)


async def send(browser: Browser, page: str, action: str, **fields: str) -> Any:
    """Fill and send the form of this page that goes there."""
    return await browser.send(form_to(await browser.read(page), action), **fields)


@pytest.mark.parametrize("url", PLACES)
async def test_a_place_opens_to_who_may_see_it_and_is_no_link_for_others(
    place: Place, visitors: Visitors, url: str
) -> None:
    await office.clerk(place)
    owner, other = await come_in(place, visitors), await come_in(place, visitors, "goods")
    for language in ("zh-CN", "es", "en"):
        owner.http.cookies.set("lang", language)
        await owner.read(url)
    answer = await other.get(url)
    assert answer.status_code == 403 and PLACES[url] in answer.text
    place_url = "/".join(url.split("/")[:3])
    assert f'href="{place_url}"' in await owner.read("/office")
    assert f'href="{place_url}"' not in await other.read("/office")


async def test_orders_are_found_by_number_phone_name_and_state(place: Place, visitors: Visitors) -> None:
    of, who, order = await bought(place)
    other = granted(await given.place_order(place, await given.buyer(place), of))
    first, second = number_of(id_of(order)), number_of(other.orders[0])
    person = await place.do(accounts.access_person, who.id)
    browser = await come_in(place, visitors)
    assert first in await browser.read("/office/orders") and second in await browser.read("/office/orders")
    for query in (f"q={first}", f"q={order}", f"q={person['phone'][-8:]}", f"q={person['name']}", "state=to_ship"):
        page = await browser.read(f"/office/orders?{query}")
        assert first in page and second not in page, query
    assert person["phone"] not in page and person["name"] not in page
    page = await browser.read("/office/orders?q=nobody%25&since=2020-01-01&until=2020-01-02&state=x&sort=evil&page=x")
    assert first not in page


async def test_an_order_is_shipped_once_with_a_reason_and_stands_in_its_history(
    place: Place, visitors: Visitors
) -> None:
    _, _, order = await bought(place)
    url, browser = f"/office/orders/{order}", await come_in(place, visitors, "orders")
    parcel = {"carrier": "SF", "tracking": "SF42", **REASON}
    answer = await send(browser, url, f"{url}/shipment", **{**parcel, "reason": " "})
    assert answer.status_code == 422 and await given.state_of(place, id_of(order)) == "to_ship"
    form = form_to(await browser.read(url), f"{url}/shipment")
    for _ in range(2):
        assert (await browser.send(form, **parcel)).status_code == 303
    page = await browser.read(url)
    assert "SF42" in page and REASON["reason"] in page and f"{url}/shipment" not in page
    assert await given.state_of(place, id_of(order)) == "shipped" and await place.breaches() == {}


async def test_slips_escape_everything_and_that_they_were_printed_is_told(place: Place, visitors: Visitors) -> None:
    """A17: what a buyer typed as his address is a text on the slip, and nothing else."""
    of, who = await given.goods(place), await given.buyer(place)
    async with place.work() as work:
        address = given.Address(HOSTILE, "13800138000", HOSTILE, HOSTILE)
        evil = given.Buyer(who.id, granted(await accounts.add_address(work, who.id, address)))
    placed = granted(await given.place_order(place, evil, of))
    await given.pay(place, evil, placed)
    browser = await come_in(place, visitors, "orders")
    for page in (
        (await send(browser, "/office/orders", "/office/orders/slips")).text,
        await browser.read(f"/office/orders/{ORDER_ID.show(placed.orders[0])}"),
        await browser.read("/office/orders"),
    ):
        assert "<script>alert" not in page
    slips = (await send(browser, "/office/orders", "/office/orders/slips")).text
    assert slips.count("&lt;script&gt;alert(1)") == 3 and "13800138000" in slips
    async with place.work() as work:
        rows = await work.fetch("SELECT after FROM audit.entries WHERE market_id = $1 AND action LIKE 'staff.%export%'")
    assert len(rows) == 2 and number_of(placed.orders[0]) in str(rows[0]["after"])


async def test_giving_back_shows_what_comes_back_and_gives_that_and_no_other(place: Place, visitors: Visitors) -> None:
    of, _, order = await bought(place, price_minor=1990)
    url, browser = f"/office/refunds/new?order={order}", await come_in(place, visitors, "care")
    page = await browser.read(url)
    form = form_to(page, "/office/refunds")
    assert form.fields["shown_minor"] == "1990" and "19" in page
    answer = await browser.send(form, **REASON, shown_minor="1989")
    assert answer.status_code == 409 and await given.state_of(place, id_of(order)) == "to_ship"
    assert (await browser.send(form, **REASON, shown_minor="")).status_code == 422
    for _ in range(2):
        assert (await browser.send(form, **REASON)).status_code == 303
    await place.quiet()
    assert await given.given_back(place, id_of(order)) == of.price_minor
    assert "shown_minor" not in await browser.read(url), "there is nothing left to give"
    assert REASON["reason"] in await browser.read("/office/refunds")
    assert await place.breaches() == {}


async def test_a_waiting_member_is_given_back_where_he_waits(place: Place, visitors: Visitors) -> None:
    of = await given.campaign(place, await given.goods(place), size=3)
    leader, member = await given.buyers(place, 2)
    team = await given.paid_team(place, leader, of)
    seated = await given.paid_join(place, member, team.team, of)
    browser = await come_in(place, visitors, "care")
    url = f"/office/refunds/new?order={ORDER_ID.show(seated.order)}"
    assert (await send(browser, url, "/office/refunds", **REASON)).status_code == 303
    await place.quiet()
    assert await given.state_of(place, seated.order) == "cancelled"
    assert (await given.seats_of(place, team.team))[member.id] == "left" and await place.breaches() == {}


async def test_a_lapsed_team_is_the_reason_in_words(place: Place, visitors: Visitors) -> None:
    """The start page, the list and the order name the reasons that the program gives itself, and show no code."""
    of = await given.campaign(place, await given.goods(place), size=3)
    team = await given.paid_team(place, await given.buyer(place), of)
    await place.later(timedelta(days=2))
    assert await given.state_of(place, team.order) == "cancelled"
    browser = await come_in(place, visitors)
    for url in ("/office", "/office/refunds", f"/office/orders/{ORDER_ID.show(team.order)}"):
        page = await browser.read(url)
        assert "The team lapsed" in page and "team_lapsed" not in page, url


async def test_money_moves_only_for_who_has_just_shown_his_second_factor(place: Place, visitors: Visitors) -> None:
    _, _, order = await bought(place)
    browser = await come_in(place, visitors, "care")
    form = form_to(await browser.read(f"/office/refunds/new?order={order}"), "/office/refunds")
    await place.move_clock(timedelta(minutes=6))
    answer = await browser.send(form, **REASON)
    assert answer.status_code == 403
    assert form_to(answer.text, "/office/refunds").fields.items() >= REASON.items(), "nothing that was typed is lost"
    assert await given.state_of(place, id_of(order)) == "to_ship"


async def test_a_stuck_refund_is_asked_for_again(place: Place, visitors: Visitors) -> None:
    of, _, order = await bought(place)
    assert await place.do(aftersales.refund_whole, id_of(order), of.supplier, reason="test") is None
    (refund,) = (await place.do(payments.refunds)).items
    await place.do(payments.apply_refund_answers, [RefundAnswer("sandbox", refund["id"], RefundState.FAILED, "")])
    browser = await come_in(place, visitors, "care")
    page = await browser.read("/office/refunds?state=stuck")
    assert number_of(id_of(order)) in page
    action = f"/office/refunds/{REFUND_ID.show(refund['id'])}/retry"
    assert (await send(browser, "/office/refunds", action, **REASON)).status_code == 303
    await place.quiet()
    assert await given.given_back(place, id_of(order)) == of.price_minor


async def test_quarantine_shows_what_differs_and_is_settled(place: Place, visitors: Visitors) -> None:
    of, who = await given.goods(place, price_minor=1990), await given.buyer(place)
    attempt = await given.start_paying(place, who, granted(await given.place_order(place, who, of)))
    await given.place_notice(place, attempt, amount_minor=1989, merchant=HOSTILE)
    browser = await come_in(place, visitors)
    page = await browser.read("/office/payments/quarantine")
    assert page.count("data-differs") == 2 and "19.89" in page and "19.90" in page and "<script>alert" not in page
    assert "1 notice is in quarantine" in await browser.read("/office")
    action = next(f for f in page.split('"') if f.endswith("/resolution"))
    answer = await send(browser, "/office/payments/quarantine", action, resolution="paid", **REASON)
    assert answer.status_code == 422
    answer = await send(browser, "/office/payments/quarantine", action, resolution="no_money", **REASON)
    assert answer.status_code == 303
    assert action not in await browser.read("/office/payments/quarantine")
    assert "No money ever came" in await browser.read("/office/payments/quarantine?state=resolved")


async def test_quarantine_shows_what_was_told_otherwise_of_money_that_goes_out(
    place: Place, visitors: Visitors
) -> None:
    withdrawal = await settling.agreed(place, await settling.earned(place))
    await settling.answered(place, withdrawal, TransferState.DONE, 999, provider=HOSTILE)
    await settling.answered(place, withdrawal, TransferState.DONE, 999, currency="CNY")
    of, who = await given.goods(place, price_minor=1990), await given.buyer(place)
    placed = granted(await given.place_order(place, who, of))
    await given.pay(place, who, placed)
    assert await place.do(aftersales.refund_whole, placed.orders[0], of.supplier, reason="test") is None
    (refund,) = (await place.do(payments.refunds, states=["due"])).items
    told = RefundAnswer("sandbox", refund["id"], RefundState.DONE, "r1", 1989, "CNY")
    await place.do(payments.apply_refund_answers, [told])
    browser = await come_in(place, visitors)
    page = await browser.read("/office/payments/quarantine")
    assert page.count("<article") == 3 and page.count("data-differs") == 4 and "<script>alert" not in page
    for words in (
        "Told by another provider",
        "Another amount than agreed",
        "Withdrawal",
        "Refund",
        "9.99",
        "10.00",
        "19.89",
        "19.90",
    ):
        assert words in page
    assert page.count(f"/office/settlement/withdrawals/{PAYOUT_ID.show(withdrawal)}") == 2


async def test_a_difference_is_shown_exported_and_settled(place: Place, visitors: Visitors) -> None:
    await ticket(place)
    url, browser = "/office/payments/reconciliation", await come_in(place, visitors)
    page = await browser.read(url)
    assert "In their statement, not in our books" in page and '"money-whole">1<' in page and "2026-11-20" in page
    assert "Both sides agree" in await browser.read(f"{url}?day=2026-11-19")
    assert "Both sides agree" not in await browser.read(f"{url}?day=2026-11-20&provider=sandbox")
    action = next(f for f in page.split('"') if f.endswith("/resolution"))
    assert (await send(browser, url, action, settled_by="forgotten", **REASON)).status_code == 422
    assert (await send(browser, url, action, settled_by="corrected_there", **REASON)).status_code == 303
    assert action not in await browser.read(url)
    assert "The provider put it right" in await browser.read(f"{url}?state=settled")


async def test_a_person_is_masked_until_somebody_says_why(place: Place, visitors: Visitors) -> None:
    _, who, _ = await bought(place)
    person = await place.do(accounts.access_person, who.id)
    url, browser = f"/office/people/{PERSON.show(who.id)}", await come_in(place, visitors, "care")
    for page in (await browser.read("/office/people"), await browser.read(url)):
        assert person["phone"] not in page and person["name"] not in page and given.HOME.street not in page
    answer = await send(browser, url, f"{url}/whole", reason="")
    assert answer.status_code == 422 and person["phone"] not in answer.text
    answer = await send(browser, url, f"{url}/whole", **REASON)
    assert all(said in answer.text for said in (person["phone"], person["name"], given.HOME.street))
    page = await browser.read(url)
    assert person["phone"] not in page and "accounts.unmask" in page


async def test_a_person_is_blocked_told_and_forgotten(place: Place, visitors: Visitors) -> None:
    who = await given.buyer(place)
    phone = (await place.do(accounts.access_person, who.id))["phone"]
    buyer = await visitors(who)
    url, browser = f"/office/people/{PERSON.show(who.id)}", await come_in(place, visitors)
    assert (await buyer.get("/me/addresses")).status_code == 200
    assert (await send(browser, url, f"{url}/block", **REASON)).status_code == 303
    assert (await buyer.get("/me/addresses")).status_code != 200, "he is signed out with his next step"
    assert PERSON.show(who.id) in await browser.read("/office/people?state=blocked")
    assert (await send(browser, url, f"{url}/unblock", **REASON)).status_code == 303
    answer = await send(browser, url, f"{url}/export", **REASON)
    assert answer.headers["content-disposition"].startswith("attachment") and phone in answer.text
    assert json.loads(answer.text)["accounts"]["person"]["phone"] == phone
    assert (await send(browser, url, f"{url}/erasure", **REASON)).status_code == 303
    page = await browser.read(url)
    assert "Erased" in page and f"{url}/export" not in page and f"{url}/whole" not in page
    assert await place.breaches() == {}


async def test_a_parked_fact_is_handed_up_anew(place: Place, visitors: Visitors) -> None:
    await bought(place)
    park = (
        "INSERT INTO outbox.pending (market_id, consumer, fact_id, tries, due_at, parked_at) "
        "SELECT $1, 'play.groupbuy.orders_paid', id, 8, $2, $2 FROM outbox.facts WHERE market_id = $1 "
        "AND name = 'orders.paid.v1'"
    )
    async with place.work() as work:
        await work.execute(park, work.now)
    browser = await come_in(place, visitors)
    assert "1 fact is parked" in await browser.read("/office")
    assert (await send(browser, "/office/system", "/office/system/facts", **REASON)).status_code == 303
    await place.quiet()
    assert "play.groupbuy.orders_paid" not in await browser.read("/office/system")
    assert "orders.paid" not in await browser.read("/office/system/check")


async def test_the_start_page_counts_for_each_only_what_he_may_see(place: Place, visitors: Visitors) -> None:
    of = await given.campaign(place, await given.goods(place))
    leader, member = await given.buyers(place, 2)
    team = await given.paid_team(place, leader, of)
    await given.paid_join(place, member, team.team, of)
    owner, packer = await come_in(place, visitors), await come_in(place, visitors, "orders")
    page = await owner.read("/office")
    assert page.count("<figure") == 4 and page.count('class="panel"><dt>') == 6
    assert page.count("data-value=") >= 14 * 4 and "<style" not in page and " style=" not in page
    page = await packer.read("/office")
    assert page.count("<figure") == 2 and "/office/payments" not in page and "/office/refunds" not in page


async def test_exports_carry_no_formula_and_no_whole_name(place: Place, visitors: Visitors) -> None:
    of, _, order = await bought(place)
    assert await place.do(aftersales.refund_whole, id_of(order), of.supplier, reason="=HYPERLINK(1)") is None
    browser = await come_in(place, visitors)
    for url in ("/office/orders.csv", "/office/payments.csv", "/office/refunds.csv"):
        answer = await browser.get(url)
        assert answer.status_code == 200 and number_of(id_of(order)) in answer.text, url
    assert "'=HYPERLINK(1)" in answer.text


async def test_an_export_is_written_down_without_whom_it_was_about(place: Place, visitors: Visitors) -> None:
    """The audit only adds: a number that stood in it could never be forgotten."""
    browser = await come_in(place, visitors)
    assert (await browser.get("/office/orders.csv?state=paid&q=13800138000")).status_code == 200
    async with place.work() as work:
        (row,) = await work.fetch(
            "SELECT after FROM audit.entries WHERE market_id = $1 AND action = 'staff.record_export'"
        )
    assert row["after"] == {"view": "state=paid&q=1%2A%2A"}
