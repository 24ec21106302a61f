"""Points as part payment: held when an order is placed, spent when it is paid, back when it goes back, and never twice."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.given import aftersales as cases
from tests.given import goods as given
from tests.given import points as wallets
from tests.given import promotions as promo
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.trade import aftersales, orders, payments
from tuan.trade.aftersales.model import Kind
from tuan.trade.orders.model import PlaceOrder
from tuan.trade.payments import StartAttempt
from tuan.trade.payments.errors import AlreadyPaid
from tuan.value import ledger, points
from tuan.value.ledger.model import POINTS_ISSUED, pending_points_of, points_of
from tuan.value.points import Balance
from tuan.value.points.errors import PointsShort
from tuan.value.points.model import OFF

YEAR = timedelta(days=365)


async def rich(place: Place, units: int = 1000, **terms: Any) -> tuple[given.Goods, given.Buyer]:
    """Goods over 1,990 and somebody with points."""
    await wallets.terms(place, replace(wallets.TERMS, **terms))
    of, who = await given.goods(place), await given.buyer(place)
    await wallets.grant(place, who.id, units)
    return of, who


async def order_row(place: Place, order: UUID) -> Any:
    async with place.work() as work:
        return await work.fetch_one(
            "SELECT state, total_minor, points, paid_at, released_at FROM orders.orders WHERE market_id = $1 AND id = $2",
            order,
        )


async def told(place: Place, order: UUID) -> list[str]:
    """Names of the facts about this order, each as often as it was told."""
    async with place.work() as work:
        sql = "SELECT name FROM outbox.facts WHERE market_id = $1 AND body->>'order' = $2 ORDER BY name"
        return [row["name"] for row in await work.fetch(sql, str(order))]


async def test_points_pay_a_part_and_are_spent_with_the_payment(place: Place) -> None:
    of, who = await rich(place)
    placed = granted(await wallets.place_order(place, who, of, 900))
    assert await wallets.balance(place, who.id) == Balance(100, 900, 0, 0)
    row = await order_row(place, placed.orders[0])
    assert (row["total_minor"], row["points"]) == (1090, 900)
    async with place.work() as work:
        (part,) = await orders.allocations_of(work, placed.orders[0])
    assert (part["reason"], part["bearer"], part["amount_minor"]) == ("points", "market", 900)
    await given.pay(place, who, placed)
    assert await wallets.balance(place, who.id) == Balance(100, 0, 10, 0), "earned on the money only"
    booked = await place.do(ledger.balances)
    assert [booked[code, "points"] for code in (points_of(who.id), pending_points_of(who.id), POINTS_ISSUED)] == [
        100,
        10,
        -110,
    ]
    assert await place.breaches() == {}


async def test_an_unpaid_order_lets_its_points_go(place: Place) -> None:
    of, who = await rich(place)
    granted(await wallets.place_order(place, who, of, 900))
    await place.later(timedelta(minutes=16))
    assert await wallets.balance(place, who.id) == Balance(1000, 0, 0, 0)
    assert await place.breaches() == {}


async def test_an_order_given_back_gives_its_points_back(place: Place) -> None:
    of, who = await rich(place)
    placed = granted(await wallets.place_order(place, who, of, 900))
    await given.pay(place, who, placed)
    assert await place.do(aftersales.cancel, placed.orders[0], who.id, reason="test") is None
    await place.quiet()
    assert await wallets.balance(place, who.id) == Balance(1000, 0, 0, 0)
    assert await given.given_back(place, placed.orders[0]) == 1090
    assert await place.breaches() == {}


async def test_late_money_takes_the_points_again(place: Place) -> None:
    of, who = await rich(place)
    placed = granted(await wallets.place_order(place, who, of, 900))
    attempt = await given.begin_paying(place, who, placed)
    await _close(place, placed.orders[0])
    await given.money_comes(place, attempt)
    assert await given.state_of(place, placed.orders[0]) == "to_ship"
    assert (await wallets.balance(place, who.id)).spendable == 100
    assert await place.breaches() == {}


async def test_late_money_goes_back_where_the_points_are_gone(place: Place) -> None:
    of, who = await rich(place)
    placed = granted(await wallets.place_order(place, who, of, 900))
    attempt = await given.begin_paying(place, who, placed)
    await _close(place, placed.orders[0])
    assert await place.do(points.deduct, who.id, 500, reason="test") is None
    await given.money_comes(place, attempt)
    assert await given.state_of(place, placed.orders[0]) == "cancelled"
    assert await given.given_back(place, placed.orders[0]) == 1090
    assert (await wallets.balance(place, who.id)).spendable == 500
    assert await place.breaches() == {}


async def _close(place: Place, order: UUID) -> None:
    """It ends unpaid although a payment is under way, as it does when the provider says that it is closed."""
    async with place.work() as work:
        book = await orders.load_book(work, [order], with_stock=True)
        found = book.get(order)
        assert found is not None
        book.close(found, "unpaid")
        await orders.save_book(work, book)
    await place.quiet()


async def test_the_same_points_do_not_pay_twice(place: Place) -> None:
    of, who = await rich(place)
    granted(await wallets.place_order(place, who, of, 900))
    assert await wallets.place_order(place, who, of, 900) == PointsShort(left=100)
    async with place.work() as work:
        commands = [
            PlaceOrder(who.id, given.fresh_key(), ((of.sku, 1),), who.address, None, points=60) for _ in range(2)
        ]
        first, second = await orders.place_orders(work, commands)
    assert granted(first) and second == PointsShort(left=40)
    assert await place.breaches() == {}


async def test_points_held_before_their_end_pay_after_it(place: Place) -> None:
    of, who = await rich(place, valid_days=1)
    await place.move_clock(timedelta(hours=23, minutes=55))
    placed = granted(await wallets.place_order(place, who, of, 900))
    await place.later(timedelta(minutes=8))
    assert await wallets.balance(place, who.id) == Balance(0, 900, 0, 0)
    assert await wallets.place_order(place, who, of, 10) == PointsShort(left=0)
    await given.pay(place, who, placed)
    assert (await wallets.balance(place, who.id)).held == 0
    assert await place.breaches() == {}


async def test_what_costs_nothing_is_paid_when_it_is_placed_and_told_once(place: Place) -> None:
    of, who = await rich(place, 1990, spend_permyriad=10_000)
    placed = granted(await wallets.place_order(place, who, of, 1990, key="once"))
    assert await wallets.place_order(place, who, of, 1990, key="once") == placed
    row = await order_row(place, placed.orders[0])
    assert (row["state"], row["total_minor"], row["points"]) == ("to_ship", 0, 1990)
    assert row["paid_at"] is not None and row["released_at"] is not None
    await place.quiet()
    assert await told(place, placed.orders[0]) == ["orders.paid.v1", "orders.released.v1"]
    assert await wallets.balance(place, who.id) == Balance(0, 0, 0, 0)
    sandbox = place.house.sandbox
    start = StartAttempt(who.id, given.fresh_key(), placed.payable, sandbox.name, sandbox.merchant, sandbox.app)
    assert await place.one(payments.start_attempts, start) == AlreadyPaid()
    assert await place.do(orders.ship, placed.orders[0], of.supplier, carrier="SF", tracking="1") is None
    assert await place.do(orders.confirm_receipt, placed.orders[0], who.id) is None
    await place.later(timedelta(days=8))
    assert await given.state_of(place, placed.orders[0]) == "completed"
    assert await place.breaches() == {}


async def test_points_are_shared_among_the_orders_of_a_checkout(place: Place) -> None:
    of, who = await rich(place, 1000, hundred_minor=50)
    other = await given.goods(place, price_minor=510)
    items = ((of.sku, 1), (other.sku, 1))
    placed = granted(
        await place.one(orders.place_orders, PlaceOrder(who.id, "k", items, who.address, None, points=1000))
    )
    rows = [await order_row(place, order) for order in placed.orders]
    assert sum(row["points"] for row in rows) == 1000 and sum(row["total_minor"] for row in rows) == 2000
    await given.pay(place, who, placed)
    small = placed.orders[rows.index(min(rows, key=lambda row: row["total_minor"]))]
    assert await place.do(aftersales.cancel, small, who.id, reason="test") is None
    await place.quiet()
    assert (await wallets.balance(place, who.id)).spendable == min(row["points"] for row in rows)
    assert await place.breaches() == {}


async def test_who_uses_no_points_asks_nothing_of_them(place: Place) -> None:
    await rich(place)
    of, who = await given.goods(place), await given.buyer(place)
    async with place.work() as work:
        locked = work.locked
        await orders.place_orders(work, [PlaceOrder(who.id, "k", ((of.sku, 1),), who.address, None)])
        assert "lots" not in locked


async def test_units_given_back_take_their_share_of_points_and_parts_come_to_the_whole(place: Place) -> None:
    of, who = await rich(place)
    placed = granted(await wallets.place_order(place, who, of, 1000, units=3))
    await given.pay(place, who, placed)
    (order,) = placed.orders
    paid = 3 * 1990 - 1000
    assert await wallets.balance(place, who.id) == Balance(0, 0, paid // 100, 0)
    back = 0
    for _ in range(2):
        case = granted(await cases.ask(place, who, order, Kind.CANCEL, "changed_mind", (1, 1)))
        await place.quiet()
        back += case.amount_minor
        left = paid // 100 - paid // 100 * back // paid
        assert await wallets.balance(place, who.id) == Balance(1000 * back // paid, 0, left, 0)
    granted(await cases.ask(place, who, order, Kind.CANCEL, "changed_mind", (1, 1)))
    await place.quiet()
    assert await wallets.balance(place, who.id) == Balance(1000, 0, 0, 0)
    assert await place.breaches() == {}


async def test_what_cost_nothing_gives_its_points_back_by_its_units(place: Place) -> None:
    of, who = await rich(place, 3980, spend_permyriad=10_000)
    placed = granted(await wallets.place_order(place, who, of, 3980, units=2))
    await place.quiet()
    granted(await cases.ask(place, who, placed.orders[0], Kind.CANCEL, "changed_mind", (1, 1)))
    assert (await wallets.balance(place, who.id)).spendable == 1990
    assert await place.do(aftersales.cancel, placed.orders[0], who.id, reason="test") is None
    await place.quiet()
    assert await wallets.balance(place, who.id) == Balance(3980, 0, 0, 0)
    assert await place.breaches() == {}


async def test_goods_that_were_received_bring_points_and_coupon_back_too(place: Place) -> None:
    """Where nothing is held in stock any more, what was given for the order is found all the same."""
    of, who = await rich(place)
    coupon = await promo.coupon(place, who, stacks=True)
    placed = granted(await promo.buy(place, who, of, [coupon], units=2, points=1000))
    await given.pay(place, who, placed)
    (order,) = placed.orders
    assert await place.do(orders.ship, order, of.supplier, carrier="SF", tracking="1") is None
    assert await place.do(orders.confirm_receipt, order, who.id) is None
    for number in (1, 2):
        assert (await promo.states(place))[coupon] == "used"
        granted(await cases.ask(place, who, order, Kind.REFUND_ONLY, "damaged", (1, 1), saying=cases.BROKEN))
        assert await place.do(aftersales.agree, order, number, of.supplier) is None
        await place.quiet()
        assert (await wallets.balance(place, who.id)).spendable == 500 * number
    assert (await promo.states(place))[coupon] == "free"
    assert await given.state_of(place, order) == "cancelled"
    assert await place.breaches() == {}


async def test_what_was_spent_would_return_as_it_does(place: Place) -> None:
    of, who = await rich(place)
    placed = granted(await wallets.place_order(place, who, of, 400))
    await given.pay(place, who, placed)
    (order,) = placed.orders
    asked = {"goods": (0, 1590, 1590), "paid_minor": 1590, "after_minor": 1590}
    seen = await place.do(points.preview, who.id, order, **asked)
    assert (seen.returned, seen.owed) == (400, 0)
    half = await place.do(points.preview, who.id, order, **asked | {"goods": (0, 795, 1590)})
    assert half.returned == 200
    assert await place.do(aftersales.cancel, order, who.id, reason="test") is None
    await place.quiet()
    assert await wallets.balance(place, who.id) == Balance(1000, 0, 0, 0)


async def test_a_buyers_means_are_looked_at_without_being_held(place: Place) -> None:
    of, who = await rich(place)
    mine = await promo.coupon(place, who)
    none, both = (
        PlaceOrder(who.id, given.fresh_key(), ((of.sku, 1),), who.address, None, some, units)
        for some, units in (((), 0), ((mine,), 10))
    )
    plain = await place.do(orders.peek_purse, none)
    assert (plain.coupons.rows, plain.old_customers, plain.terms, plain.lots) == ({}, set(), OFF, None)
    seen = await place.do(orders.peek_purse, both)
    assert (set(seen.coupons.rows), seen.old_customers, seen.terms) == ({mine}, set(), wallets.TERMS)
    await given.pay(place, who, granted(await given.place_order(place, who, of)))
    assert (await place.do(orders.peek_purse, both)).old_customers == {who.id}
    assert await promo.states(place) == {mine: "free"}
