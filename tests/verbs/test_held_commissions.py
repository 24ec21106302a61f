"""What is no sale to a customer is looked at before it is paid: self-dealing, rings, and what becomes of what is held (E24)."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.given import commissions as given
from tests.given import goods, sharing
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.people import accounts
from tuan.people.accounts.model import Address
from tuan.people.sharing.model import BindRule, BindTerms
from tuan.platform.gateways.payers import MARK_LETTERS
from tuan.platform.personal import keepers
from tuan.play import distribution
from tuan.play.distribution.model import CommissionState, Why
from tuan.trade import settlement

C = CommissionState
DEVICE = b"one and the same device"


async def stands(place: Place, order: UUID) -> list[tuple[str, str | None]]:
    return [(row["state"], row["held_for"]) for row in await given.commissions(place, order)]


async def test_what_goes_to_the_owners_home_is_held(place: Place) -> None:
    """A spouse, or the owner under another name: the same house, whatever is written of it."""
    of = await goods.goods(place)
    await given.plan(place)
    shop, spouse = await given.shop(place, of), await given.neighbour(place)
    async with place.work() as work:
        home = (await accounts.addresses_of(work, shop.owner.id))[0]
        written = Address("爱人", "13700000000", home["region"].replace(" ", ""), f" {home['street']}。")
        at_home = await accounts.add_address(work, spouse.id, written)
    assert isinstance(at_home, UUID)
    order = await given.buy(place, goods.Buyer(spouse.id, at_home), of, shop.code)
    assert await stands(place, order) == [(C.HELD, Why.SAME_ADDRESS)]
    await given.keep(place, of, spouse, order)
    await place.later(timedelta(days=30))
    assert await stands(place, order) == [(C.HELD, Why.SAME_ADDRESS)], "settled, and still nobody's"
    assert await given.balance(place, shop) == (0, 0, 0)
    assert await place.breaches() == {}


async def test_two_people_on_one_device_and_two_shops_with_one_account_are_held(place: Place) -> None:
    of = await goods.goods(place)
    await given.plan(place)
    shop, other, who = await given.shop(place, of), await given.shop(place, of), await given.neighbour(place)
    for person in (shop.owner.id, who.id):
        async with place.work() as work:
            await accounts.note_device(work, person, DEVICE)
    assert await stands(place, await given.buy(place, who, of, shop.code)) == [(C.HELD, Why.SAME_DEVICE)]
    await given.account(place, shop, "6222000000000001")
    await given.account(place, other, "6222000000000001")
    assert await stands(place, await given.buy(place, other.owner, of, shop.code)) == [(C.HELD, Why.SAME_ACCOUNT)]
    assert await place.breaches() == {}


async def test_what_is_paid_from_an_account_that_paid_for_the_owner_is_held_and_may_be_appealed(place: Place) -> None:
    """One purse, two names. It may be a family's telephone: it is held and never void by itself, and whoever wins his
    appeal is paid."""
    of = await goods.goods(place, price_minor=1990)
    await given.plan(place)
    shop, who = await given.shop(place, of), await given.neighbour(place)
    before = await given.buy(place, who, of, shop.code, payer="purse-1")
    await given.buy(place, shop.owner, of, None, payer="purse-1")
    order = await given.buy(place, who, of, shop.code, payer="purse-1")
    assert await stands(place, before) == [(C.PENDING, None)], "nobody knew yet"
    assert await stands(place, order) == [(C.HELD, Why.SAME_PAYER)]
    (row,) = await given.commissions(place, order)
    assert await place.do(distribution.appeal, row["id"], shop.id, shop.owner.id, "我妹妹用我的手机付的款") is None
    await given.keep(place, of, who, order)
    await place.later(timedelta(days=30))
    assert await stands(place, order) == [(C.HELD, Why.SAME_PAYER)]
    assert await place.do(distribution.release, row["id"], reason="家人的手机") is None
    await place.later(timedelta(minutes=2))
    assert [row["state"] for row in await given.commissions(place, order)] == [C.MATURED]
    assert await place.breaches() == {}


@pytest.mark.parametrize("payers", [("purse-1", "purse-2"), ("", "")])
async def test_another_account_or_none_that_is_told_speaks_against_nobody(
    place: Place, payers: tuple[str, str]
) -> None:
    of = await goods.goods(place)
    await given.plan(place)
    shop, rival, who = await given.shop(place, of), await given.shop(place, of), await given.neighbour(place)
    await given.buy(place, shop.owner, of, None, payer=payers[0])
    await given.buy(place, rival.owner, of, None, payer=payers[1])
    assert await stands(place, await given.buy(place, who, of, shop.code, payer=payers[1])) == [(C.PENDING, None)]


async def test_the_books_have_the_mark_of_a_payer_never_his_id_and_forget_it_with_him(place: Place) -> None:
    of = await goods.goods(place)
    await given.plan(place)
    shop, who = await given.shop(place, of), await given.neighbour(place)
    await given.buy(place, who, of, shop.code, payer="purse-1")
    read = "SELECT c.payer FROM payments.captures c WHERE c.market_id = $1"
    async with place.work() as work:
        (mark,) = [row["payer"] for row in await work.fetch(read)]
    assert len(mark) == MARK_LETTERS and "purse" not in mark
    async with place.work() as work:
        assert await keepers["payments"].forget(work, shop.owner.id) == {"payers": 0}
        assert await keepers["payments"].forget(work, who.id) == {"payers": 1}
        assert [row["payer"] for row in await work.fetch(read)] == [""]


@pytest.mark.parametrize("size", [2, 3, 5])
async def test_shops_that_buy_from_each_other_in_a_ring_are_held_all_of_them(place: Place, size: int) -> None:
    """The last leg closes it, and the legs before it, which were pending, are looked at too."""
    of = await goods.goods(place)
    await given.plan(place)
    shops = [await given.shop(place, of) for _ in range(size)]
    legs = [await given.buy(place, one.owner, of, shops[n - 1].code) for n, one in enumerate(shops)]
    for leg in legs:
        assert await stands(place, leg) == [(C.HELD, Why.RING)]
    honest = await given.buy(place, await given.neighbour(place), of, shops[0].code)
    assert await stands(place, honest) == [(C.PENDING, None)]
    assert await place.breaches() == {}


async def test_who_changes_shops_after_paying_changes_nothing_of_what_was_paid(place: Place) -> None:
    """The attribution of the order wins (cases 14, 17): a rebinding, a rule, a suspension come too late for it."""
    of = await goods.goods(place)
    await given.plan(place)
    shop, rival, who = await given.shop(place, of), await given.shop(place, of), await given.neighbour(place)
    await sharing.rule(place, BindTerms(BindRule.LATEST, None, 0))
    for one in (shop, rival):
        link = await sharing.opened(place, one.code)
        assert link is not None and await sharing.come(place, who, link) == one.id
        order = await given.buy(place, who, of, None)
        assert [row["shop_id"] for row in await given.commissions(place, order)] == [one.id]
    assert await place.breaches() == {}


async def held(place: Place) -> tuple[goods.Goods, given.Shop, goods.Buyer, UUID, UUID]:
    """A commission that somebody looks at: goods, shop, buyer, order, commission."""
    of = await goods.goods(place, price_minor=1990)
    await given.plan(place)
    shop, who = await given.shop(place, of), await given.neighbour(place)
    order = await given.buy(place, who, of, shop.code)
    commission = (await given.commissions(place, order))[0]["id"]
    assert await place.do(distribution.hold, commission, reason="test") is None
    return of, shop, who, order, commission


async def test_what_is_released_goes_on_as_if_nothing_had_been(place: Place) -> None:
    of, shop, who, order, commission = await held(place)
    assert await place.do(distribution.appeal, commission, shop.id, shop.owner.id, "他是我的同事，自己付的钱") is None
    await given.keep(place, of, who, order)
    await place.later(timedelta(days=10))
    assert await given.balance(place, shop) == (0, 0, 0)
    assert await place.do(distribution.release, commission, reason="买家回了电话") is None
    await place.later(timedelta(minutes=2))
    assert await given.balance(place, shop) == (199, 0, 0)
    (row,) = await given.commissions(place, order)
    assert (row["state"], row["answer"], row["appeal"]) == (C.MATURED, "买家回了电话", "他是我的同事，自己付的钱")
    assert await place.breaches() == {}


@pytest.mark.parametrize("is_settled", [True, False])
async def test_what_is_void_goes_to_the_supplier(place: Place, is_settled: bool) -> None:
    """Whether it was settled before or after somebody decided, the supplier has what it had cost him."""
    of, shop, who, order, commission = await held(place)
    if is_settled:
        await given.keep(place, of, who, order)
    assert await place.do(distribution.void, commission, reason="self-dealing") is None
    if not is_settled:
        await given.keep(place, of, who, order)
    await place.later(timedelta(days=10))
    assert await given.balance(place, shop) == (0, 0, 0)
    async with place.work() as work:
        assert (await settlement.balance_of(work, of.supplier)).payable_minor == 1990 - 39
    assert await place.breaches() == {}


async def test_an_open_case_keeps_a_settled_commission_waiting(place: Place) -> None:
    of = await goods.goods(place)
    await given.plan(place)
    shop, who = await given.shop(place, of), await given.neighbour(place)
    order = await given.buy(place, who, of, shop.code)
    await given.keep(place, of, who, order)
    case = granted(await given.ask(place, who, order, given.Kind.REFUND_ONLY, "damaged", (1, 1)))
    assert case.number == 1
    await place.later(timedelta(days=1, hours=2))
    assert await stands(place, order) == [(C.PENDING, None)]
    assert await place.breaches() == {}
