"""The one property suite of scarcity: what is scarce is held, then settled or released, once. It runs on every loaded set.

A kind of scarce thing is a small adapter over its module's own loaded set; the properties know nothing else of it.
"""

from collections.abc import Callable
from typing import Any, Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.given.models import NOON, allotted_stock, attempt_on, campaign_of, coupons_of, lots_of, payable_of, stock_of
from tuan.kit.ids import new_uuid
from tuan.play.groupbuy.model import SeatState, Teams
from tuan.trade.payments.model import Till


class Scarce(Protocol):
    """`total` units, of which `left()` can still be held; a hold is whatever the set gives for it."""

    total: int

    def fits(self, units: int) -> bool: ...
    def hold(self, units: int) -> Any: ...
    def settle(self, hold: Any) -> None: ...
    def release(self, hold: Any) -> None: ...
    def left(self) -> int: ...
    def kept(self) -> int:
        """Units that are held or settled, counted from the set's own rows."""
        ...


class FreeStock:
    def __init__(self, total: int) -> None:
        self.total = total
        self.stock, self.sku = stock_of(total)
        self.pool: Any = None

    def fits(self, units: int) -> bool:
        return self.stock.why_not_hold(self.sku, units, self.pool) is None

    def hold(self, units: int) -> Any:
        return self.stock.hold(self.sku, units, self.pool)

    def settle(self, hold: Any) -> None:
        self.stock.settle(hold)

    def release(self, hold: Any) -> None:
        self.stock.release(hold)

    def left(self) -> int:
        return self.stock.rows[self.sku].free

    def kept(self) -> int:
        row = self.stock.rows[self.sku]
        return row.held + (self.total - row.on_hand)


