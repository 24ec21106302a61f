"""How well a supplier does what he promises, in whole numbers that everybody can work out again. Pure."""

from dataclasses import dataclass
from datetime import timedelta

PERMYRIAD = 10_000
WINDOW = timedelta(days=90)
"""Orders that could be sent within the last ninety days are counted."""
SENT_WITHIN = timedelta(hours=48)
"""From when an order may leave; what leaves later, or has not left by then, is late."""
BEST = 1000
PRIOR_ORDERS = 20
"""So many orders of an average supplier are counted with everybody's own, so that one case does not judge a small one."""
BADGE_ORDERS = 30
BADGE_SCORE = 940


@dataclass(frozen=True, slots=True)
class Component:
    """usual_permyriad: how often it happens to an average supplier. weight: what a rate of one would cost, in points."""

    name: str
    usual_permyriad: int
    weight: int


LATE = Component("late", 500, 1000)
FAULTY = Component("faulty", 200, 3000)
CANCELLED = Component("cancelled", 100, 3000)
COMPONENTS = (FAULTY, CANCELLED, LATE)


@dataclass(frozen=True, slots=True)
class Counts:
    """Of the window: orders that had to leave; of these sent late, given back or replaced for a fault of the supplier's,
    and cancelled by him."""

    orders: int = 0
    late: int = 0
    faulty: int = 0
    cancelled: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One component as it is read: cases, the rate they give with the prior, and the points they cost."""

    name: str
    cases: int
    rate_permyriad: int
    lost: int


@dataclass(frozen=True, slots=True)
class Quality:
    """score: 0 to 1000. parts: what it is made of, what costs most first."""

    counts: Counts
    score: int
    parts: tuple[Part, ...]

    @property
    def has_badge(self) -> bool:
        """Whether buyers are told: enough orders, and few complaints among them."""
        return self.counts.orders >= BADGE_ORDERS and self.score >= BADGE_SCORE


def rate_of(cases: int, orders: int, usual_permyriad: int) -> int:
    """The rate in ten-thousandths as if PRIOR_ORDERS usual orders had come before: (cases + prior × usual) / (orders + prior)."""
    return (cases * PERMYRIAD + PRIOR_ORDERS * usual_permyriad) // (orders + PRIOR_ORDERS)


def quality_of(counts: Counts) -> Quality:
    """A thousand, less for each component its weight times its rate."""
    parts = []
    for one in COMPONENTS:
        cases: int = getattr(counts, one.name)
        rate = rate_of(cases, counts.orders, one.usual_permyriad)
        parts.append(Part(one.name, cases, rate, one.weight * rate // PERMYRIAD))
    parts.sort(key=lambda part: (-part.lost, part.name))
    return Quality(counts, max(0, BEST - sum(part.lost for part in parts)), tuple(parts))
