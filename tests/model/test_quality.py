"""The score of a supplier: whole numbers, a prior, and parts that explain it."""

from hypothesis import given
from hypothesis import strategies as st

from tuan.trade.quality.model import BADGE_ORDERS, BEST, COMPONENTS, Counts, Part, quality_of, rate_of


@st.composite
def counts(draw: st.DrawFn) -> Counts:
    orders = draw(st.integers(0, 10**6))
    return Counts(orders, *(draw(st.integers(0, orders)) for _ in range(3)))


@given(counts())
def test_a_score_is_a_thousand_less_what_its_parts_cost(of: Counts) -> None:
    found = quality_of(of)
    assert 0 <= found.score <= BEST
    assert found.score == max(0, BEST - sum(part.lost for part in found.parts))
    assert [part.lost for part in found.parts] == sorted((part.lost for part in found.parts), reverse=True)
    assert {part.name: part.cases for part in found.parts} == {
        "late": of.late, "faulty": of.faulty, "cancelled": of.cancelled
    }  # fmt: skip


@given(counts(), st.sampled_from(COMPONENTS))
def test_one_case_more_never_betters_a_score_and_one_good_order_more_never_harms_it(of: Counts, one: object) -> None:
    for worse in (Counts(of.orders + 1, of.late + 1, of.faulty, of.cancelled),
                  Counts(of.orders + 1, of.late, of.faulty + 1, of.cancelled),
                  Counts(of.orders + 1, of.late, of.faulty, of.cancelled + 1)):  # fmt: skip
        better = quality_of(Counts(of.orders + 1, of.late, of.faulty, of.cancelled))
        assert quality_of(worse).score <= better.score
        assert better.score >= quality_of(of).score
    assert one in COMPONENTS


def test_whoever_begins_has_what_everybody_begins_with_and_no_badge() -> None:
    found = quality_of(Counts())
    assert found.score == 860 and not found.has_badge
    assert [part.name for part in found.parts] == ["faulty", "late", "cancelled"]


def test_one_case_does_not_judge_a_small_supplier() -> None:
    assert quality_of(Counts(1, 0, 1, 0)).score > 700
    assert quality_of(Counts(100, 0, 100, 0)).score == 0


def test_the_badge_needs_orders_and_few_cases() -> None:
    assert quality_of(Counts(BADGE_ORDERS)).has_badge
    assert not quality_of(Counts(BADGE_ORDERS - 1)).has_badge
    assert not quality_of(Counts(BADGE_ORDERS, late=10)).has_badge


def test_a_score_is_worked_out_by_hand() -> None:
    """Of 80 orders and the 20 before them 3 and 4 were faulty, 7 and 10 late, 0 and 2 cancelled, in tenths of these."""
    found = quality_of(Counts(80, late=7, faulty=3, cancelled=0))
    assert found.parts == (Part("faulty", 3, 340, 102), Part("late", 7, 800, 80), Part("cancelled", 0, 20, 6))
    assert found.score == 1000 - 102 - 80 - 6
    assert all(isinstance(part.lost, int) for part in quality_of(Counts(7, 1, 1, 1)).parts)


def test_a_rate_is_written_down_by_hand() -> None:
    assert rate_of(1, 10, 500) == (10_000 + 20 * 500) // 30 == 666
