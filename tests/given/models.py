"""Loaded sets built in memory: what a store would load, for tests that need no database."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from tuan.goods.catalog.model import CategoryId, Offer, Offers, ProductId, SkuId
from tuan.goods.supply.model import AllotmentId, AllotmentRow, Stock, StockRow
from tuan.kit.ids import new_uuid
from tuan.kit.time import Instant, utc
from tuan.people.accounts.model import Address, Addresses, AddressId, AddressRow, PersonId
from tuan.play.groupbuy.model import CAMPAIGN_ID, Campaign, CampaignState, Price
from tuan.trade.orders.model import Book, Item, Line, Order, OrderDraft, Release, line_of
from tuan.trade.orders.model.draft import NewLine, NewOrder
from tuan.trade.payments.model import ATTEMPT_ID, PAYABLE, Attempt, AttemptState, Payable, Till
from tuan.value.points.model import Lots, Wallet
from tuan.value.promotions.model import (
    COUPON,
    TEMPLATE,
    CampaignPrice,
    Coupon,
    Coupons,
    CouponState,
    PricedLine,
    Prices,
    Quote,
    Reason,
    Template,
    TemplateState,
    Way,
    quote,
)

NOON: Instant = utc(2026, 3, 1, 12)
HOME = Address("王小明", "13800138000", "浙江省 杭州市", "文三路 1 号")


def stock_of(free: int, *, sku: UUID | None = None) -> tuple[Stock, UUID]:
    """A stock with one SKU of so many free units."""
    sku = sku or new_uuid()
    return Stock([StockRow(sku, free, 0, 0)]), sku


def allotted_stock(free: int, allotted: int) -> tuple[Stock, UUID, AllotmentId]:
    """A stock with one SKU: so many free units, and so many set aside."""
    sku, pool = new_uuid(), AllotmentId(new_uuid())
    return Stock([StockRow(sku, free + allotted, 0, allotted)], [AllotmentRow(pool, sku, allotted, 0, True)]), sku, pool


def offer(*, price_minor: int = 1000, supplier: UUID | None = None, listed: bool = True, **more: Any) -> Offer:
    return Offer(SkuId(more.get("sku") or new_uuid()), ProductId(new_uuid()), supplier or new_uuid(), "脐橙", "1 kg",
                 "goods/navel-orange.svg", price_minor, more.get("fulfilment", "shipped"), listed,
                 CategoryId(new_uuid()))  # fmt: skip


def offers_of(*some: Offer) -> Offers:
    return Offers({one.sku_id: one for one in some})


def addresses_of(*persons: UUID) -> tuple[Addresses, dict[UUID, UUID]]:
    """One address for each person, and which is whose."""
    ids = {person: AddressId(new_uuid()) for person in persons}
    return Addresses(AddressRow(a, PersonId(p), HOME) for p, a in ids.items()), dict(ids)


def coupons_of(count: int) -> Coupons:
    """So many free coupons of one template that takes ten in hundred minor units."""
    template = Template(TEMPLATE.new(), "立减", None, "market", 1000, 0, None, 0, (), (), True, Way.CENTRE, False, 0, NOON,
                        NOON + timedelta(days=9), None, 86_400, None, count, 99, None, TemplateState.RUNNING)  # fmt: skip
    rows = [
        Coupon(COUPON.new(), template.id, new_uuid(), CouponState.FREE, NOON, NOON, NOON + timedelta(days=9))
        for _ in range(count)
    ]
    return Coupons(rows, {template.id: template})


def payable_of(amount_minor: int, person: UUID | None = None, *, pay_by: Instant = NOON) -> Payable:
    return Payable(PAYABLE.new(), person or new_uuid(), "CNY", amount_minor, 0, 0, pay_by)


def attempt_on(payable: Payable, amount_minor: int | None = None, *, at: Instant = NOON) -> Attempt:
    owed = payable.amount_minor - payable.applied_minor if amount_minor is None else amount_minor
    return Attempt(ATTEMPT_ID.new(), payable.id, "sandbox", "m", "a", owed, "CNY", AttemptState.PENDING, at)


def campaign_of(sku: UUID, *, size: int = 2, price_minor: int = 600, **more: Any) -> Campaign:
    terms: dict[str, Any] = {
        "team_seconds": 3600, "pay_seconds": 600, "units_per_order_max": 99, "units_per_person_max": None,
        "audience": "all", "late_policy": "another_team", "may_leave": True, "promise_min": None,
    } | more  # fmt: skip
    pool = terms.pop("allotment", None)
    return Campaign(
        id=CAMPAIGN_ID.new(), product_id=new_uuid(), state=CampaignState.RUNNING, size=size,
        starts_at=NOON - timedelta(days=1), ends_at=NOON + timedelta(days=7), prices={sku: Price(price_minor, pool)},
        **terms,
    )  # fmt: skip


def stored_order(new: NewOrder, lines: Iterable[NewLine]) -> Order:
    """The order as it would be loaded after its draft was saved."""
    own = [
        Line(x.order_id, x.number, x.sku_id, x.units, x.amount_minor, 0, x.hold_id, x.allotment_id, x.freight_minor,
             later_minor=x.later_minor)
        for x in lines
        if x.order_id == new.id
    ]  # fmt: skip
    return Order(new.id, new.payable_id, new.person_id, new.supplier_id, new.state, new.release, new.fulfilment,
                 new.currency, new.total_minor, 0, new.placed_at, new.pay_by, None, None, None, None, None, None, None, None,
                 new.holds_stock, new.points, new.later_minor, new.balance_id, 0, new.state, own)  # fmt: skip


def stored(draft: OrderDraft) -> tuple[list[Order], list[Payable]]:
    payables = [Payable(p.id, p.person_id, p.currency, p.amount_minor, 0, 0, p.pay_by) for p in draft.payables]
    payables += [
        Payable(p.id, p.person_id, p.currency, p.amount_minor, 0, 0, p.pay_by, p.after_id, p.pay_from)
        for p in draft.balances
    ]
    return [stored_order(order, draft.lines) for order in draft.orders], payables


def at_price(one: Offer, units: int, unit_minor: int | None = None) -> PricedLine:
    """What the quote says of one line, at its list price or at a team's."""
    price = one.price_minor if unit_minor is None else unit_minor
    team = {0: CampaignPrice(Reason.TEAM_PRICE, price * units, new_uuid())}
    found = quote([line_of(one, units)], Prices({one.sku_id: one.price_minor}), campaign=team)
    assert isinstance(found, Quote)
    return found.lines[0]


