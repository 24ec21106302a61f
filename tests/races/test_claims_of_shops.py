"""Races for one shop's commission (E11): claimed twice, taken back by a late refund, and another one maturing, in one moment.

Each race is run twice: as it is, and as its own control with the guards taken off, which must fail.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from tests.given import commissions as given
from tests.given import goods
from tests.given.aftersales import ask
from tests.given.races import Rivals, meet_after_loading, unguarded
from tuan.kit.refusals import Refusal, granted
from tuan.play import distribution
from tuan.play.distribution import store as distribution_store
from tuan.trade import aftersales, settlement
from tuan.trade.aftersales.model import Kind
from tuan.trade.settlement.errors import BalanceTooSmall, InDebt
from tuan.value.ledger import store as ledger_store

PAY, NEXT = 398, 199
"""A tenth of two units at 1,990, which is the shop's to claim, and of one unit, which is about to be."""
ACTS = ("claim", "claim again", "lower", "mature")


@dataclass(slots=True)
class Claim:
    shop: given.Shop
    account: UUID
    order: UUID
    """Paid for by the first commission; all of it was given back a moment ago, and the shop's part of it not yet."""

    @property
    def wish(self) -> tuple[UUID, UUID, int, UUID]:
        return self.shop.id, self.account, PAY, self.shop.owner.id


async def ripe(rivals: Rivals) -> Claim:
    place = rivals.one
    of, who = await goods.goods(place), await given.neighbour(place)
    await given.plan(place)
    shop = await given.shop(place, of)
    order = await given.buy(place, who, of, shop.code, 2)
    await given.keep(place, of, who, order)
    await place.later(given.HOLD)
    assert await given.balance(place, shop) == (PAY, 0, 0)
    account = await given.account(place, shop)
    other = await given.neighbour(place)
    await given.keep(place, of, other, await given.buy(place, other, of, shop.code))
    case = granted(await ask(place, who, order, Kind.REFUND_ONLY, "damaged", (1, 2)))
    assert await place.do(aftersales.agree, order, case.number, of.supplier) is None
    await place.move_clock(given.HOLD)
    return Claim(shop, account, order)


async def meet(rivals: Rivals, claim: Claim, monkeypatch: pytest.MonkeyPatch, first: int) -> dict[str, Any]:
    """What each heard by name; `first` is the one who comes first of them."""
    one, other = rivals.one, rivals.other
    calls = {
        "claim": lambda: one.do(settlement.withdraw, *claim.wish),
        "claim again": lambda: other.do(settlement.withdraw, *claim.wish),
        "lower": lambda: one.do(distribution.follow_orders, [claim.order]),
        "mature": lambda: other.do(distribution.mature_due, limit=10),
    }
    names = [*ACTS[first:], *ACTS[:first]]
    with monkeypatch.context() as patch:
        meet_after_loading(patch, len(names), before="write")
        heard = await rivals.race(*(calls[name]() for name in names))
    await one.quiet()
    return dict(zip(names, heard, strict=True))


async def paid_once_and_owed_to_the_cent(rivals: Rivals, claim: Claim, heard: dict[str, Any]) -> None:
    """The shop had its commission before it was taken back, or never; what it had for nothing it owes."""
    assert not any(isinstance(one, BaseException) for one in heard.values()), heard
    refused = [one for one in (heard["claim"], heard["claim again"]) if isinstance(one, Refusal)]
    assert all(isinstance(one, BalanceTooSmall | InDebt) for one in refused) and refused, heard
    assert heard["mature"] == 1, heard
    has, out, owes = await given.balance(rivals.one, claim.shop)
    assert (out, has - owes) == ((PAY, NEXT - PAY) if len(refused) == 1 else (0, NEXT)), heard
    if owes:  # what matured in the same moment is still there, and no way out: the next one repays it
        refusal = await rivals.one.do(settlement.withdraw, *claim.wish)
        assert refusal == InDebt(debt_minor=owes), heard
    (one,) = await given.commissions(rivals.one, claim.order)
    assert (one["kept_minor"], one["state"]) == (0, "matured"), heard
    assert await rivals.one.breaches() == {}


@pytest.mark.parametrize("first", range(len(ACTS)), ids=ACTS)
async def test_a_commission_is_claimed_or_taken_back(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    """E11: whoever comes first of them, nobody is paid twice, and what was paid for nothing is owed."""
    claim = await ripe(rivals)
    await paid_once_and_owed_to_the_cent(rivals, claim, await meet(rivals, claim, monkeypatch, first))


async def test_control_without_lock_it_is_claimed_and_taken_back(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded(monkeypatch, (ledger_store, "LOCK_BALANCES_SQL"), (distribution_store, "LOCK_OF_ORDERS_SQL"))
    claim = await ripe(rivals)
    heard = await meet(rivals, claim, monkeypatch, 0)
    with pytest.raises(AssertionError):
        await paid_once_and_owed_to_the_cent(rivals, claim, heard)
