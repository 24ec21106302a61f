"""What has served is forgotten after thirty days, in bounded pieces; what is younger, or still owed, stays."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from tests.given import goods as given
from tests.given import notices
from tests.given.houses import Place
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import granted
from tuan.platform import housekeeping
from tuan.platform.gateways.payment import Charge
from tuan.platform.gateways.sandbox import courier
from tuan.platform.work import Work

NEARLY, ENOUGH = timedelta(days=29, hours=23), timedelta(hours=2)
KEYS_SQL = "SELECT key FROM platform.idempotency WHERE market_id = $1"


async def keys(place: Place) -> set[str]:
    return {row["key"] for row in await notices.rows(place, KEYS_SQL)}


async def walk(place: Place, sweep: Callable[[Work], Awaitable[int]], rounds: int) -> None:
    for _ in range(rounds):
        await place.do(sweep)


async def test_a_key_is_remembered_for_thirty_days(place: Place) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    first = granted(await given.place_order(place, who, of, key="old"))
    await place.move_clock(NEARLY)
    await walk(place, housekeeping.forget_keys, 2)
    assert await given.place_order(place, who, of, key="old") == first, "asked again in time"
    granted(await given.place_order(place, who, of, key="young"))
    await place.move_clock(ENOUGH)
    await walk(place, housekeeping.forget_keys, 2)
    assert {"old", "young"} & await keys(place) == {"young"}
    assert granted(await given.place_order(place, who, of, key="old")) != first, "a new question"


async def test_keys_are_forgotten_in_pieces_and_all_in_the_end(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    mine = {f"k{n}" for n in range(7)}
    for key in sorted(mine):
        granted(await given.place_order(place, who, of, key=key))
    await place.move_clock(NEARLY + ENOUGH)
    monkeypatch.setattr(housekeeping, "WALKED_MAX", 2)
    before = len(await keys(place))
    await place.do(housekeeping.forget_keys)
    assert len(await keys(place)) == before - 2, "no more than a piece at once"
    await walk(place, housekeeping.forget_keys, before)
    assert await keys(place) & mine == set()


async def test_young_keys_in_front_do_not_hide_old_ones(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    granted(await given.place_order(place, who, of, key="z"))
    await place.move_clock(NEARLY + ENOUGH)
    for key in ("a", "b", "c"):
        granted(await given.place_order(place, who, of, key=key))
    monkeypatch.setattr(housekeeping, "WALKED_MAX", 2)
    await walk(place, housekeeping.forget_keys, 10)
    assert {"a", "b", "c", "z"} & await keys(place) == {"a", "b", "c"}


async def test_delivered_notices_go_and_those_still_owed_stay(place: Place) -> None:
    sandbox = place.house.sandbox
    taken, owed = (Charge(place.market, new_uuid(), 1990, "CNY", "http://127.0.0.1:9/hooks/sandbox") for _ in range(2))
    await sandbox.start([taken, owed])
    await sandbox.decide([taken], pay=True, faults=[])
    async with place.work() as work:
        letters = await courier.claim_letters(work)
        await courier.note_replies(work, [courier.Reply(letter, "204", True) for letter in letters])
    await sandbox.decide([owed], pay=True, faults=[])
    await place.move_clock(NEARLY)
    await walk(place, courier.forget_letters, 2)
    assert len(await notices.deliveries(place)) == 2
    await place.move_clock(ENOUGH)
    await walk(place, courier.forget_letters, 2)
    (left,) = await notices.deliveries(place)
    assert left["delivered_at"] is None
