"""The rules of a market's points, as data: what is earned, what may be spent, and what happens to debts. Pure."""

from dataclasses import dataclass

from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import Refusal
from tuan.value.points.errors import PointsTooFew, PointsTooMany, TermsInvalid
from tuan.value.points.model.words import POINTS_MAX

PERMYRIAD = 10_000
HUNDRED = 100
VALID_DAYS_MAX = 3660


@dataclass(frozen=True, slots=True)
class Terms:
    """earn_points for every earn_per_minor of money kept, at most earn_order_max per order; what is given for taps at most
    event_day_max per person and market day. Points live valid_days from the day they may be spent. A hundred are worth
    hundred_minor; they pay at most spend_permyriad of the goods, and at least spend_min are spent at once. owes_reversed: whether somebody
    who has spent what he must give back owes it."""

    earn_points: int
    earn_per_minor: int
    earn_order_max: int
    event_day_max: int
    valid_days: int
    hundred_minor: int
    spend_permyriad: int
    spend_min: int
    owes_reversed: bool

    def earned_for(self, paid_minor: int) -> int:
        """Points for so much money, rounded down."""
        return min(paid_minor * self.earn_points // self.earn_per_minor, self.earn_order_max)

    def earned_today(self, units: int, before: int) -> int:
        """What of a reward is given to somebody who has had `before` for taps today."""
        return max(0, min(units, self.event_day_max - before))

    def worth(self, units: int) -> int:
        """What so many points pay, in minor units, rounded down."""
        return units * self.hundred_minor // HUNDRED

    def most_for(self, goods_minor: int) -> int:
        """How many points may pay for goods of this amount: the fewest that are worth their whole share of it."""
        share_minor = goods_minor * self.spend_permyriad // PERMYRIAD
        return min(-(-share_minor * HUNDRED // self.hundred_minor), POINTS_MAX)

    def why_not_spend(self, units: int, paid_minor: int, used: int) -> Refusal | None:
        """Why so many points may not pay, when they paid so much and `used` of them were needed for it."""
        if units < self.spend_min:
            return PointsTooFew(least=self.spend_min)
        return PointsTooMany(most=used) if self.worth(units) > paid_minor else None


OFF = Terms(0, 1, 0, 0, 365, 100, 0, 1, True)
"""A market that has set none gives no points and takes none."""


def why_not_terms(terms: Terms) -> Refusal | None:
    """The first field that is out of its bounds, by name."""
    bounds = {
        "earn_points": (0, POINTS_MAX),
        "earn_per_minor": (1, AMOUNT_MINOR_MAX),
        "earn_order_max": (0, POINTS_MAX),
        "event_day_max": (0, POINTS_MAX),
        "valid_days": (1, VALID_DAYS_MAX),
        "hundred_minor": (1, AMOUNT_MINOR_MAX),
        "spend_permyriad": (0, PERMYRIAD),
        "spend_min": (1, POINTS_MAX),
    }
    for field, (least, most) in bounds.items():
        if not least <= getattr(terms, field) <= most:
            return TermsInvalid(field=field, least=least, most=most)
    return None
