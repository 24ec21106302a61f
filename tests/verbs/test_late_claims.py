"""What is wrong with goods long after they were settled: the buyer gets his money, and it is the supplier's."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.given import goods as given
from tests.given import promotions, settling
from tests.given.aftersales import ask
from tests.given.houses import Place
from tuan.goods import catalog
from tuan.goods.catalog.model import Freight, FreightRule, NewFreight
from tuan.kit.refusals import granted
from tuan.trade import aftersales, orders, settlement
from tuan.trade.aftersales.errors import AskInvalid, ClaimOver, WindowOver
from tuan.trade.aftersales.model import Kind
from tuan.trade.settlement.errors import InDebt
from tuan.trade.settlement.model import Rules

PRICE, SHARE, FEE = 1990, 1951, 39


async def kept(place: Place, *, units: int = 1) -> tuple[given.Goods, given.Buyer, UUID]:
    """An order that was received, kept and settled."""
    of, who = await given.goods(place, units=50, price_minor=PRICE), await given.buyer(place)
    order = await settling.received(place, of, who, units)
    await place.later(settling.KEPT)
    return of, who, order


async def claimed(place: Place, who: given.Buyer, of: given.Goods, order: UUID, units: int = 1) -> int:
    """Damaged, the supplier agrees; which case it is."""
    case = granted(await ask(place, who, order, Kind.REFUND_ONLY, "damaged", (1, units)))
    assert await place.do(aftersales.agree, order, case.number, of.supplier) is None
    await place.quiet()
    number: int = case.number
    return number


async def balance(place: Place, of: given.Goods) -> tuple[int, int]:
    async with place.work() as work:
        found = await settlement.balance_of(work, of.supplier)
    return found.payable_minor, found.debt_minor


async def row_of(place: Place, order: UUID) -> Any:
    async with place.work() as work:
        sql = "SELECT state, total_minor, refunded_minor FROM orders.orders WHERE market_id = $1 AND id = $2"
        return tuple(await work.fetch_one(sql, order))


async def test_what_was_settled_goes_back_from_what_the_supplier_may_claim(place: Place) -> None:
    of, who, order = await kept(place, units=3)
    assert await balance(place, of) == (3 * PRICE - 119, 0)
    await place.later(timedelta(days=60))
    await claimed(place, who, of, order)
    assert await balance(place, of) == (3 * PRICE - 119 - PRICE, 0)
    assert await row_of(place, order) == ("completed", 3 * PRICE, PRICE)
    await claimed(place, who, of, order, units=2)
    assert await balance(place, of) == (0, 119), "the market keeps its fee; what is wrong is the supplier's"
    assert await row_of(place, order) == ("completed", 3 * PRICE, 3 * PRICE)
    async with place.work() as work:
        done = "SELECT sum(amount_minor)::bigint FROM payments.refunds WHERE market_id = $1 AND state = 'done'"
        assert await work.fetch_value(done) == 3 * PRICE
    assert await place.breaches() == {}


async def test_what_was_paid_out_already_is_a_debt_that_the_next_orders_repay(place: Place) -> None:
    of, who, order = await kept(place)
    account, clerk = await settling.account_of(place, of.supplier), await given.buyer(place)
    owner = await given.buyer(place)
    out = granted(await place.do(settlement.withdraw, of.supplier, account, SHARE, owner.id))
    assert await place.do(settlement.approve, out, clerk.id, reason="test") is None
    await place.quiet()
    assert await balance(place, of) == (0, 0)
    await claimed(place, who, of, order)
    assert await balance(place, of) == (0, PRICE)
    assert await place.do(settlement.withdraw, of.supplier, account, 100, owner.id) == InDebt(debt_minor=PRICE)
    for _ in range(2):
        await settling.received(place, of, who)
    await place.later(settling.KEPT)
    assert await balance(place, of) == (2 * SHARE - PRICE, 0)
    assert await place.breaches() == {}


async def test_goods_come_back_and_an_exchange_moves_no_money(place: Place) -> None:
    of, who, order = await kept(place, units=2)
    case = granted(await ask(place, who, order, Kind.RETURN, "bad_quality", (1, 1)))
    assert await place.do(aftersales.agree, order, case.number, of.supplier) is None
    assert await balance(place, of) == (2 * PRICE - 79, 0), "not before the goods are back"
    assert await place.do(aftersales.send_back, order, case.number, who.id, carrier="SF", tracking="SF9") is None
    assert await place.do(aftersales.receive, order, case.number, of.supplier) is None
    assert await balance(place, of) == (PRICE - 79, 0)
    swap = granted(await ask(place, who, order, Kind.RESHIP, "damaged", (1, 1)))
    assert await place.do(aftersales.agree, order, swap.number, of.supplier) is None
    await place.quiet()
    assert await balance(place, of) == (PRICE - 79, 0)
    assert await place.breaches() == {}


@pytest.mark.parametrize(("days", "reason", "refusal"), [
    (30, "changed_mind", AskInvalid(field="reason")), (30, "no_reason", WindowOver()), (200, "damaged", ClaimOver(days=180)),
])  # fmt: skip
async def test_only_defects_are_claimed_late_and_not_for_ever(
    place: Place, days: int, reason: str, refusal: Any
) -> None:
    _, who, order = await kept(place)
    await place.later(timedelta(days=days))
    assert await ask(place, who, order, Kind.RETURN, reason, (1, 1)) == refusal


async def test_how_long_is_the_markets_to_say(place: Place) -> None:
    of, who, order = await kept(place)
    assert await place.do(settlement.set_rules, Rules(100, 0, 500, 10), reason="test") is None
    await place.later(timedelta(days=4))
    assert await ask(place, who, order, Kind.REFUND_ONLY, "damaged", (1, 1)) == ClaimOver(days=10)
    assert await place.do(settlement.set_rules, Rules(100, 0, 500, 365), reason="test") is None
    await claimed(place, who, of, order)
    assert await place.breaches() == {}


async def test_a_coupon_comes_back_with_goods_although_their_order_is_not_over(place: Place) -> None:
    """One order was settled before, of the other the sending is kept: a coupon whose goods are all back is free again (I16a)."""
    of, who = await given.goods(place, units=50, price_minor=PRICE), await given.buyer(place)
    rules = Freight((FreightRule(first_minor=500),))
    async with place.work() as work:
        granted(await catalog.keep_freight(work, of.supplier, NewFreight("快递", rules), reason="test"))
    coupon = await promotions.coupon(place, who)
    for waits, reason in ((settling.KEPT, "damaged"), (timedelta(0), "no_reason")):
        placed = granted(await promotions.buy(place, who, of, [coupon]))
        (order,) = placed.orders
        await given.pay(place, who, placed)
        assert await place.do(orders.ship, order, of.supplier, carrier="SF", tracking="SF1") is None
        assert await place.do(orders.confirm_receipt, order, who.id) is None
        await place.later(waits)
        assert await promotions.states(place) == {coupon: "used"} and await place.breaches() == {}
        case = granted(await ask(place, who, order, Kind.RETURN, reason))
        assert await place.do(aftersales.agree, order, case.number, of.supplier) is None
        assert await place.do(aftersales.send_back, order, case.number, who.id, carrier="SF", tracking="SF2") is None
        assert await place.do(aftersales.receive, order, case.number, of.supplier) is None
        await place.quiet()
        assert (await row_of(place, order))[0] == ("completed" if waits else "received")
        assert await promotions.states(place) == {coupon: "free"} and await place.breaches() == {}


async def test_what_others_bore_of_goods_that_come_back_goes_back_to_them(place: Place) -> None:
    """The buyer has his coupon and his money again, so the supplier keeps nothing of what the market had paid for it."""
    of, who = await given.goods(place, units=50, price_minor=PRICE), await given.buyer(place)
    coupon = await promotions.coupon(place, who, off_minor=900)
    placed = granted(await promotions.buy(place, who, of, [coupon], 2))
    (order,) = placed.orders
    await given.pay(place, who, placed)
    assert await place.do(orders.ship, order, of.supplier, carrier="SF", tracking="SF1") is None
    assert await place.do(orders.confirm_receipt, order, who.id) is None
    await place.later(settling.KEPT)
    fee = 2 * PRICE // 50
    assert await balance(place, of) == (2 * PRICE - fee, 0) and await borne_by_market(place) == 900
    await claimed(place, who, of, order)
    assert await balance(place, of) == (PRICE - fee, 0) and await borne_by_market(place) == 450
    await claimed(place, who, of, order)
    assert await balance(place, of) == (0, fee) and await borne_by_market(place) == 0
    assert await promotions.states(place) == {coupon: "free"} and await place.breaches() == {}


async def borne_by_market(place: Place) -> int:
    async with place.work() as work:
        sql = "SELECT coalesce(-sum(balance), 0)::bigint FROM ledger.accounts WHERE market_id = $1 AND code = 'market:discounts'"
        found: int = await work.fetch_value(sql)
    return found
