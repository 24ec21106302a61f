"""How a charge may misbehave: words that are facts of one charge, and what they make the provider say and send. Pure.

They combine, with two exceptions: what is lost is neither late, nor sent again, nor wrongly signed; and what is
declined was not paid, so nothing is said of a wrong amount, currency or merchant.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from tuan.kit.time import Instant
from tuan.platform.gateways.payment import ChargeState


class Fault(StrEnum):
    """Each is a thing that real providers do."""

    DELAY = "delay"
    DUPLICATE = "duplicate"
    REORDER = "reorder"
    LOSS = "loss"
    DECLINE = "decline"
    UNKNOWN = "unknown"
    CENT_OFF = "cent_off"
    OTHER_CURRENCY = "other_currency"
    OTHER_MERCHANT = "other_merchant"
    WRONG_SIGNATURE = "wrong_signature"


DELAYED_BY = timedelta(minutes=2)
STALE_AFTER = timedelta(seconds=15)
COPIES = 3
DOUBTS = 2
"""How many answers are lost on their way, although the thing was done, before one arrives."""

STALE = {
    ChargeState.PAID: (ChargeState.WAITING, ChargeState.DECLINED),
    ChargeState.DECLINED: (ChargeState.WAITING,),
}
"""What was true before and is told after."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A notice to be sent: the state it tells, when it is first due, how many times over."""

    state: ChargeState
    due_at: Instant
    copies: int


def owed(state: ChargeState, faults: Collection[str], now: Instant) -> list[Owed]:
    """The notices that a charge which has just come to `state` owes its merchant."""
    if Fault.LOSS in faults:
        return []
    due_at = now + DELAYED_BY if Fault.DELAY in faults else now
    copies = COPIES if Fault.DUPLICATE in faults else 1
    stale = STALE.get(state, ()) if Fault.REORDER in faults else ()
    return [Owed(state, due_at, copies), *(Owed(old, due_at + STALE_AFTER, copies) for old in stale)]


def doubts(faults: Collection[str]) -> int:
    return DOUBTS if Fault.UNKNOWN in faults else 0


def said(
    state: ChargeState, faults: Collection[str], amount_minor: int, currency: str, merchant: str
) -> tuple[int, str, str]:
    """(amount_minor, currency, merchant) as notice, query and statement tell them of a charge in this state."""
    if state is not ChargeState.PAID:
        return amount_minor, currency, merchant
    if Fault.CENT_OFF in faults:
        amount_minor -= 1
    if Fault.OTHER_CURRENCY in faults:
        currency = "USD" if currency != "USD" else "EUR"
    if Fault.OTHER_MERCHANT in faults:
        merchant = "another-merchant"
    return amount_minor, currency, merchant
