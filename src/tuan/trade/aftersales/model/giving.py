"""What may be asked, and exactly what would come back. Pure: the page shows it and the verb does it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.trade.aftersales.errors import (
    AskInvalid,
    ClaimOver,
    LineInCase,
    NotReturnable,
    TooLateToCancel,
    UnitsNotLeft,
    WindowOver,
)
from tuan.trade.aftersales.model.whole import why_not_refund
from tuan.trade.aftersales.model.words import (
    FAULTS,
    GOODS_COME_BACK,
    GOODS_GO_OUT,
    NO_REASON,
    REASONS,
    Ask,
    Case,
    CaseLine,
    Kind,
    Side,
)
from tuan.trade.orders.model import RETURN_WINDOW, CouponBack, Line, NotNow, Order, OrderState, Share
from tuan.trade.payments.model import Capture, Till
from tuan.trade.settlement.model import DEFAULT_RULES

S = OrderState
CLAIM_DAYS = DEFAULT_RULES.claim_days


@dataclass(frozen=True, slots=True)
class Beside:
    """What comes of coupons and points beside the money: points that were spent come back, points that were earned are
    taken, those for leading a team when nothing of the order's money stays, and of both some would be owed, as they are spent."""

    coupons: tuple[CouponBack, ...] = ()
    points_returned: int = 0
    points_taken: int = 0
    points_owed: int = 0
    points_led_taken: int = 0


NOTHING_BESIDE = Beside()


@dataclass(frozen=True, slots=True)
class Preview:
    """What comes back of a question that is granted; amounts in minor units.

    For an exchange or goods sent again the money is what comes back if they are never sent.
    """

    shares: tuple[Share, ...]
    total_minor: int
    by_capture: tuple[tuple[Capture, int], ...]
    """What of it goes back to which payment."""
    freight_kept_minor: int
    """Freight of these lines that does not come back."""
    keeps_units: bool
    """Less than the units are worth: they are not given up by it."""
    way_back: Side
    """Who pays for sending the goods back; nobody where nothing is sent."""
    is_money: bool
    """Money is what is asked for, not other goods."""
    beside: Beside = NOTHING_BESIDE


def why_not_open(
    order: Order, ask: Ask, cases: Sequence[Case], now: Instant, claim_days: int = CLAIM_DAYS
) -> Refusal | None:
    """Why this may not be asked about these lines now. claim_days: so long after receipt defects may be claimed, also of what
    was settled meanwhile."""
    if ask.reason not in REASONS.get(ask.kind, ()):
        return AskInvalid(field="reason")
    return (
        _why_not_state(order, ask)
        or _why_not_items(order, ask, cases)
        or _why_not_window(order, ask, now)
        or _why_not_claim(order, now, claim_days)
        or _why_not_amount(order, ask)
    )


def _why_not_state(order: Order, ask: Ask) -> Refusal | None:
    if refusal := why_not_refund(order):
        return refusal
    if ask.kind is Kind.CANCEL:
        return None if order.state == S.TO_SHIP else TooLateToCancel(state=order.state)
    return None if order.state in (S.SHIPPED, S.RECEIVED, S.COMPLETED) else NotNow(state=order.state)


def _why_not_items(order: Order, ask: Ask, cases: Sequence[Case]) -> Refusal | None:
    by_number = {line.number: line for line in order.lines}
    if not ask.items or len({number for number, _ in ask.items}) < len(ask.items):
        return AskInvalid(field="units")
    taken = {line.line_number for case in cases for line in case.lines if line.is_open}
    for number, units in ask.items:
        line = by_number.get(number)
        left = line.units_left if line else 0
        if not 0 < units <= left:
            return UnitsNotLeft(left=left)
        if number in taken:
            return LineInCase()
    return None


def _why_not_window(order: Order, ask: Ask, now: Instant) -> Refusal | None:
    """Seven days from receipt without a reason (Consumer Protection Law, art. 25), but for what was sold as excepted."""
    if ask.reason != NO_REASON:
        return None
    if not all(line.no_reason_return for line, _ in _chosen(order, ask)):
        return NotReturnable()
    over = order.received_at is not None and now > order.received_at + RETURN_WINDOW
    return WindowOver() if over else None


