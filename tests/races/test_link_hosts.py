"""Two markets want the same domain for their links at once, or one that becomes a market's host. With its control."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import asyncpg
import pytest

from tests.given import houses
from tests.given.houses import Place, owner_url
from tests.given.races import Rivals
from tuan.people import sharing
from tuan.people.sharing import LinkHostTaken
from tuan.platform import markets

WAITS_SECONDS = 0.2


async def two_markets(rivals: Rivals) -> tuple[Place, Place, str]:
    """Each in a process of its own, and the domain that both want."""
    one = rivals.one
    market, host = await houses.make_market(one.house)
    return one, Place(rivals.other.house, one.relay, market, host), f"go.{host}"


async def waits(act: Awaitable[Any]) -> asyncio.Task[Any]:
    """The act, under way and stopped by somebody else's that has not ended."""
    task = asyncio.ensure_future(act)
    done, _ = await asyncio.wait([task], timeout=WAITS_SECONDS)
    assert not done, "it waits for whoever came first"
    return task  # type: ignore[return-value]


async def test_of_two_markets_one_gets_the_domain(rivals: Rivals) -> None:
    one, other, domain = await two_markets(rivals)
    async with one.work() as work:
        assert await sharing.set_link_host(work, domain, reason="test") is None
        second = await waits(other.do(sharing.set_link_host, domain, reason="test"))
    assert await second == LinkHostTaken()


async def test_whoever_waits_gets_it_where_the_first_did_not_finish(rivals: Rivals) -> None:
    one, other, domain = await two_markets(rivals)
    with pytest.raises(ZeroDivisionError):
        async with one.work() as work:
            assert await sharing.set_link_host(work, domain, reason="test") is None
            second = await waits(other.do(sharing.set_link_host, domain, reason="test"))
            raise ZeroDivisionError
    assert await second is None


async def test_a_domain_and_a_market_made_at_once(rivals: Rivals) -> None:
    """Whoever comes first: the domain, then the market; the market, then the domain."""
    one, other, domain = await two_markets(rivals)
    new = {"name": "Test", "host": domain, "kind": "test", "currency": "CNY"}
    owner = await asyncpg.connect(owner_url(one.house))
    try:
        async with one.work() as work:
            assert await sharing.set_link_host(work, domain, reason="test") is None
            made = await waits(markets.make(owner, **new))
        with pytest.raises(asyncpg.ExclusionViolationError):
            await made
        assert await one.do(sharing.set_link_host, "", reason="test") is None
        async with owner.transaction():
            await markets.make(owner, **new)
            second = await waits(other.do(sharing.set_link_host, domain, reason="test"))
        assert await second == LinkHostTaken()
    finally:
        await owner.close()


async def test_control_without_constraint_both_have_it(rivals: Rivals) -> None:
    one, other, domain = await two_markets(rivals)
    owner = await asyncpg.connect(owner_url(one.house))
    bare = owner.transaction()
    await bare.start()
    try:
        for constraint in ("markets_hosts_apart_excl", "markets_link_host_key"):
            await owner.execute(f"ALTER TABLE platform.markets DROP CONSTRAINT {constraint}")
        for place in (one, other):
            await owner.execute(markets.SET_LINK_HOST_SQL, place.market, domain)
        assert len(await owner.fetch(markets.ANSWERING_SQL, domain)) == 2
    finally:
        await bare.rollback()
        await owner.close()
