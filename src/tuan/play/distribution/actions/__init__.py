"""The verbs of distribution."""

from tuan.play.distribution.actions.following import accrue, follow_orders, mature_due
from tuan.play.distribution.actions.holding import appeal, hold, release, void
from tuan.play.distribution.actions.measuring import measure_pay
from tuan.play.distribution.actions.planning import draft_plan, draft_version, switch_off, switch_on
from tuan.play.distribution.actions.reporting import make_report

__all__ = [
    "accrue",
    "appeal",
    "draft_plan",
    "draft_version",
    "follow_orders",
    "hold",
    "make_report",
    "mature_due",
    "measure_pay",
    "release",
    "switch_off",
    "switch_on",
    "void",
]
