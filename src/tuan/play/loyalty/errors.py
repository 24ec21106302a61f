"""What loyalty may refuse."""

from tuan.kit.refusals import Gone, Invalid


class NoCheckIn(Gone):
    """The market gives nothing for checking in."""

    code = "loyalty.no_check_in"


class LadderInvalid(Invalid):
    """Rewards of a ladder are whole points from one to the bound, one for each of its days."""

    code = "loyalty.ladder_invalid"
