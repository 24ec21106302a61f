"""Earning points: by buying, and by checking in once a day."""

from tuan.play.loyalty.actions import check_in, follow_orders, set_ladder
from tuan.play.loyalty.errors import NoCheckIn
from tuan.play.loyalty.queries import BenefitMonth, Ladder, active_members, benefit_months, ladder, ladder_of

__all__ = [
    "BenefitMonth",
    "Ladder",
    "NoCheckIn",
    "active_members",
    "benefit_months",
    "check_in",
    "follow_orders",
    "ladder",
    "ladder_of",
    "set_ladder",
]
