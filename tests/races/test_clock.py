"""A clock that is read with a lock tells when the lock was granted, not when it was asked for."""

import asyncio
from typing import Any

from tests.given import goods as given
from tests.given.houses import Place
from tuan.goods import supply
from tuan.platform.locks import LOCKED_AT

EARLY_SQL = f"SELECT clock_timestamp() AS {LOCKED_AT} FROM supply.stock WHERE market_id = $1 AND sku_id = $2 FOR UPDATE"
HELD_SECONDS = 0.2


async def locked_behind_another(place: Place, lock: Any) -> tuple[Any, Any]:
    """When the first transaction was about to let go, and what time the second one, who waited for it, read with its lock."""
    async with place.work() as first:
        await lock(first)
        waiting = asyncio.create_task(second(place, lock))
        await asyncio.sleep(HELD_SECONDS)
        let_go_at = await first.fetch_value("SELECT clock_timestamp() FROM (SELECT $1::bigint) AS market")
    return let_go_at, await waiting


async def second(place: Place, lock: Any) -> Any:
    async with place.work() as work:
        await lock(work)
        before = work.statements
        now = await work.read_clock()
        assert work.statements == before, "the lock had told the time already"
        return now


async def test_the_time_of_a_timed_lock_is_that_of_its_end(place: Place) -> None:
    of = await given.goods(place)
    let_go_at, now = await locked_behind_another(place, lambda work: supply.load_stock(work, [of.sku]))
    assert now >= let_go_at


async def test_beside_for_update_the_clock_is_read_too_early(place: Place) -> None:
    """The control: this is why the locking SELECT is wrapped."""
    of = await given.goods(place)
    let_go_at, now = await locked_behind_another(place, lambda work: work.lock("stock", EARLY_SQL, of.sku))
    assert now < let_go_at
