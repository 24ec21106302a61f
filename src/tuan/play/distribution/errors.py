"""What distribution may refuse."""

from tuan.kit.refusals import Conflict, Forbidden, Gone, Invalid


class PlanInvalid(Invalid):
    """The first field of a plan that does not fit, by name."""

    code = "distribution.plan_invalid"


class PlanUnlawful(Forbidden):
    """The law of the place, the owner of a channel or the house does not allow this plan: the rule, its article, the channel
    whose owner says so ("" where it is the law's), and how many are broken."""

    code = "distribution.plan_unlawful"


class NoticeTooShort(Conflict):
    """Somebody would be paid less from a day that comes too soon: how many days before it shops have to be told, the article that
    says so, and the first day that may be."""

    code = "distribution.notice_too_short"


class PlanNotDraft(Conflict):
    """A version is switched on once, and off once; after that another is drafted."""

    code = "distribution.plan_not_draft"


class NotInHold(Conflict):
    """The commission is not held, or not any more."""

    code = "distribution.not_in_hold"


class CannotHold(Conflict):
    """It is the shop's to claim already, or there is nothing left of it."""

    code = "distribution.cannot_hold"


class AppealedAlready(Gone):
    """A shop appeals once; the market has its words."""

    code = "distribution.appealed_already"


class AppealInvalid(Invalid):
    """An appeal has a few words and at most a page of them."""

    code = "distribution.appeal_invalid"
