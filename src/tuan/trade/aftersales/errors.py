"""What aftersales may refuse."""

from tuan.kit.refusals import Conflict, Gone, Invalid


class TooLateToCancel(Conflict):
    """It has been shipped or is over; a return is another matter."""

    code = "aftersales.too_late"


class WaitsForOthers(Conflict):
    """It is part of a promise to others and is left there, not cancelled here."""

    code = "aftersales.waits_for_others"


class InPresale(Conflict):
    """A deposit was taken for it, whose rule says what comes back: it is given back there."""

    code = "aftersales.in_presale"


class NotAsShown(Conflict):
    """What would come back is no longer what the page showed."""

    code = "aftersales.not_as_shown"


class AskInvalid(Invalid):
    """What is asked makes no sense; `field` says where."""

    code = "aftersales.ask_invalid"


class UnitsNotLeft(Conflict):
    """So many units of this line were not bought, or have been given back; `left` are there."""

    code = "aftersales.units_not_left"


class LineInCase(Conflict):
    """Something is asked about this line already, and not decided yet."""

    code = "aftersales.line_in_case"


class NotReturnable(Conflict):
    """It was bought as something that cannot be sent back without a reason."""

    code = "aftersales.not_returnable"


class WindowOver(Gone):
    """The days in which it could be sent back without a reason are over."""

    code = "aftersales.window_over"


class ClaimOver(Gone):
    """The days in which what is wrong with it could be claimed are over."""

    code = "aftersales.claim_over"


class CaseNotNow(Conflict):
    """The case is not in a state where this can be done."""

    code = "aftersales.case_not_now"


class NotHeard(Conflict):
    """Both sides are heard before a case is decided, unless they let their time pass."""

    code = "aftersales.not_heard"
