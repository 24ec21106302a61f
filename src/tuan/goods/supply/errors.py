"""What supply may refuse."""

from tuan.kit.refusals import Conflict, Invalid


class SoldOut(Conflict):
    code = "supply.sold_out"


class NotEnough(Conflict):
    code = "supply.not_enough"


class UnitsInvalid(Invalid):
    code = "supply.units_invalid"


class Promised(Conflict):
    """Fewer units were counted than orders and campaigns have been promised."""

    code = "supply.promised"
