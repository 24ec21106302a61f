"""The rules of presales: an offer, what of a deposit is kept, and the terms an order has from its placement on. Pure.

A deposit is of one of two kinds. Earnest money 定金: who gives it and does not pay the balance has no claim to it, who took it
and does not deliver gives it back twice (Civil Code of the PRC, art. 587); it may not be more than a fifth of what the
contract is worth, and what is more than that is no earnest money (art. 586). A prepayment 订金 is a part of the price paid early,
and comes back whoever it was that stepped back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

from tuan.goods.catalog.model import Offers
from tuan.goods.supply.model import Stock
from tuan.kit import ids, states
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import Instant
from tuan.people.accounts.model import Addresses
from tuan.people.compliance.model import Channel
from tuan.play.presale.errors import NotWaiting, OfferInvalid, OfferOver, TooLateToFail
from tuan.trade.orders.model import (
    PAY_WITHIN,
    UNITS_PER_LINE_MAX,
    Item,
    Order,
    OrderDraft,
    OrderId,
    OrderState,
    Release,
    line_of,
    why_not_at_price,
    why_not_deliver,
    why_not_units,
)
from tuan.trade.payments.model import PayableId
from tuan.value.promotions.model import CampaignPrice, Reason, campaign_line, freight_of_line

OfferId = NewType("OfferId", UUID)
OFFER_ID: ids.IdKind[OfferId] = ids.IdKind("presale")

EARNEST_PERMYRIAD_MAX = 2_000
"""A fifth of what the contract is worth (Civil Code, art. 586)."""
PERMYRIAD = 10_000
HORIZON = timedelta(days=366)
"""Nobody's money waits longer than this for a balance."""


class Kind(StrEnum):
    EARNEST = "earnest"
    PREPAYMENT = "prepayment"


KINDS = tuple(Kind)


class OfferState(StrEnum):
    RUNNING = "running"
    ENDED = "ended"


OFFER = states.table({OfferState.RUNNING: {OfferState.ENDED}, OfferState.ENDED: ()}, start=OfferState.RUNNING)