def book_of(stock: Stock, *items: tuple[Offer, int], release: Release = Release.AT_ONCE, now: Instant = NOON) -> Book:
    """One checkout of these (offer, units), placed and loaded again."""
    draft = OrderDraft(now, "CNY")
    held = [Item(one, at_price(one, units), stock.hold(one.sku_id, units)) for one, units in items]
    draft.place(new_uuid(), held, HOME, release, now + timedelta(minutes=15))
    orders, payables = stored(draft)
    return Book(orders, [], Till(payables), stock, now)


def pay_all(book: Book, now: Instant | None = None) -> Sequence[Order]:
    """Capture what each payable of the book owes and mark its orders paid."""
    moment = now or book.now
    for payable in book.till.payables.values():
        attempt = attempt_on(payable)
        book.till.capture(attempt, f"tx-{attempt.id.hex}", attempt.amount_minor, moment, moment)
        for order in book.covered_by(payable.id):
            book.mark_paid(order, moment)
    return list(book.orders.values())


def lots_of(person: UUID, *parts: int, debt: int = 0) -> Lots:
    """A wallet with so many points in lots that expire a day after each other, the first a day after noon."""
    lots = Lots([Wallet(person, 0)], [])
    for days, units in enumerate(parts, start=1):
        lots.grant(person, new_uuid(), units, days, NOON, reason="")
    lots.wallets[person].debt = debt
    return lots
