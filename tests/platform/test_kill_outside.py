"""A process is killed at each await of what a real provider tells and is asked, and of what is paid out.

WeChat Pay, Alipay and Stripe through their twins: the payment's notice, the question about it, the refund and its notice,
the transfer and its notice. It dies before its n-th call to the database or the provider, for n = 1, 2, … until it survives;
then the provider tells again and is asked again, and each cent has moved once.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.given import goods as given
from tests.given import settling
from tests.given.houses import Place
from tests.given.kills import ActFailed
from tests.given.trials import Trial
from tests.given.twins import AlipayTwin, StripeTwin, Twin, WechatTwin
from tests.given.twins.books import SECRET
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import granted
from tuan.platform.gateways.payment import Charge, RefundOrder, TransferOrder
from tuan.surfaces.web.app import make_app
from tuan.trade import aftersales, orders, payments, settlement
from tuan.trade.orders.sweeps import QUERIES
from tuan.trade.payments import StartAttempt
from tuan.trade.payments.sweeps import REFUNDS
from tuan.trade.settlement.model import AccountState
from tuan.trade.settlement.sweeps import WITHDRAWALS

TWINS: dict[str, type[Any]] = {"wechat": WechatTwin, "alipay": AlipayTwin, "stripe": StripeTwin}
STRIDE = 15
PRICE, SHARE = 1990, 1951
REFUND_SQL = "SELECT id FROM payments.refunds WHERE market_id = $1 AND order_id = $2"
SHORTLY, SOON = timedelta(seconds=40), timedelta(minutes=2)


@dataclass(slots=True)
class Story:
    """One order, or one withdrawal, at one provider."""

    twin: Any
    charge: Charge | None = None
    order: UUID | None = None
    buyer: UUID | None = None
    withdrawal: UUID | None = None
    of: given.Goods | None = None
    known: set[str] = field(default_factory=set)
    """Keys in the provider's books before."""


Act = Callable[[Place, Story], Awaitable[None]]


def with_provider(place: Place, twin: Twin, *, anew: bool = False) -> Any:
    """The twin as a provider of this process; a client with threads and connections of its own after a fork."""
    provider = type(twin.provider)(twin.provider._accounts, SECRET) if anew else twin.provider
    providers: Any = place.house.providers
    providers[provider.name] = provider
    return provider


async def now_of(place: Place) -> datetime:
    async with place.work() as work:
        found: datetime = work.now
    return found


async def hear(place: Place, story: Story, letter: Any) -> None:
    """A letter at our hook, as whoever serves it would take it."""
    headers, body = letter
    kind = "application/x-www-form-urlencoded" if isinstance(story.twin, AlipayTwin) else "application/json"
    transport = httpx.ASGITransport(app=make_app(place.house))
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{place.host}") as http:
        url = f"/hooks/{story.twin.provider.name}"
        answer = await http.post(url, content=body, headers={"content-type": kind, **headers})
    if not answer.is_success:
        raise ActFailed(f"{answer.status_code} {answer.text}")


# ── a payment and what goes back ──
async def begins(place: Place, story: Story) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    placed = granted(await given.place_order(place, who, of))
    provider, account = story.twin.provider, story.twin.provider.account(place.market)
    start = StartAttempt(who.id, "pay", placed.payable, provider.name, account.merchant, account.app)
    story.charge = await given.charge_of(place, granted(await place.one(payments.start_attempts, start)))
    story.of, story.order, story.buyer = of, placed.orders[0], who.id
    (started,) = await provider.start([story.charge])
    if isinstance(story.twin, AlipayTwin):
        story.twin.visit(started.show.url)
    story.twin.pay(story.charge.attempt)


async def is_told(place: Place, story: Story) -> None:
    await hear(place, story, story.twin.charge_letter(story.charge, at=await now_of(place)))


async def asks(place: Place, _: Story) -> None:
    await place.relay.call_out(QUERIES, place.market)


async def time_goes(place: Place, _: Story) -> None:
    await place.move_clock(SHORTLY)


async def takes_back(place: Place, story: Story) -> None:
    await place.quiet()
    assert story.order is not None and story.buyer is not None
    assert await place.do(aftersales.cancel, story.order, story.buyer, reason="changed_mind") is None


