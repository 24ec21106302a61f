"""The till: payables, attempts, captures and refunds as a loaded set. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType
from uuid import UUID

from tuan.kit import ids, states
from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import Instant
from tuan.trade.payments.errors import AlreadyPaid, BeingConfirmed, NotYetDue, PayTimeOver

PayableId = NewType("PayableId", UUID)
AttemptId = NewType("AttemptId", UUID)

PAYABLE: ids.IdKind[PayableId] = ids.IdKind("pay")
ATTEMPT_ID: ids.IdKind[AttemptId] = ids.IdKind("try")
REFUND_ID: ids.IdKind[UUID] = ids.IdKind("refund")
ASIDE_ID: ids.IdKind[UUID] = ids.IdKind("aside")
"""A notice in quarantine."""


class AttemptState(StrEnum):
    PENDING = "pending"
    CAPTURED = "captured"
    DECLINED = "declined"
    CLOSED = "closed"
    DISPUTED = "disputed"


# A provider may tell of a payment after it had told us of a decline or after we had closed: captured is always reachable.
ATTEMPT = states.table(
    {
        AttemptState.PENDING: {
            AttemptState.CAPTURED,
            AttemptState.DECLINED,
            AttemptState.CLOSED,
            AttemptState.DISPUTED,
        },
        AttemptState.DISPUTED: {AttemptState.CAPTURED},
        AttemptState.DECLINED: {AttemptState.CAPTURED},
        AttemptState.CLOSED: {AttemptState.CAPTURED},
        AttemptState.CAPTURED: (),
    },
    start=AttemptState.PENDING,
)

REFUND = states.table({"due": {"done", "stuck"}, "stuck": {"due"}, "done": ()}, start="due")

QUERY_AFTER_SECONDS = 30
"""A pending attempt is asked about after this long, then at growing intervals, and at the latest when its time is over."""


class QuarantineReason(StrEnum):
    UNKNOWN_ATTEMPT = "unknown_attempt"
    WRONG_AMOUNT = "wrong_amount"
    WRONG_CURRENCY = "wrong_currency"
    WRONG_MERCHANT = "wrong_merchant"
    WRONG_PROVIDER = "wrong_provider"
    REUSED_TRANSACTION = "reused_transaction"


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a provider was asked to move out: who was asked, how much, and how it stands."""

    provider: str
    amount_minor: int
    currency: str
    state: str


def why_aside(agreed: Agreed | None, provider: str, amount_minor: int | None, currency: str) -> QuarantineReason | None:
    """Why what is told of money that goes out is for a person to look at; no amount or currency: it does not say."""
    if agreed is None:
        return QuarantineReason.UNKNOWN_ATTEMPT
    if provider != agreed.provider:
        return QuarantineReason.WRONG_PROVIDER
    if amount_minor not in (None, agreed.amount_minor):
        return QuarantineReason.WRONG_AMOUNT
    return QuarantineReason.WRONG_CURRENCY if currency not in ("", agreed.currency) else None


RESOLUTIONS = ("returned", "settled", "no_money")
"""How a person has settled a notice put aside: given back at the provider, settled with the buyer, or no money ever came."""


@dataclass(slots=True)
class Payable:
    id: PayableId
    person_id: UUID
    currency: str
    amount_minor: int
    applied_minor: int
    refunded_minor: int
    pay_by: Instant
    after_id: PayableId | None = None
    """What has to be paid before this one, for the same goods: a deposit before its balance."""
    pay_from: Instant | None = None
    is_void: bool = False
    """What it was for is no more, and it was never paid: whatever still comes goes back at once."""
    is_next: bool = True
    """What has to be paid before it is paid."""

    @property
    def is_paid(self) -> bool:
        return self.applied_minor == self.amount_minor


@dataclass(slots=True)
class Attempt:
    id: AttemptId
    payable_id: PayableId
    provider: str
    merchant: str
    app: str
    amount_minor: int
    currency: str
    state: str
    started_at: Instant
    before: str = ""
    next_query_at: Instant | None = None
    """Where the next query stands; only a pending attempt has one."""

    def move(self, after: AttemptState) -> None:
        """Along the table; nobody is asked about an attempt that has an outcome."""
        ATTEMPT.check(self.state, after)
        self.state, self.next_query_at = after, None


@dataclass(slots=True)
class Capture:
    id: UUID
    payable_id: PayableId
    attempt_id: AttemptId
    provider: str
    transaction: str
    amount_minor: int
    applied_minor: int
    refunded_minor: int
    paid_at: Instant
    received_at: Instant
    refundable_minor: int = 0
    """What of the applied part is not on its way back yet."""
    payer: str = ""
    """The mark of who paid, where the provider told it; written and not read again with the till."""


