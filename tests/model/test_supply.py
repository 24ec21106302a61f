"""Stock: free units, units set aside for a campaign, and the rows that explain every change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.given.models import allotted_stock, stock_of
from tuan.goods.supply.errors import NotEnough, SoldOut
from tuan.goods.supply.model import ALLOTMENT, AllotmentRow, Stock
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import NotFound


def test_a_hold_says_how_many_are_left_and_when_none_is() -> None:
    stock, sku = stock_of(2)
    assert stock.why_not_hold(sku, 3) == NotEnough(left=2)
    stock.hold(sku, 2)
    assert stock.why_not_hold(sku, 1) == SoldOut()
    assert stock.why_not_hold(new_uuid(), 1) == NotFound()
    assert stock.why_not_hold(sku, 0) == NotFound()


def test_free_units_and_set_aside_units_are_two_pools() -> None:
    stock, sku, pool = allotted_stock(1, 1)
    stock.hold(sku, 1)
    assert stock.why_not_hold(sku, 1) == SoldOut()
    stock.hold(sku, 1, pool)
    assert stock.why_not_hold(sku, 1, pool) == SoldOut()
    assert stock.rows[sku].held == 1


def test_a_pool_of_another_sku_is_not_found() -> None:
    stock, _, pool = allotted_stock(1, 1)
    _, other = stock_of(5)
    assert stock.why_not_hold(other, 1, pool) == NotFound()


def test_ending_a_pool_returns_what_nobody_holds_and_later_releases_return_too() -> None:
    stock, sku, pool = allotted_stock(0, 5)
    kept, dropped = stock.hold(sku, 2, pool), stock.hold(sku, 1, pool)
    stock.end_allotment(pool)
    assert stock.rows[sku].free == 2
    stock.release(dropped)
    assert stock.rows[sku].free == 3
    stock.settle(kept)
    row, rest = stock.rows[sku], stock.allotments[pool]
    assert (row.on_hand, row.held, row.allotted, rest.units, rest.held) == (3, 0, 0, 0, 0)


def test_a_pool_that_has_ended_draws_on_the_free_stock_its_rest_went_back_to() -> None:
    stock, sku, pool = allotted_stock(0, 2)
    stock.end_allotment(pool)
    hold = stock.hold(sku, 2, pool)
    assert hold.allotment_id is None
    assert stock.rows[sku].held == 2
    assert stock.why_not_hold(sku, 1, pool) == SoldOut()


def test_ending_a_pool_twice_returns_its_units_once() -> None:
    stock, sku, pool = allotted_stock(0, 3)
    stock.end_allotment(pool)
    stock.end_allotment(pool)
    assert stock.rows[sku].free == 3
    assert [m.kind for m in stock.movements] == ["give_back"]


def test_no_more_is_set_aside_than_is_free() -> None:
    stock, sku = stock_of(2)
    with pytest.raises(AssertionError):
        stock.allot(AllotmentRow(ALLOTMENT.new(), sku, 3, 0, True))
    stock.allot(AllotmentRow(ALLOTMENT.new(), sku, 2, 0, True))
    assert stock.rows[sku].free == 0


SIGNS = {
    "on_hand": {"receive": 1, "settle": -1},
    "held": {"hold": 1, "settle": -1, "release": -1},
    "allotted": {"allot": 1, "settle": -1, "give_back": -1},
}


def replayed(stock: Stock, column: str) -> int:
    """What the movements say of a column, told as the invariant I4 tells it."""
    total = 0
    for m in stock.movements:
        counts = column == "on_hand" or (m.allotment_id is None) == (column == "held")
        total += SIGNS[column].get(m.kind, 0) * m.units if counts else 0
    return total


@given(st.lists(st.tuples(st.sampled_from(["receive", "hold", "pool", "settle", "release", "end"]), st.integers(1, 4))))
def test_the_movements_explain_every_number(steps: list[tuple[str, int]]) -> None:
    stock, sku = stock_of(0)
    stock.receive(sku, 6)
    pool = AllotmentRow(ALLOTMENT.new(), sku, 3, 0, True)
    stock.allot(pool)
    holds = []
    for step, units in steps:
        where = pool.id if step == "pool" else None
        if step == "receive":
            stock.receive(sku, units)
        elif step == "end":
            stock.end_allotment(pool.id)
        elif step in ("hold", "pool") and stock.why_not_hold(sku, units, where) is None:
            holds.append(stock.hold(sku, units, where))
        elif step in ("settle", "release") and holds:
            getattr(stock, step)(holds.pop(units % len(holds)))
        row = stock.rows[sku]
        assert (row.on_hand, row.held, row.allotted) == tuple(
            replayed(stock, c) for c in ("on_hand", "held", "allotted")
        )
        assert row.free >= 0 and 0 <= pool.held <= pool.units == row.allotted
