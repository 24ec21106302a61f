"""What reconciliation may refuse."""

from tuan.kit.refusals import Conflict, Invalid


class TicketEnded(Conflict):
    """Both sides agree by now, or somebody has settled it before."""

    code = "reconciliation.ticket_ended"


class ResolutionUnknown(Invalid):
    code = "reconciliation.resolution_unknown"
