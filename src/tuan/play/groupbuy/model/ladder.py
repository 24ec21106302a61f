"""A ladder 阶梯团: what a unit costs falls with the number of members at the close. Pure.

Everybody pays the first price; the difference to the step that was reached comes back when the team forms.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

Ladder = tuple[tuple[int, int], ...]
"""Steps above the first, (members, off): from so many members on a unit costs so much less, in minor units."""

STEPS_MAX = 9


def read_ladder(stored: Iterable[Sequence[int]] | None) -> Ladder:
    """A ladder as it is stored; a campaign without one has none."""
    return tuple((members, off) for members, off in stored or ())


def off_at(ladder: Ladder, members: int) -> int:
    """What a unit costs less when so many have come; 0 below the second step."""
    return next((off for least, off in reversed(ladder) if members >= least), 0)


def deepest(ladder: Ladder) -> int:
    """The most that a unit may cost less."""
    return ladder[-1][1] if ladder else 0


def next_step(ladder: Ladder, members: int) -> tuple[int, int] | None:
    """The step that so many members have not reached yet; None on the last one, or without a ladder."""
    return next((step for step in ladder if members < step[0]), None)


def is_ladder(ladder: Ladder, size: int, promise_min: int | None) -> bool:
    """Members and what comes off rise strictly, above the number from which a team forms at all and within its size."""
    if not ladder:
        return True
    if promise_min is None or len(ladder) > STEPS_MAX:
        return False
    steps = ((promise_min, 0), *ladder)
    rises = all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(steps))
    return rises and ladder[-1][0] <= size
