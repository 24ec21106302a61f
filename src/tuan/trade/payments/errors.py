"""What payments may refuse."""

from tuan.kit.refusals import Conflict, Gone


class AlreadyPaid(Conflict):
    code = "payments.already_paid"


class BeingConfirmed(Conflict):
    """An attempt is under way and its outcome is not known yet."""

    code = "payments.being_confirmed"


class PayTimeOver(Gone):
    code = "payments.time_over"
