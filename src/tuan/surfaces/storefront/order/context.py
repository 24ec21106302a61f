"""What one order's page shows."""

from datetime import datetime
from typing import Literal

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.storefront.cases.context import CaseCard
from tuan.surfaces.storefront.orders.context import NextStep, OrderState
from tuan.surfaces.storefront.parts import Address, GoodsLine, MoneyLine, Refund
from tuan.surfaces.storefront.presale.context import OwnPresale


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to the order. `detail` adds a tracking number, a reason, a name."""

    kind: Literal[
        "placed",
        "paid",
        "deposited",
        "forfeited",
        "seat_taken",
        "team_formed",
        "team_lapsed",
        "left_team",
        "shipped",
        "received",
        "completed",
        "cancelled",
        "closed",
        "refund_started",
        "refund_arrived",
    ]
    at: datetime
    detail: str = ""


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """What the carrier said of a parcel: our word for it, where, and his own words."""

    status: str
    words: str
    at: datetime
    place: str = ""
    said: str = ""


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """Where the goods are. `url`: where the carrier shows it himself; `scans`: what he told us, the latest first."""

    carrier: str
    tracking_number: str
    url: str | None = None
    scans: list[Scan] = []


class OrderPage(msgspec.Struct, frozen=True, kw_only=True):
    """One order of the viewer. `timeline` runs from the newest moment to the oldest. `received_by` and `completed_by` say
    when the order moves on by itself.

    The forms for cancelling and for confirming the receipt stand only where they would be taken.
    """

    order: str
    number: str
    url: str
    state: OrderState
    supplier_name: str
    placed_at: datetime
    next_step: NextStep
    next_url: str | None = None
    deadline: datetime | None = None
    received_by: datetime | None = None
    completed_by: datetime | None = None
    end_reason: str = ""
    needed: int | None = None
    team_url: str | None = None
    timeline: list[Moment]
    lines: list[GoodsLine]
    price_lines: list[MoneyLine]
    total: Money
    address: Address | None = None
    remark: str = ""
    """What the buyer told the seller."""
    parcels: list[Parcel] = []
    refunds: list[Refund] = []
    presale: OwnPresale | None = None
    lowered: Money | None = None
    """What came back because its team reached a lower step of the price."""
    can_cancel: bool = False
    cancel_key: str = ""
    back: Money | None = None
    """What cancelling would give back."""
    beside: list[str] = []
    """What cancelling would do to coupons and points, a sentence for each."""
    cases: list[CaseCard] = []
    ask_url: str = ""
    invoice_url: str = ""
    can_receive: bool = False
    receive_key: str = ""