async def gives_back(place: Place, _: Story) -> None:
    await place.relay.call_out(REFUNDS, place.market)


async def gave_back_unsaid(place: Place, story: Story) -> None:
    """The provider has done it; nobody of ours has heard an answer."""
    order = await refund_of(place, story)
    assert story.twin.give_back(order.refund.hex, order.transaction, PRICE) == ""


async def refund_of(place: Place, story: Story) -> RefundOrder:
    assert story.charge is not None
    async with place.work() as work:
        refund = await work.fetch_value(REFUND_SQL, story.order)
    transaction = story.twin.charges[story.charge.attempt.hex].transaction
    return RefundOrder(place.market, refund, transaction, PRICE, "CNY", PRICE)


async def is_told_of_refund(place: Place, story: Story) -> None:
    await hear(place, story, story.twin.refund_letter(await refund_of(place, story), at=await now_of(place)))


async def is_paid(place: Place, story: Story) -> None:
    assert story.charge is not None and story.order is not None
    assert await given.state_of(place, story.order) == "to_ship"
    sql = "SELECT amount_minor FROM payments.captures WHERE market_id = $1 AND attempt_id = $2"
    async with place.work() as work:
        assert [row["amount_minor"] for row in await work.fetch(sql, story.charge.attempt)] == [PRICE]


async def is_back(place: Place, story: Story) -> None:
    assert story.order is not None
    assert await given.given_back(place, story.order) == PRICE
    new = [one.amount for name, one in story.twin.refunds.items() if name not in story.known]
    assert new == [PRICE], "the provider gave it back once"


# ── what is paid out ──
async def asks_for_money(place: Place, story: Story) -> None:
    """Agreed to, and due at the provider."""
    story.of = await settling.earned(place)
    await is_agreed_to(place, story, "transfer")


async def is_agreed_to(place: Place, story: Story, mode: str) -> None:
    """The supplier's share of one order, to be paid out in this mode."""
    assert story.of is not None
    of, name = story.of, story.twin.provider.name
    account = granted(await place.do(settlement.add_account, of.supplier, name, mode, "果园", "2088102146225135"))
    assert await place.do(settlement.move_account, account, AccountState.ACTIVE, reason="checked") is None
    owner, manager = await given.buyers(place, 2)
    story.withdrawal = granted(await place.do(settlement.withdraw, of.supplier, account, SHARE, owner.id))
    assert await place.do(settlement.approve, story.withdrawal, manager.id, reason="checked") is None


async def pays_out(place: Place, _: Story) -> None:
    await place.relay.call_out(WITHDRAWALS, place.market)


async def paid_out_unsaid(_: Place, story: Story) -> None:
    assert story.withdrawal is not None
    assert story.twin.pay_out(story.withdrawal.hex, "2088102146225135", SHARE) == ""


async def is_told_of_transfer(place: Place, story: Story) -> None:
    assert story.withdrawal is not None
    order = TransferOrder(place.market, story.withdrawal, "2088102146225135", "果园", SHARE, "CNY", "")
    await hear(place, story, story.twin.transfer_letter(order, at=await now_of(place)))


async def is_out(place: Place, story: Story) -> None:
    assert story.of is not None and story.withdrawal is not None
    async with place.work() as work:
        assert (await settlement.access_withdrawal(work, story.withdrawal))["state"] == "paid"
        balance = await settlement.balance_of(work, story.of.supplier)
    assert (balance.payable_minor, balance.withdrawing_minor, balance.debt_minor) == (0, 0, 0)
    new = [one.amount for name, one in story.twin.transfers.items() if name not in story.known]
    assert new == [SHARE], "the provider paid it out once"


async def comes_back(_: Place, story: Story) -> None:
    assert story.withdrawal is not None
    story.twin.send_back(story.withdrawal)


async def is_returned(place: Place, story: Story) -> None:
    assert story.of is not None and story.withdrawal is not None
    async with place.work() as work:
        assert (await settlement.access_withdrawal(work, story.withdrawal))["state"] == "returned"
        balance = await settlement.balance_of(work, story.of.supplier)
    assert (balance.payable_minor, balance.withdrawing_minor, balance.debt_minor) == (SHARE, 0, 0)


