"""Orders and their lines as they are stored, and what of a line is given back. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from tuan.goods.supply.model import AllotmentId, Hold, HoldId
from tuan.kit.money import part
from tuan.kit.time import Instant
from tuan.trade.orders.model.words import OrderId
from tuan.trade.payments.model import PayableId


@dataclass(slots=True)
class Line:
    order_id: OrderId
    number: int
    sku_id: UUID
    units: int
    amount_minor: int
    refunded_minor: int
    hold_id: HoldId
    allotment_id: AllotmentId | None
    freight_minor: int = 0
    """Of `amount_minor`; what is left of the amount is for the goods."""
    returned_units: int = 0
    """Units whose money has gone back whole, before they were shipped or after."""
    refunded_freight_minor: int = 0
    """Of `refunded_minor`."""
    no_reason_return: bool = True
    """The buyer may send it back within the return window without saying why."""
    later_minor: int = 0
    """What is to be paid for it later; no part of `amount_minor` until it is."""
    lowered_minor: int = 0
    """Of `refunded_minor`: what the price fell by after it was paid; no goods went back for it."""
    coupons: tuple[UUID, ...] = ()
    """Those that take from it; read only where its order has some."""

    @property
    def units_left(self) -> int:
        return self.units - self.returned_units

    @property
    def freight_left_minor(self) -> int:
        return self.freight_minor - self.refunded_freight_minor

    @property
    def goods_minor(self) -> int:
        return self.amount_minor - self.freight_minor

    @property
    def goods_left_minor(self) -> int:
        return self.amount_minor - self.refunded_minor - self.freight_left_minor

    def goods_of(self, units: int) -> int:
        """Money of so many of the units that are left; all of them are worth all that is left."""
        return part(self.goods_left_minor, done=0, now=units, of=self.units_left)

    def freight_of(self, units: int) -> int:
        return part(self.freight_left_minor, done=0, now=units, of=self.units_left)

    def hold(self) -> Hold:
        return Hold(self.hold_id, self.sku_id, self.allotment_id, self.units_left)


@dataclass(frozen=True, slots=True)
class Share:
    """What of one line is given back: units (0 where the buyer keeps his claim on them), money of goods and of freight."""

    number: int
    units: int
    goods_minor: int
    freight_minor: int = 0

    @property
    def amount_minor(self) -> int:
        return self.goods_minor + self.freight_minor


def measure(lines: Sequence[Line], given: Sequence[Share] = ()) -> tuple[int, int]:
    """How much of these goods has gone back, with what is given back now, and of how much: by their money at the price they have
    come to, or by their units where they cost none. Points pay for no sending, so sending that is kept keeps none of them."""
    lowered, goods = sum(line.lowered_minor for line in lines), sum(line.goods_minor for line in lines)
    if goods > lowered:
        left = sum(line.goods_left_minor for line in lines) - sum(share.goods_minor for share in given)
        return goods - left - lowered, goods - lowered
    back = sum(line.returned_units for line in lines) + sum(share.units for share in given)
    return back, sum(line.units for line in lines)


class CouponFate(StrEnum):
    """What comes of a coupon when goods that it took from are given back."""

    RETURNS = "returns"
    STAYS = "stays"
    """Used as before: other goods it took from are kept."""
    EXPIRED = "expired"
    """It comes back when its time is over already."""


@dataclass(frozen=True, slots=True)
class CouponBack:
    """A coupon by its name, and what would come of it; `valid_until` is when it ends in any case."""

    coupon: UUID
    name: str
    fate: CouponFate
    valid_until: Instant


@dataclass(slots=True)
class Order:
    id: OrderId
    payable_id: PayableId
    person_id: UUID
    supplier_id: UUID
    state: str
    release: str
    fulfilment: str
    currency: str
    total_minor: int
    refunded_minor: int
    placed_at: Instant
    pay_by: Instant
    paid_at: Instant | None
    released_at: Instant | None
    shipped_at: Instant | None
    received_at: Instant | None
    ended_at: Instant | None
    end_reason: str | None
    carrier: str | None
    tracking: str | None
    holds_stock: bool
    points: int
    """How many of the buyer's points pay a part of it."""
    later_minor: int
    """What is to be paid later, by the balance; no part of `total_minor` until it is."""
    balance_id: PayableId | None
    """What that is paid with, where it was placed with a deposit."""
    version: int
    before: str = ""
    lines: list[Line] = field(default_factory=list)
