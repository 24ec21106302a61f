"""What parties may refuse."""

from tuan.kit.refusals import Conflict


class StillOwns(Conflict):
    """Whoever answers for a supplier or a shop cannot be forgotten before somebody else does."""

    code = "parties.still_owns"
