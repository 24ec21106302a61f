"""Orders being placed: what a batch drafts, and the rule of buying alone. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from tuan.goods.catalog.model import Offer, Offers, tax_within
from tuan.goods.supply.model import AllotmentId, Hold, HoldId, Stock
from tuan.kit.facts import Fact
from tuan.kit.money import split
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.people.accounts.model import Address, Addresses
from tuan.people.compliance.model import Channel
from tuan.people.identities.model import Identities
from tuan.people.sharing.model import NO_RECOMMENDERS, Recommenders
from tuan.trade.carts.model import Carts
from tuan.trade.orders.facts import OrderPaid, OrderReleased
from tuan.trade.orders.model.pricing import Bought, fill, hold_coupons, is_declared, why_not_pay_by, why_not_use
from tuan.trade.orders.model.words import (
    ORDER_ID,
    PAY_WITHIN,
    OrderId,
    OrderState,
    Placed,
    PlaceOrder,
    Release,
    why_not_at_price,
    why_not_deliver,
    why_not_keep,
    why_not_remark,
)
from tuan.trade.payments.model import PAYABLE, PayableId
from tuan.value.points.model import OFF, Lots, Terms
from tuan.value.promotions.model import NO_COUPONS, NO_RULES, Coupons, PricedLine, Quote, Reason, Rules


@dataclass(frozen=True, slots=True)
class Item:
    """One line to be: an offer, what the quote says of it, and the hold that keeps it."""

    offer: Offer
    priced: PricedLine
    hold: Hold


@dataclass(slots=True)
class NewOrder:
    id: OrderId
    payable_id: PayableId
    person_id: UUID
    supplier_id: UUID
    state: str
    release: str
    fulfilment: str
    address: Address | None
    currency: str
    total_minor: int
    placed_at: Instant
    pay_by: Instant
    has_coupons: bool
    points: int = 0
    """How many of the buyer's points pay a part of it."""
    paid_at: Instant | None = None
    released_at: Instant | None = None
    holds_stock: bool = True
    later_minor: int = 0
    balance_id: PayableId | None = None
    remark: str = ""
    declares: bool = False
    """It has to be declared to customs, and says for whom."""


@dataclass(slots=True)
class NewLine:
    order_id: OrderId
    number: int
    sku_id: UUID
    title: str
    options: str
    picture: str
    units: int
    list_price_minor: int
    discount_minor: int
    freight_minor: int
    tax_minor: int
    amount_minor: int
    hold_id: HoldId
    allotment_id: AllotmentId | None
    later_minor: int = 0
    no_reason_return: bool = True
    """Whether it is taken back within seven days without a reason."""
    is_imported: bool = False
    """It comes from abroad, and counts into what its buyer may bring in."""


@dataclass(slots=True)
class NewAllocation:
    order_id: OrderId
    line_number: int
    reason: str
    bearer: str
    amount_minor: int
    source_id: UUID | None
    """The campaign, reward or coupon it comes from."""


@dataclass(slots=True)
class NewAttribution:
    """Who recommended a line: a shop, or a link that is no shop's (see `sharing.model.Attribution`), and where its buyer was."""

    order_id: OrderId
    line_number: int
    shop_id: UUID | None
    code: str | None
    how: str
    channel: str


@dataclass(slots=True)
class NewDeclaration:
    """For whom customs are told an order is: the buyer's identity as it is now, sealed."""

    order_id: OrderId
    sealed: bytes
    made_at: Instant


@dataclass(slots=True)
class PayableRow:
    id: PayableId
    person_id: UUID
    currency: str
    amount_minor: int
    pay_by: Instant
    created_at: Instant


@dataclass(slots=True)
class BalanceRow(PayableRow):
    """What is owed later, after `after_id` was paid and not before `pay_from`."""

    after_id: PayableId
    pay_from: Instant


def _paid_by_points(items: Iterable[Item]) -> int:
    parts = (part for item in items for part in item.priced.allocations)
    return sum(part.amount_minor for part in parts if part.reason is Reason.POINTS)


