"""A process is killed at each await of each act of a team's life; whoever comes after finds nothing half done.

One process opens a team, pays, hears the payment, lets a team lapse, gives money back, and dies before its n-th call to
the database or the provider, for n = 1, 2, … until it survives. What comes after knows only the database: it finds no
invariant broken, shows the buyer nothing untrue, and gives the same command with the same key its one outcome.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from tests.given import goods as given
from tests.given.goods import Buyer, Goods
from tests.given.houses import Place
from tests.given.kills import ActFailed
from tests.given.trials import Trial
from tuan.kit.refusals import granted
from tuan.platform.work import Work
from tuan.play import groupbuy
from tuan.play.groupbuy.model import Seated
from tuan.surfaces.web import sessions
from tuan.surfaces.web.app import make_app
from tuan.trade import orders, payments
from tuan.trade.orders.model import ORDER_ID
from tuan.trade.payments import StartAttempt
from tuan.trade.payments.model import PAYABLE
from tuan.trade.payments.sweeps import REFUNDS

OVER = timedelta(hours=1, minutes=3)
"""A team's hour, and as long as it waits for payments under way."""

ASKED_AGAIN = timedelta(minutes=1)
"""After this a refund that was claimed, and whose asker died, is due again."""
STRIDE = 6

CAPTURES_SQL = "SELECT attempt_id AS key, payable_id, amount_minor FROM payments.captures WHERE market_id = $1"
GIVEN_BACK_SQL = (
    "SELECT id AS key, order_id, amount_minor FROM payments.refunds WHERE market_id = $1 AND state = 'done'"
)
ATTEMPTS_SQL = "SELECT id, payable_id FROM payments.attempts WHERE market_id = $1"


@dataclass(slots=True)
class Story:
    """Two buyers of one team, and what they have been told so far."""

    of: Goods
    leader: Buyer
    joiner: Buyer
    opened: Seated | None = None
    joined: Seated | None = None


Act = Callable[[Place, Story], Awaitable[None]]


async def opens(place: Place, story: Story) -> None:
    story.opened = granted(await given.open_team(place, story.leader, story.of, key="open"))


async def joins(place: Place, story: Story) -> None:
    assert story.opened is not None
    story.joined = granted(await given.join_team(place, story.joiner, story.opened.team, story.of, key="join"))


async def leader_pays(place: Place, story: Story) -> None:
    await _pays(place, story.leader, story.opened)


async def joiner_pays(place: Place, story: Story) -> None:
    await _pays(place, story.joiner, story.joined)


async def _pays(place: Place, who: Buyer, seated: Seated | None) -> None:
    """Start, tell the provider, pay there, hear of it."""
    assert seated is not None
    sandbox = place.house.sandbox
    start = StartAttempt(who.id, "pay", seated.payable, sandbox.name, sandbox.merchant, sandbox.app)
    notice = await given.provider_pays(place, granted(await place.one(payments.start_attempts, start)))
    await place.one(orders.apply_notices, notice)


async def facts_go_up(place: Place, _: Story) -> None:
    while await place.relay.hand_up():
        pass


async def time_passes(place: Place, _: Story) -> None:
    await place.move_clock(OVER)


async def team_lapses(place: Place, story: Story) -> None:
    await place.do(groupbuy.lapse_due, limit=10)
    await facts_go_up(place, story)


async def money_goes_back(place: Place, _: Story) -> None:
    while await place.relay.call_out(REFUNDS, place.market):
        pass


LEADER_WAITS: tuple[Act, ...] = (opens, leader_pays, facts_go_up)
ACTS: dict[str, tuple[tuple[Act, ...], Act, list[str]]] = {
    "place": ((), opens, ["placed"]),
    "pay": ((opens,), leader_pays, ["gathering"]),
    "gather": ((opens, leader_pays), facts_go_up, ["gathering"]),
    "join": (LEADER_WAITS, joins, ["gathering", "placed"]),
    "form": ((*LEADER_WAITS, joins, joiner_pays), facts_go_up, ["to_ship", "to_ship"]),
    "lapse": ((*LEADER_WAITS, time_passes), team_lapses, ["cancelled"]),
    "close": ((*LEADER_WAITS, joins, joiner_pays, facts_go_up, time_passes), team_lapses, ["to_ship", "to_ship"]),
    "refund": ((*LEADER_WAITS, time_passes, team_lapses), money_goes_back, ["cancelled"]),
}
"""What has happened before, the act in which the process dies, and where the orders are once it has been repeated."""


TERMS: dict[str, dict[str, Any]] = {"close": {"size": 3, "promise_min": 1, "ladder": ((2, 100), (3, 200))}}
"""Of the campaign, where it is no pair: a ladder closes at its second step, and both get the difference."""


