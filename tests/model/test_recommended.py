"""What else is decided when an order is placed: who recommended it, what may come from abroad, where it goes, what was agreed to."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.given.counters import Counter
from tests.given.models import HOME, NOON, addresses_of
from tuan.goods.catalog.model import AGREED, Freight, FreightRule
from tuan.kit.ids import new_uuid
from tuan.kit.time import Instant
from tuan.people.compliance.model import Channel
from tuan.people.identities.errors import IdentityMissing
from tuan.people.identities.model import Identities
from tuan.people.sharing.model import Binding, Code, How, Link, Recommenders, Target
from tuan.trade.carts.errors import CartChanged
from tuan.trade.orders.errors import ImportLimit, ReturnUnconfirmed
from tuan.trade.orders.model import OrderDraft, Placed
from tuan.trade.orders.model.draft import NewAttribution, NewDeclaration
from tuan.trade.orders.model.pricing import Bought

SHOP = new_uuid()
ONCE, YEAR = 500_000, 2_600_000
SEALED = b"sealed"


def abroad(one: Counter, price_minor: int) -> None:
    """Its first goods come from abroad and cost so much; customs may be told for whom they are."""
    one.first = replace(one.first, price_minor=price_minor, tax_permyriad=910)
    one.identities = Identities({one.who: SEALED})


# ── who recommended ──
def recommended(
    one: Counter, *, customer: bool = True, until: Instant | None = None, **more: str
) -> list[NewAttribution]:
    link = Link(Code("abcdefghij"), Target("shop", SHOP), new_uuid(), None, None, "web", "", None)
    bindings = [Binding(one.who, SHOP, NOON, NOON, until)] if customer else []
    one.draft = OrderDraft(NOON, "CNY", Recommenders([link], bindings))
    placed = one.place((one.first, 1), (one.second, 1), **more)
    assert isinstance(placed, Placed)
    return one.draft.attributions


def test_each_line_says_who_recommended_it() -> None:
    one = Counter()
    found = recommended(one)
    (order,) = one.draft.orders
    assert found == [NewAttribution(order.id, number, SHOP, None, How.BINDING, Channel.WEB) for number in (1, 2)]


def test_each_line_says_where_its_buyer_was() -> None:
    assert [row.channel for row in recommended(Counter(), channel=Channel.WECHAT_MP)] == [Channel.WECHAT_MP] * 2


def test_who_is_a_shops_customer_no_more_is_not_recommended_by_it() -> None:
    moment = timedelta(microseconds=1)
    assert recommended(Counter(), until=NOON) == []
    assert [row.shop_id for row in recommended(Counter(), until=NOON + moment)] == [SHOP, SHOP]


def test_the_lines_of_each_order_of_a_cart_are_counted_from_one() -> None:
    one = Counter()
    one.second = replace(one.second, supplier_id=new_uuid())
    found = recommended(one)
    assert [(row.order_id, row.line_number) for row in found] == [(order.id, 1) for order in one.draft.orders]
    assert len(one.draft.orders) == 2


def test_a_link_of_no_shop_is_written_down_and_a_code_that_is_none_is_not() -> None:
    assert {(row.shop_id, row.code, row.how) for row in recommended(Counter(), share="abcdefghij", customer=False)} == {
        (None, "abcdefghij", How.VISIT)
    }
    assert recommended(Counter(), share="nothing", customer=False) == []


# ── from abroad ──
@pytest.mark.parametrize(("price_minor", "is_within"), [(ONCE, True), (ONCE + 1, False)])
def test_one_purchase_from_abroad_has_a_limit(price_minor: int, is_within: bool) -> None:
    one = Counter()
    abroad(one, price_minor)
    refused = ImportLimit(once_minor=ONCE, year_minor=YEAR, left_minor=ONCE)
    assert isinstance(one.place((one.first, 1)), Placed) if is_within else one.place((one.first, 1)) == refused


def test_so_does_a_year_of_one_person() -> None:
    one = Counter()
    abroad(one, ONCE)
    one.bought = Bought(imported={one.who: YEAR - 2 * ONCE})
    assert isinstance(one.place((one.first, 1)), Placed)
    assert isinstance(one.place((one.first, 1)), Placed)
    assert one.place((one.first, 1)) == ImportLimit(once_minor=ONCE, year_minor=YEAR, left_minor=0)
    assert isinstance(one.place((one.second, 50)), Placed), "what does not come from abroad has no such limit"
    one.who = new_uuid()
    one.addresses, one.homes = addresses_of(one.who)
    one.identities = Identities({one.who: SEALED})
    assert isinstance(one.place((one.first, 1)), Placed), "nor has somebody else brought anything in"


def test_a_year_is_used_up_to_the_last_fen() -> None:
    one = Counter()
    abroad(one, ONCE)
    for _ in range(5):
        assert isinstance(one.place((one.first, 1)), Placed)
    one.first = replace(one.first, price_minor=YEAR - 5 * ONCE + 1)
    assert one.place((one.first, 1)) == ImportLimit(once_minor=ONCE, year_minor=YEAR, left_minor=YEAR - 5 * ONCE)
    one.first = replace(one.first, price_minor=YEAR - 5 * ONCE)
    assert isinstance(one.place((one.first, 1)), Placed)


@pytest.mark.parametrize(("left", "told"), [(400, 400), (0, 0), (-7, 0)])
def test_what_is_left_is_told_and_never_less_than_nothing(left: int, told: int) -> None:
    one = Counter()
    abroad(one, 500)
    one.bought = Bought(imported={one.who: YEAR - left})
    assert one.place((one.first, 1)) == ImportLimit(once_minor=ONCE, year_minor=YEAR, left_minor=told)


def test_only_what_comes_from_abroad_is_counted() -> None:
    one = Counter()
    abroad(one, 400)
    one.bought = Bought(imported={one.who: YEAR - 400})
    assert isinstance(one.place((one.first, 1), (one.second, 1)), Placed)


def test_a_market_of_another_currency_has_another_law() -> None:
    one = Counter()
    abroad(one, ONCE + 1)
    one.draft, one.identities = OrderDraft(NOON, "EUR"), None
    assert isinstance(one.place((one.first, 1)), Placed)
    assert one.draft.declarations == [] and not one.draft.orders[0].declares


def test_nothing_from_abroad_without_somebody_it_is_declared_for() -> None:
    one = Counter()
    abroad(one, 400)
    one.identities = None
    assert one.place((one.first, 1), (one.second, 1)) == IdentityMissing()
    assert one.draft.orders == one.draft.declarations == []
    assert isinstance(one.place((one.second, 1)), Placed), "what is here already is declared for nobody"
    assert one.draft.declarations == []


def test_of_a_checkout_the_orders_with_goods_from_abroad_are_declared() -> None:
    one = Counter()
    abroad(one, 400)
    one.second = replace(one.second, supplier_id=new_uuid())
    assert isinstance(one.place((one.first, 1), (one.second, 1)), Placed)
    first, second = one.draft.orders
    assert one.draft.declarations == [NewDeclaration(first.id, SEALED, NOON)]
    assert (first.declares, second.declares) == (True, False)


# ── where it goes, and what was agreed to ──
def test_an_order_has_the_address_and_costs_what_sending_there_costs() -> None:
    one = Counter()
    rules = (FreightRule(frozenset({"浙江省 杭州市"}), first_minor=700), FreightRule(first_minor=900))
    one.first = replace(one.first, freight=Freight(rules))
    assert isinstance(one.place((one.first, 1), (one.second, 1)), Placed)
    (order,) = one.draft.orders
    assert (order.total_minor, order.address) == (1000 + 500 + 700, HOME)


def test_what_is_not_taken_back_needs_the_agreement() -> None:
    one = Counter()
    one.first = replace(one.first, return_exception=AGREED)
    assert one.place((one.first, 1)) == ReturnUnconfirmed()
    assert isinstance(one.place((one.first, 1), accepts_no_return=True), Placed)


def test_what_is_checked_out_of_a_cart_has_to_be_in_it() -> None:
    one = Counter()
    assert isinstance(one.place((one.first, 1), from_cart=True), CartChanged)
    assert one.draft.orders == []


# ── what is frozen ──
def test_a_line_keeps_what_its_offer_said_when_it_was_placed() -> None:
    one = Counter()
    abroad(one, one.first.price_minor)
    one.first = replace(
        one.first, title="橄榄油", options="500 ml", picture="oil.webp", tax_permyriad=910, return_exception=AGREED
    )
    assert isinstance(
        one.place((one.first, 2), (one.second, 1), accepts_no_return=True, coupons=(one.rows[0].id,)), Placed
    )
    abroad_line, plain = one.draft.lines
    assert (abroad_line.title, abroad_line.options, abroad_line.picture) == ("橄榄油", "500 ml", "oil.webp")
    assert (abroad_line.no_reason_return, plain.no_reason_return) == (False, True)
    assert (abroad_line.is_imported, plain.is_imported) == (True, False)
    assert abroad_line.tax_minor == abroad_line.amount_minor * 910 // 10_910 > 0 and plain.tax_minor == 0
    assert {part.bearer for part in one.draft.allocations} == {"market"}


def test_an_order_and_what_is_owed_for_it_are_its_buyers_in_the_markets_money() -> None:
    one = Counter()
    one.draft = OrderDraft(NOON, "EUR")
    assert isinstance(one.place((one.first, 1)), Placed)
    (order,), (owed,) = one.draft.orders, one.draft.payables
    assert (order.currency, owed.currency, order.person_id, owed.person_id) == ("EUR", "EUR", one.who, one.who)


def test_what_is_not_sent_keeps_no_address() -> None:
    one = Counter()
    one.second = replace(one.second, fulfilment="digital")
    assert isinstance(one.place((one.first, 1), (one.second, 1)), Placed)
    assert {order.fulfilment: order.address for order in one.draft.orders} == {"shipped": HOME, "digital": None}
