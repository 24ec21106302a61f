"""Splitting a payment (分账, transfers out of a charge): one contract for every provider, over twins that sign as documented."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace as replace_in

from tests.given.twins import AlipayTwin, StripeTwin, WechatTwin
from tests.given.twins.books import MARKET, SECRET, STRANGER
from tuan.kit.ids import new_uuid
from tuan.platform.gateways.payment import Charge, Heard, PayoutMode, Redirect, SplitOrder, TransferState
from tuan.platform.gateways.threads import ProviderFailed

TWINS: dict[str, type[Any]] = {"wechat": WechatTwin, "alipay": AlipayTwin, "stripe": StripeTwin}
PAYEE = "2088000000000007"


@pytest.fixture(params=TWINS)
def twin(request: pytest.FixtureRequest) -> Iterator[Any]:
    one = TWINS[request.param]()
    yield one
    one.shut()


async def share(twin: Any, amount: int = 700, payee: str = PAYEE) -> SplitOrder:
    """A share of a payment of 1,990 that the provider took."""
    charge = Charge(MARKET, new_uuid(), 1990, "CNY", title="Oranges", return_url="https://market.example.com/pay/1")
    (begun,) = await twin.provider.start([charge])
    if isinstance(begun.show, Redirect) and isinstance(twin, AlipayTwin):
        twin.visit(begun.show.url)
    twin.pay(charge.attempt)
    transaction = twin.charges[charge.attempt.hex].transaction
    return SplitOrder(MARKET, new_uuid(), transaction, payee, "果园合作社", amount, "CNY", "out_1")


async def test_a_share_is_moved_once_whatever_is_lost(twin: Any) -> None:
    order = await share(twin)
    (before,) = await twin.provider.query_splits([order])
    assert before.state is TransferState.UNHEARD
    twin.lost = 5  # whoever asks more than once for one split hears nothing each time
    with pytest.raises(ProviderFailed):
        await twin.provider.split([order])
    twin.lost = 0
    if isinstance(twin, StripeTwin):
        twin.forget_keys()
    answers = [(await twin.provider.split([order]))[0] for _ in range(2)]
    answers += await twin.provider.query_splits([order])
    assert {(a.provider, a.split, a.state, a.amount_minor) for a in answers} == {
        (twin.provider.name, order.split, TransferState.DONE, 700)
    }
    assert [(one.payee, one.amount) for one in twin.splits.values()] == [(PAYEE, 700)]


async def test_more_than_the_payment_took_is_never_split(twin: Any) -> None:
    first = await share(twin, 1500)
    again = SplitOrder(MARKET, new_uuid(), first.transaction, PAYEE, "果园合作社", 491, "CNY", "out_2")
    for order, state in ((first, TransferState.DONE), (again, TransferState.FAILED)):
        (answer,) = await twin.provider.split([order])
        assert (answer.split, answer.state, bool(answer.why)) == (order.split, state, state is TransferState.FAILED)


@pytest.mark.parametrize("payee", ["nobody", STRANGER])
async def test_a_share_for_nobody_fails_and_goes_on_failing(twin: Any, payee: str) -> None:
    order = await share(twin, payee=payee)
    for _ in range(2):
        (answer,) = await twin.provider.split([order])
        assert (answer.state, bool(answer.why)) == (TransferState.FAILED, True)
    assert twin.splits == {}


async def test_a_receiver_who_is_refused_later_undoes_no_share_of_his(twin: Any) -> None:
    order = await share(twin)
    await twin.provider.split([order])
    known = twin.splits[order.split.hex]
    known.payee = STRANGER
    (answer,) = await twin.provider.split([replace(order, payee=STRANGER)])
    assert answer.state is TransferState.DONE


async def test_the_statement_has_it_by_our_key(twin: Any) -> None:
    order = await share(twin)
    await twin.provider.split([order])
    day = datetime.now(UTC).astimezone(twin.provider.zone).date()
    lines = await twin.provider.statement(MARKET, day)
    assert [(one.key, one.amount_minor) for one in lines if one.kind == "split"] == [(order.split, 700)]
    assert not [one for one in lines if one.kind == "transfer"]


async def test_a_split_that_stripe_took_back_stands_in_the_statement_by_our_key() -> None:
    twin = StripeTwin()
    try:
        order = await share(twin)
        await twin.provider.split([order])
        twin.send_back(order.split)
        lines = await twin.provider.statement(MARKET, datetime.now(UTC).date())
        posted = twin.letter("transfer.reversed", twin.split(order.split.hex))
        heard = twin.provider.read_notice(MARKET, *posted, datetime.now(UTC))
    finally:
        twin.shut()
    assert [(one.key, one.amount_minor) for one in lines if one.kind == "return"] == [(order.split, 700)]
    assert isinstance(heard, Heard) and heard.news is None, "the statement tells of it"


async def test_what_a_market_can_do_is_what_its_account_says(twin: Any) -> None:
    assert set(twin.provider.payout_modes(MARKET)) == set(PayoutMode)
    assert set(twin.provider.payout_modes(MARKET + 1)) == set()
    account = twin.provider._accounts[MARKET]
    plain = type(twin.provider)({MARKET: replace_in(account, split="")}, SECRET)
    assert set(plain.payout_modes(MARKET)) == {PayoutMode.TRANSFER}, "nobody is split to before somebody has said so"


async def test_wechat_tells_of_a_split_in_the_words_of_a_payment_and_it_is_none_of_one() -> None:
    twin = WechatTwin()
    try:
        said = {"mchid": "1900000100", "transaction_id": "4200", "order_id": "1217", "out_order_no": new_uuid().hex,
                "receiver": {"type": "MERCHANT_ID", "account": PAYEE, "amount": 700}}  # fmt: skip
        heard = twin.provider.read_notice(MARKET, *twin.letter("TRANSACTION.SUCCESS", said), datetime.now(UTC))
    finally:
        twin.shut()
    assert isinstance(heard, Heard) and heard.news is None
