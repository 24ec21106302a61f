"""What the catalog may refuse."""

from tuan.kit.refusals import Gone, Invalid


class PriceInvalid(Invalid):
    code = "catalog.price_invalid"


class ProductOff(Gone):
    code = "catalog.product_off"
