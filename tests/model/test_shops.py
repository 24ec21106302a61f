"""How an application becomes a shop: by whom, after what, and never for money."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuan.kit.ids import new_uuid
from tuan.kit.time import utc
from tuan.play.shops.errors import ApplicationInvalid, TermsInvalid
from tuan.play.shops.model import (
    APPLICATION,
    TASK_WORDS_MIN,
    WORDS_MAX,
    ApplicationState,
    Apply,
    Opening,
    Task,
    Terms,
    opens,
    tasks_left,
    why_not_apply,
    why_not_terms,
)

JOINED = utc(2026, 1, 1)
ENOUGH = "好" * TASK_WORDS_MIN
COURSE = new_uuid()


@given(
    st.sampled_from(list(Opening)),
    st.integers(0, 365),
    st.text(max_size=40),
    st.integers(0, 400),
    st.booleans(),
    st.booleans(),
)
def test_a_shop_opens_by_itself_where_the_market_lets_it_and_nothing_is_left_to_do(
    opening: Opening, days: int, words: str, here: int, names_course: bool, has_passed: bool
) -> None:
    terms, now = Terms(opening, days, COURSE if names_course else None), JOINED + timedelta(days=here)
    left = tasks_left(terms, words, JOINED, now, has_passed=has_passed)
    assert opens(terms, words, JOINED, now, has_passed=has_passed) == (
        opening == Opening.ITSELF or (opening == Opening.TASKS and not left)
    )
    assert (Task.MEMBER_DAYS in left) == (opening == Opening.TASKS and here < days)
    assert (Task.COURSE in left) == (opening == Opening.TASKS and names_course and not has_passed)
    assert (Task.WORDS in left) == (opening == Opening.TASKS and len(words.strip()) < TASK_WORDS_MIN)


def test_waiting_longer_and_saying_more_never_closes_a_shop_again() -> None:
    terms = Terms(Opening.TASKS, 3)
    when = [JOINED + timedelta(days=day) for day in range(6)]
    assert [opens(terms, ENOUGH, JOINED, now, has_passed=True) for now in when] == [False] * 3 + [True] * 3
    assert not opens(terms, ENOUGH[1:], JOINED, when[-1], has_passed=True)


def test_no_task_can_cost_anything() -> None:
    """Whoever adds one looks at this list: a fee, a purchase or a recruit is none (REFERENCE-reliability.md, 3)."""
    assert set(Task) == {Task.WORDS, Task.MEMBER_DAYS, Task.COURSE}
    assert {"fee", "price", "minor", "order", "recruit"}.isdisjoint(
        word for name in (*Terms.__dataclass_fields__, *Apply.__dataclass_fields__) for word in name.split("_")
    )


@pytest.mark.parametrize(
    ("name", "words", "field"),
    [("", "", "name"), ("  ", "", "name"), ("x" * 31, "", "name"), ("小店", "x" * (WORDS_MAX + 1), "words")],
)
def test_an_application_names_the_field_that_does_not_fit(name: str, words: str, field: str) -> None:
    assert why_not_apply(Apply(new_uuid(), name, words)) == ApplicationInvalid(field=field)


def test_one_that_fits_is_let_through() -> None:
    assert why_not_apply(Apply(new_uuid(), " " + "x" * 30 + " ", "x" * WORDS_MAX)) is None


@pytest.mark.parametrize(
    ("terms", "field"),
    [(Terms("fee"), "opening"), (Terms(Opening.TASKS, -1), "member_days"), (Terms(Opening.TASKS, 366), "member_days")],
)
def test_terms_name_the_field_that_does_not_fit(terms: Terms, field: str) -> None:
    assert why_not_terms(terms) == TermsInvalid(field=field)
    assert all(why_not_terms(Terms(one, 365)) is None for one in Opening)


def test_an_application_that_was_decided_stays_so() -> None:
    assert APPLICATION.ends() == set(ApplicationState) - {ApplicationState.WAITING}
