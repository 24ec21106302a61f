"""One contract for every payment provider, over twins that sign and encrypt as the real ones document."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.given.twins import AlipayTwin, StripeTwin, Twin, WechatTwin
from tests.given.twins.books import MARKET, SECRET
from tuan.kit.ids import new_uuid
from tuan.platform.gateways.alipay import downloads
from tuan.platform.gateways.errors import NoticeOld, SignatureWrong
from tuan.platform.gateways.payers import marker
from tuan.platform.gateways.payment import (
    Charge,
    ChargeState,
    Heard,
    Invocation,
    Notice,
    QrCode,
    Redirect,
    RefundAnswer,
    RefundOrder,
    RefundState,
    TransferOrder,
    TransferState,
)
from tuan.platform.gateways.threads import ProviderFailed

TWINS: dict[str, type[Any]] = {"wechat": WechatTwin, "alipay": AlipayTwin, "stripe": StripeTwin}


@pytest.fixture(params=TWINS)
def twin(request: pytest.FixtureRequest) -> Iterator[Any]:
    one = TWINS[request.param]()
    yield one
    one.shut()


def now() -> datetime:
    return datetime.now(UTC)


def charge(amount: int = 1990, **more: Any) -> Charge:
    return Charge(
        MARKET, new_uuid(), amount, "CNY", title="Oranges", return_url="https://market.example.com/pay/1", **more
    )


async def started(twin: Any) -> Charge:
    one = charge()
    (begun,) = await twin.provider.start([one])
    assert begun.attempt == one.attempt
    if isinstance(begun.show, Redirect) and isinstance(twin, AlipayTwin):
        twin.visit(begun.show.url)
    return one


async def paid(twin: Any) -> Charge:
    one = await started(twin)
    twin.pay(one.attempt)
    return one


async def asked(twin: Any, one: Charge) -> Notice:
    (notice,) = await twin.provider.query([one])
    return notice


def back(twin: Twin, one: Charge, amount: int) -> RefundOrder:
    entry = twin.charges[one.attempt.hex]
    return RefundOrder(MARKET, new_uuid(), entry.transaction, amount, "CNY", entry.amount)


# ── calls ──
async def test_a_charge_waits_is_paid_and_is_told_as_agreed(twin: Any) -> None:
    one = await started(twin)
    assert (await asked(twin, one)).state is ChargeState.WAITING
    twin.pay(one.attempt)
    notice, account = await asked(twin, one), twin.provider.account(MARKET)
    entry = twin.charges[one.attempt.hex]
    assert (notice.state, notice.transaction, notice.attempt) == (ChargeState.PAID, entry.transaction, one.attempt)
    assert (notice.merchant, notice.app) == (account.merchant, account.app)
    assert (notice.amount_minor, notice.currency, notice.paid_at) == (1990, "CNY", entry.paid_at)
    assert twin.provider.account(MARKET + 1) is None


async def test_beginning_twice_is_one_charge(twin: Any) -> None:
    one = await started(twin)
    await twin.provider.start([one])
    assert list(twin.charges) == [one.attempt.hex]


async def test_closing_tells_of_a_payment_that_came_first(twin: Any) -> None:
    first, second = await started(twin), await paid(twin)
    states = {notice.attempt: notice.state for notice in await twin.provider.close([first, second])}
    assert states == {first.attempt: ChargeState.CLOSED, second.attempt: ChargeState.PAID}
    twin.pay(first.attempt)
    assert (await asked(twin, first)).state is ChargeState.CLOSED


async def test_one_that_was_never_heard_of_is_closed_when_it_is_closed(twin: Any) -> None:
    (notice,) = await twin.provider.close([charge()])
    assert notice.state is ChargeState.CLOSED


async def test_a_lost_answer_is_no_answer_and_the_others_are_not_held_back(twin: Any) -> None:
    one, other = await paid(twin), await paid(twin)
    twin.lost = 1
    with pytest.raises(ProviderFailed):
        await twin.provider.query([one])
    twin.lost = 1
    assert len(await twin.provider.query([one, other])) == 1
    assert {notice.state for notice in await twin.provider.query([one, other])} == {ChargeState.PAID}


async def test_a_refund_is_done_once_whatever_is_lost(twin: Any) -> None:
    one = await paid(twin)
    order = back(twin, one, 500)
    (before,) = await twin.provider.query_refunds([order])
    assert before.state is RefundState.UNHEARD
    twin.lost = 3  # Stripe and Alipay ask more than once for one refund
    with pytest.raises(ProviderFailed):
        await twin.provider.refund([order])
    twin.lost = 0
    if isinstance(twin, StripeTwin):
        twin.forget_keys()
    answers = [(await twin.provider.refund([order]))[0] for _ in range(2)]
    answers += await twin.provider.query_refunds([order])
    assert {(a.refund, a.state, a.amount_minor) for a in answers} == {(order.refund, RefundState.DONE, 500)}
    assert [entry.amount for entry in twin.refunds.values()] == [500]


async def test_more_than_was_paid_is_never_given_back(twin: Any) -> None:
    one = await paid(twin)
    for order, state in ((back(twin, one, 1500), RefundState.DONE), (back(twin, one, 491), RefundState.FAILED)):
        (answer,) = await twin.provider.refund([order])
        assert (answer.refund, answer.state) == (order.refund, state)


def out(payee: str = "2088000000000007", amount: int = 700) -> TransferOrder:
    return TransferOrder(MARKET, new_uuid(), payee, "", amount, "CNY", "November")


async def test_a_transfer_pays_once_whatever_is_lost(twin: Any) -> None:
    order = out()
    (before,) = await twin.provider.query_transfers([order])
    assert before.state is TransferState.UNHEARD
    twin.lost = 3
    with pytest.raises(ProviderFailed):
        await twin.provider.transfer([order])
    twin.lost = 0
    if isinstance(twin, StripeTwin):
        twin.forget_keys()
    answers = [(await twin.provider.transfer([order]))[0] for _ in range(2)]
    answers += await twin.provider.query_transfers([order])
    assert {(a.transfer, a.state, a.amount_minor) for a in answers} == {(order.transfer, TransferState.DONE, 700)}
    assert [entry.amount for entry in twin.transfers.values()] == [700]


async def test_a_transfer_to_nobody_fails_and_goes_on_failing(twin: Any) -> None:
    order = out("nobody")
    for _ in range(2):
        (answer,) = await twin.provider.transfer([order])
        assert (answer.transfer, answer.state) == (order.transfer, TransferState.FAILED) and answer.why
    assert twin.transfers == {}


async def test_the_statement_has_every_movement_by_our_key(twin: Any) -> None:
    one = await paid(twin)
    refund, transfer = back(twin, one, 500), out()
    await twin.provider.refund([refund])
    await twin.provider.transfer([transfer])
    await started(twin)
    lines = await twin.provider.statement(MARKET, now().astimezone(twin.provider.zone).date())
    transaction = twin.charges[one.attempt.hex].transaction
    found = {(line.kind, line.key, line.amount_minor, line.currency) for line in lines}
    assert found == {("charge", one.attempt, 1990, "CNY"), ("refund", refund.refund, 500, "CNY"),
                     ("transfer", transfer.transfer, 700, "CNY")}  # fmt: skip
    assert {line.transaction for line in lines if line.kind != "transfer"} == {transaction}
    assert all(abs(line.at - now()) < timedelta(minutes=1) for line in lines)


@pytest.mark.parametrize(
    "told",
    [
        "file:///etc/passwd", "ftp://dwbillcenter.alipay.com/x", "https://alipay.com.evil.example/x", "//x", "",
        "https://evilalipay.com/x", "http://169.254.169.254/x", "http://127.0.0.1:1/x", "https://a@dwbillcenter.alipay.com/x",
        "https://dwbillcenter.alipay.com:8443/x", "https://[::1/x",
    ],
)  # fmt: skip
def test_a_bill_is_fetched_from_alipay_alone(told: str) -> None:
    for gateway in ("", "https://openapi.alipay.com/gateway.do", "http://127.0.0.1:2/gateway.do"):
        with pytest.raises(ProviderFailed):
            downloads.address_of(told, gateway)


def test_a_bill_at_alipay_is_fetched_by_https() -> None:
    there = "dwbillcenter.alipay.com/downloadBillFile.resource?fileId=1"
    for scheme in ("http", "https"):
        assert downloads.address_of(f"{scheme}://{there}", "") == f"https://{there}"


async def test_a_bill_that_is_said_to_lie_elsewhere_is_not_fetched() -> None:
    twin = AlipayTwin()
    try:
        for elsewhere in ("file:///etc", f"{twin.url}1", f"{twin.url}/moved"):
            twin.bills_at = elsewhere
            with pytest.raises((ProviderFailed, OSError)):
                await twin.provider.statement(MARKET, now().date())
        assert "GET /bill" not in twin.asked
    finally:
        twin.shut()


# ── letters ──
def read(twin: Any, letter: Any, at: datetime | None = None) -> Any:
    return twin.provider.read_notice(MARKET, *letter, at or now())


async def test_a_letter_says_what_a_query_says(twin: Any) -> None:
    one = await paid(twin)
    heard = read(twin, twin.charge_letter(one))
    notice = await asked(twin, one)
    assert isinstance(heard, Heard) and isinstance(heard.news, Notice)
    assert (heard.news.transaction, heard.news.merchant, heard.news.app) == (
        notice.transaction, notice.merchant, notice.app)  # fmt: skip
    assert (heard.news.attempt, heard.news.amount_minor, heard.news.currency) == (one.attempt, 1990, "CNY")


async def test_who_paid_is_told_by_a_mark_that_is_his_alone(twin: Any) -> None:
    """The same mark for the same payer, another one for another; his id stays in the gateway."""
    marks = []
    for payer in ("payer-one", "payer-two", "payer-one", ""):
        one = await started(twin)
        twin.pay(one.attempt, payer=payer)
        notice = await asked(twin, one)
        assert not payer or payer not in repr(notice)
        marks.append(notice.payer)
        if not isinstance(twin, StripeTwin):  # an event does not tell the card
            assert read(twin, twin.charge_letter(one)).news.payer == notice.payer
    first, second, again, none = marks
    assert first == again and first != second and all((first, second)) and none == ""
    assert first == marker(SECRET, twin.provider.name, MARKET)("payer-one")
    others = {
        marker(SECRET, twin.provider.name, MARKET + 1),
        marker(SECRET, "another", MARKET),
        marker(b"x", "stripe", MARKET),
    }
    assert first not in {mark("payer-one") for mark in others}, "of another market, provider or secret it is another"


async def test_an_event_of_stripe_tells_the_customer_where_one_was_made() -> None:
    twin = StripeTwin()
    try:
        one = await paid(twin)
        said = twin.session(one.attempt.hex, customer="cus_1")
        heard = read(twin, twin.letter("checkout.session.completed", said))
        assert heard.news.payer == marker(SECRET, "stripe", MARKET)("cus_1")
    finally:
        twin.shut()


@pytest.mark.parametrize("wrong", ["amount", "currency", "app", "merchant"])
async def test_what_is_told_otherwise_is_read_as_it_is_told(twin: Any, wrong: str) -> None:
    """So that the comparison with what was agreed puts it aside."""
    one = await paid(twin)
    right, heard = await asked(twin, one), read(twin, twin.charge_letter(one, wrong))
    fields = {"amount": "amount_minor", "currency": "currency", "app": "app", "merchant": "merchant"}
    differing = [name for name, field in fields.items() if getattr(heard.news, field) != getattr(right, field)]
    assert differing == [wrong]


async def test_whoever_has_no_key_is_not_heard(twin: Any) -> None:
    one = await paid(twin)
    headers, body = twin.charge_letter(one)
    forged = "another" if not isinstance(twin, StripeTwin) else "whsec_another"
    letters = [
        twin.charge_letter(one, by=forged),
        (headers, body.replace(b"1", b"2", 1)),
        ({}, body),
        ({}, b""),
        (headers, b"\xff"),
    ]
    if not isinstance(twin, AlipayTwin):
        letters.append(({name: "x" for name in headers}, body))
        letters.append(({name: "" for name in headers}, body))
    for letter in (
        letters if not isinstance(twin, AlipayTwin) else [*letters[:2], ({}, b"sign=x&sign_type=RSA2"), ({}, b"\xff")]
    ):
        assert isinstance(read(twin, letter), SignatureWrong), letter


async def test_an_old_letter_is_not_heard(twin: Any) -> None:
    one = await paid(twin)
    limit = timedelta(hours=26) if isinstance(twin, AlipayTwin) else timedelta(minutes=5)
    for age in (limit + timedelta(seconds=30), -limit - timedelta(seconds=30)):
        assert isinstance(read(twin, twin.charge_letter(one, at=now() - age)), NoticeOld)
    assert isinstance(read(twin, twin.charge_letter(one, at=now() - limit + timedelta(seconds=30))), Heard)


async def test_each_sending_has_its_own_nonce_where_the_provider_signs_anew(twin: Any) -> None:
    one = await paid(twin)
    first, second = (read(twin, twin.charge_letter(one, at=now() - timedelta(seconds=s))).nonce for s in (0, 1))
    assert (first == second == "") if isinstance(twin, AlipayTwin) else first != second and first and second


async def test_ends_of_refunds_and_transfers_are_told(twin: Any) -> None:
    one = await paid(twin)
    refund, transfer = back(twin, one, 500), out()
    await twin.provider.refund([refund])
    await twin.provider.transfer([transfer])
    told = read(twin, twin.refund_letter(refund)).news
    assert isinstance(told, RefundAnswer)
    assert (told.refund, told.state) == (refund.refund, RefundState.DONE) and told.amount_minor in (500, None)
    said = read(twin, twin.transfer_letter(transfer)).news
    assert (said.transfer, said.state, said.amount_minor) == (transfer.transfer, TransferState.DONE, 700)


async def test_a_transfer_that_comes_back_after_it_was_done_is_told(twin: Any) -> None:
    transfer = out()
    (before,) = await twin.provider.transfer([transfer])
    twin.send_back(transfer.transfer)
    said = read(twin, twin.transfer_letter(transfer)).news
    (now_told,) = await twin.provider.query_transfers([transfer])
    for told in (said, now_told):
        assert (told.provider, told.transfer, told.amount_minor) == (twin.provider.name, transfer.transfer, 700)
    assert (before.state, said.state, now_told.state) == (
        TransferState.DONE, TransferState.FAILED, TransferState.FAILED)  # fmt: skip


async def test_a_transfer_that_came_back_stands_in_the_statement(twin: Any) -> None:
    """By our key, which a reversal at Stripe has from its transfer."""
    transfer = out()
    await twin.provider.transfer([transfer])
    twin.send_back(transfer.transfer)
    lines = await twin.provider.statement(MARKET, now().astimezone(twin.provider.zone).date())
    assert [(one.key, one.amount_minor) for one in lines if one.kind == "return"] == [(transfer.transfer, 700)]
    assert [(one.key, one.amount_minor) for one in lines if one.kind == "transfer"] == [(transfer.transfer, 700)]


@pytest.mark.parametrize("number", ["HD20261123", "order 7 of the old shop"])
async def test_a_refund_made_by_hand_at_the_provider_is_none_of_ours(twin: Any, number: str) -> None:
    """It has a number of theirs: it is thanked for, and not sent again for a day."""
    one = await paid(twin)
    refund = back(twin, one, 500)
    await twin.provider.refund([refund])
    heard = read(twin, twin.refund_letter(refund, number))
    assert isinstance(heard, Heard) and heard.news is None


async def test_what_was_taken_back_in_part_is_told_with_that_amount() -> None:
    twin = StripeTwin()
    try:
        transfer = out()
        await twin.provider.transfer([transfer])
        said = twin.transfer(transfer.transfer.hex) | {"amount_reversed": 300}
        told = read(twin, twin.letter("transfer.reversed", said)).news
        assert (told.state, told.amount_minor, told.currency) == (TransferState.FAILED, 300, "CNY")
    finally:
        twin.shut()


async def test_each_shows_what_the_payers_device_can_do() -> None:
    wechat = WechatTwin()
    try:
        shows = [
            (await wechat.provider.start([charge(device=device, payer=payer, address="203.0.113.7")]))[0].show
            for device, payer in (("desktop", ""), ("phone", ""), ("inside", "o1"), ("inside", ""))
        ]
    finally:
        wechat.shut()
    assert [type(one) for one in shows] == [QrCode, Redirect, Invocation, QrCode]
    assert isinstance(shows[2], Invocation) and shows[2].parameters["package"] == "prepay_id=wx1"