# ── what is split of a payment ──
async def asks_for_a_share(place: Place, story: Story) -> None:
    """A payment that this provider took and its buyer kept; all of the supplier's share of it is agreed to."""
    await begins(place, story)
    await is_told(place, story)
    await place.quiet()
    assert story.of is not None and story.order is not None and story.buyer is not None
    assert await place.do(orders.ship, story.order, story.of.supplier, carrier="SF", tracking="SF1") is None
    assert await place.do(orders.confirm_receipt, story.order, story.buyer) is None
    await place.later(settling.KEPT)
    await is_agreed_to(place, story, "split")


async def is_split(place: Place, story: Story) -> None:
    assert story.of is not None and story.withdrawal is not None
    async with place.work() as work:
        assert (await settlement.access_withdrawal(work, story.withdrawal))["state"] == "paid"
        balance = await settlement.balance_of(work, story.of.supplier)
    assert (balance.payable_minor, balance.withdrawing_minor, balance.debt_minor) == (0, 0, 0)
    new = [one.amount for name, one in story.twin.splits.items() if name not in story.known]
    assert new == [SHARE], "the provider split it once"


ACTS: dict[str, tuple[tuple[Act, ...], Act, Act]] = {
    "notice": ((begins,), is_told, is_paid),
    "query": ((begins, time_goes), asks, is_paid),
    "refund": ((begins, is_told, takes_back), gives_back, is_back),
    "refund notice": ((begins, is_told, takes_back, gave_back_unsaid), is_told_of_refund, is_back),
    "transfer": ((asks_for_money,), pays_out, is_out),
    "split": ((asks_for_a_share,), pays_out, is_split),
    "transfer notice": ((asks_for_money, paid_out_unsaid), is_told_of_transfer, is_out),
    "return notice": ((asks_for_money, pays_out, comes_back), is_told_of_transfer, is_returned),
}
"""What has happened before, the act in which the process dies, and what is true once it was repeated."""


def die(trial: Trial, provider: str, name: str, stride: int, *, dying: Act | None = None) -> None:
    place = trial.open()
    twin = TWINS[provider](place.market)
    try:
        die_with(trial, place, twin, name, stride, dying or ACTS[name][1])
    finally:
        twin.shut()


def die_with(trial: Trial, place: Place, twin: Twin, name: str, stride: int, dying: Act) -> None:
    before, act, wanted = ACTS[name]
    with_provider(place, twin)

    async def begin() -> Story:
        story = Story(twin, known={*twin.refunds, *twin.transfers, *twin.splits})
        for one in before:
            await one(place, story)
        return story

    async def as_another_process(new: Place, story: Story) -> None:
        with_provider(new, twin, anew=True)
        await dying(new, story)

    async def come_after(story: Story) -> None:
        """Nothing is half done; the provider tells again, or is asked again, and then it is done, once."""
        assert await place.breaches() == {}
        await place.move_clock(SHORTLY)  # a letter that is sent again is signed anew
        await act(place, story)
        await place.later(SOON)
        await wanted(place, story)
        assert await place.breaches() == {}

    trial.run(
        f"{name} of {twin.provider.name}", place, stride, begin=begin, dying=as_another_process, come_after=come_after,
        owners=(type(twin.provider),),
    )  # fmt: skip


@pytest.mark.parametrize("stride", [STRIDE, pytest.param(1, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("provider", TWINS)
def test_what_a_provider_tells_or_is_asked_killed_at_an_await_happens_once(
    trial: Trial, provider: str, name: str, stride: int
) -> None:
    """Here at every so manieth await from a random one on, every night at all of them."""
    die(trial, provider, name, stride)


async def under_another_key(place: Place, story: Story) -> None:
    """Asked of the provider under a key that nobody remembers."""
    order = await refund_of(place, story)
    forgotten = replace(order, refund=new_uuid(), amount_minor=900)
    await place.house.providers[story.twin.provider.name].refund([forgotten])


@pytest.mark.parametrize("provider", TWINS)
def test_control_with_another_key_more_goes_back_than_is_owed(trial: Trial, provider: str) -> None:
    with pytest.raises(AssertionError) as found:
        die(trial, provider, "refund", 1, dying=under_another_key)
    assert not isinstance(found.value, ActFailed)
