"""What orders may refuse."""

from tuan.kit.refusals import Conflict, Invalid


class UnitsInvalid(Invalid):
    code = "orders.units_invalid"


class AddressMissing(Invalid):
    code = "orders.address_missing"


class PriceChanged(Conflict):
    """The price is no longer what the page showed; the new one is in the data."""

    code = "orders.price_changed"


class AmountTooLarge(Invalid):
    """More money at once than any amount of ours may be."""

    code = "orders.amount_too_large"


class NotNow(Conflict):
    """The order is not in a state where this can be done."""

    code = "orders.not_now"


class StillRunning(Conflict):
    """Goods or money of this person are still under way, and need to know where to."""

    code = "orders.still_running"