class OrderDraft:
    """Orders placed by a batch: rows that `save_draft` writes with one statement per table."""

    def __init__(self, now: Instant, currency: str, recommenders: Recommenders = NO_RECOMMENDERS) -> None:
        self.now, self.currency, self.recommenders = now, currency, recommenders
        self.payables: list[PayableRow] = []
        self.balances: list[BalanceRow] = []
        self.orders: list[NewOrder] = []
        self.lines: list[NewLine] = []
        self.allocations: list[NewAllocation] = []
        self.attributions: list[NewAttribution] = []
        self.declarations: list[NewDeclaration] = []
        self.facts: list[Fact] = []

    def place(
        self, person: UUID, items: Sequence[Item], address: Address | None, release: Release, pay_by: Instant,
        points: int = 0, placed_at: Instant | None = None, share: str | None = None, channel: str = Channel.WEB,
    ) -> Placed:  # fmt: skip
        """One payable, one order per supplier and way of fulfilment; every amount frozen. `points`: how many pay a part,
        shared among the orders as what they pay is. What costs nothing is paid when it is placed. placed_at: where it is not now.
        share: the code of the link that brought him, channel: where he is; who recommended, and where, is decided here and never
        again."""
        at = placed_at or self.now
        payable = PAYABLE.new()
        groups: dict[tuple[UUID, str], list[Item]] = {}
        for item in items:
            groups.setdefault((item.offer.supplier_id, item.offer.fulfilment), []).append(item)
        total, placed = 0, []
        for (supplier, fulfilment), group in groups.items():
            order = ORDER_ID.new()
            amount = sum(self._line(order, number, item) for number, item in enumerate(group, start=1))
            reasons = {part.reason for item in group for part in item.priced.allocations}
            self.orders.append(
                NewOrder(order, payable, person, supplier, OrderState.PLACED, release, fulfilment,
                         address if fulfilment == "shipped" else None, self.currency, amount, at, pay_by,
                         Reason.COUPON in reasons)
            )  # fmt: skip
            total += amount
            placed.append(self.orders[-1])
        if points:
            by_points = [_paid_by_points(group) for group in groups.values()]
            for one, units in zip(placed, split(points, by_points), strict=True):
                one.points = units
        if not total:
            for one in placed:
                self._be_paid(one)
        self.payables.append(PayableRow(payable, person, self.currency, total, pay_by, at))
        if self.recommenders is not NO_RECOMMENDERS:
            self._attribute(person, share, channel, groups.values(), placed)
        return Placed(payable, tuple(one.id for one in placed))

    def _attribute(
        self, person: UUID, share: str | None, channel: str, groups: Iterable[list[Item]], placed: Iterable[NewOrder]
    ) -> None:
        found = self.recommenders.of(person, share, self.now)
        if found is None:
            return
        for group, order in zip(groups, placed, strict=True):
            for number in range(1, len(group) + 1):
                self.attributions.append(
                    NewAttribution(order.id, number, found.shop_id, found.code, found.how, channel)
                )

    def defer(self, placed: Placed, deposit_minor: int, pay_from: Instant, pay_by: Instant) -> PayableId:
        """Of the one order that was placed last only a deposit is owed now; the balance is a payable of its own.

        Until that is paid the order is worth its deposit and its lines so much of it, so that their sums hold at any time.
        """
        order, payable = self.orders[-1], self.payables[-1]
        assert (
            placed.orders == (order.id,) and 0 < deposit_minor < order.total_minor and order.state == OrderState.PLACED
        )
        lines = [line for line in self.lines if line.order_id == order.id]
        for line, now in zip(lines, split(deposit_minor, [one.amount_minor for one in lines]), strict=True):
            line.amount_minor, line.later_minor = now, line.amount_minor - now
        balance = PAYABLE.new()
        later = order.total_minor - deposit_minor
        order.total_minor, order.later_minor, order.balance_id = deposit_minor, later, balance
        payable.amount_minor = deposit_minor
        self.balances.append(
            BalanceRow(balance, order.person_id, self.currency, later, pay_by, order.placed_at, payable.id, pay_from)
        )
        return balance

    def _be_paid(self, order: NewOrder) -> None:
        """There is no money to wait for: it goes on as if its payment had just come, and the same is told of it."""
        order.state, order.paid_at = OrderState.PAID, self.now
        self.facts.append(OrderPaid(order=order.id))
        if order.release == Release.AT_ONCE:
            order.state, order.released_at = OrderState.TO_SHIP, self.now
            self.facts.append(OrderReleased(order=order.id))

    def newest(self, placed: Placed) -> list[NewOrder]:
        """The rows of what was placed last."""
        return self.orders[-len(placed.orders) :]

    def add_remarks(self, placed: Placed, remarks: Iterable[tuple[UUID, str]]) -> None:
        """What the buyer says to a supplier stands on each of the orders that this one sends."""
        said = dict(remarks)
        for one in self.newest(placed) if said else ():
            one.remark = said.get(one.supplier_id, "").strip()

    def declare(self, placed: Placed, sealed: bytes) -> None:
        """Each of these orders that has goods from abroad keeps for whom it is declared, whatever the buyer changes later."""
        abroad = {line.order_id for line in self.lines if line.is_imported}
        for one in self.newest(placed):
            if one.id in abroad:
                one.declares = True
                self.declarations.append(NewDeclaration(one.id, sealed, self.now))

    def _line(self, order: OrderId, number: int, item: Item) -> int:
        offer, priced = item.offer, item.priced
        self.lines.append(
            NewLine(order, number, offer.sku_id, offer.title, offer.options, offer.picture, priced.units,
                    priced.list_minor, priced.discount_minor, priced.freight_minor,
                    tax_within(priced.amount_minor, offer.tax_permyriad), priced.amount_minor,
                    item.hold.id, item.hold.allotment_id, no_reason_return=not offer.return_exception,
                    is_imported=offer.tax_permyriad is not None)
        )  # fmt: skip
        coupons = 0
        for part in priced.allocations:
            reason: str = part.reason
            if part.reason is Reason.COUPON:  # a line may have several: each is told apart by its place
                coupons += 1
                reason = reason if coupons == 1 else f"{reason}_{coupons}"
            self.allocations.append(NewAllocation(order, number, reason, part.bearer, part.amount_minor, part.source))
        return priced.amount_minor


