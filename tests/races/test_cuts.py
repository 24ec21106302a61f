"""Races for one kept line (E11): given back, settled, promised to others and paid out, all in one moment.

A commission is a cut that is promised of a line (`settlement.promise_cuts`) and paid when the line is settled. Each race is
run twice: as it is, and as its own control with the guards taken off, which must fail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from tests.given import goods as given
from tests.given import settling
from tests.given.races import BOOK, Rivals, meet_after_loading, unguarded
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import Refusal
from tuan.trade import aftersales, settlement
from tuan.trade.orders.errors import NotNow
from tuan.trade.settlement import store as settlement_store
from tuan.trade.settlement.errors import AlreadySettled, BalanceTooSmall
from tuan.trade.settlement.model import Cut
from tuan.value import ledger

PRICE, FEE, CUT = 1990, 39, 300
ACTS = ("give back", "settle", "promise", "pay out")
GUARDS = (*BOOK, (settlement_store, "PLACED_SQL"))


@dataclass(slots=True)
class Line:
    """One line that is due, and a supplier who has the money of an earlier one."""

    of: given.Goods
    order: UUID
    account: UUID
    owner: UUID
    shop: str


async def due(rivals: Rivals) -> Line:
    place = rivals.one
    of, (who, owner) = await settling.earned(place), await given.buyers(place, 2)
    account = await settling.account_of(place, of.supplier)
    order = await settling.received(place, of, who)
    await place.quiet()
    await place.move_clock(settling.KEPT)
    return Line(of, order, account, owner.id, f"shop:{new_uuid()}:payable")


async def meet(rivals: Rivals, line: Line, monkeypatch: pytest.MonkeyPatch, first: int) -> dict[str, Any]:
    """What each heard by name; `first` is the one who comes first of them."""
    one, other, of = rivals.one, rivals.other, line.of
    calls = {
        "give back": lambda: one.do(aftersales.refund_whole, line.order, of.supplier, reason="test"),
        "settle": lambda: other.do(settlement.settle_due, limit=10),
        "promise": lambda: one.do(
            settlement.promise_cuts, [(line.order, 1, Cut(new_uuid(), "commission_1", line.shop, CUT))]
        ),
        "pay out": lambda: other.do(settlement.withdraw, of.supplier, line.account, 1951 + 1951 - CUT, line.owner),
    }
    names = [*ACTS[first:], *ACTS[:first]]
    with monkeypatch.context() as patch:
        meet_after_loading(patch, len(names), before="write")
        heard = await rivals.race(*(calls[name]() for name in names))
    await one.quiet()
    return dict(zip(names, heard, strict=True))


async def balances(rivals: Rivals, codes: Sequence[str]) -> list[int]:
    async with rivals.one.work() as work:
        found = await ledger.balances_of(work, codes, "CNY")
    return [found.get(code, 0) for code in codes]


async def every_cent_is_somebodys(rivals: Rivals, line: Line, heard: dict[str, Any]) -> None:
    """Given back whole, or shared out whole: supplier, market and whoever was promised a cut; never both, never less."""
    assert not any(isinstance(one, BaseException) for one in heard.values()), heard
    back, promised, paid = heard["give back"], heard["promise"], heard["pay out"]
    assert back is None or isinstance(back, NotNow), heard
    assert promised is None or isinstance(promised, AlreadySettled), heard
    assert not isinstance(paid, Refusal) or isinstance(paid, BalanceTooSmall), heard
    assert heard["settle"] == (0 if back is None else 1), heard
    cut = CUT if back is not None and promised is None else 0
    out = 0 if isinstance(paid, Refusal) else 1951 + 1951 - CUT
    shares = 1951 + (1951 - cut if back is not None else 0)
    supplier = line.of.supplier
    codes = [line.shop, f"supplier:{supplier}:payable", f"supplier:{supplier}:withdrawing", "buyers:prepayment"]
    assert await balances(rivals, codes) == [cut, shares - out, out, 0], heard
    assert await given.given_back(rivals.one, line.order) == (PRICE if back is None else 0)
    assert await rivals.one.breaches() == {}


@pytest.mark.parametrize("first", range(len(ACTS)), ids=ACTS)
async def test_a_line_is_given_back_or_shared_out(rivals: Rivals, monkeypatch: pytest.MonkeyPatch, first: int) -> None:
    """E11: whoever comes first of them, a refund blocks the cut, or the cut's line is no longer given back."""
    line = await due(rivals)
    await every_cent_is_somebodys(rivals, line, await meet(rivals, line, monkeypatch, first))


async def test_control_without_lock_a_line_is_given_back_and_shared_out(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded(monkeypatch, *GUARDS)
    line = await due(rivals)
    heard = await meet(rivals, line, monkeypatch, 0)
    with pytest.raises(AssertionError):
        await every_cent_is_somebodys(rivals, line, heard)
