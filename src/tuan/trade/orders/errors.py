"""What orders may refuse."""

from tuan.kit.refusals import Conflict, Invalid


class UnitsInvalid(Invalid):
    code = "orders.units_invalid"


class AddressMissing(Invalid):
    code = "orders.address_missing"


class PriceChanged(Conflict):
    """The price is no longer what the page showed; the new one is in the data."""

    code = "orders.price_changed"


class PriceUnseen(Conflict):
    """Whoever orders was shown no price, or did not say which; the one there is stands in the data."""

    code = "orders.price_unseen"


class AmountTooLarge(Invalid):
    """More money at once than any amount of ours may be."""

    code = "orders.amount_too_large"


class ReturnUnconfirmed(Invalid):
    """Goods that are not taken back without a reason, and the buyer has not said that he knows."""

    code = "orders.return_unconfirmed"


class NotNow(Conflict):
    """The order is not in a state where this can be done."""

    code = "orders.not_now"


class StillRunning(Conflict):
    """Goods or money of this person are still under way, and need to know where to."""

    code = "orders.still_running"


class PersonLimit(Conflict):
    """One person may buy so many of it in all; how many are left for this one is in the data."""

    code = "orders.person_limit"


class ImportLimit(Conflict):
    """More goods from abroad than one person may have sent at once, or in a year; how much is left is in the data."""

    code = "orders.import_limit"


class RemarkTooLong(Invalid):
    code = "orders.remark_too_long"
