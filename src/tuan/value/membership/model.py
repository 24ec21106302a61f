"""Members and grades: pure rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
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
LINES_MAX = 2000
"""Of one list."""
WAITS = timedelta(days=90)
"""So long the number of somebody who is not here yet is kept; then it is forgotten, and may be brought again."""


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


def month_before(month: date) -> date:
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


class WhyNot(StrEnum):
    """Why a line of a list invites nobody."""

    NO_NUMBER = "no_number"
    NOT_A_PHONE = "not_a_phone"
    NAMED_BEFORE = "named_before"
    ALREADY_INVITED = "already_invited"
    ALREADY_MEMBER = "already_member"
    HAS_LEFT = "has_left"
    KNOWN = "known"


KNOWN_AS = {S.INVITED: WhyNot.ALREADY_INVITED, S.ACTIVE: WhyNot.ALREADY_MEMBER, S.LEFT: WhyNot.HAS_LEFT}
KNOWN = frozenset((*KNOWN_AS.values(), WhyNot.KNOWN))


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line of a list, counted from 1, that invites nobody."""

    number: int
    why_not: WhyNot


@dataclass(frozen=True, slots=True)
class Looked:
    """A list that was looked at. new: the numbers that would be invited, in E.164; refused: the other lines, in their order."""

    new: tuple[str, ...]
    refused: tuple[RefusedLine, ...]

    def known(self) -> int:
        """How many lines name whom the organisation has named before, or who came by himself."""
        return sum(line.why_not in KNOWN for line in self.refused)

    def as_told(self) -> "Looked":
        """As the organisation itself may see it: how many are known, and not which of them agreed or left."""
        return Looked(
            self.new,
            tuple(RefusedLine(one.number, WhyNot.KNOWN) if one.why_not in KNOWN else one for one in self.refused),
        )


def look_at(phones: Mapping[int, str | None], states: Mapping[str, str]) -> Looked:
    """Judge each line by its own.

    phones: by line what was read there, in E.164; "" for nothing, None for what is no number. states: of the numbers that are known.
    """
    new: dict[str, None] = {}
    seen: set[str] = set()
    refused: list[RefusedLine] = []
    for number, phone in sorted(phones.items()):
        if why_not := _why_not_invite(phone, seen, states):
            refused.append(RefusedLine(number, why_not))
        if phone:
            seen.add(phone)
            if not why_not:
                new[phone] = None
    return Looked(tuple(new), tuple(refused))


def _why_not_invite(phone: str | None, seen: set[str], states: Mapping[str, str]) -> WhyNot | None:
    if not phone:
        return WhyNot.NOT_A_PHONE if phone is None else WhyNot.NO_NUMBER
    if phone in seen:
        return WhyNot.NAMED_BEFORE
    return KNOWN_AS[MemberState(states[phone])] if phone in states else None
