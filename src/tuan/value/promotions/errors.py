"""What promotions may refuse."""

from tuan.kit.refusals import Conflict


class CouponBelow(Conflict):
    """What the coupon is for costs less than it asks for; needed and present amounts are in the data."""

    code = "promotions.coupon_below"


class CouponNotHere(Conflict):
    """Nothing here takes the coupon: out of its scope, or bought at a price that goes with no coupon."""

    code = "promotions.coupon_not_here"


class CouponsClash(Conflict):
    """Of the coupons that go with no other of their kind, one may be used."""

    code = "promotions.coupons_clash"


class CouponSpare(Conflict):
    """The other discounts leave nothing for this coupon to take; it would be used up for nothing."""

    code = "promotions.coupon_spare"


class NoDelivery(Conflict):
    """The supplier does not send this to that region."""

    code = "promotions.no_delivery"
