"""Letters of real providers at our door: heard once, applied once, and whatever was not agreed is put aside."""

import asyncio
import html
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.faces.browser import form_to
from tests.faces.conftest import Visitors
from tests.given import goods as given
from tests.given import notices, settling
from tests.given.houses import Place
from tests.given.twins import AlipayTwin, StripeTwin, WechatTwin
from tuan.kit.refusals import granted
from tuan.platform.gateways.payment import Charge, RefundOrder, TransferOrder
from tuan.trade import aftersales, payments, settlement
from tuan.trade.payments import StartAttempt
from tuan.trade.payments.model import PAYABLE
from tuan.trade.settlement.model import AccountState

TWINS: dict[str, type[Any]] = {"wechat": WechatTwin, "alipay": AlipayTwin, "stripe": StripeTwin}
CROWD = 12


@pytest.fixture(params=TWINS)
async def twin(request: pytest.FixtureRequest, place: Place, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    """A provider of the market of this test, as `serve` opens it, over a twin."""
    one = TWINS[request.param](place.market)
    monkeypatch.setitem(place.house.providers, request.param, one.provider)  # type: ignore[arg-type]
    yield one
    one.shut()


async def paying(place: Place, twin: Any) -> tuple[Any, Any, Charge]:
    """(buyer, what was placed, the charge as the provider has it)."""
    of, who = await given.goods(place), await given.buyer(place)
    return who, *await begun(place, twin, of, who)


async def begun(place: Place, twin: Any, of: Any, who: Any) -> tuple[Any, Charge]:
    """An order of these goods whose payment has begun at the provider."""
    placed = granted(await given.place_order(place, who, of))
    account = twin.provider.account(place.market)
    command = StartAttempt(who.id, given.fresh_key(), placed.payable, twin.provider.name, account.merchant, account.app)
    charge = await given.charge_of(place, granted(await place.one(payments.start_attempts, command)))
    (started,) = await twin.provider.start([charge])
    if isinstance(twin, AlipayTwin):
        twin.visit(started.show.url)
    return placed, charge


async def post(visitors: Visitors, twin: Any, letter: Any) -> Any:
    sender = await visitors(accept="*/*")
    sender.http.cookies.clear()
    headers, body = letter
    kind = "application/x-www-form-urlencoded" if isinstance(twin, AlipayTwin) else "application/json"
    return await sender.http.post(
        f"/hooks/{twin.provider.name}", content=body, headers={"content-type": kind, **headers}
    )


async def captures(place: Place) -> int:
    rows = await notices.rows(place, "SELECT count(*) AS n FROM payments.captures WHERE market_id = $1")
    return int(rows[0]["n"])


async def test_one_payment_told_many_times_at_once_is_one_capture(place: Place, visitors: Visitors, twin: Any) -> None:
    _, placed, charge = await paying(place, twin)
    twin.pay(charge.attempt)
    letters = [twin.charge_letter(charge) for _ in range(CROWD)]
    answers = await asyncio.gather(*(post(visitors, twin, letter) for letter in letters))
    thanks = {(answer.status_code, answer.content) for answer in answers}
    assert (200, b"success") in thanks if isinstance(twin, AlipayTwin) else (204, b"") in thanks
    await place.quiet()
    assert (await given.state_of(place, placed.orders[0]), await captures(place)) == ("to_ship", 1)
    assert await place.breaches() == {}


async def test_a_sending_that_somebody_kept_changes_nothing(place: Place, visitors: Visitors, twin: Any) -> None:
    _, _, charge = await paying(place, twin)
    twin.pay(charge.attempt)
    letter = twin.charge_letter(charge)
    assert (await post(visitors, twin, letter)).is_success
    await place.quiet()
    before = await place.snapshot()
    again = await post(visitors, twin, letter)
    # Alipay repeats the very same letter for a day: it is thanked for, and nothing happens.
    assert again.content == b"success" if isinstance(twin, AlipayTwin) else again.status_code == 401
    assert await place.snapshot() == before


@pytest.mark.parametrize("wrong", ["amount", "currency", "app", "merchant"])
async def test_what_was_not_agreed_is_put_aside(place: Place, visitors: Visitors, twin: Any, wrong: str) -> None:
    _, placed, charge = await paying(place, twin)
    twin.pay(charge.attempt)
    assert (await post(visitors, twin, twin.charge_letter(charge, wrong))).is_success
    await place.quiet()
    assert await notices.set_aside(place) == ["wrong_merchant" if wrong == "app" else f"wrong_{wrong}"]
    assert (await given.state_of(place, placed.orders[0]), await captures(place)) == ("placed", 0)


async def test_a_forged_or_old_letter_is_refused(place: Place, visitors: Visitors, twin: Any) -> None:
    _, _, charge = await paying(place, twin)
    twin.pay(charge.attempt)
    before = await place.snapshot()
    forger = "whsec_forger" if isinstance(twin, StripeTwin) else "forger"
    for letter in (
        twin.charge_letter(charge, by=forger),
        twin.charge_letter(charge, at=datetime.now(UTC) - timedelta(hours=30)),
    ):
        assert (await post(visitors, twin, letter)).status_code == 401
    after = await place.snapshot()
    assert {table for table in before if before[table] != after[table]} == {"platform.limits"}


async def test_a_notice_and_the_buyers_return_are_one_capture(place: Place, visitors: Visitors, twin: Any) -> None:
    who, placed, charge = await paying(place, twin)
    twin.pay(charge.attempt)
    buyer = await visitors(who)
    pay = f"/pay/{PAYABLE.show(placed.payable)}?ask=1"
    await asyncio.gather(*(post(visitors, twin, twin.charge_letter(charge)) for _ in range(3)),
                         *(buyer.get(pay) for _ in range(3)))  # fmt: skip
    await place.quiet()
    assert (await given.state_of(place, placed.orders[0]), await captures(place)) == ("to_ship", 1)
    assert await place.breaches() == {}


async def test_a_payment_of_which_no_letter_came_is_asked_about(place: Place, twin: Any) -> None:
    _, placed, charge = await paying(place, twin)
    twin.pay(charge.attempt)
    twin.lost = 1
    await place.later(timedelta(seconds=40))
    await place.later(timedelta(minutes=4))
    assert (await given.state_of(place, placed.orders[0]), await captures(place)) == ("to_ship", 1)


async def test_money_for_a_closed_order_goes_back_and_is_told_once(place: Place, visitors: Visitors, twin: Any) -> None:
    who, placed, charge = await paying(place, twin)
    twin.pay(charge.attempt)
    letter = twin.charge_letter(charge)
    assert (await post(visitors, twin, letter)).is_success
    await place.quiet()
    assert await place.do(aftersales.cancel, placed.orders[0], who.id, reason="changed_mind") is None
    await place.quiet()
    assert [entry.amount for entry in twin.refunds.values()] == [1990]
    assert await given.given_back(place, placed.orders[0]) == 1990
    (name,) = twin.refunds
    order = RefundOrder(place.market, UUID(hex=name), twin.charges[charge.attempt.hex].transaction, 1990, "CNY", 1990)
    before = await place.snapshot()
    assert (await post(visitors, twin, twin.refund_letter(order))).is_success
    after = await place.snapshot()
    assert {table for table in before if before[table] != after[table]} <= {"payments.nonces"}
    assert await place.breaches() == {}


async def test_a_refund_made_by_hand_at_the_provider_is_thanked_for_and_changes_nothing(
    place: Place, visitors: Visitors, twin: Any
) -> None:
    who, placed, charge = await paying(place, twin)
    twin.pay(charge.attempt)
    assert (await post(visitors, twin, twin.charge_letter(charge))).is_success
    await place.quiet()
    assert await place.do(aftersales.cancel, placed.orders[0], who.id, reason="changed_mind") is None
    await place.quiet()
    (name,) = twin.refunds
    order = RefundOrder(place.market, UUID(hex=name), twin.charges[charge.attempt.hex].transaction, 1990, "CNY", 1990)
    before = await place.snapshot()
    answer = await post(visitors, twin, twin.refund_letter(order, "HD20261123"))
    assert answer.content == b"success" if isinstance(twin, AlipayTwin) else answer.is_success
    after = await place.snapshot()
    assert {table for table in before if before[table] != after[table]} <= {"payments.nonces"}


async def test_a_withdrawal_that_comes_back_after_it_was_paid_is_in_the_balance_once(
    place: Place, visitors: Visitors, twin: Any
) -> None:
    of, (owner, manager) = await settling.earned(place), await given.buyers(place, 2)
    to = granted(
        await place.do(settlement.add_account, of.supplier, twin.provider.name, "transfer", "果园", "2088102146225135")
    )
    assert await place.do(settlement.move_account, to, AccountState.ACTIVE, reason="checked") is None
    out = granted(await place.do(settlement.withdraw, of.supplier, to, 1951, owner.id))
    assert await place.do(settlement.approve, out, manager.id, reason="checked") is None
    await place.quiet()
    assert (await place.do(settlement.access_withdrawal, out))["state"] == "paid"
    twin.send_back(out)
    order = TransferOrder(place.market, out, "2088102146225135", "果园", 1951, "CNY", "")
    async with place.work() as work:
        now = work.now
    for seconds in (0, 1):
        assert (await post(visitors, twin, twin.transfer_letter(order, at=now + timedelta(seconds=seconds)))).is_success
    assert (await place.do(settlement.access_withdrawal, out))["state"] == "returned"
    assert (await place.do(settlement.balance_of, of.supplier)).payable_minor == 1951
    assert await notices.set_aside(place) == [] and await place.breaches() == {}


async def test_late_money_comes_in_and_goes_back_by_itself(place: Place, visitors: Visitors, twin: Any) -> None:
    """The provider had closed it, and took the money all the same; the last unit is somebody else's by then."""
    of, who = await given.goods(place, units=1), await given.buyer(place)
    placed, charge = await begun(place, twin, of, who)
    await place.later(timedelta(hours=1))
    assert await given.state_of(place, placed.orders[0]) == "closed"
    await given.pay(place, who, granted(await given.place_order(place, who, of)))
    entry = twin.charges[charge.attempt.hex]
    entry.state = "waiting"
    twin.pay(charge.attempt)
    async with place.work() as work:
        now = work.now
    assert (await post(visitors, twin, twin.charge_letter(charge, at=now))).is_success
    await place.quiet()
    assert [one.amount for one in twin.refunds.values()] == [1990]
    assert await given.given_back(place, placed.orders[0]) == 1990
    assert await place.breaches() == {}


async def test_the_payer_is_shown_the_way_and_comes_back_when_it_is_known(
    place: Place, visitors: Visitors, twin: Any
) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    placed = granted(await given.place_order(place, who, of))
    buyer, pay = await visitors(who), f"/pay/{PAYABLE.show(placed.payable)}"
    name = twin.provider.name
    assert f'value="{name}"' in await buyer.read(pay)
    answer = await buyer.send(form_to(await buyer.read(pay), f"{pay}/attempts"), provider=name)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{pay}/way")
    page = await buyer.read(f"{pay}/way")
    if isinstance(twin, WechatTwin):
        assert "<svg" in page and "app of WeChat Pay" in page
    else:
        assert 'class="button button-ripe button-wide" href="http' in page
    assert (await buyer.get(f"{pay}/way/news")).status_code == 204
    attempts = await notices.rows(place, "SELECT id FROM payments.attempts WHERE market_id = $1")
    assert len(attempts) == 1, "the page was looked at, and nothing began anew"
    if isinstance(twin, AlipayTwin):
        twin.visit(html.unescape(page.split('button-wide" href="')[1].split('"')[0]))
    twin.pay(attempts[0]["id"])
    assert "Paid" in await buyer.read(f"{pay}?ask=1")
    news = await buyer.get(f"{pay}/way/news")
    assert (news.status_code, news.headers["hx-redirect"]) == (200, pay)
    assert (await buyer.get(f"{pay}/way")).headers["location"] == pay


async def test_a_provider_that_does_not_answer_leaves_the_payment_to_be_begun_again(
    place: Place, visitors: Visitors, twin: Any
) -> None:
    if isinstance(twin, AlipayTwin):
        return  # it is not asked before the payer comes
    of, who = await given.goods(place), await given.buyer(place)
    placed = granted(await given.place_order(place, who, of))
    buyer, pay = await visitors(who), f"/pay/{PAYABLE.show(placed.payable)}"
    twin.lost = 2
    answer = await buyer.send(form_to(await buyer.read(pay), f"{pay}/attempts"), provider=twin.provider.name)
    assert answer.headers["location"] == pay
    assert "does not answer at the moment" in await buyer.read(f"{pay}/way")
    assert "does not answer at the moment" not in await buyer.read(f"{pay}/way")
    assert len(twin.charges) == 1
