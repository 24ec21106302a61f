"""What a buyer pays, and why: coupons, rewards, prices for a while, and the one quote."""

from tuan.value.promotions.actions import (
    end_due_rules,
    end_rule,
    end_template,
    grant_coupons,
    launch_rule,
    launch_template,
    take_coupons,
    why_not_launch,
)
from tuan.value.promotions.errors import CouponBelow, CouponNotHere, CouponsClash, CouponSpare
from tuan.value.promotions.model import why_not_launch_template
from tuan.value.promotions.queries import (
    access_coupon,
    access_rule,
    access_template,
    coupon_centre,
    coupon_names,
    is_running,
    list_rules,
    list_templates,
    usable_coupons,
    wallet,
)
from tuan.value.promotions.store import load_coupons, load_rules, peek_coupons, save_coupons

__all__ = [
    "CouponBelow",
    "CouponNotHere",
    "CouponSpare",
    "CouponsClash",
    "access_coupon",
    "access_rule",
    "access_template",
    "coupon_centre",
    "coupon_names",
    "end_due_rules",
    "end_rule",
    "end_template",
    "grant_coupons",
    "is_running",
    "launch_rule",
    "launch_template",
    "list_rules",
    "list_templates",
    "load_coupons",
    "load_rules",
    "peek_coupons",
    "save_coupons",
    "take_coupons",
    "usable_coupons",
    "wallet",
    "why_not_launch",
    "why_not_launch_template",
]
