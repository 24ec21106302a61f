"""Carts, and what of one becomes which order."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tests.given.models import NOON, addresses_of, offer, offers_of
from tuan.goods.catalog.model import Offer
from tuan.goods.supply.model import Stock, StockRow
from tuan.kit.ids import new_uuid
from tuan.trade.carts.errors import CartChanged, CartFull, CartUnitsInvalid
from tuan.trade.carts.model import (
    LINES_MAX,
    UNITS_MAX,
    CartLine,
    Carts,
    CartSets,
    There,
    wanted,
    why_not_keep,
    why_not_keep_sets,
)
from tuan.trade.orders.errors import PersonLimit, RemarkTooLong
from tuan.trade.orders.model import LINES_MAX as LINES_OF_A_CHECKOUT
from tuan.trade.orders.model import Bought, OrderDraft, Placed, PlaceOrder, fill, place
from tuan.value.promotions.errors import BundleOver, BundleUneven
from tuan.value.promotions.model import NO_RULES, Bundle, Rules

ME, YOU = new_uuid(), new_uuid()
SUPPLIERS = [new_uuid() for _ in range(3)]
EMPTY = There({}, {}, 0)


def cart_of(skus: Sequence[UUID], parts: int = 0) -> There:
    """One unit of each, and sets of one bundle that has so many parts."""
    return There(dict.fromkeys(skus, 1), {}, parts)


def test_a_cart_takes_as_many_lines_as_a_checkout() -> None:
    assert LINES_MAX == LINES_OF_A_CHECKOUT
    there = [new_uuid() for _ in range(LINES_MAX)]
    one = offer()
    assert why_not_keep(one, 1, cart_of(there)) == CartFull(most=50) == why_not_keep(one, 1, cart_of(there[2:], 2))
    assert why_not_keep(one, 1, cart_of(there[1:])) is None
    assert why_not_keep(replace(one, sku_id=there[0]), 2, cart_of(there)) is None  # it is there already


def test_a_cart_takes_no_more_units_than_one_person_may_buy() -> None:
    for units in (0, -1, UNITS_MAX + 1):
        assert isinstance(why_not_keep(offer(), units, EMPTY), CartUnitsInvalid)
    refused = why_not_keep(replace(offer(), units_per_person_max=2), 3, EMPTY)
    assert isinstance(refused, CartUnitsInvalid) and refused.data["most"] == 2
    assert why_not_keep(replace(offer(), units_per_person_max=2), 2, EMPTY) is None


def test_a_cart_takes_sets_whose_parts_are_lines() -> None:
    bundle = Bundle(new_uuid(), "套餐", 900, ((new_uuid(), 2), (new_uuid(), 1)), 3)
    there = [new_uuid() for _ in range(LINES_MAX - 2)]
    assert why_not_keep_sets(bundle, 3, cart_of(there)) is None
    assert why_not_keep_sets(bundle, 4, cart_of(there)) == BundleUneven(most=3)
    assert why_not_keep_sets(bundle, 1, cart_of([*there, new_uuid()])) == CartFull(most=50)
    assert (
        why_not_keep_sets(bundle, 1, There(dict.fromkeys(there, 1), {bundle.id: 2}, 2)) is None
    )  # it is there already
    assert why_not_keep_sets(replace(bundle, is_open=False), 1, EMPTY) == BundleOver()


def test_sets_that_are_checked_out_are_in_the_cart_once() -> None:
    sku, bundle = new_uuid(), new_uuid()
    carts = Carts([CartLine(ME, sku, 2)], [CartSets(ME, bundle, 2)])
    for person, items, sets in (
        (YOU, (), [(bundle, 2)]),
        (ME, (), [(bundle, 1)]),
        (ME, (), [(sku, 2)]),
        (ME, [(sku, 1)], [(bundle, 2)]),
    ):
        assert carts.why_not_check_out(person, items, sets) == CartChanged()
    assert carts.why_not_check_out(ME, [(sku, 2)], [(bundle, 2)]) is None
    carts.check_out(ME, (), [(bundle, 2)])
    assert carts.why_not_check_out(ME, (), [(bundle, 2)]) == CartChanged()
    assert carts.why_not_check_out(ME, [(sku, 2)]) is None
    assert (carts.taken, carts.taken_sets) == ([], [CartSets(ME, bundle)])


def test_what_is_checked_out_is_in_the_cart_once() -> None:
    sku, other = new_uuid(), new_uuid()
    carts = Carts([CartLine(ME, sku, 2), CartLine(ME, other, 1)])
    assert isinstance(carts.why_not_check_out(YOU, [(sku, 2)]), CartChanged)
    assert isinstance(carts.why_not_check_out(ME, [(sku, 1)]), CartChanged)
    assert isinstance(carts.why_not_check_out(ME, [(sku, 2), (new_uuid(), 1)]), CartChanged)
    assert carts.why_not_check_out(ME, [(sku, 1), (sku, 1)]) is None
    carts.check_out(ME, [(sku, 2)])
    assert isinstance(carts.why_not_check_out(ME, [(sku, 2)]), CartChanged)
    assert carts.why_not_check_out(ME, [(other, 1)]) is None
    assert carts.taken == [CartLine(ME, sku)]


baskets = st.lists(
    st.tuples(
        st.sampled_from(SUPPLIERS), st.integers(1, 5), st.integers(1, 9000), st.sampled_from(("shipped", "digital"))
    ),
    min_size=1,
    max_size=8,
)


@given(baskets)
def test_a_cart_becomes_one_order_per_supplier_and_way_of_sending(rows: list[tuple[object, int, int, str]]) -> None:
    """Every line is in the one order of its supplier, the payable is the sum, and the cart is empty of what was bought."""
    offers: list[Offer] = [offer(supplier=s, price_minor=p, fulfilment=f) for s, _, p, f in rows]  # type: ignore[arg-type]
    items = tuple((one.sku_id, units) for one, (_, units, _, _) in zip(offers, rows, strict=True))
    stock = Stock([StockRow(sku, 9, 0, 0) for sku, _ in items])
    addresses, ids = addresses_of(ME)
    carts = Carts([CartLine(ME, sku, units) for sku, units in items] + [CartLine(YOU, items[0][0], 1)])
    draft = OrderDraft(NOON, "CNY")
    remarks = ((SUPPLIERS[0], " 轻放 "),)
    command = PlaceOrder(ME, "k", items, ids[ME], None, remarks=remarks, from_cart=True)
    placed = place(command, offers_of(*offers), stock, addresses, draft, carts=carts)
    assert isinstance(placed, Placed)
    groups = {(one.supplier_id, one.fulfilment) for one in offers}
    assert {(one.supplier_id, one.fulfilment) for one in draft.orders} == groups and len(draft.orders) == len(groups)
    by_id = {one.id: one for one in draft.orders}
    sold = {one.sku_id: one for one in offers}
    for row in draft.lines:
        assert by_id[row.order_id].supplier_id == sold[row.sku_id].supplier_id  # type: ignore[index]
    (payable,) = draft.payables
    assert payable.amount_minor == sum(one.total_minor for one in draft.orders) == sum(u * p for _, u, p, _ in rows)
    assert all(one.payable_id == payable.id for one in draft.orders)
    assert [one.remark for one in draft.orders] == [
        "轻放" if one.supplier_id == SUPPLIERS[0] else "" for one in draft.orders
    ]
    assert sorted(carts.taken, key=str) == sorted((CartLine(ME, sku) for sku, _ in items), key=str)


def test_sets_are_bought_from_the_cart_that_has_them_and_leave_it() -> None:
    one = offer(fulfilment="digital")
    bundle = Bundle(new_uuid(), "套餐", 900, ((one.sku_id, 2),), 3)
    carts, stock = Carts([], [CartSets(ME, bundle.id, 2)]), Stock([StockRow(one.sku_id, 9, 0, 0)])
    addresses, _ = addresses_of(ME)

    def bought(sets: int) -> object:
        command = PlaceOrder(ME, f"{sets}", (), None, None, from_cart=True, sets=((bundle.id, sets),))
        return place(
            command, offers_of(one), stock, addresses, OrderDraft(NOON, "CNY"), Rules(bundles=[bundle]), carts=carts
        )

    assert bought(1) == CartChanged() and carts.taken_sets == []
    assert isinstance(bought(2), Placed) and carts.taken_sets == [CartSets(ME, bundle.id)]
    assert bought(2) == CartChanged()


def test_a_remark_has_an_end() -> None:
    one = offer(fulfilment="digital")
    addresses, _ = addresses_of(ME)
    command = PlaceOrder(ME, "k", ((one.sku_id, 1),), None, None, remarks=((one.supplier_id, "x" * 201),))
    stock = Stock([StockRow(one.sku_id, 9, 0, 0)])
    assert isinstance(place(command, offers_of(one), stock, addresses, OrderDraft(NOON, "CNY")), RemarkTooLong)


def test_of_limited_goods_one_person_has_so_many_in_all() -> None:
    one = replace(offer(), units_per_person_max=3)
    basket = fill([(one.sku_id, 2)], offers_of(one), NO_RULES, Stock([]))
    bought = Bought({(ME, one.sku_id): 1})
    assert bought.why_not_buy(ME, basket) is None  # type: ignore[arg-type]
    bought.buy(ME, basket)  # type: ignore[arg-type]
    refused = bought.why_not_buy(ME, basket)  # type: ignore[arg-type]
    assert isinstance(refused, PersonLimit) and refused.data == {"most": 3, "left": 0}
    assert bought.why_not_buy(YOU, basket) is None  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.sampled_from(SUPPLIERS), st.integers(1, 5)), max_size=6))
def test_the_same_sku_is_counted_together(items: list[tuple[object, int]]) -> None:
    assert sum(wanted(items).values()) == sum(units for _, units in items)  # type: ignore[arg-type]
