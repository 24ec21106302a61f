"""What payments may refuse."""

from tuan.kit.refusals import Conflict, Gone, Invalid, Refusal


class AlreadyPaid(Conflict):
    code = "payments.already_paid"


class BeingConfirmed(Conflict):
    """An attempt is under way and its outcome is not known yet."""

    code = "payments.being_confirmed"


class PayTimeOver(Gone):
    code = "payments.time_over"


class NotYetDue(Conflict):
    """Its time to be paid has not come: something is paid before it, or its window is not open."""

    code = "payments.not_yet_due"


class RefundDone(Conflict):
    """The provider has given it back; there is nothing to try again."""

    code = "payments.refund_done"


class AlreadyResolved(Conflict):
    """Somebody has settled this notice before."""

    code = "payments.already_resolved"


class ResolutionUnknown(Invalid):
    code = "payments.resolution_unknown"


class NoticeRepeated(Refusal):
    """Exactly this sending was heard before: a provider signs each of its sendings anew, so somebody has kept a copy."""

    code = "payments.notice_repeated"
    status = 401
