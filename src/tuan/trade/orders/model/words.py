"""The words of orders: states, commands, what placing gives. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

from tuan.goods.catalog.model import AGREED, Offer
from tuan.kit import ids, states
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.people.accounts.model import Address
from tuan.people.compliance.model import Channel
from tuan.trade.orders.errors import (
    AddressMissing,
    AmountTooLarge,
    NotNow,
    PriceChanged,
    PriceUnseen,
    RemarkTooLong,
    ReturnUnconfirmed,
    UnitsInvalid,
)
from tuan.trade.payments.model import PayableId

OrderId = NewType("OrderId", UUID)

ORDER_ID: ids.IdKind[OrderId] = ids.IdKind("ord")

NUMBER_LETTERS = 10
ID_LETTERS = 26
END_DIGITS = 12
UNITS_PER_LINE_MAX = 999
LINES_MAX = 50
REMARK_MAX = 200
PAY_WITHIN = timedelta(minutes=15)
RETURN_WINDOW = timedelta(days=7)
RECEIVED_BY_ITSELF_AFTER = timedelta(days=15)
KEPT_BY_LAW = timedelta(days=3 * 366)
"""Trade is kept for at least three years after it ended (E-Commerce Law, art. 31); with it for whom it was declared, and no longer."""
IMPORT_LIMITS = {"CNY": (500_000, 2_600_000)}
"""Fen of one purchase and of one person in a year, of goods that come from abroad to be used by whoever buys them (Cai Guan Shui
[2018] 49, art. 1). By currency, since a market has one law and one currency; a market of another one has no such bound here."""
CHANNELS = (Channel.WEB, Channel.WECHAT_H5, Channel.WECHAT_MP)
"""Where orders come about, as the owners of the places see it."""
NO_ADDRESS = Address("", "", "", "")
"""Where goods once went, when nobody may know it any more."""


class Release(StrEnum):
    """Who lets a paid order go to shipping: the payment itself, or whoever gave the promise (a team that forms)."""

    AT_ONCE = "at_once"
    ON_COMMAND = "on_command"


RELEASES = tuple(Release)


class OrderState(StrEnum):
    PLACED = "placed"
    DEPOSITED = "deposited"
    PAID = "paid"
    GATHERING = "gathering"
    TO_SHIP = "to_ship"
    SHIPPED = "shipped"
    RECEIVED = "received"
    COMPLETED = "completed"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    FORFEITED = "forfeited"


S = OrderState

# Deposited: a part is here, and the rest is owed later; forfeited: the rest never came, and of the part some is kept.
# Paid: all money is here and whoever promised must answer for it. Closed comes back to paid when money arrives late,
# so that no captured cent is ever without an order that is on its way to goods or to a refund.
ORDER = states.table(
    {
        S.PLACED: {S.PAID, S.DEPOSITED, S.CLOSED},
        S.DEPOSITED: {S.PAID, S.FORFEITED, S.CANCELLED},
        S.PAID: {S.GATHERING, S.TO_SHIP, S.CANCELLED},
        S.GATHERING: {S.TO_SHIP, S.CANCELLED},
        S.TO_SHIP: {S.SHIPPED, S.CANCELLED},
        S.SHIPPED: {S.RECEIVED, S.CANCELLED},
        S.RECEIVED: {S.COMPLETED, S.CANCELLED},
        S.CLOSED: {S.PAID},
        S.COMPLETED: (),
        S.CANCELLED: (),
        S.FORFEITED: (),
    },
    start=S.PLACED,
)


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """Buy alone: (sku, units) pairs, the address for what is shipped, the total the page showed, coupons in the order chosen."""

    actor: UUID
    key: str
    items: tuple[tuple[UUID, int], ...]
    address: UUID | None
    quoted_minor: int | None
    coupons: tuple[UUID, ...] = ()
    points: int = 0
    """How many of the buyer's points are to pay a part of it."""
    remarks: tuple[tuple[UUID, str], ...] = ()
    """What the buyer says to a supplier about what he sends."""
    from_cart: bool = False
    """The items and the sets are lines of the buyer's cart, and leave it."""
    accepts_no_return: bool = False
    """He has said that he knows which goods are not taken back without a reason."""
    sets: tuple[tuple[UUID, int], ...] = ()
    """Beside the items: (bundle, how many sets of it) pairs, which cost what it does."""
    share: str | None = None
    """The code of the link that brought the buyer on this visit."""
    channel: str = Channel.WEB
    """Where he looks at the market on this visit."""


@dataclass(frozen=True, slots=True)
class Placed:
    """What placing gave: one payable, and an order per supplier."""

    payable: PayableId
    orders: tuple[OrderId, ...]


def number_of(order: UUID) -> str:
    """The end of an order's id is its random part: enough to tell it on the phone."""
    return ORDER_ID.show(order)[-NUMBER_LETTERS:].upper()


def end_of_number(number: str) -> str | None:
    """The last hexadecimal digits of the id of an order that has this number; None for what is no number of an order."""
    letters = number.strip().lower()
    found = ORDER_ID.parse(f"ord_{letters.rjust(ID_LETTERS, '0')}") if len(letters) == NUMBER_LETTERS else None
    return None if found is None else found.hex[-END_DIGITS:]


def why_not_units(units: int, most: int = UNITS_PER_LINE_MAX) -> Refusal | None:
    return None if 1 <= units <= most else UnitsInvalid(most=most)


def why_not_remark(remarks: Iterable[tuple[UUID, str]]) -> Refusal | None:
    return RemarkTooLong(longest=REMARK_MAX) if any(len(text) > REMARK_MAX for _, text in remarks) else None


def why_not_deliver(offers: Iterable[Offer], address: UUID | None) -> Refusal | None:
    """What is shipped needs an address; the rest does not."""
    return AddressMissing() if address is None and any(o.fulfilment == "shipped" for o in offers) else None


def why_not_declare(state: str, shipped_at: Instant | None) -> Refusal | None:
    """Customs are told of what is sent or was; of what is not paid, or never left, nobody needs to know for whom it was."""
    return None if state == OrderState.TO_SHIP or shipped_at is not None else NotNow(state=state)


def why_not_keep(offers: Iterable[Offer], accepts_no_return: bool) -> Refusal | None:
    """What is by agreement not taken back without a reason needs the agreement."""
    needs = not accepts_no_return and any(offer.return_exception == AGREED for offer in offers)
    return ReturnUnconfirmed() if needs else None


UNSEEN = -1
"""What a face hands on as the quote where it was told none."""


def why_not_at_price(total_minor: int, quoted_minor: int | None) -> Refusal | None:
    """The quote shown is the quote charged, and no charge passes the bound of all amounts.

    quoted_minor: UNSEEN where a face was told none; None where no face stands between (seeds, the simulation).
    """
    if total_minor > AMOUNT_MINOR_MAX:
        return AmountTooLarge(most_minor=AMOUNT_MINOR_MAX)
    if quoted_minor == UNSEEN:
        return PriceUnseen(now_minor=total_minor)
    if quoted_minor is None or quoted_minor == total_minor:
        return None
    return PriceChanged(now_minor=total_minor, shown_minor=quoted_minor)


def encode_placed(placed: Placed) -> dict[str, Any]:
    """What is remembered under the command's key."""
    return {"payable": str(placed.payable), "orders": [str(order) for order in placed.orders]}


def decode_placed(stored: Any) -> Placed:
    return Placed(PayableId(UUID(stored["payable"])), tuple(OrderId(UUID(order)) for order in stored["orders"]))