@dataclass(frozen=True, slots=True)
class Refund:
    """Money to give back for an order, or, without one, money that came too much."""

    id: UUID
    capture_id: UUID
    order_id: UUID | None
    amount_minor: int
    reason: str


class Till:
    """The locked payables of a batch with their captures, and what the batch did to them."""

    def __init__(self, payables: Iterable[Payable], captures: Iterable[Capture] = ()) -> None:
        self.payables = {p.id: p for p in payables}
        self.captures: dict[PayableId, list[Capture]] = {}
        self.transactions: dict[tuple[str, str], Capture] = {}
        for capture in captures:
            self._know(capture)
        self.new_captures: list[Capture] = []
        self._new: set[UUID] = set()
        self.new_refunds: list[Refund] = []
        self.touched: set[PayableId] = set()
        self.voided: list[Payable] = []
        self._followed_by = {p.after_id: p.id for p in self.payables.values() if p.after_id is not None}
        self.touched_captures: dict[UUID, Capture] = {}

    def _know(self, capture: Capture) -> None:
        self.captures.setdefault(capture.payable_id, []).append(capture)
        self.transactions[capture.provider, capture.transaction] = capture

    def capture(
        self, attempt: Attempt, transaction: str, amount_minor: int, paid_at: Instant, now: Instant, payer: str = ""
    ) -> Capture:
        """Book money that came. What the payable does not need is not applied and goes back at once."""
        payable = self.payables[attempt.payable_id]
        applied = 0 if payable.is_void else min(amount_minor, payable.amount_minor - payable.applied_minor)
        capture = Capture(
            ids.new_uuid(), payable.id, attempt.id, attempt.provider, transaction, amount_minor, applied, 0, paid_at, now,
            refundable_minor=applied, payer=payer,
        )  # fmt: skip
        self._know(capture)
        self.new_captures.append(capture)
        self._new.add(capture.id)
        payable.applied_minor += applied
        self.touched.add(payable.id)
        if excess := amount_minor - applied:
            self._refund(capture, None, excess, "excess")
        return capture

    def close(self, payable: PayableId, now: Instant) -> None:
        """What it was for is no more: nobody starts to pay it from now on. Money under way is still taken in."""
        row = self.payables[payable]
        if now < row.pay_by:
            row.pay_by = now
            self.touched.add(payable)

    def void(self, payable: PayableId, now: Instant) -> None:
        """Nothing is owed of it any more, and money that is still under way goes back by itself."""
        row = self.payables[payable]
        assert row.applied_minor == 0, "what was paid is given back instead"
        if not row.is_void:
            row.is_void = True
            self.voided.append(row)
            self.close(payable, now)

    def _captures_for(self, payable: PayableId) -> list[Capture]:
        """What came for it, and after that what came for the payable that follows it."""
        follower = self._followed_by.get(payable)
        of_follower = self.captures.get(follower, []) if follower is not None else []
        return [*self.captures.get(payable, ()), *of_follower]

    def why_not_refund(self, payable: PayableId, amount_minor: int) -> Refusal | None:
        left = sum(c.refundable_minor for c in self._captures_for(payable))
        return None if 0 < amount_minor <= left else NotFound()

    def foresee(self, payable: PayableId, amount_minor: int) -> list[tuple[Capture, int]]:
        """What giving this much back would take from which capture: from each in the order they came."""
        parts = []
        for capture in self._captures_for(payable):
            if part := min(amount_minor, capture.refundable_minor):
                amount_minor -= part
                parts.append((capture, part))
        return parts

    def refund(self, payable: PayableId, order: UUID, amount_minor: int, reason: str) -> list[Refund]:
        """Give back from the captures as foreseen; one refund per capture that is drawn on."""
        assert self.why_not_refund(payable, amount_minor) is None
        made = []
        for capture, part in self.foresee(payable, amount_minor):
            self.payables[capture.payable_id].refunded_minor += part
            self.touched.add(capture.payable_id)
            capture.refundable_minor -= part
            made.append(self._refund(capture, order, part, reason))
        return made

    def _refund(self, capture: Capture, order: UUID | None, amount_minor: int, reason: str) -> Refund:
        capture.refunded_minor += amount_minor
        refund = Refund(ids.new_uuid(), capture.id, order, amount_minor, reason)
        self.new_refunds.append(refund)
        if capture.id not in self._new:
            self.touched_captures[capture.id] = capture
        return refund


def why_not_attempt(payable: Payable | None, person: UUID, pending: Attempt | None, now: Instant) -> Refusal | None:
    """Why this person may not start paying this now."""
    if payable is None or payable.person_id != person:
        return NotFound()
    if payable.is_paid:
        return AlreadyPaid()
    if pending is not None:
        return BeingConfirmed()
    if payable.is_void or now >= payable.pay_by:
        return PayTimeOver()
    is_early = payable.pay_from is not None and now < payable.pay_from
    return NotYetDue() if is_early or not payable.is_next else None
