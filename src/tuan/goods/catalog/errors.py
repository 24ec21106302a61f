"""What the catalog may refuse."""

from tuan.kit.refusals import Conflict, Gone, Invalid


class PriceInvalid(Invalid):
    code = "catalog.price_invalid"


class ProductOff(Gone):
    code = "catalog.product_off"


class ProductInvalid(Invalid):
    """A field of a product or a SKU that does not fit; `field` names it."""

    code = "catalog.product_invalid"


class PriceMoved(Conflict):
    """A price is no longer what the preview showed."""

    code = "catalog.price_moved"


class OneSeller(Conflict):
    """Another supplier's own account takes the money of this market, so that nobody else's goods may be for sale in it."""

    code = "catalog.one_seller"


class LastSku(Conflict):
    """A product keeps at least one SKU that is sold; what nobody shall buy is taken off the shelf."""

    code = "catalog.last_sku"


class NotReady(Conflict):
    """A product that cannot go on the shelf: it has no SKU or no picture yet."""

    code = "catalog.not_ready"


class CustomsInvalid(Invalid):
    """A field of what customs ask does not fit; `field` names it."""

    code = "catalog.customs_invalid"


class FreightInvalid(Invalid):
    """A field of a freight template, or of what a SKU weighs, does not fit; `field` names it."""

    code = "catalog.freight_invalid"
