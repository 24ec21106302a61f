"""Lanes: batches gather, a culprit stands alone, lost races are tried again, the queue has an end."""

import asyncio
from collections.abc import Sequence
from typing import Any

import asyncpg
import pytest

from tests.given import goods as given
from tests.given import houses
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.main import House
from tuan.platform import lanes as module
from tuan.platform.lanes import Fetch, Lanes, ServerBusy
from tuan.platform.work import OutcomeUnknown, Work
from tuan.surfaces.web import sessions

MARK_SQL = "INSERT INTO platform.limits (market_id, bucket, window_start, count) VALUES ($1, $2, $3, 1)"
MARKS_SQL = "SELECT bucket FROM platform.limits WHERE market_id = $1 ORDER BY bucket"


class Verb:
    """A plural verb that writes a mark per command, notes its batches, and fails as it is told."""

    __name__ = "verb"

    def __init__(self, *failures: Exception, culprit: str = "") -> None:
        self.batches: list[list[str]] = []
        self.failures, self.culprit = list(failures), culprit

    async def __call__(self, work: Work, commands: Sequence[str]) -> list[str]:
        self.batches.append(list(commands))
        for command in commands:
            await work.execute(MARK_SQL, command, work.now)
        if self.culprit in commands:
            raise ValueError(self.culprit)
        if self.failures:
            raise self.failures.pop(0)
        return [f"{command} done" for command in commands]


async def marks(place: Place) -> list[str]:
    async with place.work() as work:
        return [row["bucket"] for row in await work.fetch(MARKS_SQL)]


def lanes_of(place: Place) -> Lanes:
    database = place.house.database
    return Lanes(database.lanes, database.requests)


async def submit(place: Place, verb: Any, commands: Sequence[str], lanes: Lanes | None = None) -> list[Any]:
    lanes = lanes or lanes_of(place)
    waiting = (lanes.submit(verb, place.market, command) for command in commands)
    return await asyncio.gather(*waiting, return_exceptions=True)


async def test_commands_that_come_together_leave_together(place: Place) -> None:
    verb, commands = Verb(), [f"c{n:03}" for n in range(50)]
    assert await submit(place, verb, commands) == [f"{command} done" for command in commands]
    assert verb.batches == [commands]
    assert await marks(place) == commands


async def test_while_a_batch_commits_the_next_one_gathers(place: Place) -> None:
    verb, lanes, gate = Verb(), lanes_of(place), asyncio.Event()

    async def slow(work: Work, commands: Sequence[str]) -> list[str]:
        await gate.wait()
        return await verb(work, commands)

    slow.__name__ = "slow"
    first = asyncio.ensure_future(lanes.submit(slow, place.market, "a"))
    await asyncio.sleep(0.01)
    others = [asyncio.ensure_future(lanes.submit(slow, place.market, name)) for name in ("b", "c")]
    await asyncio.sleep(0.01)
    gate.set()
    await asyncio.gather(first, *others)
    assert verb.batches == [["a"], ["b", "c"]]


