"""Drawing on payments: exactly what was asked for, never more than an order or a payment gives, or the most that there is."""

from collections import Counter
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tuan.trade.settlement.errors import SplitTooSmall
from tuan.trade.settlement.model import PARTS_MAX, Part, Source, draw

ORDERS, CAPTURES = ([UUID(int=kind + n) for n in range(4)] for kind in (0, 100))


def source(order: int, capture: int, order_left: int, capture_left: int) -> Source:
    return Source(ORDERS[order], CAPTURES[capture], str(capture), order_left, capture_left)


@st.composite
def sources(drawn: st.DrawFn) -> list[Source]:
    """What a payee may draw on: an order has as much left in each row, and so has a payment."""
    small = st.integers(0, 50)
    orders, captures = (drawn(st.lists(small, min_size=4, max_size=4)) for _ in range(2))
    pairs = drawn(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), unique=True, max_size=8))
    return [source(o, c, orders[o], captures[c]) for o, c in pairs]


@given(sources(), st.integers(1, 120))
def test_the_parts_make_what_was_asked_for_and_keep_within_every_bound(some: list[Source], wanted: int) -> None:
    found = draw(some, wanted)
    if isinstance(found, SplitTooSmall):
        most = found.data["most_minor"]
        assert 0 <= most < wanted
        if most:
            assert isinstance(draw(some, most), list), "what is told as the most can be had"
        return
    assert isinstance(found, list) and sum(part.amount_minor for part in found) == wanted
    of_orders, of_captures = Counter[UUID](), Counter[UUID]()
    for part in found:
        assert part.amount_minor > 0
        of_orders[part.order_id] += part.amount_minor
        of_captures[part.capture_id] += part.amount_minor
    for one in some:
        assert of_orders[one.order_id] <= one.order_left_minor
        assert of_captures[one.capture_id] <= one.capture_left_minor


def test_the_first_gives_first() -> None:
    some = [source(0, 0, 30, 25), source(1, 0, 30, 25), source(1, 1, 30, 40)]
    assert draw(some, 50) == [Part(ORDERS[0], CAPTURES[0], "0", 25), Part(ORDERS[1], CAPTURES[1], "1", 25)]
    assert draw(some, 56) == SplitTooSmall(most_minor=55)


def test_nothing_is_drawn_from_more_payments_than_can_be_asked_for() -> None:
    many = [Source(UUID(int=n), UUID(int=n), str(n), 1, 1) for n in range(PARTS_MAX + 1)]
    assert draw(many, PARTS_MAX + 1) == SplitTooSmall(most_minor=PARTS_MAX)
    parts = draw(many, PARTS_MAX)
    assert isinstance(parts, list) and len(parts) == PARTS_MAX


def test_nothing_at_all_is_no_split() -> None:
    assert draw([source(0, 0, 5, 5)], 0) == SplitTooSmall(most_minor=0)
