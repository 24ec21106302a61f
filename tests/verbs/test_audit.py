"""The audit trail: acts of staff and sellers leave a row, and what was tampered with is found."""

from datetime import timedelta

import asyncpg
import pytest

from tests.given import goods as given
from tests.given.houses import Place, owner_url
from tuan.goods import catalog
from tuan.platform import audit, invariants

ENTRIES_SQL = "SELECT action, reason, before, after, actor_id FROM audit.entries WHERE market_id = $1 ORDER BY id"


async def damaged(place: Place, sql: str) -> list[int]:
    """Positions found broken after the owner has run this; taken back afterwards."""
    owner = await asyncpg.connect(owner_url(place.house))
    try:
        await owner.execute(sql, place.market)
        async with place.work() as work:
            return await audit.broken_links(work)
    finally:
        await owner.close()


async def test_an_act_leaves_who_why_before_and_after(place: Place) -> None:
    of, who = await given.goods(place, price_minor=1990), await given.buyer(place)
    async with place.work(who.id) as work:
        await catalog.set_price(work, of.sku, 2990, reason="season")
        row = (await work.fetch(ENTRIES_SQL))[-1]
    assert (row["action"], row["reason"], row["actor_id"]) == ("catalog.set_price", "season", who.id)
    assert (row["before"], row["after"]) == ({"price_minor": 1990}, {"price_minor": 2990})


async def test_rows_are_sealed_in_one_chain_and_a_second_sealing_adds_nothing(place: Place) -> None:
    await given.campaign(place, await given.goods(place))
    async with place.work() as work:
        sealed = await audit.seal(work)
        assert sealed == len(await work.fetch(ENTRIES_SQL)) >= 4
    async with place.work() as work:
        assert await audit.seal(work) == 0
        assert await audit.broken_links(work) == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit.entries SET reason = 'other' WHERE market_id = $1 AND action = 'catalog.list_products'",
        "UPDATE audit.entries SET after = '{}' WHERE market_id = $1 AND action = 'supply.receive'",
        "UPDATE audit.entries SET at = at + interval '1 second' WHERE market_id = $1 AND action = 'supply.receive'",
        "UPDATE audit.seals SET hash = 'x' WHERE market_id = $1 AND position = 2",
        "DELETE FROM audit.seals WHERE market_id = $1 AND position = 2",
        "DELETE FROM audit.entries WHERE market_id = $1 AND action = 'catalog.list_products'",
    ],
    ids=["reason", "after", "time", "hash", "a seal gone", "a row gone"],
)
async def test_a_broken_chain_is_found(place: Place, sql: str) -> None:
    await given.campaign(place, await given.goods(place))
    async with place.work() as work:
        await audit.seal(work)
    assert await place.breaches() == {}
    assert await damaged(place, sql) != []
    assert any(name.startswith("I19:") for name in await place.breaches())


async def test_a_row_that_waits_for_its_seal_longer_than_a_minute_is_told_of(place: Place) -> None:
    await given.goods(place)
    assert await place.breaches() == {}
    await place.move_clock(timedelta(seconds=61))
    assert [name.split(":")[0] for name in await place.breaches()] == ["I19a"]
    await place.quiet()
    assert await place.breaches() == {}
    assert {i.name for i in invariants.registry} >= {"I19", "I19a"}