def place(
    command: PlaceOrder,
    offers: Offers,
    stock: Stock,
    addresses: Addresses,
    draft: OrderDraft,
    rules: Rules = NO_RULES,
    coupons: Coupons = NO_COUPONS,
    old_customers: Collection[UUID] = (),
    terms: Terms = OFF,
    lots: Lots | None = None,
    carts: Carts | None = None,
    bought: Bought | None = None,
    identities: Identities | None = None,
) -> Placed | Refusal:
    """Hold the stock, the coupons and the points and draft the orders, or say why not."""
    wallet, carts, bought = lots or Lots([], []), carts or Carts(), bought or Bought()
    identities = identities or Identities()
    basket = fill(command.items, offers, rules, stock, person=command.actor, sets=command.sets)
    if isinstance(basket, Refusal):
        return basket
    if refusal := (
        basket.why_not_hold(stock)
        or addresses.why_not_use(command.actor, command.address)
        or why_not_deliver(basket.offers, command.address)
        or why_not_keep(basket.offers, command.accepts_no_return)
        or why_not_remark(command.remarks)
        or (carts.why_not_check_out(command.actor, command.items, basket.sets.items()) if command.from_cart else None)
        or (identities.why_not_declare(command.actor) if is_declared(basket.offers, draft.currency) else None)
        or bought.why_not_buy(command.actor, basket)
        or why_not_use(command.coupons, coupons, command.actor, draft.now, old_customers)
    ):
        return refusal
    address = addresses.get(command.address)
    chosen = [coupons.terms(coupon) for coupon in command.coupons]
    quoted = basket.quote(chosen, command.points, terms, address.region if address else None)
    if isinstance(quoted, Refusal):
        return quoted
    if refusal := (
        why_not_pay_by(command.points, quoted, terms, wallet, command.actor, draft.now)
        or why_not_at_price(quoted.total_minor, command.quoted_minor)
        or bought.why_not_import(command.actor, basket, quoted, draft.currency)
    ):
        return refusal
    # After this point it must succeed.
    holds = basket.hold(stock)
    items = [Item(*one) for one in zip(basket.offers, quoted.lines, holds, strict=True)]
    pay_by = draft.now + PAY_WITHIN
    placed = draft.place(
        command.actor, items, address, Release.AT_ONCE, pay_by, quoted.points_units, share=command.share,
        channel=command.channel,
    )  # fmt: skip
    draft.add_remarks(placed, command.remarks)
    if is_declared(basket.offers, draft.currency):
        draft.declare(placed, identities.get(command.actor))
    bought.buy(command.actor, basket)
    bought.bring_in(command.actor, basket, quoted)
    if command.from_cart:
        carts.check_out(command.actor, command.items, basket.sets.items())
    hold_means(command.actor, quoted, placed, draft, coupons, wallet)
    return placed


def hold_means(person: UUID, quoted: Quote, placed: Placed, draft: OrderDraft, coupons: Coupons, wallet: Lots) -> None:
    """Keep the coupons and the points that pay a part of what was placed last, until it is paid or closed."""
    kept = hold_coupons(quoted, coupons, placed.payable)
    holds_of = [wallet.hold(person, o.points, o.id, draft.now) for o in draft.newest(placed) if o.points]
    if not quoted.total_minor:  # nobody waits for a payment, so nothing stays held for one
        for coupon in kept:
            coupons.settle(coupon)
        for hold in holds_of:
            wallet.settle(hold)
