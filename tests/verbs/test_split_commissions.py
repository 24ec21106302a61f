"""Of an order that a shop was promised a part of: what its seller and its shop may split of its payment is what each may claim."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.given import commissions as sold
from tests.given import goods as given
from tests.given import settling
from tests.given.commissions import Shop
from tests.given.goods import Goods
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.people.accounts import note_device
from tuan.play import distribution
from tuan.play.distribution.model import CommissionState
from tuan.trade import settlement
from tuan.trade.settlement import queries, store
from tuan.trade.settlement.model import PayeeKind

UNITS = 3
DEVICE = b"one and the same device"


async def splittable(place: Place, account: UUID) -> int:
    """What all orders together give a payee, were their payments only for him."""
    async with place.work() as work:
        known = await store.read_account(work, account)
        assert known is not None
        return sum(row["order_left"] for row in await queries.first_sources(work, known))


async def payable(place: Place, payee: UUID, kind: PayeeKind) -> int:
    async with place.work() as work:
        return (await settlement.balance_of(work, payee, kind=kind)).payable_minor


async def adds_up(place: Place, of: Goods, shop: Shop, *, unpaid: int = 0) -> tuple[int, int]:
    """What each may claim, which is what each may split; both take it at once. unpaid: the fee of what came back whole, for which
    the seller's other orders stand."""
    accounts = {
        of.supplier: await settling.account_of(place, of.supplier, mode="split"),
        shop.id: await sold.account(place, shop, mode="split"),
    }
    kinds = {of.supplier: PayeeKind.SUPPLIER, shop.id: PayeeKind.SHOP}
    claims = {payee: await payable(place, payee, kind) for payee, kind in kinds.items()}
    may_split = {payee: await splittable(place, account) for payee, account in accounts.items()}
    assert may_split == {of.supplier: claims[of.supplier] + unpaid, shop.id: claims[shop.id]}
    owner = await given.buyer(place)
    for payee, account in accounts.items():
        if claims[payee]:
            granted(await place.do(settlement.withdraw, payee, account, claims[payee], owner.id))
    assert await place.breaches() == {}
    return claims[of.supplier], claims[shop.id]


@pytest.mark.parametrize("back", range(UNITS + 1))
@pytest.mark.parametrize("is_matured", [True, False])
async def test_what_goes_back_lowers_both_by_their_parts(place: Place, back: int, is_matured: bool) -> None:
    """One order of which some went back once it was settled, and one of which nothing did."""
    await sold.plan(place)
    of, who = await given.goods(place, units=10, price_minor=1990), await sold.neighbour(place)
    shop = await sold.shop(place, of)
    order, other = [await sold.buy(place, who, of, shop.code, units) for units in (UNITS, 1)]
    await sold.receive(place, of, who, other)
    await sold.keep(place, of, who, order)
    if is_matured:
        await place.later(sold.HOLD)
    for _ in range(back):
        await sold.give_back(place, of, who, order, 1)
    await place.later(sold.HOLD)
    cut = 199 + 597 * (UNITS - back) // UNITS
    claims = 1990 * (UNITS - back + 1) - cut - 39 - 119, cut
    assert await adds_up(place, of, shop, unpaid=119 if back == UNITS else 0) == claims


@pytest.mark.parametrize("is_settled", [True, False])
async def test_what_is_void_is_the_sellers_to_split(place: Place, is_settled: bool) -> None:
    """Whether somebody decided before or after the line was settled."""
    await sold.plan(place)
    of, who = await given.goods(place, units=10, price_minor=1990), await sold.neighbour(place)
    shop, friend = await sold.shop(place, of), await sold.neighbour(place)
    for person in (shop.owner.id, who.id):
        await place.do(note_device, person, DEVICE)
    order = await sold.buy(place, who, of, shop.code)
    (commission,) = await sold.commissions(place, order)
    assert commission["state"] == CommissionState.HELD
    if is_settled:
        await sold.keep(place, of, who, order)
    assert await place.do(distribution.void, commission["id"], reason="self-dealing") is None
    if not is_settled:
        await sold.keep(place, of, who, order)
    await sold.keep(place, of, friend, await sold.buy(place, friend, of, shop.code))
    await place.later(timedelta(days=10))
    assert await adds_up(place, of, shop) == (2 * (1990 - 39) - 199, 199)
