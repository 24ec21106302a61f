"""The loop of a world: one act by one actor under one plan of faults, then the auditor and the invariants."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from tuan.kit.time import Instant
from tuan.platform import invariants
from tuan.simulate import buying, caring, cases, directing, paying, plots, running, saving, withdrawing
from tuan.simulate.actors import Act, Play
from tuan.simulate.auditor import Auditor
from tuan.simulate.books import PAID, Account, Books
from tuan.simulate.cast import make_cast
from tuan.simulate.faults import Fault, Plan
from tuan.simulate.reading import Seen, read
from tuan.simulate.site import Site, Stage, open_stage

ACTS: dict[Act, int] = {
    buying.place: 10, buying.check_out: 7, buying.open_team: 9, buying.join_team: 26, buying.crowd: 10, buying.repeat: 6,
    buying.cancel_unpaid: 2, buying.cancel: 2, buying.leave: 3, buying.confirm: 2,
    paying.start: 34, paying.decide: 20, paying.deliver: 22, paying.tell_again: 3, paying.lose: 3, paying.forge: 1, paying.mood: 3,
    running.ship: 9, running.give_back: 1, running.remove: 2, running.receive: 3, running.reprice: 1,
    running.take_off: 0, running.end_campaign: 1, running.new_campaign: 3,
    running.hand_up: 14, running.sweep: 14, running.work: 10,
    saving.take_coupon: 8, saving.check_in: 7, saving.fill_cart: 9,
    caring.open_case: 8, caring.go_on: 14, caring.meddle: 3, caring.late_claim: 3, caring.arbitrate: 2,
    withdrawing.add_account: 1, withdrawing.withdraw: 6, withdrawing.in_parts: 2, withdrawing.approve: 6, withdrawing.reject: 1,
    withdrawing.transfer_told: 3, withdrawing.cash_in: 10,
    plots.last_minute: 14, plots.too_late: 3, plots.thrift: 9,
    running.wait: 6, running.wait_for: 6, running.days: 1, running.step_back: 2,
}  # fmt: skip
"""What happens how often, beside each other."""
BESIDES: dict[str, dict[Act, int]] = {
    "transfer": {},
    "split": {withdrawing.split_told: 6, withdrawing.close_for_splits: 1},
    "direct": {directing.change: 2, directing.turn: 2, directing.another_seller: 1, withdrawing.split_told: 1},
}
"""What happens besides, by how sellers are paid."""

CARE: tuple[Act, ...] = (*[caring.open_case] * 4, *[caring.go_on] * 4)
"""What is asked about goods that have just been sent; some of it is answered by nobody."""
LATE_CARE: tuple[Act, ...] = (*[caring.late_claim] * 3, *[caring.go_on] * 5)
"""What turns out to be wrong when its supplier has his money already."""
CARE_ROUNDS_MAX = 6
PAY_DAY = (
    *[withdrawing.add_account] * 3, *[withdrawing.in_parts] * 2, *[withdrawing.approve] * 2,
    *(withdrawing.withdraw, withdrawing.approve, withdrawing.approve, running.work, withdrawing.transfer_told) * 4,
    withdrawing.withdraw, withdrawing.reject,
)  # fmt: skip
"""Everybody has earned something, and wants it."""
EARLY_CARE: dict[str, tuple[Act, ...]] = {
    "transfer": (),
    "split": (withdrawing.add_account, caring.late_claim, caring.go_on, caring.go_on) * 3,
    "direct": (),
}
"""Of what nobody has drawn from yet some turns out to be wrong."""
LATE_PAY: dict[str, tuple[Act, ...]] = {
    "transfer": (),
    "split": (
        *(withdrawing.withdraw, withdrawing.approve, withdrawing.approve, running.work, withdrawing.split_told) * 4,
    ),
    "direct": (directing.change, directing.another_seller, directing.change, withdrawing.withdraw),
}
"""And again when some of it went back to who had bought it."""

FAULT_SHARE = 0.15
TICK = timedelta(seconds=1)
CLEAR = timedelta(seconds=0.45)
"""A step takes less than this; none begins so close before something falls due."""
NUDGE = timedelta(seconds=0.5)
BEHIND_MAX = timedelta(seconds=4)
QUIET_EVERY = 40
QUIET_ROUNDS_MAX = 6
INVARIANTS_EVERY = 3
"""Asking them all takes as long as a step; the auditor looks at every step."""
TOLD_MAX = 40
SLOW_TO_BREAK = ("I9b", "I9c", "I14", "I19a", "I20", "I20a", "I20b", "I35f")
"""Invariants with minutes in them: asked when the worker has just been at work, since here days pass in one step."""


class Unlawful(Exception):
    """What the auditor or an invariant found at a step, and what had been done before."""

    def __init__(self, step: int, wrong: list[str], told: list[str]) -> None:
        super().__init__(step, wrong, told)
        self.step, self.wrong, self.told = step, wrong, told


@dataclass(slots=True)
class World:
    """One seed's market from its first step to its end."""

    seed: int
    stage: Stage
    play: Play
    last: Instant
    """The latest time it has been."""
    acts: dict[Act, int] = field(init=False)
    told: deque[str] = field(default_factory=lambda: deque(maxlen=TOLD_MAX))

    def __post_init__(self) -> None:
        self.acts = ACTS | BESIDES[self.play.books.paid]

    async def run(self, steps: int) -> None:
        """So many steps, then everything comes to its end. Raises Unlawful."""
        for number in range(1, steps + 1):
            rng = Random(f"{self.seed}/{number}")
            await self._step(number, rng, self._choose(rng), self._plan(rng))
            if number % QUIET_EVERY == 0:
                await self._quiet(number)
        await self._end(steps)

    def _choose(self, rng: Random) -> list[Act]:
        """Acts in the order they are tried: the first that finds something to act on is done."""
        if self.play.plot:
            return [self.play.plot.popleft(), running.work]
        return [*rng.choices(list(self.acts), list(self.acts.values()), k=8), running.work]

    def _plan(self, rng: Random) -> Plan | None:
        plan = Plan(rng.choice(list(Fault)), skip=rng.choice((0, 0, 0, 1, 2, 4)), statement=rng.randint(2, 12))
        return plan if rng.random() < FAULT_SHARE else None

    async def _step(self, number: int, rng: Random, acts: list[Act], plan: Plan | None = None) -> None:
        await self._tick()
        play = self.play
        play.account = Account(number, play.time)
        switch = self.stage.site.switch
        switch.plan = plan
        try:
            for act in acts:
                if await act(play, rng):
                    break
        except Exception as error:
            raise Unlawful(number, [f"nobody expected {error!r}"], self._all_told()) from error
        finally:
            happened = switch.clear()
            play.account.notes += map(str, happened)
        if play.account.is_cut_off and not happened:
            raise ConnectionError("the database went away, and nobody had planned it")
        await self.stage.bury()
        await self._audit(number)

    async def _tick(self) -> None:
        """Time goes on by a second and what the last step decided; never to a moment just before something is due."""
        play = self.play
        time = max(play.time + TICK + play.jump, self.last - BEHIND_MAX)
        play.jump = timedelta(0)
        due = play.seen.deadlines()
        while any(timedelta(0) <= one - time < CLEAR for one in due):
            time += NUDGE
        play.time, self.last = time, max(self.last, time)
        await self.stage.site.set_clock(self.stage.market, time)

    async def _audit(self, number: int, *, slow: bool = False) -> None:
        async with self.stage.site.sound_work(self.stage.market) as work:
            seen: Seen = await read(work)
            found = await invariants.breaches(work) if slow or number % INVARIANTS_EVERY == 0 else {}
        broken = {name: lines for name, lines in found.items() if lines}
        wrong = self.play.auditor.judge(self.play.account, seen)
        wrong += [
            f"{name} {lines}" for name, lines in broken.items() if slow or name.split(":")[0] not in SLOW_TO_BREAK
        ]
        if wrong:
            raise Unlawful(number, wrong, self._all_told())
        self.told.append(self.play.account.line())

    def _all_told(self) -> list[str]:
        return [*self.told, self.play.account.line()]

    async def _quiet(self, number: int) -> None:
        """The worker does everything; then nothing may be left undone. What failed before is tried again in its time."""
        self.play.stage.provider.mood = ""
        for _ in range(QUIET_ROUNDS_MAX):
            await self._step(number, Random(0), [running.work])
            if not self.play.seen.waiting and not self.play.seen.asked_again():
                break
            self.play.jump = timedelta(seconds=300)
        await self._audit(number, slow=True)
        if wrong := self.play.auditor.judge_quiet(self.play.time):
            raise Unlawful(number, wrong, self._all_told())

    async def _end(self, number: int) -> None:
        """All post arrives, everything is sent, all time goes by; then every cent is where it belongs."""
        chance = Random(self.seed)
        while self.play.books.bag:
            await self._step(number, chance, [paying.deliver])
        for days in (0.1, 0.1, 10):
            self.play.jump = timedelta(days=days)
            await self._quiet(number)
            while paying.unheard(self.play):
                await self._step(number, chance, [paying.tell_again])
        while self.play.orders("to_ship"):
            await self._step(number, _Always(0), [running.ship])
        await self._all_act(number, "care", CARE * 3)
        await self._let_cases_end(number)
        await self._all_act(number, "early care", EARLY_CARE[self.play.books.paid])
        await self._all_act(number, "pay day", PAY_DAY)
        await self._all_act(number, "late care", LATE_CARE)
        await self._let_cases_end(number)
        await self._all_act(number, "late pay", LATE_PAY[self.play.books.paid])
        for hours in (1, 6):
            self.play.jump = timedelta(hours=hours)
            await self._quiet(number)
        stated = self.stage.provider.why_not_stated(self.stage.market, self.play.auditor.books.began, self.play.time)
        if wrong := self.play.auditor.judge_end() + await stated:
            raise Unlawful(number, wrong, self._all_told())

    async def _let_cases_end(self, number: int) -> None:
        """Silence ends each case, or the operator, who decides anew where he was refused; then orders complete."""
        chance = Random(number)
        for days in (16, 8, 1, *[16] * CARE_ROUNDS_MAX):
            if days == 16 and not self.play.orders(*cases.HAVING) and not caring.running(self.play):
                break
            self.play.jump = timedelta(days=days)
            await self._quiet(number)
            while caring.undecided(self.play):
                await self._step(number, chance, [caring.arbitrate])

    async def _all_act(self, number: int, title: str, acts: Sequence[Act]) -> None:
        """At the end everybody gets a turn at what chance alone rarely comes to."""
        for place, act in enumerate(acts):
            rng = Random(f"{self.seed}/{title}/{place}")
            await self._step(number, rng, [act, running.work], self._plan(rng))


class _Always(Random):
    """Chance that takes the usual way."""

    def random(self) -> float:
        return 0.5


async def play_world(site: Site, seed: int, steps: int, *, name: str) -> World:
    """Play one seed in a market of its own; the world as it ended. Raises Unlawful."""
    paid = Random(f"{seed}/money").choice(PAID)
    async with open_stage(site, name) as stage:
        async with site.sound_work(stage.market) as work:
            books: Books = await make_cast(work, Random(f"{seed}/cast"), paid)
        async with site.sound_work(stage.market) as work:
            seen = await read(work)
        start = seen.now + TICK
        auditor = Auditor(books, stage.provider, seen)
        world = World(seed, stage, Play(stage, books, auditor, Account(0, start), start), start)
        await world.run(steps)
        return world
