"""What carts may refuse."""

from tuan.kit.refusals import Conflict, Invalid


class CartFull(Conflict):
    """It has as many lines as one checkout may have."""

    code = "carts.full"


class CartUnitsInvalid(Invalid):
    """So many units of one SKU cannot be in a cart; the most are in the data."""

    code = "carts.units_invalid"


class CartChanged(Conflict):
    """What is checked out is not in the cart any more, or with other units: bought from elsewhere, or changed."""

    code = "carts.changed"
