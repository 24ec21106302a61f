"""What promotions may refuse."""

from tuan.kit.refusals import Conflict, Forbidden, Gone, Invalid


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
    """The supplier does not send this (the SKU in the data) to that region."""

    code = "promotions.no_delivery"


class TemplateInvalid(Invalid):
    """A field of a coupon's terms does not fit; its name is in the data."""

    code = "promotions.template_invalid"


class RuleInvalid(Invalid):
    """A field of a price or reward does not fit; its name is in the data."""

    code = "promotions.rule_invalid"


class RuleClash(Conflict):
    """Another one that runs at the same time is for the same goods; its name is in the data."""

    code = "promotions.rule_clash"


class CodeInUse(Conflict):
    """Another coupon is given for this code."""

    code = "promotions.code_in_use"


class NotOffered(Gone):
    """This coupon is not given away now: too early, too late, or ended."""

    code = "promotions.not_offered"


class NotInChannel(Forbidden):
    """Whose the place is does not let anything be given for bringing friends; channel, rule and article are in the data."""

    code = "promotions.not_in_channel"


class TakenAll(Conflict):
    code = "promotions.taken_all"


class TakenEnough(Conflict):
    """This person has as many as one may have."""

    code = "promotions.taken_enough"


class TakenToday(Conflict):
    """This person took as many within a day as one may."""

    code = "promotions.taken_today"


class NewcomersOnly(Forbidden):
    code = "promotions.newcomers_only"


class CouponOver(Gone):
    """It is valid later, or was."""

    code = "promotions.coupon_over"


class CouponSpent(Conflict):
    """It was used, or waits in an order to be paid."""

    code = "promotions.coupon_spent"


class CouponLocked(Conflict):
    """It opens when so many friends more have taken theirs."""

    code = "promotions.coupon_locked"


class NotGiftable(Conflict):
    """Coupons of this kind stay with who took them, or it was given on once already."""

    code = "promotions.not_giftable"


class GiftGone(Gone):
    """Somebody has taken it, or it was taken back."""

    code = "promotions.gift_gone"


class HelpedAlready(Conflict):
    """This person helped to open it before; another friend is needed."""

    code = "promotions.helped_already"


class FriendsTooLate(Gone):
    """The time in which friends could open it is over."""

    code = "promotions.friends_too_late"


class BundleOver(Gone):
    """The bundle is sold later, or no more."""

    code = "promotions.bundle_over"


class BundleUneven(Conflict):
    """No set, or more sets than one may buy at once; the most is in the data."""

    code = "promotions.bundle_uneven"