@dataclass(slots=True)
class Survivor:
    """The process that comes after: it was not there, and reads everything from the database."""

    place: Place
    app: Any
    of: Goods
    first_day: date

    async def begin(self, before: tuple[Act, ...]) -> Story:
        story = Story(self.of, *await given.crowd(self.place, 2))
        for act in before:
            await act(self.place, story)
        return story

    async def check(self, story: Story) -> None:
        """`tuan check`, and what the buyers' pages say, against the provider's own books."""
        assert await self.place.breaches() == {}
        charged, refunded = await self.provider_books()
        async with self.place.work() as work:
            captured = {row["key"]: row for row in await work.fetch(CAPTURES_SQL)}
            given_back = {row["key"]: row for row in await work.fetch(GIVEN_BACK_SQL)}
            payable_of = {row["id"]: row["payable_id"] for row in await work.fetch(ATTEMPTS_SQL)}
        assert {key: row["amount_minor"] for key, row in captured.items()}.items() <= charged.items()
        assert {key: row["amount_minor"] for key, row in given_back.items()}.items() <= refunded.items()
        ours = [row["payable_id"] for row in captured.values()]
        assert len(ours) == len(set(ours)), "nothing is charged twice"
        taken = {payable_of[attempt] for attempt in charged}
        for who in (story.leader, story.joiner):
            async with self.place.work() as work:
                rows = (await orders.orders_of(work, who.id)).items
                token = await sessions.begin(work, who.id, "en")
            assert len(rows) <= 1, "one command is one order"
            for row in rows:
                back = sum(r["amount_minor"] for r in given_back.values() if r["order_id"] == row["id"])
                await self.read_pages(token, row, row["payable_id"] in ours, row["payable_id"] in taken, back)

    async def read_pages(self, token: str, row: Any, is_captured: bool, is_taken: bool, back_minor: int) -> None:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app),
            base_url=f"http://{self.place.host}",
            headers={"accept": "application/json", "cookie": f"tuan={token}"},
        ) as http:
            payment = (await http.get(f"/pay/{PAYABLE.show(row['payable_id'])}")).raise_for_status().json()
            order = (await http.get(f"/orders/{ORDER_ID.show(row['id'])}")).raise_for_status().json()
        assert (payment["state"] in ("paid", "returned")) == is_captured
        if is_taken and not is_captured:
            assert payment["state"] == "confirming", "money is under way: neither paid nor failed"
        assert (order["state"] not in ("placed", "closed")) == is_captured
        refunds = order["refunds"]
        assert sum(r["amount"]["amount_minor"] for r in refunds if r["state"] == "arrived") == back_minor
        if order["state"] == "cancelled":
            assert payment["state"] == "returned", "nothing of it is for goods any more"
            assert sum(r["amount"]["amount_minor"] for r in refunds) == order["total"]["amount_minor"]

    async def provider_books(self) -> tuple[dict[Any, int], dict[Any, int]]:
        """What the provider has taken by attempt, and given back by refund, by his own statements."""
        async with self.place.work() as work:
            days = (work.now.date() - self.first_day).days + 1
        charged, refunded = {}, {}
        for day in range(days):
            for line in await self.place.house.sandbox.statement(self.place.market, self.first_day + timedelta(day)):
                (charged if line.kind == "charge" else refunded)[line.key] = line.amount_minor
        return charged, refunded

    async def states(self, story: Story) -> list[str]:
        async with self.place.work() as work:
            pages = [await orders.orders_of(work, who.id) for who in (story.leader, story.joiner)]
        return [row["state"] for page in pages for row in page.items]

    async def come_after(self, story: Story, act: Act, wanted: list[str]) -> None:
        """Nothing is half done; the command, sent again with its key, has one outcome; then all goes on by itself."""
        await self.check(story)
        await act(self.place, story)
        await (self.place.later(ASKED_AGAIN) if "cancelled" in wanted else self.place.quiet())
        assert await self.states(story) == wanted
        await self.check(story)
        charged, refunded = await self.provider_books()
        async with self.place.work() as work:
            assert {row["key"] for row in await work.fetch(CAPTURES_SQL)} == charged.keys()
            assert {row["key"] for row in await work.fetch(GIVEN_BACK_SQL)} == refunded.keys()


async def prepare(place: Place, **terms: Any) -> Survivor:
    of = await given.campaign(place, await given.goods(place, units=10_000), **terms)
    await place.quiet()
    async with place.work() as work:
        return Survivor(place, make_app(place.house), of, work.now.date())


def die(trial: Trial, name: str, stride: int, *, dying: Act | None = None) -> None:
    """dying: what the process does in place of the act that is repeated after it."""
    before, act, wanted = ACTS[name]
    place = trial.open()
    survivor = trial.runner.run(prepare(place, **TERMS.get(name, {})))
    trial.run(
        name, place, stride, begin=lambda: survivor.begin(before), dying=dying or act,
        come_after=lambda story: survivor.come_after(story, act, wanted),
    )  # fmt: skip


@pytest.mark.parametrize("stride", [STRIDE, pytest.param(1, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("name", ACTS)
def test_an_act_killed_at_an_await_leaves_nothing_half_done(trial: Trial, name: str, stride: int) -> None:
    """Here at every so manieth await from a random one on, every night at all of them."""
    die(trial, name, stride)


async def pays_piecemeal(place: Place, story: Story) -> None:
    """Every write is committed by itself."""
    send = Work.send

    async def commit_at_once(work: Work, wake: str = "") -> None:
        has_written = bool(work._written)
        await send(work, wake)
        if has_written:
            market = f"SELECT set_config('tuan.market', '{work.market.id}', true)"
            await work.connection.execute(f"COMMIT; BEGIN; {market}")

    Work.send = commit_at_once  # type: ignore[method-assign]  # in a process that ends with this act
    await leader_pays(place, story)


def test_control_without_transaction_something_is_half_done(trial: Trial) -> None:
    with pytest.raises(AssertionError) as found:
        die(trial, "pay", 1, dying=pays_piecemeal)
    assert not isinstance(found.value, ActFailed)
