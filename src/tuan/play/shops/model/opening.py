"""From wanting a shop to having one. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import NewType
from uuid import UUID

from tuan.kit import ids, states
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.people.parties.model import ShopId, why_not_shop_name
from tuan.play.shops.errors import ApplicationInvalid, TermsInvalid

ApplicationId = NewType("ApplicationId", UUID)

APPLICATION_ID: ids.IdKind[ApplicationId] = ids.IdKind("shopapp")

WORDS_MAX = 300
"""Of what is said about a shop."""
TASK_WORDS_MIN = 20
"""So much somebody has to say about his shop where it opens by tasks."""
MEMBER_DAYS_MAX = 365


class Opening(StrEnum):
    """What makes an application a shop, as the market says. Nothing is paid and nothing is bought for it, ever."""

    APPROVAL = "approval"
    ITSELF = "itself"
    TASKS = "tasks"


class ApplicationState(StrEnum):
    WAITING = "waiting"
    OPENED = "opened"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


A = ApplicationState
APPLICATION = states.table(
    {A.WAITING: {A.OPENED, A.REFUSED, A.WITHDRAWN}, A.OPENED: (), A.REFUSED: (), A.WITHDRAWN: ()}, start=A.WAITING
)


class Task(StrEnum):
    """What has to be done where a shop opens by tasks; none of them costs anything."""

    WORDS = "words"
    MEMBER_DAYS = "member_days"
    COURSE = "course"


@dataclass(frozen=True, slots=True)
class Terms:
    """How shops open in this market. Where they open by tasks, member_days: how long somebody has to be here first; course:
    whose quiz he has to have passed, None for none."""

    opening: str = Opening.APPROVAL
    member_days: int = 0
    course: UUID | None = None


@dataclass(frozen=True, slots=True)
class Apply:
    """Who wants a shop, what it is to be called and about, and by which shop he came."""

    actor: UUID
    name: str
    words: str = ""
    inviter: UUID | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """An application, and the shop where it opened at once."""

    application: ApplicationId
    shop: ShopId | None


def why_not_terms(terms: Terms) -> Refusal | None:
    """The first field that does not fit, by name."""
    if terms.opening not in tuple(Opening):
        return TermsInvalid(field="opening")
    return None if 0 <= terms.member_days <= MEMBER_DAYS_MAX else TermsInvalid(field="member_days")


def why_not_apply(asked: Apply) -> Refusal | None:
    """The first field that does not fit, by name."""
    if why_not_shop_name(asked.name):
        return ApplicationInvalid(field="name")
    return None if len(asked.words) <= WORDS_MAX else ApplicationInvalid(field="words")


def tasks_left(terms: Terms, words: str, joined_at: Instant, now: Instant, *, has_passed: bool) -> list[Task]:
    """What is still to be done before the shop opens by itself; nothing where the market asks for no tasks.

    has_passed: whether he has a pass of the course that the terms name, and it is valid.
    """
    if terms.opening != Opening.TASKS:
        return []
    left = {
        Task.WORDS: len(words.strip()) < TASK_WORDS_MIN,
        Task.MEMBER_DAYS: now < joined_at + timedelta(days=terms.member_days),
        Task.COURSE: terms.course is not None and not has_passed,
    }
    return [task for task, is_left in left.items() if is_left]


def opens(terms: Terms, words: str, joined_at: Instant, now: Instant, *, has_passed: bool) -> bool:
    """Whether an application becomes a shop without anybody deciding."""
    return terms.opening != Opening.APPROVAL and not tasks_left(terms, words, joined_at, now, has_passed=has_passed)