@dataclass(frozen=True, slots=True)
class Price:
    """Of one unit, in minor units: all of it, and what of it is paid now."""

    price_minor: int
    deposit_minor: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A presale: deposits are taken from `starts_at` to `ends_at`, balances from `balance_from` to `balance_until`."""

    id: OfferId
    product_id: UUID
    state: str
    kind: str
    starts_at: Instant
    ends_at: Instant
    balance_from: Instant
    balance_until: Instant
    ships_by: Instant
    units_per_order_max: int
    prices: Mapping[UUID, Price]

    def why_not_book(self, sku: UUID, units: int, now: Instant) -> Refusal | None:
        if sku not in self.prices:
            return NotFound()
        if self.state != OfferState.RUNNING or not self.starts_at <= now < self.ends_at:
            return OfferOver()
        return why_not_units(units, self.units_per_order_max)


@dataclass(frozen=True, slots=True)
class NewOffer:
    """A presale to launch; see `Offer`."""

    product: UUID
    kind: str
    prices: Mapping[UUID, Price]
    starts_at: Instant
    ends_at: Instant
    balance_from: Instant
    balance_until: Instant
    ships_by: Instant
    units_per_order_max: int = 99


@dataclass(frozen=True, slots=True)
class BookGoods:
    """A command: pay a deposit for so many units. `quoted_minor`: deposit and balance together, as the page showed them."""

    actor: UUID
    key: str
    offer: UUID
    sku: UUID
    units: int
    address: UUID | None
    quoted_minor: int | None = None
    share: str | None = None
    """The code of the link that brought the buyer on this visit."""
    channel: str = Channel.WEB
    """Where he looks at the market on this visit."""


@dataclass(frozen=True, slots=True)
class Booked:
    """An order that waits for its deposit, `payable`; `balance` is owed after it."""

    order: OrderId
    payable: PayableId
    balance: PayableId


@dataclass(slots=True)
class Booking:
    """What was agreed when an order was placed; it does not change."""

    order_id: UUID
    offer_id: UUID
    person_id: UUID
    kind: str
    deposit_minor: int
    balance_minor: int
    kept_minor: int
    """Earnest money: what of the deposit the supplier keeps if the balance is not paid, and gives twice if he does not deliver."""
    balance_from: Instant
    balance_until: Instant
    ships_by: Instant
    is_open: bool = True
    owed_minor: int = 0
    owed_at: Instant | None = None
    owed_done_at: Instant | None = None
    heard_at: Instant | None = None
    """When we heard that the deposit is paid, which may be long after it was; None: not yet."""

    @property
    def lost_minor(self) -> int:
        """What of the deposit the buyer loses if the balance is not paid: nothing where he had less time to pay it than any
        checkout gives, since nobody could ask him for it before the deposit had been heard of."""
        had_time = self.heard_at is None or self.heard_at + PAY_WITHIN <= self.balance_until
        return self.kept_minor if had_time else 0

    @property
    def back_minor(self) -> int:
        """What of the deposit comes back if the balance is not paid."""
        return self.deposit_minor - self.lost_minor


def kept_of(kind: str, deposit_minor: int, total_minor: int) -> int:
    """What of a deposit is earnest money: nothing of a prepayment, and never more than a fifth of the whole."""
    if kind != Kind.EARNEST:
        return 0
    return min(deposit_minor, total_minor * EARNEST_PERMYRIAD_MAX // PERMYRIAD)


def why_not_launch(new: NewOffer, known_skus: Iterable[UUID], now: Instant) -> Refusal | None:
    """The first field that does not fit, by name; the database holds the same bounds.

    A deposit over the whole price would leave no balance: whoever takes all at once sells, and needs no presale.
    """
    prices = new.prices.values()
    wrong = {
        "kind": new.kind not in KINDS,
        "prices": not new.prices
        or not set(new.prices) <= set(known_skus)
        or not all(2 <= price.price_minor <= AMOUNT_MINOR_MAX for price in prices),
        "deposits": not all(1 <= price.deposit_minor < price.price_minor for price in prices),
        "ends_at": new.ends_at <= max(new.starts_at, now),
        "balance_from": new.balance_from < new.ends_at,
        "balance_until": not new.balance_from < new.balance_until <= max(new.starts_at, now) + HORIZON,
        "ships_by": not new.balance_from < new.ships_by <= new.balance_until + HORIZON,
        "units_per_order_max": not 1 <= new.units_per_order_max <= UNITS_PER_LINE_MAX,
    }
    field = next((name for name, bad in wrong.items() if bad), None)
    return OfferInvalid(field=field) if field else None


@dataclass(slots=True)
class Desk:
    """What a batch of bookings decides against."""

    offers: Mapping[UUID, Offer]
    goods: Offers
    stock: Stock
    addresses: Addresses
    draft: OrderDraft
    bookings: list[Booking]


def book_goods(command: BookGoods, at: Desk) -> Booked | Refusal:
    """Hold the goods and draft an order that owes its deposit now and its balance later, or say why not."""
    offer = at.offers.get(command.offer)
    if offer is None:
        return NotFound()
    now = at.draft.now
    if refusal := (
        offer.why_not_book(command.sku, command.units, now)
        or at.goods.why_not_sell(command.sku)
        or at.addresses.why_not_use(command.actor, command.address)
        or why_not_deliver([at.goods.get(command.sku)], command.address)
        or _why_not_send(command, at)
        or why_not_at_price(offer.prices[command.sku].price_minor * command.units, command.quoted_minor)
        or at.stock.why_not_hold(command.sku, command.units)
    ):
        return refusal
    # After this point it must succeed.
    price, goods = offer.prices[command.sku], at.goods.get(command.sku)
    total, deposit = price.price_minor * command.units, price.deposit_minor * command.units
    campaign = CampaignPrice(Reason.PRESALE_PRICE, total, offer.id)
    line = campaign_line(command.sku, command.units, goods.price_minor, campaign)
    item = Item(goods, line, at.stock.hold(command.sku, command.units))
    address = at.addresses.get(command.address)
    placed = at.draft.place(
        command.actor, [item], address, Release.AT_ONCE, now + PAY_WITHIN, share=command.share, channel=command.channel
    )
    balance = at.draft.defer(placed, deposit, offer.balance_from, offer.balance_until)
    kept = kept_of(offer.kind, deposit, total)
    (order,) = placed.orders
    at.bookings.append(
        Booking(order, offer.id, command.actor, offer.kind, deposit, total - deposit, kept,
                offer.balance_from, offer.balance_until, offer.ships_by)
    )  # fmt: skip
    return Booked(order, placed.payable, balance)


def _why_not_send(command: BookGoods, at: Desk) -> Refusal | None:
    """Sending is in the price of a presale; where its supplier does not send to, it cannot be booked."""
    goods, address = at.goods.get(command.sku), at.addresses.get(command.address)
    if goods.freight is None or address is None:
        return None
    sent = freight_of_line(line_of(goods, command.units), goods.freight, address.region, 0)
    return sent if isinstance(sent, Refusal) else None


def why_not_give_up(order: Order) -> Refusal | None:
    """The buyer may step back while his balance is owed; before that he cancels, after it he has bought."""
    return None if order.state == OrderState.DEPOSITED else NotWaiting(state=order.state)


def why_not_fail(order: Order) -> Refusal | None:
    """The supplier does not deliver: whenever money of the buyer is here and the goods are not on their way."""
    waits = order.state in (OrderState.DEPOSITED, OrderState.TO_SHIP)
    return None if waits else TooLateToFail(state=order.state)


def encode_booked(booked: Booked) -> dict[str, Any]:
    """What is remembered under the command's key."""
    return {"order": str(booked.order), "payable": str(booked.payable), "balance": str(booked.balance)}


def decode_booked(stored: Any) -> Booked:
    return Booked(
        OrderId(UUID(stored["order"])), PayableId(UUID(stored["payable"])), PayableId(UUID(stored["balance"]))
    )
