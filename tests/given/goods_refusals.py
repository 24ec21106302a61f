"""Scenarios of what goods may be refused: catalog, stock and pictures, in the table of all."""

from tests.given import goods as given
from tests.given.houses import Place
from tests.given.refusals import Act, gives
from tuan.goods import catalog, supply
from tuan.goods.catalog.errors import NotReady, PriceInvalid, PriceMoved, ProductInvalid, ProductOff
from tuan.goods.catalog.model import ShelfState
from tuan.goods.supply.errors import NotEnough, Promised, SoldOut
from tuan.goods.supply.errors import UnitsInvalid as SupplyUnitsInvalid
from tuan.kit.refusals import granted
from tuan.platform.files import BYTES_MAX, PictureTooLarge, PictureUnreadable


@gives(PriceInvalid)
async def _(place: Place) -> Act:
    of = await given.goods(place)
    return lambda: place.do(catalog.set_price, of.sku, 0, reason="test")


@gives(ProductOff)
async def _(place: Place) -> Act:
    of, who = await given.goods(place), await given.buyer(place)
    await place.do(catalog.take_off, of.product, reason="test")
    return lambda: given.place_order(place, who, of)


@gives(SupplyUnitsInvalid)
async def _(place: Place) -> Act:
    of = await given.goods(place)
    return lambda: place.do(supply.receive, {of.sku: 0}, reason="test")


@gives(SoldOut)
async def _(place: Place) -> Act:
    of, (who, other) = await given.goods(place, units=1), await given.buyers(place, 2)
    granted(await given.place_order(place, who, of))
    return lambda: given.place_order(place, other, of)


@gives(NotEnough)
async def _(place: Place) -> Act:
    of, who = await given.goods(place, units=1), await given.buyer(place)
    return lambda: given.place_order(place, who, of, 2)


@gives(ProductInvalid)
async def _(place: Place) -> Act:
    of = await given.goods(place)
    return lambda: place.do(catalog.arrange_pictures, of.product, ["../../etc/passwd"], reason="test")


@gives(PriceMoved)
async def _(place: Place) -> Act:
    of = await given.goods(place, price_minor=1990)
    return lambda: place.do(catalog.set_prices, {of.sku: (1890, 1790)}, reason="test")


@gives(NotReady)
async def _(place: Place) -> Act:
    product = await given.draft(place)
    return lambda: place.do(catalog.shelve, [product], ShelfState.LISTED, reason="test")


@gives(Promised)
async def _(place: Place) -> Act:
    of, who = await given.goods(place), await given.buyer(place)
    granted(await given.place_order(place, who, of, 3))
    return lambda: place.do(supply.correct, of.sku, 2, reason="test")


@gives(PictureUnreadable)
async def _(place: Place) -> Act:
    return lambda: place.house.pictures.keep(place.market, b"<script>")


@gives(PictureTooLarge)
async def _(place: Place) -> Act:
    return lambda: place.house.pictures.keep(place.market, bytes(BYTES_MAX + 1))
