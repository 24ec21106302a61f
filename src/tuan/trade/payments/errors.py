"""What payments may refuse."""

from tuan.kit.refusals import Conflict, Gone, Invalid


class AlreadyPaid(Conflict):
    code = "payments.already_paid"


class BeingConfirmed(Conflict):
    """An attempt is under way and its outcome is not known yet."""

    code = "payments.being_confirmed"


class PayTimeOver(Gone):
    code = "payments.time_over"


class RefundDone(Conflict):
    """The provider has given it back; there is nothing to try again."""

    code = "payments.refund_done"


class AlreadyResolved(Conflict):
    """Somebody has settled this notice before."""

    code = "payments.already_resolved"


class ResolutionUnknown(Invalid):
    code = "payments.resolution_unknown"
