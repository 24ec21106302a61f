"""Facts reach whoever hears them, once with their effect; a handler that fails holds up nobody else."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import structlog

from tests.given import goods as given
from tests.given.houses import Place
from tuan.kit import facts
from tuan.kit.facts import Fact, fact
from tuan.kit.ids import new_uuid
from tuan.platform import outbox, relay
from tuan.platform.telemetry import follow
from tuan.platform.work import Work, trace
from tuan.play import groupbuy

EFFECT_SQL = (
    "INSERT INTO platform.limits AS l (market_id, bucket, window_start, count) VALUES ($1, $2, '2100-01-01', 1) "
    "ON CONFLICT (market_id, bucket, window_start) DO UPDATE SET count = l.count + 1"
)
EFFECTS_SQL = "SELECT bucket, count FROM platform.limits WHERE market_id = $1"
WAITING_SQL = "SELECT tries, due_at, parked_at FROM outbox.pending WHERE market_id = $1"


@fact("test.rang.v1")
class Rang(Fact, frozen=True):
    bell: UUID


class Hearer:
    """Counts each bell in the database; fails on the ones it is told to."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.failing: set[UUID] = set()

    async def __call__(self, work: Work, told: Sequence[Rang]) -> None:
        self.batches.append(len(told))
        for one in told:
            await work.execute(EFFECT_SQL, str(one.bell))
        if bad := [one for one in told if one.bell in self.failing]:
            raise ValueError(bad)


@pytest.fixture
async def hearer(place: Place) -> AsyncIterator[Hearer]:
    """One who hears the bell; what it left waiting in this market is taken away, the relay would bring it to the next."""
    heard = Hearer()
    heard.__module__, heard.__name__ = "tuan.test.handlers", "rang"  # type: ignore[attr-defined]
    outbox.on(Rang)(heard)
    yield heard
    del outbox.consumers["test.rang"]
    outbox._hearers.pop("test.rang.v1")
    async with place.work() as work:
        await work.execute("DELETE FROM outbox.pending WHERE market_id = $1 AND consumer LIKE 'test.%'")


@pytest.fixture(autouse=True, scope="module")
def forget() -> Iterator[None]:
    yield
    facts.kinds.pop("test.rang.v1", None)


async def ring(place: Place, count: int) -> list[UUID]:
    bells = sorted(new_uuid() for _ in range(count))
    async with place.work() as work:
        for bell in bells:
            work.tell(Rang(bell=bell))
    return bells


async def effects(place: Place) -> dict[str, int]:
    async with place.work() as work:
        return {row["bucket"]: row["count"] for row in await work.fetch(EFFECTS_SQL)}


async def waiting(place: Place) -> list[Any]:
    async with place.work() as work:
        return await work.fetch(WAITING_SQL)


async def test_a_fact_and_its_effect_are_one(place: Place, hearer: Hearer) -> None:
    bells = await ring(place, 5)
    await place.quiet()
    assert hearer.batches == [5]
    assert await effects(place) == {str(bell): 1 for bell in bells}
    assert await waiting(place) == []
    assert await place.breaches() == {}


async def test_what_is_taken_back_was_never_told(place: Place, hearer: Hearer) -> None:
    with pytest.raises(ValueError):
        async with place.work() as work:
            work.tell(Rang(bell=new_uuid()))
            raise ValueError
    await place.quiet()
    assert hearer.batches == []


async def test_a_failing_fact_is_split_off_put_off_and_heard_later(place: Place, hearer: Hearer) -> None:
    bells = await ring(place, 5)
    hearer.failing = {bells[2]}
    await place.relay.hand_up()
    assert hearer.batches == [5, 1, 1, 1, 1, 1]
    assert await effects(place) == {str(bell): 1 for bell in bells if bell != bells[2]}
    (late,) = await waiting(place)
    async with place.work() as work:
        assert late["tries"] == 1 and late["parked_at"] is None and late["due_at"] > work.now
    hearer.failing.clear()
    await place.later(timedelta(seconds=2))
    assert (await effects(place))[str(bells[2])] == 1
    assert await waiting(place) == []


async def test_a_fact_that_keeps_failing_is_parked_and_told_of(place: Place, hearer: Hearer) -> None:
    hearer.failing = set(await ring(place, 1))
    dues = []
    for _ in range(relay.TRIES_MAX):
        await place.relay.hand_up()
        (late,) = await waiting(place)
        async with place.work() as work:
            dues.append(round((late["due_at"] - work.now).total_seconds()))
        await place.move_clock(timedelta(seconds=max(dues[-1], 0) + 1))
    assert dues == sorted(dues) and dues[-1] >= 2 ** (relay.TRIES_MAX - 1) - 1
    assert late["tries"] == relay.TRIES_MAX and late["parked_at"] is not None
    tries = len(hearer.batches)
    await place.relay.hand_up()
    assert len(hearer.batches) == tries
    assert await effects(place) == {}
    assert [name.split(":")[0] for name in await place.breaches()] == ["I14"]


async def test_one_who_fails_holds_up_nobody_else(place: Place, hearer: Hearer) -> None:
    second = Hearer()
    second.__module__, second.__name__ = "tuan.test.handlers", "rang_too"  # type: ignore[attr-defined]
    outbox.on(Rang)(second)
    try:
        (bell,) = hearer.failing = set(await ring(place, 1))
        await place.relay.hand_up()
        assert await effects(place) == {str(bell): 1}
        assert len(await waiting(place)) == 1
    finally:
        del outbox.consumers["test.rang_too"]


async def test_one_id_runs_from_the_request_through_the_fact_to_the_intent(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place))
    who = await given.buyer(place)
    team = await given.paid_team(place, who, of)
    mark = trace.set("request-1")
    try:
        await place.do(groupbuy.leave_team, team.team, who.id)
    finally:
        trace.reset(mark)
    async with place.work() as work:
        rows = await work.fetch("SELECT name FROM outbox.facts WHERE market_id = $1 AND trace = 'request-1'")
        refunds = await work.fetch("SELECT trace FROM payments.refunds WHERE market_id = $1")
    assert {row["name"] for row in rows} == {"orders.cancelled.v1", "groupbuy.team_lapsed.v1"}
    assert [row["trace"] for row in refunds] == ["request-1"]
    with structlog.testing.capture_logs() as lines:
        follow("relay.batch", ["a", "b", "", "a"])
    assert [line["traces"] for line in lines] == [["a", "b"]]
    assert trace.get() not in ("", "a", "b")
