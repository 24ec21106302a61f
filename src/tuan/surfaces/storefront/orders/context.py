"""What the list of one's orders shows."""

from datetime import datetime
from typing import Literal

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.storefront.parts import GoodsLine

OrderState = Literal[
    "placed",
    "deposited",
    "paid",
    "gathering",
    "to_ship",
    "shipped",
    "received",
    "completed",
    "cancelled",
    "closed",
    "forfeited",
]
NextStep = Literal["pay", "invite", "receive", "none"]


class OrderFilter(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the list: all, to pay, gathering, on the way, done."""

    filter: Literal["all", "to_pay", "gathering", "on_the_way", "done"]
    url: str
    is_chosen: bool = False


class OrderCard(msgspec.Struct, frozen=True, kw_only=True):
    """An order in the list; `needed` counts the missing team members while it gathers."""

    order: str
    url: str
    state: OrderState
    supplier_name: str
    lines: list[GoodsLine]
    total: Money
    placed_at: datetime
    next_step: NextStep = "none"
    next_url: str | None = None
    deadline: datetime | None = None
    needed: int | None = None
    refunded: Money | None = None


class OrdersPage(msgspec.Struct, frozen=True, kw_only=True):
    """The viewer's orders, newest first; `next_page` is the key of the following page."""

    filters: list[OrderFilter]
    orders: list[OrderCard]
    next_page: str | None = None
    next_url: str | None = None
