"""What a buyer pays, and why: coupons, rewards, prices for a while, and the one quote."""

from tuan.value.promotions.errors import CouponBelow, CouponNotHere, CouponsClash, CouponSpare, NoDelivery

__all__ = ["CouponBelow", "CouponNotHere", "CouponSpare", "CouponsClash", "NoDelivery"]
