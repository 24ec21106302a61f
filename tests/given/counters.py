"""A counter where one person buys: two goods, coupons, points and a session, as loaded sets."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.given.models import NOON, addresses_of, attempt_on, offer, offers_of, stored
from tuan.goods.catalog.model import Offer
from tuan.goods.supply.model import AllotmentId, AllotmentRow, Stock, StockRow
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import Refusal
from tuan.people.identities.model import Identities
from tuan.trade.orders.model import (
    Book,
    Order,
    OrderDraft,
    Placed,
    PlaceOrder,
    place,
)
from tuan.trade.orders.model.pricing import Bought
from tuan.trade.payments.model import Till
from tuan.value.points.model import Lots, Terms, Wallet
from tuan.value.promotions.model import (
    COUPON,
    RULE,
    TEMPLATE,
    Coupon,
    Coupons,
    CouponState,
    Rule,
    RuleKind,
    RulePrice,
    Rules,
    Template,
    TemplateState,
    Way,
)

TERMS = Terms(0, 1, 0, 0, 365, 100, 10_000, 10, True)
QUARTER = timedelta(minutes=15)


class Counter:
    """Two goods of one seller at 1000 and 500, a person with two coupons (one off each 300) and 400 points; a flash pool."""

    def __init__(self, *, pool_units: int = 0, limit: int | None = None) -> None:
        self.who = new_uuid()
        self.first = offer(price_minor=1000)
        self.second = offer(price_minor=500, supplier=self.first.supplier_id)
        if limit is not None:
            self.first = Offer(**{name: getattr(self.first, name) for name in Offer.__dataclass_fields__} | {"units_per_person_max": limit})  # fmt: skip
        self.pool = AllotmentId(new_uuid())
        rows = [StockRow(self.first.sku_id, 50 + pool_units, 0, pool_units), StockRow(self.second.sku_id, 50, 0, 0)]
        allotments = [AllotmentRow(self.pool, self.first.sku_id, pool_units, 0, True)] if pool_units else []
        self.stock = Stock(rows, allotments)
        self.addresses, self.homes = addresses_of(self.who)
        self.coupons = Coupons([], {})
        self.rows = [self.coupon(), self.coupon()]
        self.lots = Lots([Wallet(self.who, 0)], [])
        self.lots.grant(self.who, new_uuid(), 400, 365, NOON, reason="")
        self.bought = Bought()
        self.identities: Identities | None = None
        self.old_customers: tuple[UUID, ...] = ()
        self.draft = OrderDraft(NOON, "CNY")

    def coupon(self) -> Coupon:
        made = Template(TEMPLATE.new(), "立减", None, "market", 300, 0, None, 0, (), (), True, Way.CENTRE, False, 0, NOON, NOON,
                        None, 3600, None, 0, 9, None, TemplateState.RUNNING)  # fmt: skip
        row = Coupon(COUPON.new(), made.id, self.who, CouponState.FREE, NOON, NOON, NOON + QUARTER)
        self.coupons.rows[row.id] = row
        self.coupons.templates = {**self.coupons.templates, made.id: made}
        return row

    def place(self, *items: tuple[Offer, int], rules: Rules | None = None, **more: Any) -> Placed | Refusal:
        wanted = tuple((one.sku_id, units) for one, units in items)
        command = PlaceOrder(self.who, "k", wanted, **{"address": self.homes[self.who], "quoted_minor": None} | more)
        return place(command, offers_of(self.first, self.second), self.stock, self.addresses, self.draft, rules or Rules(),
                     self.coupons, self.old_customers, TERMS, self.lots, bought=self.bought, identities=self.identities)  # fmt: skip

    def placed(self, *items: tuple[Offer, int], **more: Any) -> tuple[Book, Order]:
        """The book of what was placed, as it is loaded again with its coupons and points."""
        outcome = self.place(*items, **more)
        assert isinstance(outcome, Placed), outcome
        orders, payables = stored(self.draft)
        (order,) = orders
        takes = {
            (a.order_id, a.line_number, a.source_id) for a in self.draft.allocations if a.reason.startswith("coupon")
        }
        for line in order.lines:
            line.coupons = tuple(s for o, n, s in takes if (o, n) == (order.id, line.number) and s is not None)
        counts = {(order.payable_id, row.id): row.lines for row in self.rows}
        return Book(orders, [], Till(payables), self.stock, NOON, self.coupons, counts, self.lots), order


def pay(book: Book, order: Order, at: Any = NOON) -> None:
    payable = book.till.payables[order.payable_id]
    if payable.amount_minor:
        book.till.capture(attempt_on(payable), f"t{new_uuid()}", payable.amount_minor, at, at)
    book.mark_paid(order, at)


def flash_of(one: Counter, *, per_order: int = 2) -> Rules:
    prices = (RulePrice(one.first.sku_id, 100, one.pool),)
    return Rules([Rule(RULE.new(), RuleKind.FLASH, "秒杀", None, "market", NOON, NOON, per_order, ("points",), (), (), (), prices)])  # fmt: skip
