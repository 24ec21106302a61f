"""Scenarios of what settlement may refuse."""

from datetime import timedelta

from tests.given import goods as given
from tests.given import settling
from tests.given.houses import Place
from tests.given.refusals import Act, gives
from tuan.goods import catalog
from tuan.goods.catalog.errors import OneSeller
from tuan.goods.catalog.model import ShelfState
from tuan.kit.ids import new_uuid
from tuan.people import accounts
from tuan.trade import settlement
from tuan.trade.settlement import errors
from tuan.trade.settlement.model import AccountState, Cut, Terms


def cut(amount_minor: int) -> Cut:
    return Cut(new_uuid(), "commission_1", "shop:1:payable", amount_minor)


@gives(errors.TermsInvalid)
async def _(place: Place) -> Act:
    of = await given.goods(place)
    return lambda: place.do(settlement.set_terms, of.supplier, Terms(10_001, 0), reason="test")


@gives(errors.AmountInvalid)
async def _(place: Place) -> Act:
    of = await given.goods(place)
    return lambda: place.do(settlement.charge, of.supplier, 0, reason="test")


@gives(errors.CutTooLarge)
async def _(place: Place) -> Act:
    of, who = await given.goods(place, price_minor=1000), await given.buyer(place)
    order = await settling.received(place, of, who)
    return lambda: place.do(settlement.promise_cuts, [(order, 1, cut(981))])


@gives(errors.AlreadySettled)
async def _(place: Place) -> Act:
    of, who = await given.goods(place, price_minor=1000), await given.buyer(place)
    order = await settling.received(place, of, who)
    await place.later(settling.KEPT)
    return lambda: place.do(settlement.promise_cuts, [(order, 1, cut(1))])


@gives(errors.AccountInvalid)
async def _(place: Place) -> Act:
    of = await given.goods(place)
    return lambda: place.do(settlement.add_account, of.supplier, "sandbox", "transfer", "", "6222")


@gives(errors.AccountNotActive)
async def _(place: Place) -> Act:
    of = await settling.earned(place)
    account = await settling.account_of(place, of.supplier, active=False)
    owner = await given.buyer(place)
    return lambda: place.do(settlement.withdraw, of.supplier, account, 1000, owner.id)


@gives(errors.BalanceTooSmall)
async def _(place: Place) -> Act:
    of = await settling.earned(place)
    account, owner = await settling.account_of(place, of.supplier), await given.buyer(place)
    return lambda: place.do(settlement.withdraw, of.supplier, account, 1952, owner.id)


@gives(errors.SplitTooSmall)
async def _(place: Place) -> Act:
    of = await settling.earned(place)
    account, owner = await settling.account_of(place, of.supplier, mode="split"), await given.buyer(place)
    await place.later(timedelta(days=366))
    return lambda: place.do(settlement.withdraw, of.supplier, account, 1000, owner.id)


@gives(errors.BelowMinimum)
async def _(place: Place) -> Act:
    of = await settling.earned(place)
    account, owner = await settling.account_of(place, of.supplier), await given.buyer(place)
    return lambda: place.do(settlement.withdraw, of.supplier, account, 99, owner.id)


@gives(errors.InDebt)
async def _(place: Place) -> Act:
    of = await settling.earned(place)
    account, owner = await settling.account_of(place, of.supplier), await given.buyer(place)
    assert await place.do(settlement.charge, of.supplier, 5000, reason="chargeback") is None
    return lambda: place.do(settlement.withdraw, of.supplier, account, 1000, owner.id)


@gives(errors.NotThisState)
async def _(place: Place) -> Act:
    of = await given.goods(place)
    account = await settling.account_of(place, of.supplier, active=False)
    return lambda: place.do(settlement.move_account, account, AccountState.RESTRICTED, reason="test")


@gives(errors.SamePerson)
async def _(place: Place) -> Act:
    withdrawal, owner = await settling.asked_for(place, await settling.earned(place))
    return lambda: place.do(settlement.approve, withdrawal, owner, reason="test")


@gives(errors.PayoutUnderWay)
async def _(place: Place) -> Act:
    _, owner = await settling.asked_for(place, await settling.earned(place))
    assert await place.do(accounts.block, owner, reason="test") is None
    return lambda: place.do(accounts.erase_person, owner, reason="test")


@gives(errors.PaidDirect)
async def _(place: Place) -> Act:
    of, owner = await given.goods(place), await given.buyer(place)
    account = await settling.account_of(place, of.supplier)
    await settling.paid_directly(place, of)
    return lambda: place.do(settlement.withdraw, of.supplier, account, 1000, owner.id)


@gives(errors.SeveralSuppliers)
async def _(place: Place) -> Act:
    of, _ = await given.goods(place), await given.goods(place)
    return lambda: place.do(settlement.set_merchant, of.supplier, reason="test")


@gives(errors.MoneyOpen)
async def _(place: Place) -> Act:
    of = await settling.earned(place)
    return lambda: place.do(settlement.set_merchant, of.supplier, reason="test")


@gives(OneSeller)
async def _(place: Place) -> Act:
    of, other = await given.goods(place), await given.goods(place)
    assert await place.do(catalog.take_off, other.product, reason="test") is None
    await settling.paid_directly(place, of)
    return lambda: place.do(catalog.shelve, [other.product], ShelfState.LISTED, reason="test")
