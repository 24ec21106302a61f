"""Placing: what is held, frozen and refused when somebody buys; coupons, points, sessions, bundles, tiers, limits."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.given.counters import QUARTER, TERMS, Counter, flash_of, pay
from tests.given.models import NOON, addresses_of, offer, offers_of
from tuan.goods.catalog.errors import ProductOff
from tuan.goods.supply.errors import NotEnough
from tuan.goods.supply.model import Stock, StockRow
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import NotFound, Refusal
from tuan.trade.orders import facts
from tuan.trade.orders.errors import AmountTooLarge, PersonLimit, PriceChanged, PriceUnseen, RemarkTooLong, UnitsInvalid
from tuan.trade.orders.model import (
    LINES_MAX,
    ORDER_ID,
    UNSEEN,
    Book,
    OrderDraft,
    OrderState,
    Placed,
    PlaceOrder,
    Release,
    line_of,
)
from tuan.trade.orders.model.history import Sale, place_sale
from tuan.trade.orders.model.pricing import Basket, Bought, Purse, fill, skus_of
from tuan.trade.orders.model.words import (
    AMOUNT_MINOR_MAX,
    decode_placed,
    encode_placed,
    end_of_number,
    number_of,
    why_not_at_price,
)
from tuan.trade.payments.model import PAYABLE
from tuan.value.points.errors import PointsShort, PointsTooFew, PointsTooMany
from tuan.value.points.model import SpendState
from tuan.value.promotions.errors import BundleUneven, CouponSpent, NewcomersOnly
from tuan.value.promotions.model import (
    Bundle,
    CouponState,
    Quote,
    Rules,
)

S = OrderState


# ── placing ──
def test_a_checkout_holds_coupons_and_points_until_it_is_paid() -> None:
    one = Counter()
    book, order = one.placed((one.first, 1), (one.second, 1), coupons=(one.rows[0].id,), points=100, quoted_minor=1100)
    assert (order.total_minor, order.points, order.state, order.pay_by) == (1100, 100, S.PLACED, NOON + QUARTER)
    assert one.draft.orders[0].has_coupons and not book.facts and one.draft.facts == []
    row = one.rows[0]
    assert (row.state, row.about, row.lines) == (CouponState.HELD, order.payable_id, 2)
    assert [(s.units, s.state) for s in one.lots.held_by(order.id)] == [(100, SpendState.HELD)]
    pay(book, order)
    assert row.state == CouponState.USED and one.lots.returnable(order.id) == 100
    assert (order.state, order.paid_at, order.released_at) == (S.TO_SHIP, NOON, NOON)
    assert book.facts == [facts.OrderPaid(order=order.id), facts.OrderReleased(order=order.id)]
    assert one.rows[1].state == CouponState.FREE, "the other one was not chosen"


def test_what_costs_nothing_is_paid_when_it_is_placed() -> None:
    one = Counter()
    _, order = one.placed((one.second, 1), coupons=(one.rows[0].id,), points=200)
    made = one.draft.orders[0]
    assert (made.total_minor, made.state, made.paid_at, made.released_at) == (0, S.TO_SHIP, NOON, NOON)
    assert one.draft.facts == [facts.OrderPaid(order=order.id), facts.OrderReleased(order=order.id)]
    assert one.rows[0].state == CouponState.USED and one.lots.returnable(order.id) == 200
    waits = OrderDraft(NOON, "CNY")
    waits.place(one.who, [], None, Release.ON_COMMAND, NOON)
    waits.orders.append(made)
    made.release, made.state, made.released_at = Release.ON_COMMAND, S.PLACED, None
    waits._be_paid(made)
    assert (made.state, made.released_at) == (S.PAID, None) and waits.facts == [facts.OrderPaid(order=made.id)]


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"points": 401}, PointsShort(left=400)), ({"points": 9}, PointsTooFew(least=10)),
        ({"quoted_minor": 999}, PriceChanged(now_minor=1000, shown_minor=999)),
    ],
)  # fmt: skip
def test_what_is_refused_holds_nothing(more: dict[str, Any], refusal: Refusal) -> None:
    one = Counter()
    assert one.place((one.first, 1), **more) == refusal
    assert one.stock.movements == [] and one.draft.orders == [] and one.lots.new_spends == {}


def test_coupons_are_somebodys_and_each_is_used_once() -> None:
    one = Counter()
    mine = one.rows[0].id
    assert one.place((one.first, 1), coupons=(mine, mine)) == CouponSpent()
    assert one.place((one.first, 1), coupons=(new_uuid(),)) == NotFound()
    outcome = one.place((one.first, 1), coupons=(mine, one.rows[1].id))
    assert isinstance(outcome, Placed)
    told = [(a.reason, a.amount_minor, a.source_id) for a in one.draft.allocations]
    assert told == [("coupon", 300, mine), ("coupon_2", 300, one.rows[1].id)], "each is told apart by its place"


def test_a_coupon_for_newcomers_is_for_whoever_has_never_bought() -> None:
    one = Counter()
    mine = one.rows[0]
    terms = one.coupons.templates[mine.template_id]
    one.coupons.templates = {**one.coupons.templates, terms.id: replace(terms, newcomers=True)}
    one.old_customers = (one.who,)
    assert one.place((one.first, 1), coupons=(mine.id,)) == NewcomersOnly() and one.draft.orders == []
    assert isinstance(one.place((one.first, 1), coupons=(one.rows[1].id,)), Placed), "the other is for everybody"
    one.old_customers = (new_uuid(),)
    assert isinstance(one.place((one.first, 1), coupons=(mine.id,)), Placed)


def test_points_that_pay_nothing_here_are_too_many() -> None:
    one = Counter()
    terms = replace(TERMS, spend_permyriad=0, hundred_minor=10)
    basket = fill([(one.first.sku_id, 1)], offers_of(one.first), Rules(), one.stock)
    assert isinstance(basket, Basket)
    quoted = basket.quote((), 10, terms)
    assert isinstance(quoted, Quote)
    purse = Purse(one.coupons, (), terms, one.lots)
    assert purse.why_not_pay_by(10, quoted, one.who, NOON) == PointsTooMany(most=0)


def test_points_are_shared_among_orders_as_what_they_pay_is() -> None:
    one = Counter()
    one.second = offer(price_minor=500)
    one.stock = Stock([StockRow(one.first.sku_id, 9, 0, 0), StockRow(one.second.sku_id, 9, 0, 0)])
    outcome = one.place((one.first, 1), (one.second, 1), points=300)
    assert isinstance(outcome, Placed)
    assert [(o.points, o.total_minor) for o in one.draft.newest(outcome)] == [(200, 800), (100, 400)]
    assert outcome.orders == tuple(o.id for o in one.draft.orders)
    again = one.place((one.first, 1))
    assert isinstance(again, Placed) and [o.id for o in one.draft.newest(again)] == list(again.orders)


@pytest.mark.parametrize(
    ("units", "pool_units", "per_order", "total"),
    [(2, 2, 2, 200), (3, 9, 2, 3000), (2, 1, 2, 2000), (1, 0, 2, 1000)],
)
def test_a_session_counts_while_it_has_so_many_units(units: int, pool_units: int, per_order: int, total: int) -> None:
    one = Counter(pool_units=pool_units)
    outcome = one.place((one.first, units), rules=flash_of(one, per_order=per_order))
    assert isinstance(outcome, Placed) and one.draft.payables[0].amount_minor == total
    (line,) = one.draft.lines
    assert line.allotment_id == (one.pool if total == units * 100 else None)


def test_a_bundle_is_bought_in_whole_sets_at_its_price() -> None:
    one = Counter()
    bundle = Bundle(new_uuid(), "套餐", 1500, ((one.first.sku_id, 1), (one.second.sku_id, 2)), 2)
    rules = Rules(bundles=[bundle])
    offers, wanted = offers_of(one.first, one.second), ((one.first.sku_id, 2), (one.second.sku_id, 4))
    basket = fill((), offers, rules, one.stock, sets=((bundle.id, 2),))
    assert isinstance(basket, Basket) and basket.sets == {bundle.id: 2}
    assert basket.campaigns == bundle.prices(2, {one.first.sku_id: 1000, one.second.sku_id: 500})
    assert [(x.sku, x.units) for x in basket.lines] == list(wanted) and basket.pools == [None, None]
    assert basket.offers == [one.first, one.second] and basket.prices.list_minor == {
        one.first.sku_id: 1000,
        one.second.sku_id: 500,
    }
    assert basket.prices.freight == {} and basket.why_not_hold(one.stock) is None
    quoted = basket.quote()
    assert isinstance(quoted, Quote) and quoted.total_minor == 3000
    assert fill((), offers, rules, one.stock, sets=((new_uuid(), 1),)) == NotFound()
    for counts in ((3,), (0,), (1, 2)):
        uneven = fill((), offers, rules, one.stock, sets=[(bundle.id, count) for count in counts])
        assert uneven == BundleUneven(most=2), counts


def test_goods_stand_beside_a_bundle_that_has_them_too() -> None:
    """Each line by its own price; the stock and what one person may buy are asked of all units together."""
    one = Counter()
    bundle = Bundle(new_uuid(), "套餐", 1500, ((one.first.sku_id, 1), (one.second.sku_id, 2)), 2)
    rules, offers = Rules(bundles=[bundle]), offers_of(one.first, one.second)
    basket = fill(((one.first.sku_id, 3),), offers, rules, one.stock, sets=((bundle.id, 1),))
    assert isinstance(basket, Basket) and basket.pools == [None] * 3
    assert [(x.sku, x.units) for x in basket.lines] == [
        (one.first.sku_id, 3), (one.first.sku_id, 1), (one.second.sku_id, 2)
    ]  # fmt: skip
    quoted = basket.quote()
    assert isinstance(quoted, Quote) and [line.amount_minor for line in quoted.lines] == [3000, 750, 750]
    few = Stock([StockRow(one.first.sku_id, 3, 0, 0), StockRow(one.second.sku_id, 9, 0, 0)])
    assert basket.why_not_hold(few) == NotEnough(left=3)
    few.rows[one.first.sku_id].on_hand = 4
    assert basket.why_not_hold(few) is None and len(basket.hold(few)) == 3
    limited = replace(basket, offers=[replace(o, units_per_person_max=3) for o in basket.offers])
    assert Bought().why_not_buy(one.who, limited) == PersonLimit(most=3, left=3)


def test_sets_of_two_bundles_stand_beside_each_other() -> None:
    one = Counter()
    first, second = (
        Bundle(new_uuid(), "套餐", price, ((one.first.sku_id, 1), (one.second.sku_id, 1)), 2) for price in (900, 600)
    )
    rules = Rules(bundles=[first, second])
    basket = fill((), offers_of(one.first, one.second), rules, one.stock, sets=((first.id, 1), (second.id, 1)))
    assert (
        isinstance(basket, Basket)
        and [basket.campaigns[place].source for place in range(4)] == [first.id] * 2 + [second.id] * 2
    )
    quoted = basket.quote()
    assert isinstance(quoted, Quote) and quoted.total_minor == 1500


def test_what_is_not_sold_is_not_sold_in_a_set_either() -> None:
    one = Counter()
    bundle = Bundle(new_uuid(), "套餐", 1500, ((one.first.sku_id, 1), (one.second.sku_id, 1)), 2)
    offers = offers_of(one.first, replace(one.second, listed=False))
    assert fill((), offers, Rules(bundles=[bundle]), one.stock, sets=((bundle.id, 1),)) == ProductOff()
    large = replace(bundle, lines=((one.first.sku_id, 10**9),))
    assert isinstance(fill((), offers, Rules(bundles=[large]), one.stock, sets=((large.id, 1),)), UnitsInvalid)


def test_what_is_asked_for_is_what_is_bought_by_itself_and_in_the_sets_that_there_are() -> None:
    one = Counter()
    bundle = Bundle(new_uuid(), "套餐", 1500, ((one.second.sku_id, 1),), 2)
    command = PlaceOrder(one.who, "k", ((one.first.sku_id, 1),), None, None, sets=((bundle.id, 1), (new_uuid(), 1)))
    assert skus_of(command, Rules(bundles=[bundle])) == {one.first.sku_id, one.second.sku_id}


def test_who_has_a_tier_is_asked_its_price() -> None:
    one = Counter()
    rules = Rules(tier_of={one.who: "gold"}, tier_prices={("gold", one.first.sku_id): 700})
    totals = []
    for person in (one.who, new_uuid(), None):
        basket = fill([(one.first.sku_id, 1)], offers_of(one.first), rules, one.stock, person=person)
        assert isinstance(basket, Basket)
        quoted = basket.quote()
        assert isinstance(quoted, Quote)
        totals.append(quoted.total_minor)
    assert totals == [700, 1000, 1000]


def test_a_session_has_its_units_though_nothing_else_is_left() -> None:
    one = Counter(pool_units=2)
    one.stock.rows[one.first.sku_id].on_hand = 2
    assert isinstance(one.place((one.first, 2), rules=flash_of(one)), Placed)


def test_bundles_and_tiers_are_those_of_the_command_and_its_buyer() -> None:
    one = Counter()
    bundle = Bundle(new_uuid(), "套餐", 1500, ((one.first.sku_id, 1), (one.second.sku_id, 2)), 2)
    rules = Rules(bundles=[bundle], tier_of={one.who: "gold"}, tier_prices={("gold", one.first.sku_id): 700})
    for items, sets, total in (((), ((bundle.id, 1),), 1500), (((one.first, 1), (one.second, 2)), (), 1700)):
        assert isinstance(one.place(*items, rules=rules, sets=sets), Placed)
        assert one.draft.payables[-1].amount_minor == total


def test_a_purse_knows_what_its_owner_may_pay_with() -> None:
    one = Counter()
    basket = fill([(one.first.sku_id, 1)], offers_of(one.first), Rules(), one.stock)
    assert isinstance(basket, Basket)
    assert basket.quote((), 0, TERMS) == basket.quote((), terms=TERMS) and basket.quote((), 1, TERMS) != basket.quote()
    half = basket.quote((), 1000, replace(TERMS, spend_permyriad=5000, hundred_minor=50))
    assert isinstance(half, Quote) and (half.total_minor, half.points_units) == (500, 1000)
    quoted = basket.quote((), 100, TERMS)
    assert isinstance(quoted, Quote)
    purse = Purse(one.coupons, (), TERMS, one.lots)
    assert purse.why_not_pay_by(100, quoted, one.who, NOON) is None and purse.wallet is one.lots
    assert purse.why_not_pay_by(401, quoted, one.who, NOON) == PointsShort(left=400)
    assert purse.why_not_pay_by(9, quoted, one.who, NOON) == PointsTooFew(least=10)
    assert purse.why_not_pay_by(100, quoted, one.who, NOON + timedelta(days=366)) == PointsShort(left=0)
    assert Purse().why_not_pay_by(0, quoted, one.who, NOON) is None
    assert Purse().why_not_pay_by(1, quoted, one.who, NOON) == PointsShort(left=0)


def test_an_order_is_found_by_its_id_and_by_its_balance() -> None:
    one = Counter()
    book, order = one.placed((one.first, 1))
    assert book.get(order.id) is order and book.get(new_uuid()) is None
    order.balance_id = PAYABLE.new()
    again = Book([order], [], book.till, one.stock, NOON)
    assert again.owing(order.balance_id) is order and again.owing(order.payable_id) is None


def test_a_book_has_the_lines_of_its_orders_and_no_others() -> None:
    one = Counter()
    book, order = one.placed((one.first, 1), (one.second, 1))
    lines, order.lines = order.lines, []
    foreign = replace(lines[0], order_id=ORDER_ID.new())
    again = Book([order], [foreign, *lines], book.till, one.stock, NOON)
    assert again.orders == {order.id: order} and order.lines == lines
    assert (again.postings.transfers, again.facts, again.moved, again.changed_lines) == ([], [], {}, [])


def test_a_line_to_be_quoted_has_every_name_and_measure_of_its_offer() -> None:
    one = replace(offer(fulfilment="pickup"), weight_grams=700, volume_cm3=900)
    found = line_of(one, 3)
    assert (found.sku, found.units, found.fulfilment) == (one.sku_id, 3, "pickup")
    assert (found.product, found.category, found.supplier) == (one.product_id, one.category_id, one.supplier_id)
    assert (found.weight_grams, found.volume_cm3) == (700, 900)


def test_as_many_lines_as_are_allowed_are_bought_at_once() -> None:
    some = [offer() for _ in range(LINES_MAX)]
    basket = fill([(each.sku_id, 1) for each in some], offers_of(*some), Rules(), Stock([]))
    assert isinstance(basket, Basket) and len(basket.lines) == LINES_MAX


def test_one_person_buys_so_many_units_in_all() -> None:
    one = Counter(limit=3)
    assert isinstance(one.place((one.first, 2)), Placed)
    assert one.place((one.first, 2)) == PersonLimit(most=3, left=1)
    assert isinstance(one.place((one.first, 1), (one.second, 9)), Placed)
    assert one.place((one.first, 1)) == PersonLimit(most=3, left=0)
    one.who = new_uuid()
    one.addresses, one.homes = addresses_of(one.who)
    assert isinstance(one.place((one.first, 3)), Placed), "somebody else has bought none"


def test_a_sale_of_long_ago_is_drafted_as_of_then_at_what_was_paid() -> None:
    one, then = Counter(), NOON - timedelta(days=900)
    sale = Sale("536365", one.who, then, ((one.first.sku_id, 2, 990), (one.second.sku_id, 1, 0)))
    found = {one.first.sku_id: one.first, one.second.sku_id: one.second}
    placed = place_sale(sale, found, one.stock, one.draft)
    (made,), (owed,) = one.draft.orders, one.draft.payables
    assert (made.id,) == placed.orders and made.payable_id == placed.payable == owed.id
    assert (made.person_id, made.placed_at, made.pay_by, made.total_minor) == (one.who, then, then, 1980)
    assert (made.release, made.address, owed.created_at, owed.pay_by) == (Release.AT_ONCE, None, then, then)
    assert [(x.sku_id, x.units, x.list_price_minor, x.discount_minor, x.freight_minor, x.amount_minor) for x in one.draft.lines] == [
        (one.first.sku_id, 2, 990, 0, 0, 1980), (one.second.sku_id, 1, 0, 0, 0, 0),
    ]  # fmt: skip
    assert [row.held for row in one.stock.rows.values()] == [2, 1] and one.draft.allocations == []


def test_a_remark_stands_on_the_orders_of_its_supplier_and_is_not_too_long() -> None:
    one = Counter()
    seller = one.first.supplier_id
    for text, refusal in (("x" * 200, None), ("x" * 201, RemarkTooLong(longest=200))):
        outcome = one.place((one.first, 1), remarks=((seller, f"{text}"),))
        assert isinstance(outcome, Placed) if refusal is None else outcome == refusal
    one.place((one.first, 1), remarks=((seller, " 早点发 "), (new_uuid(), "not him")))
    one.place((one.first, 1), remarks=((new_uuid(), "not him"),))
    assert [order.remark for order in one.draft.orders] == ["x" * 200, "早点发", ""]


# ── words ──
def test_an_order_is_told_on_the_phone_by_the_end_of_its_id() -> None:
    order = ORDER_ID.new()
    number = number_of(order)
    assert number == ORDER_ID.show(order)[-10:].upper() and len(number) == 10
    assert end_of_number(f" {number} ") == order.hex[-12:] == end_of_number(number.lower())
    assert (
        end_of_number(number[1:]) is end_of_number("0" + number) is end_of_number("!" * 10) is end_of_number("") is None
    )


def test_what_was_placed_is_remembered_as_it_was() -> None:
    placed = Placed(new_uuid(), (ORDER_ID.new(), ORDER_ID.new()))  # type: ignore[arg-type]
    told = encode_placed(placed)
    assert told == {"payable": str(placed.payable), "orders": [str(order) for order in placed.orders]}
    assert decode_placed(told) == placed


def test_no_charge_passes_the_bound_of_all_amounts_and_none_differs_from_what_was_shown() -> None:
    assert why_not_at_price(AMOUNT_MINOR_MAX, None) is why_not_at_price(5, 5) is None
    assert why_not_at_price(AMOUNT_MINOR_MAX + 1, None) == AmountTooLarge(most_minor=AMOUNT_MINOR_MAX)
    assert why_not_at_price(5, 6) == PriceChanged(now_minor=5, shown_minor=6)
    assert why_not_at_price(5, UNSEEN) == PriceUnseen(now_minor=5)
