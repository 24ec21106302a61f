"""Grades rise with members, a month follows a month."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.value.membership.errors import GradesInvalid
from tuan.value.membership.model import MEMBERS_MAX, PERMYRIAD, Grade, grade_for, month_of, next_month, why_not_grades

rising = st.lists(st.integers(1, 10**6), unique=True, max_size=10).map(lambda least: [Grade(n, off_minor=n) for n in sorted(least)])  # fmt: skip


@given(rising, st.integers(0, 10**6))
def test_the_highest_grade_that_is_reached_counts(grades: list[Grade], members: int) -> None:
    assert why_not_grades(grades) is None
    found = grade_for(grades, members)
    reached = [grade for grade in grades if grade.least_members <= members]
    assert found == (reached[-1] if reached else None)


@pytest.mark.parametrize(
    "bad",
    [Grade(0, off_minor=1), Grade(5), Grade(5, off_minor=1, off_permyriad=1), Grade(5, off_permyriad=10_001), Grade(5, off_minor=-1),
     Grade(5, off_minor=1, cap_minor=1), Grade(5, off_permyriad=1, cap_minor=0), Grade(5, off_minor=1, threshold_minor=-1), Grade(1, off_minor=1)],
)  # fmt: skip
def test_a_grade_that_cannot_be_is_named_by_its_place(bad: Grade) -> None:
    assert why_not_grades([Grade(1, off_minor=1), bad]) == GradesInvalid(place=2)
    assert why_not_grades([Grade(n, off_minor=1) for n in range(1, 12)]) == GradesInvalid(place=11)


@pytest.mark.parametrize(
    "good",
    [Grade(MEMBERS_MAX, off_minor=1), Grade(1, off_minor=AMOUNT_MINOR_MAX), Grade(1, off_permyriad=PERMYRIAD, cap_minor=AMOUNT_MINOR_MAX),
     Grade(1, off_permyriad=1, cap_minor=1), Grade(1, off_permyriad=1, threshold_minor=AMOUNT_MINOR_MAX)],
)  # fmt: skip
def test_a_grade_at_its_bounds_is_one(good: Grade) -> None:
    assert why_not_grades([good]) is None
    assert grade_for([good], good.least_members) == good and grade_for([good], good.least_members - 1) is None


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_a_day_is_in_its_month_and_before_the_next(day: date) -> None:
    first, after = month_of(day), next_month(month_of(day))
    assert first <= day < after and after.day == 1 and month_of(after - timedelta(days=1)) == first