async def test_the_next_batch_decides_while_one_writes_and_a_third_waits_for_both(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what is left of a batch, to write and to commit, runs beside the next one; two never decide at a time."""
    verb, lanes, gate = Verb(), lanes_of(place), asyncio.Event()

    flush = module.outbox.flush

    async def held_up(work: Work) -> None:
        await gate.wait()
        await flush(work)

    monkeypatch.setattr(module.outbox, "flush", held_up)
    waiting = []
    for name in "abcd":
        waiting.append(asyncio.ensure_future(lanes.submit(verb, place.market, name)))
        await asyncio.sleep(0.05)
    assert verb.batches == [["a"], ["b"]]
    monkeypatch.undo()
    gate.set()
    assert await asyncio.gather(*waiting) == [f"{name} done" for name in "abcd"]
    assert verb.batches == [["a"], ["b"], ["c", "d"]]


async def test_a_culprit_is_split_off_and_its_neighbours_succeed(place: Place) -> None:
    verb, commands = Verb(culprit="c3"), [f"c{n}" for n in range(8)]
    outcomes = await submit(place, verb, commands)
    assert isinstance(outcomes[3], ValueError)
    assert [o for n, o in enumerate(outcomes) if n != 3] == [f"c{n} done" for n in range(8) if n != 3]
    assert await marks(place) == [c for c in commands if c != "c3"]


async def test_a_lost_race_is_tried_again_whole(place: Place) -> None:
    verb = Verb(asyncpg.DeadlockDetectedError("test"), asyncpg.SerializationError("test"))
    assert await submit(place, verb, ["a", "b"]) == ["a done", "b done"]
    assert verb.batches == [["a", "b"]] * 3
    assert await marks(place) == ["a", "b"]


async def test_a_real_deadlock_is_solved_by_asking_again(place: Place) -> None:
    """Two lanes lock two rows the wrong way round; PostgreSQL ends one of them, and the lane asks again."""
    of = [await given.goods(place) for _ in range(2)]
    both, tries = asyncio.Barrier(2), []

    def crossing(first: int, second: int) -> Any:
        async def verb(work: Work, commands: Sequence[str]) -> list[str]:
            tries.append(first)
            for number, place_in_order in ((first, 0), (second, 1)):
                await work.fetch("SELECT 1 FROM supply.stock WHERE market_id = $1 AND sku_id = $2 FOR UPDATE",
                                 of[number].sku)  # fmt: skip
                if place_in_order == 0 and len(tries) <= 2:
                    await both.wait()
            return list(commands)

        return verb

    lanes = lanes_of(place)
    outcomes = await asyncio.gather(
        lanes.submit(crossing(0, 1), place.market, "x"), lanes.submit(crossing(1, 0), place.market, "y")
    )
    assert outcomes == ["x", "y"]
    assert len(tries) == 3


async def test_an_unknown_outcome_is_never_an_answer(place: Place) -> None:
    verb = Verb(OutcomeUnknown("test"))
    outcomes = await submit(place, verb, ["a", "b"])
    assert all(isinstance(outcome, OutcomeUnknown) for outcome in outcomes)
    assert verb.batches == [["a", "b"]]


async def test_a_full_queue_says_busy_and_takes_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUEUE_MAX", 3)
    verb = Verb()
    outcomes = await submit(place, verb, list("abcde"))
    assert outcomes == ["a done", "b done", "c done", *[ServerBusy(retry_after_seconds=1)] * 2]
    assert await marks(place) == list("abc")


async def test_whoever_goes_away_leaves_the_others_and_his_outcome(place: Place) -> None:
    of, (impatient, patient) = await given.goods(place, units=2), await given.buyers(place, 2)
    first = asyncio.create_task(given.place_order(place, impatient, of, key="gone"))
    second = asyncio.create_task(given.place_order(place, patient, of))
    await asyncio.sleep(0)
    first.cancel()
    placed = granted(await second)
    again = granted(await given.place_order(place, impatient, of, key="gone"))
    assert again.payable != placed.payable
    assert await given.free_units(place, of) == 0
    assert await place.breaches() == {}


async def test_what_a_crowd_asks_is_asked_once_and_never_before_it_was_asked(place: Place) -> None:
    """A reading lane: the second question waits for the answer to the first, and sees what was written meanwhile."""
    asked: list[list[str]] = []
    written: list[str] = []

    async def known(fetch: Fetch, buckets: Sequence[str]) -> list[bool]:
        asked.append(list(buckets))
        (row,) = await fetch("SELECT $1::bigint AS market, $2::text[] AS written", written)
        assert row["market"] == place.market
        written.append("late")
        return [bucket in row["written"] for bucket in buckets]

    lanes = lanes_of(place)
    first = asyncio.ensure_future(lanes.read(known, place.market, "late"))
    while not asked:
        await asyncio.sleep(0)
    crowd = [lanes.read(known, place.market, bucket) for bucket in ("late", "never", "late")]
    assert await asyncio.gather(first, *crowd) == [False, True, False, True]
    assert asked == [["late"], ["late", "never", "late"]]


async def test_a_session_is_known_in_its_own_market_only(place: Place, house: House) -> None:
    """The one statement sets the market that row-level security then holds against it."""
    who = await given.buyer(place)
    async with place.work() as work:
        token = await sessions.begin(work, who.id, "zh-CN")
    elsewhere, _ = await houses.make_market(house)
    lanes = lanes_of(place)
    assert await lanes.read(sessions.read, place.market, token) == sessions.Session(who.id, "zh-CN", False)
    assert await lanes.read(sessions.read, elsewhere, token) is None
    assert await lanes.read(sessions.read, place.market, sessions.new_token()) is None
    async with place.work() as work:
        await sessions.end(work, token)
    assert await lanes.read(sessions.read, place.market, token) is None
