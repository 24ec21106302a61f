"""Courses and tries: what may be published, in which order answers stand, what counts as right."""

from datetime import date, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.given.training import CONTENT
from tuan.kit.ids import new_uuid
from tuan.kit.time import utc
from tuan.people.training.errors import AnswersInvalid, ContentInvalid, TriesUsed, TryStale
from tuan.people.training.model import (
    VIDEO_HOSTS,
    Content,
    LastTry,
    Question,
    Step,
    Version,
    begin_try,
    host_of,
    mark,
    order_of,
    valid_until,
    why_not_answer,
    why_not_publish,
    why_not_write,
)

TODAY = date(2026, 11, 23)


@st.composite
def contents(draw: st.DrawFn) -> Content:
    """A course that can be published."""
    questions = []
    for number in range(draw(st.integers(1, 6))):
        count = draw(st.integers(2, 6))
        right = draw(st.sets(st.integers(0, count - 1), min_size=1))
        questions.append(Question(f"q{number}", tuple(f"a{n}" for n in range(count)), tuple(sorted(right))))
    return Content(
        "t", steps=(Step("s"),), questions=tuple(questions), pass_mark=draw(st.integers(1, len(questions)))
    )  # fmt: skip


@given(st.text(max_size=20), st.integers(0, 8))
def test_an_order_is_all_places_once_and_the_same_for_the_same_seed(seed: str, count: int) -> None:
    assert sorted(order_of(seed, count)) == list(range(count))
    assert order_of(seed, count) == order_of(seed, count)


def test_the_next_try_and_the_next_person_see_another_order() -> None:
    version, who = Version(new_uuid(), 1, CONTENT), new_uuid()
    orders = {tuple(begin_try(version, who, number)) for number in range(1, 30)}
    others = {tuple(begin_try(version, new_uuid(), 1)) for _ in range(30)}
    assert len(orders) > 10 and len(others) > 10


def test_every_answer_comes_to_every_place() -> None:
    firsts = [order_of(f"{number}", 4)[0] for number in range(400)]
    assert all(60 < firsts.count(place) < 140 for place in range(4))


@given(contents(), st.uuids(), st.integers(1, 99))
def test_all_right_answers_in_whatever_order_pass(content: Content, who: UUID, number: int) -> None:
    assert why_not_publish(content) is None
    version = Version(new_uuid(), 1, content)
    orders = begin_try(version, who, number)
    given = [
        [shown for shown, written in enumerate(order) if written in question.right]
        for question, order in zip(content.questions, orders, strict=True)
    ]
    assert why_not_answer(version, LastTry(number - 1), TODAY, number, 1, given) is None
    marked = mark(content, orders, given)
    assert marked.is_passed and marked.count == len(content.questions) and all(marked.right)


@given(contents(), st.data())
def test_a_question_is_right_only_with_exactly_its_answers(content: Content, data: st.DataObject) -> None:
    orders = begin_try(Version(new_uuid(), 1, content), new_uuid(), 1)
    given = [data.draw(st.sets(st.integers(0, len(order) - 1))) for order in orders]
    marked = mark(content, orders, [sorted(places) for places in given])
    for question, order, places, right in zip(content.questions, orders, given, marked.right, strict=True):
        assert right == ({order[place] for place in places} == set(question.right))
    assert marked.count == sum(marked.right) and marked.is_passed == (marked.count >= content.pass_mark)


def test_tries_of_another_day_do_not_count() -> None:
    version = Version(new_uuid(), 1, CONTENT)
    used = LastTry(5, TODAY, CONTENT.tries_per_day)
    assert why_not_answer(version, used, TODAY, 6, 1, [[0], [0]]) == TriesUsed(per_day=2)
    assert why_not_answer(version, used, TODAY + timedelta(days=1), 6, 1, [[0], [0]]) is None


def test_a_try_is_the_next_one_of_the_version_that_was_shown() -> None:
    version, given = Version(new_uuid(), 2, CONTENT), [[0], [0]]
    for number, shown in ((1, 1), (2, 2), (0, 2)):
        assert why_not_answer(version, LastTry(), TODAY, number, shown, given) == TryStale()
    for wrong in ([[0]], [[0], [0], [0]], [[3], [0]], [[-1], [0]], [[0], [1, 1]]):
        assert why_not_answer(version, LastTry(), TODAY, 1, 2, wrong) == AnswersInvalid()


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("title", {"title": " "}),
        ("summary", {"summary": "x" * 201}),
        ("steps", {"steps": ()}),
        ("steps", {"steps": (Step(""),)}),
        ("video", {"steps": (Step("s", video="https://evil.example/x"),)}),
        ("questions", {"questions": ()}),
        ("questions", {"questions": (Question("q", ("a",), (0,)),)}),
        ("questions", {"questions": (Question("q", ("a", "a"), (0,)),)}),
        ("questions", {"questions": (Question("q", ("a", "b"), ()),)}),
        ("questions", {"questions": (Question("q", ("a", "b"), (2,)),)}),
        ("pass_mark", {"pass_mark": 3}),
        ("pass_mark", {"pass_mark": 0}),
        ("tries_per_day", {"tries_per_day": 0}),
        ("valid_days", {"valid_days": 0}),
        ("rights", {"rights": ("Open Shop",)}),
        ("rights", {"rights": ("a_b", "a_b")}),
    ],
)
def test_what_does_not_fit_is_named(field: str, change: dict[str, object]) -> None:
    assert why_not_publish(msgspec.structs.replace(CONTENT, **change)) == ContentInvalid(field=field)


def test_a_draft_may_be_unfinished() -> None:
    assert why_not_write(Content("t")) is None and why_not_publish(Content("t")) is not None


@pytest.mark.parametrize(
    "link",
    [
        "http://www.bilibili.com/x",
        "https://www.bilibili.com@evil.example/",
        "https://evil.example/www.bilibili.com/",
        "https://www.bilibili.com:81/x",
        "https://www.bilibili.com.evil.example/",
        "https://WWW.BILIBILI.COM\\@evil.example/",
        "javascript:alert(1)",
        "https://www.bilibili.com/ x",
        "//www.bilibili.com/x",
    ],
)
def test_a_film_is_linked_only_where_films_may_be(link: str) -> None:
    assert host_of(link) not in VIDEO_HOSTS
    assert host_of("https://www.bilibili.com/video/BV1?p=2") in VIDEO_HOSTS


def test_a_pass_ends_when_its_days_are_over() -> None:
    at = utc(2026, 11, 23)
    assert valid_until(CONTENT, at) is None
    assert valid_until(msgspec.structs.replace(CONTENT, valid_days=30), at) == at + timedelta(days=30)
