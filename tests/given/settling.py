"""Suppliers with money to claim, and accounts to pay it to."""

from datetime import timedelta
from uuid import UUID

from tests.given import goods as given
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.platform.gateways.payment import TransferAnswer, TransferState
from tuan.trade import orders, settlement
from tuan.trade.settlement.model import AccountState

KEPT = timedelta(days=7, seconds=1)


async def received(place: Place, of: given.Goods, who: given.Buyer, units: int = 1) -> UUID:
    """An order that the buyer has in his hands; its order."""
    placed = granted(await given.place_order(place, who, of, units))
    await given.pay(place, who, placed)
    (order,) = placed.orders
    assert await place.do(orders.ship, order, of.supplier, carrier="SF", tracking="SF1") is None
    assert await place.do(orders.confirm_receipt, order, who.id) is None
    return order


async def earned(place: Place, *, units: int = 1) -> given.Goods:
    """Goods whose supplier may claim 98 % of what a buyer has kept, at 19.90 each."""
    of, who = await given.goods(place, units=units + 10, price_minor=1990), await given.buyer(place)
    await received(place, of, who, units)
    await place.later(KEPT)
    return of


async def account_of(place: Place, supplier: UUID, *, active: bool = True, mode: str = "transfer") -> UUID:
    account = granted(await place.do(settlement.add_account, supplier, "sandbox", mode, "果园", "6222021234567890"))
    if active:
        assert await place.do(settlement.move_account, account, AccountState.ACTIVE, reason="checked") is None
    return account


async def asked_for(
    place: Place, of: given.Goods, amount_minor: int = 1000, *, mode: str = "transfer"
) -> tuple[UUID, UUID]:
    """A withdrawal that waits for consent, and whoever asked for it."""
    account, owner = await account_of(place, of.supplier, mode=mode), await given.buyer(place)
    return granted(await place.do(settlement.withdraw, of.supplier, account, amount_minor, owner.id)), owner.id


async def agreed(place: Place, of: given.Goods, amount_minor: int = 1000, *, mode: str = "transfer") -> UUID:
    """A withdrawal that somebody else has agreed to, and that the provider was not asked for yet."""
    withdrawal, _ = await asked_for(place, of, amount_minor, mode=mode)
    manager = await given.buyer(place)
    assert await place.do(settlement.approve, withdrawal, manager.id, reason="checked") is None
    return withdrawal


async def answered(
    place: Place,
    withdrawal: UUID,
    state: TransferState,
    *said: int | None,
    provider: str = "sandbox",
    currency: str = "",
) -> None:
    """What the provider says became of it; `said`: the amount that it names."""
    answer = TransferAnswer(provider, withdrawal, state, "ref", *said, currency=currency)
    await place.do(settlement.apply_transfer_answers, [answer])


async def paid_directly(place: Place, of: given.Goods) -> None:
    """From now on the accounts of this supplier take the market's money."""
    assert await place.do(settlement.set_merchant, of.supplier, reason="his own accounts") is None
