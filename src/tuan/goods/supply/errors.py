"""What supply may refuse."""

from tuan.kit.refusals import Conflict, Gone, Invalid


class SoldOut(Conflict):
    code = "supply.sold_out"


class NotEnough(Conflict):
    code = "supply.not_enough"


class AllotmentOver(Gone):
    code = "supply.allotment_over"


class UnitsInvalid(Invalid):
    code = "supply.units_invalid"