def _why_not_claim(order: Order, now: Instant, claim_days: int) -> Refusal | None:
    over = order.received_at is not None and now > order.received_at + timedelta(days=claim_days)
    return ClaimOver(days=claim_days) if over else None


def _why_not_amount(order: Order, ask: Ask) -> Refusal | None:
    if ask.amount_minor is None:
        return None
    if ask.kind is not Kind.REFUND_ONLY or len(ask.items) > 1:
        return AskInvalid(field="amount")
    worth = sum(share.amount_minor for share in _whole_shares(order, ask))
    return None if 0 < ask.amount_minor <= worth else AskInvalid(field="amount")


def preview(order: Order, till: Till, ask: Ask) -> Preview:
    """Exactly what comes back if it is granted; `why_not_open` is None."""
    shares = _whole_shares(order, ask)
    worth = sum(share.amount_minor for share in shares)
    keeps_units = ask.amount_minor is not None and ask.amount_minor < worth
    if keeps_units:
        shares = [_less(shares[0], ask.amount_minor or 0)]
    total = sum(share.amount_minor for share in shares)
    at_fault = ask.reason in FAULTS
    kept = sum(line.freight_of(units) for line, units in _chosen(order, ask))
    kept -= min(kept, sum(share.freight_minor for share in shares))
    return Preview(
        shares=tuple(shares),
        total_minor=total,
        by_capture=tuple(till.foresee(order.payable_id, total)),
        freight_kept_minor=0 if at_fault else kept,
        keeps_units=keeps_units,
        way_back=(Side.SUPPLIER if at_fault else Side.BUYER) if ask.kind in GOODS_COME_BACK else Side.NOBODY,
        is_money=ask.kind not in GOODS_GO_OUT,
    )


def preview_whole(order: Order, till: Till, kept_minor: int) -> Preview:
    """Exactly what comes back of an order that is given up whole, but what is kept of it; one that was never paid has no money."""
    total = 0 if order.state == S.PLACED else order.total_minor - order.refunded_minor - kept_minor
    return Preview(
        shares=tuple(Share(x.number, x.units_left, x.goods_left_minor, x.freight_left_minor) for x in order.lines),
        total_minor=total,
        by_capture=tuple(till.foresee(order.payable_id, total)),
        freight_kept_minor=0,
        keeps_units=False,
        way_back=Side.NOBODY,
        is_money=True,
    )


def _chosen(order: Order, ask: Ask) -> list[tuple[Line, int]]:
    wanted = dict(ask.items)
    return [(line, wanted[line.number]) for line in order.lines if line.number in wanted]


def _whole_shares(order: Order, ask: Ask) -> list[Share]:
    """All that these units are worth. Freight comes back where the seller is at fault, and where nothing is shipped at all."""
    chosen = _chosen(order, ask)
    if ask.kind is Kind.CANCEL and sum(units for _, units in chosen) == sum(line.units_left for line in order.lines):
        units_of = dict(ask.items)
        all_of_it = [
            Share(x.number, units_of.get(x.number, 0), x.goods_left_minor, x.freight_left_minor) for x in order.lines
        ]
        return [share for share in all_of_it if share.units or share.amount_minor]
    at_fault = ask.reason in FAULTS
    return [
        Share(line.number, units, line.goods_of(units), line.freight_of(units) if at_fault else 0)
        for line, units in chosen
    ]


def _less(share: Share, amount_minor: int) -> Share:
    """Money alone, and less than all of it: of the goods first, then of the freight. Never the last of a line's goods."""
    goods = min(amount_minor, share.goods_minor)
    return Share(share.number, 0, goods, amount_minor - goods)


def lines_of(order: Order, number: int, ask: Ask, seen: Preview) -> list[CaseLine]:
    """What the case holds of each line until it ends."""
    units_of = dict(ask.items)
    return [
        CaseLine(order.id, number, share.number, units_of.get(share.number, 0), share.goods_minor, share.freight_minor,
                 seen.keeps_units)
        for share in seen.shares
    ]  # fmt: skip


def shares_of(case: Case) -> list[Share]:
    """What its end gives back, as it was promised when it was opened."""
    return [Share(x.line_number, 0 if x.keeps_units else x.units, x.goods_minor, x.freight_minor) for x in case.lines]
