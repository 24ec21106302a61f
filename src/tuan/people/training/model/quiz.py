"""A try: in which order its answers are shown, and what was right of those given. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.people.training.errors import AnswersInvalid, TriesUsed, TryStale
from tuan.people.training.model.words import Content, Version


@dataclass(frozen=True, slots=True)
class Marked:
    """What became of a try: for each question whether it was right, how many were, and whether that was enough."""

    right: tuple[bool, ...]
    count: int
    is_passed: bool


@dataclass(frozen=True, slots=True)
class LastTry:
    """The number of a person's last try at a course, and how many of its version he had on its day; 0 for none."""

    number: int = 0
    day: date | None = None
    on_day: int = 0


def order_of(seed: str, count: int) -> tuple[int, ...]:
    """The places from 0 to count - 1 in an order that only the seed decides."""
    return tuple(sorted(range(count), key=lambda place: hashlib.blake2b(f"{seed} {place}".encode()).digest()))


def begin_try(version: Version, person: UUID, number: int) -> list[tuple[int, ...]]:
    """For each question the order in which this person's try shows its answers: place shown → place written.

    The number of the try is part of the seed, so that the next one is shuffled anew, and looking twice shows the same.
    """
    seed = f"{version.course_id} {version.number} {person} {number}"
    return [
        order_of(f"{seed} {place}", len(question.answers)) for place, question in enumerate(version.content.questions)
    ]


def why_not_answer(
    version: Version, last: LastTry, today: date, number: int, shown: int, given: Sequence[Sequence[int]]
) -> Refusal | None:
    """shown: the version whose questions were looked at. given: for each question the places that were ticked, as shown."""
    used = last.on_day if last.day == today else 0
    if used >= version.content.tries_per_day:
        return TriesUsed(per_day=version.content.tries_per_day)
    if shown != version.number or number != last.number + 1:
        return TryStale()
    questions = version.content.questions
    fits = len(given) == len(questions) and all(
        len(set(places)) == len(places) and all(0 <= place < len(question.answers) for place in places)
        for question, places in zip(questions, given, strict=True)
    )
    return None if fits else AnswersInvalid()


def mark(content: Content, orders: Sequence[Sequence[int]], given: Sequence[Sequence[int]]) -> Marked:
    """A question is right where exactly its right answers were ticked; one without a tick is wrong."""
    right = tuple(
        {order[place] for place in places} == set(question.right)
        for question, order, places in zip(content.questions, orders, given, strict=True)
    )
    return Marked(right, sum(right), sum(right) >= content.pass_mark)


def valid_until(content: Content, passed_at: Instant) -> Instant | None:
    """When a pass ends; None for one that stays."""
    return None if content.valid_days is None else passed_at + timedelta(days=content.valid_days)
