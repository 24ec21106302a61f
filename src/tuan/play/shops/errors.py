"""What shops may refuse."""

from tuan.kit.refusals import Conflict, Gone, Invalid


class ApplicationInvalid(Invalid):
    """The first field of an application that does not fit, by name."""

    code = "shops.application_invalid"


class HasShop(Conflict):
    """A person has one shop."""

    code = "shops.has_shop"


class AlreadyAsked(Conflict):
    """An application of his waits already."""

    code = "shops.already_asked"


class NotWaiting(Conflict):
    """The application was decided or withdrawn."""

    code = "shops.not_waiting"


class TermsInvalid(Invalid):
    """Terms of opening that cannot be; `field` says which."""

    code = "shops.terms_invalid"


class PageInvalid(Invalid):
    """A text of the shop is too long; `field` says which."""

    code = "shops.page_invalid"


class PicksFull(Conflict):
    """A shop chooses so many goods and no more."""

    code = "shops.picks_full"


class NotPicked(Conflict):
    """The goods are not among the shop's own."""

    code = "shops.not_picked"


class NotOffered(Gone):
    """The goods are not for shops: off the shelf, or kept back by their supplier."""

    code = "shops.not_offered"


class GoodsEarly(Conflict):
    """The goods are new, and for a day for shops alone that have won to choose first; `hours` until they are for all."""

    code = "shops.goods_early"


class CourseFirst(Conflict):
    """Goods of this kind ask for a right that a course of the market unlocks, and its keeper has not passed one."""

    code = "shops.course_first"


class KeptByMarket(Conflict):
    """The market keeps these goods back from shops, so that their supplier cannot offer them."""

    code = "shops.kept_by_market"


class PoolUnchanged(Conflict):
    """The goods are already as somebody wants them: kept back by the market, or not."""

    code = "shops.pool_unchanged"


class OrderOld(Conflict):
    """The shop's goods have changed since the page was shown."""

    code = "shops.order_old"


class BudgetSpent(Conflict):
    """The market's budget for this shop's coupons does not reach."""

    code = "shops.budget_spent"


class BudgetBelow(Conflict):
    """A budget cannot be less than what is promised already."""

    code = "shops.budget_below"


class CouponInvalid(Invalid):
    """A field of a shop's coupon that does not fit, by name."""

    code = "shops.coupon_invalid"


class ConsentInvalid(Invalid):
    """What is consented to, or the birthday, is not one."""

    code = "shops.consent_invalid"


class NotShown(Conflict):
    """This buyer lets no shop see anything of him."""

    code = "shops.not_shown"


class CardInvalid(Invalid):
    """Tags or a note that do not fit; `field` says which."""

    code = "shops.card_invalid"
