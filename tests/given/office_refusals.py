"""Scenarios of what the office may be refused; TABLE holds these and all others."""

from typing import Any

from tests.given import goods as given
from tests.given import office
from tests.given.houses import Place
from tests.given.refusals import TABLE, Act, gives
from tuan.goods import catalog, supply
from tuan.goods.catalog.errors import LastSku, NotReady, PriceMoved, ProductInvalid
from tuan.goods.catalog.model import ShelfState
from tuan.goods.supply.errors import Promised
from tuan.kit.refusals import granted
from tuan.people import accounts
from tuan.people.accounts.errors import Blocked, Erased
from tuan.people.parties.errors import StillOwns
from tuan.people.staff.errors import StillMember
from tuan.platform.files import BYTES_MAX, PictureTooLarge, PictureUnreadable
from tuan.play import groupbuy
from tuan.play.groupbuy.errors import SkuOnCampaign
from tuan.trade import aftersales, payments
from tuan.trade.aftersales.errors import NotAsShown
from tuan.trade.orders.errors import StillRunning
from tuan.trade.payments.errors import AlreadyResolved, RefundDone, ResolutionUnknown

__all__ = ["TABLE"]


@gives(Blocked)
async def _(place: Place) -> Act:
    of, who = await given.goods(place), await given.buyer(place)
    assert await place.do(accounts.block, who.id, reason="test") is None
    return lambda: given.place_order(place, who, of)


@gives(StillOwns)
async def _(place: Place) -> Act:
    of = await given.goods(place)
    async with place.work() as work:
        sql = "SELECT owner_id FROM parties.suppliers WHERE market_id = $1 AND id = $2"
        owner = await work.fetch_value(sql, of.supplier)
    return lambda: place.do(accounts.erase_person, owner, reason="test")


@gives(Erased)
async def _(place: Place) -> Act:
    who = await given.buyer(place)
    assert await place.do(accounts.erase_person, who.id, reason="test") is None
    return lambda: place.do(accounts.unblock, who.id, reason="test")


@gives(StillMember)
async def _(place: Place) -> Act:
    who = await office.clerk(place)
    return lambda: place.do(accounts.erase_person, who.person, reason="test")


@gives(StillRunning)
async def _(place: Place) -> Act:
    of, who = await given.goods(place), await given.buyer(place)
    granted(await given.place_order(place, who, of))
    return lambda: place.do(accounts.erase_person, who.id, reason="test")


@gives(RefundDone)
async def _(place: Place) -> Act:
    of, who = await given.goods(place), await given.buyer(place)
    placed = granted(await given.place_order(place, who, of))
    await given.pay(place, who, placed)
    assert await place.do(aftersales.refund_whole, placed.orders[0], of.supplier, reason="test") is None
    await place.quiet()
    async with place.work() as work:
        (refund, *_) = (await payments.refunds(work)).items
    return lambda: place.do(payments.retry_refund, refund["id"], reason="test")


async def _aside(place: Place) -> Any:
    """The id of a notice that was put aside: a cent is missing."""
    of, who = await given.goods(place, price_minor=1990), await given.buyer(place)
    attempt = await given.start_paying(place, who, granted(await given.place_order(place, who, of)))
    await given.place_notice(place, attempt, amount_minor=1989)
    async with place.work() as work:
        (notice, *_) = (await payments.quarantine(work)).items
        return notice["id"]


@gives(AlreadyResolved)
async def _(place: Place) -> Act:
    notice = await _aside(place)
    assert await place.do(payments.resolve_quarantine, notice, "returned", reason="test") is None
    return lambda: place.do(payments.resolve_quarantine, notice, "no_money", reason="test")


@gives(ResolutionUnknown)
async def _(place: Place) -> Act:
    notice = await _aside(place)
    return lambda: place.do(payments.resolve_quarantine, notice, "paid", reason="test")


@gives(NotAsShown)
async def _(place: Place) -> Act:
    of, who = await given.goods(place, price_minor=1990), await given.buyer(place)
    placed = granted(await given.place_order(place, who, of))
    await given.pay(place, who, placed)
    return lambda: place.do(aftersales.refund_whole, placed.orders[0], of.supplier, reason="test", shown_minor=1989)


# ── goods ──
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


@gives(LastSku)
async def _(place: Place) -> Act:
    of = await given.goods(place)
    return lambda: place.do(catalog.retire_sku, of.sku, reason="test")


@gives(SkuOnCampaign)
async def _(place: Place) -> Act:
    of = await given.campaign(place, await given.goods(place))
    return lambda: place.do(groupbuy.retire_sku, of.sku, reason="test")


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
