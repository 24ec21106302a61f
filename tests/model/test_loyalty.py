"""The ladder of checking in: whatever days somebody comes, he gets what the ladder says, and no more."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuan.kit.ids import new_uuid
from tuan.kit.time import day_of, start_of, utc
from tuan.play.loyalty.errors import LadderInvalid
from tuan.play.loyalty.model import CheckIn, reward_for, streak_on, why_not_ladder

DAY = timedelta(days=1)


@given(st.lists(st.integers(1, 3), max_size=30), st.lists(st.integers(1, 50), min_size=1, max_size=7))
def test_days_in_a_row_are_counted_and_a_day_left_out_begins_anew(gaps: list[int], rewards: list[int]) -> None:
    day, last, row = date(2026, 3, 1), None, 0
    for gap in gaps:
        day += gap * DAY
        row = row + 1 if last is not None and gap == 1 else 1
        assert streak_on(day, last) == row
        assert reward_for(rewards, row) == (rewards * 31)[row - 1]
        last = CheckIn(new_uuid(), new_uuid(), day, row, 1)


@pytest.mark.parametrize("rewards", [[0], [10_001], [1] * 32, [5, -1]])
def test_a_ladder_out_of_bounds_is_refused(rewards: list[int]) -> None:
    assert isinstance(why_not_ladder(rewards), LadderInvalid)


def test_a_ladder_may_be_empty_which_closes_it() -> None:
    assert why_not_ladder([]) is None and why_not_ladder([1] * 31) is None


def test_a_day_is_the_markets_day() -> None:
    late = utc(2026, 3, 1, 17)
    assert day_of(late, "UTC") == date(2026, 3, 1) and day_of(late, "Asia/Shanghai") == date(2026, 3, 2)
    assert start_of(date(2026, 3, 2), "Asia/Shanghai") == utc(2026, 3, 1, 16)
