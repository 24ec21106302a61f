"""What aftersales may refuse."""

from tuan.kit.refusals import Conflict


class TooLateToCancel(Conflict):
    """It has been shipped or is over; a return is another matter."""

    code = "aftersales.too_late"


class WaitsForOthers(Conflict):
    """It is part of a promise to others and is left there, not cancelled here."""

    code = "aftersales.waits_for_others"


class NotAsShown(Conflict):
    """What would come back is no longer what the page showed."""

    code = "aftersales.not_as_shown"
