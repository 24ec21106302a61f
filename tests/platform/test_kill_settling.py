"""A process is killed at each await in which money is shared out or asked for; whoever comes after finds it done or not begun."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.given import goods as given
from tests.given import settling
from tests.given.goods import Buyer, Goods
from tests.given.houses import Place
from tests.given.kills import ActFailed
from tests.given.trials import Trial
from tuan.platform.work import Work
from tuan.trade import settlement
from tuan.trade.settlement.model import Rules
from tuan.trade.settlement.sweeps import WITHDRAWALS

STRIDE = 6
SHARE, ASKED = 1951, 1000
DAY = timedelta(days=1)
Footprint = tuple[int, int, int, tuple[tuple[str, bool], ...]]
"""Claims; what the supplier may claim and what is on its way to him; his withdrawals, and whether somebody agreed."""


@dataclass(slots=True)
class Story:
    of: Goods
    owner: Buyer
    managers: list[Buyer]
    account: UUID | None = None
    withdrawal: UUID | None = None


Act = Callable[[Place, Story], Awaitable[Any]]


async def is_kept(place: Place, story: Story) -> None:
    await settling.received(place, story.of, story.owner)
    await place.quiet()
    await place.move_clock(settling.KEPT)


async def matures(place: Place, _: Story) -> None:
    await place.do(settlement.settle_due, limit=10)


async def has_account(place: Place, story: Story) -> None:
    await place.quiet()
    story.account = await settling.account_of(place, story.of.supplier)


async def asks(place: Place, story: Story) -> None:
    assert story.account is not None
    answer = await place.do(settlement.withdraw, story.of.supplier, story.account, ASKED, story.owner.id)
    assert isinstance(answer, UUID), answer


async def finds_it(place: Place, story: Story) -> None:
    async with place.work() as work:
        sql = "SELECT id FROM settlement.withdrawals WHERE market_id = $1 AND supplier_id = $2"
        story.withdrawal = await work.fetch_value(sql, story.of.supplier)


async def needs_two(place: Place, _: Story) -> None:
    assert await place.do(settlement.set_rules, Rules(100, 50, 500), reason="two above five") is None


async def one_agrees(place: Place, story: Story) -> None:
    await _agrees(place, story, 0)


async def other_agrees(place: Place, story: Story) -> None:
    await _agrees(place, story, 1)


async def _agrees(place: Place, story: Story, number: int) -> None:
    assert story.withdrawal is not None
    assert await place.do(settlement.approve, story.withdrawal, story.managers[number].id, reason="checked") is None


async def rejects(place: Place, story: Story) -> None:
    assert story.withdrawal is not None
    assert await place.do(settlement.reject, story.withdrawal, reason="not his") is None


async def pays_out(place: Place, _: Story) -> None:
    await place.relay.call_out(WITHDRAWALS, place.market)


EARNED: tuple[Act, ...] = (is_kept, matures, has_account)
REQUESTED: tuple[Act, ...] = (*EARNED, asks, finds_it)
OUT = (1, SHARE - ASKED, 0, (("paid", True),))
ACTS: dict[str, tuple[tuple[Act, ...], Act, Footprint]] = {
    "mature": ((is_kept,), matures, (1, SHARE, 0, ())),
    "ask": (EARNED, asks, (1, SHARE - ASKED, ASKED, (("requested", False),))),
    "agree": ((*EARNED, needs_two, asks, finds_it), one_agrees, (1, SHARE - ASKED, ASKED, (("requested", True),))),
    "second": ((*EARNED, needs_two, asks, finds_it, one_agrees), other_agrees, OUT),
    "reject": (REQUESTED, rejects, (1, SHARE, 0, (("rejected", False),))),
    "transfer": ((*REQUESTED, one_agrees), pays_out, OUT),
}
"""What has happened before, the act in which the process dies, what there is in the end."""


async def begin(place: Place, before: tuple[Act, ...]) -> tuple[Story, Footprint]:
    await place.do(settlement.set_rules, Rules(100, 0, 5_000_000), reason="as at first")
    owner, *managers = await given.buyers(place, 3)
    story = Story(await given.goods(place), owner, managers)
    for act in before:
        await act(place, story)
    return story, await footprint(place, story)


async def footprint(place: Place, story: Story) -> Footprint:
    async with place.work() as work:
        sql = "SELECT count(*) FROM settlement.claims WHERE market_id = $1 AND supplier_id = $2"
        claims = await work.fetch_value(sql, story.of.supplier)
        balance = await settlement.balance_of(work, story.of.supplier)
        sql = "SELECT state, approved_by FROM settlement.withdrawals WHERE market_id = $1 AND supplier_id = $2"
        rows = await work.fetch(sql, story.of.supplier)
    asked = tuple((row["state"], row["approved_by"] is not None) for row in rows)
    return claims, balance.payable_minor, balance.withdrawing_minor, asked


async def come_after(place: Place, story: Story, act: Act, was: Footprint, wanted: Footprint) -> None:
    """It was done or it was not; what was not is done now, and the provider pays once."""
    assert await place.breaches() == {}
    if await footprint(place, story) == was:
        await act(place, story)
    await place.later(timedelta(minutes=2))
    assert await footprint(place, story) == wanted
    assert await place.breaches() == {}
    async with place.work() as work:
        day = work.now.date()
    lines = [one for n in (-1, 0) for one in await place.house.sandbox.statement(place.market, day + n * DAY)]
    paid = [line.amount_minor for line in lines if line.kind == "transfer" and line.key == story.withdrawal]
    asked_minor = ASKED - (ASKED * 50 // 10_000 if act is other_agrees else 0)
    assert paid == ([asked_minor] if wanted is OUT else [])


def die(trial: Trial, name: str, stride: int, *, dying: Act | None = None) -> None:
    before, act, wanted = ACTS[name]
    place = trial.open()
    trial.run(
        name, place, stride, begin=lambda: begin(place, before), dying=lambda new, both: (dying or act)(new, both[0]),
        come_after=lambda both: come_after(place, both[0], act, both[1], wanted),
    )  # fmt: skip


@pytest.mark.parametrize("stride", [STRIDE, pytest.param(1, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("name", ACTS)
def test_money_shared_out_or_asked_for_killed_at_an_await_is_whole(trial: Trial, name: str, stride: int) -> None:
    """Here at every so manieth await from a random one on, every night at all of them."""
    die(trial, name, stride)


async def rejects_piecemeal(place: Place, story: Story) -> None:
    """Every statement is committed by itself."""
    send = Work.send

    async def commit_at_once(work: Work, wake: str = "") -> None:
        await send(work, wake)
        market = f"SELECT set_config('tuan.market', '{work.market.id}', true)"
        await work.connection.execute(f"COMMIT; BEGIN; {market}")

    Work.send = commit_at_once  # type: ignore[method-assign]  # in a process that ends with this act
    await rejects(place, story)


def test_control_without_transaction_money_is_refused_and_not_back(trial: Trial) -> None:
    with pytest.raises(AssertionError) as found:
        die(trial, "reject", 1, dying=rejects_piecemeal)
    assert not isinstance(found.value, ActFailed)
