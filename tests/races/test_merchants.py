"""Who takes a market's money is changed while the sweep settles what was paid before, and while another lists goods."""

import asyncio
from typing import Any

import pytest

from tests.given import goods as given
from tests.given import settling
from tests.given.races import PATIENCE_SECONDS, Rivals, unguarded
from tuan.goods import catalog
from tuan.goods.catalog.errors import OneSeller
from tuan.goods.catalog.model import ShelfState
from tuan.kit.refusals import Refusal
from tuan.people.parties import store as parties_store
from tuan.platform.work import Work
from tuan.trade import settlement
from tuan.trade.settlement import queries
from tuan.trade.settlement.errors import MoneyOpen


async def amid(rivals: Rivals, monkeypatch: pytest.MonkeyPatch, of: given.Goods, meanwhile: Any) -> tuple[Any, Any]:
    """What those two heard: who makes the supplier of these goods the merchant, and who begins once the first has read the
    balances and the shelf, and not yet what is open."""
    read = queries.with_open_orders
    acting: asyncio.Future[Any] | None = None

    async def wait(work: Work) -> Any:
        nonlocal acting
        acting = asyncio.ensure_future(meanwhile)
        await asyncio.wait([acting], timeout=PATIENCE_SECONDS)
        return await read(work)

    with monkeypatch.context() as patch:
        patch.setattr(queries, "with_open_orders", wait)
        heard = await rivals.one.do(settlement.set_merchant, of.supplier, reason="test")
    assert acting is not None
    return heard, await acting


async def broken(rivals: Rivals) -> set[str]:
    await rivals.one.quiet()
    return {name.partition(":")[0] for name in await rivals.one.breaches()}


async def settled_amid(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> Any:
    of, who = await given.goods(rivals.one), await given.buyer(rivals.one)
    await settling.received(rivals.one, of, who)
    await rivals.one.move_clock(settling.KEPT)
    heard, count = await amid(rivals, monkeypatch, of, rivals.other.do(settlement.settle_due, limit=10))
    assert count == 1
    return heard


async def test_the_sweep_and_the_change_take_turns(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await settled_amid(rivals, monkeypatch) == MoneyOpen()
    assert await broken(rivals) == set()


async def test_control_without_lock_the_merchant_has_a_claim_on_the_market(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded(monkeypatch, (parties_store, "LOCK_MERCHANT_SQL"))
    assert await settled_amid(rivals, monkeypatch) is None
    assert await broken(rivals) == {"I89"}


async def listed_amid(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any]:
    of, other = await given.goods(rivals.one), await given.goods(rivals.one)
    assert await rivals.one.do(catalog.take_off, other.product, reason="test") is None
    listing = rivals.other.do(catalog.shelve, [other.product], ShelfState.LISTED, reason="test")
    return await amid(rivals, monkeypatch, of, listing)


async def test_goods_of_another_are_listed_before_or_not_at_all(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await listed_amid(rivals, monkeypatch) == (None, OneSeller())
    assert await broken(rivals) == set()


async def test_control_without_lock_they_are_for_sale(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded(monkeypatch, (parties_store, "LOCK_MERCHANT_SQL"))
    heard = await listed_amid(rivals, monkeypatch)
    assert not any(isinstance(one, Refusal) for one in heard)
    assert await broken(rivals) == {"I89"}
