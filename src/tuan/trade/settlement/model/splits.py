"""Drawing on payments: which of them a withdrawal is split from, and how much of each. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from tuan.kit import states
from tuan.kit.refusals import Refusal
from tuan.trade.settlement.errors import SplitTooSmall

SPLIT = "split"
PART = states.table({"held": {"done", "failed", "released"}, "done": (), "failed": (), "released": ()}, start="held")
"""Held: drawn, and perhaps asked for. Done: the provider moved it. Failed: it will not. Released: the withdrawal was rejected."""
PARTS_MAX = 50
"""How many payments one withdrawal is split from: each is a call to the provider."""


@dataclass(frozen=True, slots=True)
class Source:
    """A payment that an order of this payee's was paid by, in minor units: what of the order is his and was not drawn, and what
    nobody drew of the payment or got back."""

    order_id: UUID
    capture_id: UUID
    transaction: str
    order_left_minor: int
    capture_left_minor: int


@dataclass(frozen=True, slots=True)
class Part:
    order_id: UUID
    capture_id: UUID
    transaction: str
    amount_minor: int


def draw(sources: Iterable[Source], wanted_minor: int) -> list[Part] | Refusal:
    """So much from these payments, in their order: no order gives more than is his, no payment more than is left of it."""
    orders: dict[UUID, int] = {}
    captures: dict[UUID, int] = {}
    parts: list[Part] = []
    left = wanted_minor
    for one in sources:
        room = min(
            orders.setdefault(one.order_id, one.order_left_minor),
            captures.setdefault(one.capture_id, one.capture_left_minor),
            left,
        )
        if room <= 0 or len(parts) == PARTS_MAX:
            continue
        orders[one.order_id] -= room
        captures[one.capture_id] -= room
        left -= room
        parts.append(Part(one.order_id, one.capture_id, one.transaction, room))
    return SplitTooSmall(most_minor=wanted_minor - left) if left or not parts else parts
