"""Ordering from abroad while one's number is removed: the order is placed before, or refused after. With its control."""

import asyncio
from typing import Any

import pytest

from tests.given import goods as given
from tests.given import sourcing as suppliers
from tests.given.identities import importer
from tests.given.races import PATIENCE_SECONDS, Rivals, unguarded
from tuan.kit.refusals import Refusal
from tuan.people import identities
from tuan.people.identities.errors import IdentityMissing
from tuan.platform.work import Work
from tuan.trade.orders import store
from tuan.trade.orders.model import Placed


async def removed_while_ordering(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Refusal | None]:
    """(what ordering heard, what removing heard): it is removed first, and the order comes before that is committed."""
    of, who = await suppliers.from_abroad(rivals.one), await importer(rivals.one)

    async def removing() -> Refusal | None:
        async with rivals.one.work() as work:
            outcome = await identities.remove_identity(work, who.id)
            is_removed.set()
            await asyncio.sleep(PATIENCE_SECONDS)
        return outcome

    async def ordering() -> Any:
        await is_removed.wait()
        return await given.place_order(rivals.other, who, of)

    is_removed = asyncio.Event()
    removal, order = await rivals.race(removing(), ordering())
    return order, removal


async def test_an_order_is_never_for_who_was_removed_before_it(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await removed_while_ordering(rivals, monkeypatch) == (IdentityMissing(), None)
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_an_order_is_for_who_was_removed(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded(monkeypatch, (store, "LOCK_BUYERS_SQL"))
    order, removal = await removed_while_ordering(rivals, monkeypatch)
    assert isinstance(order, Placed) and removal is None


async def test_who_is_removed_while_an_order_is_placed_stays_its_own(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other way round: what the order has read stays in it, and is gone from the person."""
    of, who = await suppliers.from_abroad(rivals.one), await importer(rivals.one)
    has_read = asyncio.Event()
    reads_clock = Work.read_clock

    async def slowly(work: Work) -> Any:
        has_read.set()
        await asyncio.sleep(PATIENCE_SECONDS / 5)
        return await reads_clock(work)

    async def removing() -> Refusal | None:
        await has_read.wait()
        refusal: Refusal | None = await rivals.other.do(identities.remove_identity, who.id)
        return refusal

    with monkeypatch.context() as patch:
        patch.setattr(Work, "read_clock", slowly)
        order, removal = await rivals.race(given.place_order(rivals.one, who, of), removing())
    assert isinstance(order, Placed) and removal is None
    assert await rivals.one.do(identities.identity_of, who.id) is None
    assert await rivals.one.breaches() == {}
