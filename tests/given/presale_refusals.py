"""What presales refuse: one scenario each, in the table of all."""

from datetime import timedelta

from tests.given import goods as given
from tests.given import presale as sales
from tests.given.houses import Place
from tests.given.refusals import Act, gives
from tuan.kit.refusals import granted
from tuan.platform.work import Work
from tuan.play import presale
from tuan.play.presale import errors
from tuan.trade import aftersales, payments
from tuan.trade.aftersales.errors import InPresale
from tuan.trade.payments import StartAttempt
from tuan.trade.payments.errors import NotYetDue


@gives(errors.OfferInvalid)
async def _(place: Place) -> Act:
    of = await given.goods(place)
    return lambda: sales.launch(place, of, deposit_minor=10_000)


@gives(errors.OfferClash)
async def _(place: Place) -> Act:
    of = await given.goods(place)
    granted(await sales.launch(place, of))
    return lambda: sales.launch(place, of)


@gives(errors.OfferOver)
async def _(place: Place) -> Act:
    of, who = await given.goods(place), await given.buyer(place)
    offer = granted(await sales.launch(place, of))
    await place.later(timedelta(days=2))
    return lambda: sales.book(place, who, of, offer)


@gives(NotYetDue)
async def _(place: Place) -> Act:
    _, who, booked = await sales.deposited(place)
    box = place.house.sandbox
    command = StartAttempt(who.id, given.fresh_key(), booked.balance, box.name, box.merchant, box.app)
    return lambda: place.one(payments.start_attempts, command)


@gives(InPresale)
async def _(place: Place) -> Act:
    of, _, booked = await sales.deposited(place)
    return lambda: place.do(aftersales.refund_whole, booked.order, of.supplier, reason="test")


@gives(errors.NotWaiting)
async def _(place: Place) -> Act:
    _, who, booked = await sales.bought(place)
    return lambda: place.do(presale.give_up, booked.order, who.id, reason="test", shown_back_minor=0)


@gives(errors.NotAsShown)
async def _(place: Place) -> Act:
    _, who, booked = await sales.deposited(place)
    return lambda: place.do(presale.give_up, booked.order, who.id, reason="test", shown_back_minor=2_000)


@gives(errors.TooLateToFail)
async def _(place: Place) -> Act:
    of, who, booked = await sales.deposited(place)
    assert await place.do(presale.give_up, booked.order, who.id, reason="test", shown_back_minor=0) is None
    return lambda: place.do(presale.fail, booked.order, of.supplier, reason="test")


@gives(errors.NothingOwed)
async def _(place: Place) -> Act:
    _, _, booked = await sales.deposited(place)

    async def settle(work: Work) -> object:
        return await presale.settle_owed(work, booked.order, "transfer 1", reason="test")

    return lambda: place.do(settle)