class AllottedStock(FreeStock):
    """A campaign's units; the free stock beside them is never touched."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.stock, self.sku, self.pool = allotted_stock(5, total)

    def left(self) -> int:
        pool, row = self.stock.allotments[self.pool], self.stock.rows[self.sku]
        assert row.free == 5 and row.held == 0
        return pool.units - pool.held

    def kept(self) -> int:
        pool = self.stock.allotments[self.pool]
        return pool.held + (self.total - pool.units)


class TeamSeats:
    """The seats of one team; a unit is a person, so each hold is a list of seats."""

    def __init__(self, total: int) -> None:
        self.total = total
        campaign = campaign_of(new_uuid(), size=total)
        self.teams = Teams([campaign])
        self.team = self.teams.open_team(campaign, new_uuid(), NOON)

    def fits(self, units: int) -> bool:
        return units >= 1 and self.team.free >= units and not self.team.is_over

    def hold(self, units: int) -> Any:
        orders = [new_uuid() for _ in range(units)]
        for order in orders:
            self.teams.hold_seat(self.team, new_uuid(), order, 1, NOON)
        return [self.teams.seats[self.team.id][order] for order in orders]

    def settle(self, hold: Any) -> None:
        for seat in hold:
            self.teams.take_seat(self.team, seat, NOON)

    def release(self, hold: Any) -> None:
        for seat in hold:
            if self.team.held + self.team.taken > 1 or self.team.state != "opening":  # an opener who goes ends the team
                self.teams.release_seat(self.team, seat, NOON)
                self.team.state = "gathering"
            else:
                self.team.held -= 1
                seat.state = SeatState.RELEASED

    def left(self) -> int:
        return self.team.free

    def kept(self) -> int:
        return sum(seat.is_live for seat in self.teams.seats[self.team.id].values())


class TillMoney:
    """Captured money: holding is giving back, and what was given back never comes again, so nothing is released."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.payable = payable_of(total)
        self.till = Till([self.payable])
        parts = [part for part in (total // 3, total - total // 3) if part]
        for number, part in enumerate(parts):
            self.till.capture(attempt_on(self.payable, part), f"t{number}", part, NOON, NOON)

    def fits(self, units: int) -> bool:
        return self.till.why_not_refund(self.payable.id, units) is None

    def hold(self, units: int) -> Any:
        return self.till.refund(self.payable.id, new_uuid(), units, "test")

    def settle(self, hold: Any) -> None:
        assert sum(r.amount_minor for r in hold) <= self.payable.refunded_minor

    release = settle

    def left(self) -> int:
        return sum(c.refundable_minor for c in self.till.captures[self.payable.id])

    def kept(self) -> int:
        return sum(r.amount_minor for r in self.till.new_refunds)


class PersonsPoints:
    """The points of one person, in three lots that expire one after the other."""

    def __init__(self, total: int) -> None:
        self.total, self.person = total, new_uuid()
        self.lots = lots_of(self.person, *(part for part in (total // 3, total // 3, total - 2 * (total // 3)) if part))

    def fits(self, units: int) -> bool:
        return self.lots.why_not_hold(self.person, units, NOON) is None

    def hold(self, units: int) -> Any:
        return self.lots.hold(self.person, units, new_uuid(), NOON)

    def settle(self, hold: Any) -> None:
        self.lots.settle(hold)

    def release(self, hold: Any) -> None:
        self.lots.release(hold)

    def left(self) -> int:
        return self.lots.spendable(self.person, NOON)

    def kept(self) -> int:
        spends = [spend for of_order in self.lots.spends.values() for spend in of_order]
        return sum(spend.units for spend in spends if spend.state != "released")


class PeoplesCoupons:
    """Coupons of one template; a unit is a coupon, kept for a checkout of its own."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.coupons = coupons_of(total)

    def _free(self) -> list[Any]:
        return [c for c in self.coupons.rows if self.coupons.why_not_hold(c) is None]

    def fits(self, units: int) -> bool:
        return 1 <= units <= self.left()

    def hold(self, units: int) -> Any:
        chosen = [*self._free(), *self.coupons.rows][:units]  # one too many is one that is not free
        return [self.coupons.hold(coupon, new_uuid(), 1) for coupon in chosen]

    def settle(self, hold: Any) -> None:
        for one in hold:
            self.coupons.settle(one)

    def release(self, hold: Any) -> None:
        for one in hold:
            self.coupons.release(one)

    def left(self) -> int:
        return len(self._free())

    def kept(self) -> int:
        return sum(row.about is not None for row in self.coupons.rows.values())


KINDS: list[Callable[[int], Scarce]] = [
    FreeStock,
    AllottedStock,
    TeamSeats,
    TillMoney,
    PeoplesCoupons,
    PersonsPoints,
]
RETURNING: list[Callable[[int], Scarce]] = [FreeStock, AllottedStock, TeamSeats, PeoplesCoupons, PersonsPoints]

totals = st.integers(2, 12)
asks = st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["keep", "settle", "release"])), max_size=12)


@pytest.mark.parametrize("kind", KINDS)
@given(total=totals, asked=asks)
def test_never_more_is_kept_than_there_is(
    kind: Callable[[int], Scarce], total: int, asked: list[tuple[int, str]]
) -> None:
    scarce = kind(total)
    for units, _ in asked:
        assert scarce.fits(units) == (units <= scarce.left())
        if scarce.fits(units):
            scarce.hold(units)
        assert 0 <= scarce.kept() <= total
        assert scarce.kept() + scarce.left() == total


@pytest.mark.parametrize("kind", KINDS)
@given(total=totals)
def test_a_hold_that_does_not_fit_is_a_bug_of_the_caller(kind: Callable[[int], Scarce], total: int) -> None:
    scarce = kind(total)
    with pytest.raises(AssertionError):
        scarce.hold(total + 1)


@pytest.mark.parametrize("kind", RETURNING)
@given(total=totals, asked=asks)
def test_what_is_released_returns_exactly_and_what_is_settled_does_not(
    kind: Callable[[int], Scarce], total: int, asked: list[tuple[int, str]]
) -> None:
    scarce = kind(total)
    out = 0
    for units, end in asked:
        if not scarce.fits(units):
            continue
        before = scarce.left()
        hold = scarce.hold(units)
        assert scarce.left() == before - units
        if end == "release":
            scarce.release(hold)
            assert scarce.left() == before
        else:
            out += units
            if end == "settle":
                scarce.settle(hold)
                assert scarce.left() == before - units
    assert scarce.left() == total - out == total - scarce.kept()


@pytest.mark.parametrize("kind", RETURNING)
@pytest.mark.parametrize("first", ["settle", "release"])
@pytest.mark.parametrize("second", ["settle", "release"])
def test_a_hold_ends_once(kind: Callable[[int], Scarce], first: str, second: str) -> None:
    scarce = kind(4)
    scarce.hold(1)
    hold = scarce.hold(2)
    getattr(scarce, first)(hold)
    with pytest.raises(AssertionError):
        getattr(scarce, second)(hold)
