"""Members and grades: pure rules."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tuan.kit import states
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import Refusal
from tuan.value.membership.errors import GradesInvalid

GRADES_MAX = 10
MEMBERS_MAX = 10**9
PERMYRIAD = 10_000
CODE_BYTES = 9
"""72 bits: a code cannot be guessed by trying."""
VIAS = ("csv", "code", "api")


class MemberState(StrEnum):
    INVITED = "invited"
    ACTIVE = "active"
    LEFT = "left"


S = MemberState
MEMBER = states.table(
    {S.INVITED: {S.ACTIVE, S.LEFT}, S.ACTIVE: {S.LEFT}, S.LEFT: {S.INVITED, S.ACTIVE}}, start=S.INVITED
)


@dataclass(frozen=True, slots=True)
class Grade:
    """From so many active members on: an amount off, or a share (of 10,000) with a cap, from a threshold of goods on."""

    least_members: int
    off_minor: int = 0
    off_permyriad: int = 0
    cap_minor: int | None = None
    threshold_minor: int = 0


def why_not_grades(grades: Sequence[Grade]) -> Refusal | None:
    """Each asks for more members than the one before, and gives one kind of discount; none at all ends the benefit."""
    before = 0
    for place, grade in enumerate(grades, 1):
        if place > GRADES_MAX or not before < grade.least_members <= MEMBERS_MAX or not _is_discount(grade):
            return GradesInvalid(place=place)
        before = grade.least_members
    return None


def _is_discount(grade: Grade) -> bool:
    share, cap = grade.off_permyriad, grade.cap_minor
    return (
        0 <= grade.off_minor <= AMOUNT_MINOR_MAX
        and 0 <= share <= PERMYRIAD
        and (grade.off_minor > 0) != (share > 0)
        and 0 <= grade.threshold_minor <= AMOUNT_MINOR_MAX
        and (cap is None or (share > 0 and 0 < cap <= AMOUNT_MINOR_MAX))
    )


def grade_for(grades: Iterable[Grade], members: int) -> Grade | None:
    """The highest that so many members reach."""
    reached = [grade for grade in grades if grade.least_members <= members]
    return max(reached, key=lambda grade: grade.least_members, default=None)


def month_of(day: date) -> date:
    """Its first day."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
