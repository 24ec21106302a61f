"""The port of payment providers: what every provider must offer, and the words in which it answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from tuan.kit.time import Instant


class ChargeState(StrEnum):
    PAID = "paid"
    WAITING = "waiting"
    DECLINED = "declined"
    CLOSED = "closed"


class RefundState(StrEnum):
    DONE = "done"
    UNKNOWN = "unknown"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Charge:
    """What we ask a provider to collect. `attempt` is our key: asking twice collects once."""

    market: int
    attempt: UUID
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What a provider says of a charge, by notice, query or browser return; all three are the same news.

    transaction: the provider's own id of the payment, empty unless paid. merchant, app: to whom it was paid.
    """

    provider: str
    attempt: UUID
    state: ChargeState
    transaction: str
    merchant: str
    app: str
    amount_minor: int
    currency: str
    paid_at: Instant | None


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """Money to give back. `refund` is our key: asking again with it gives back once."""

    market: int
    refund: UUID
    transaction: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class RefundAnswer:
    refund: UUID
    state: RefundState
    provider_ref: str


class PaymentProvider(Protocol):
    """A provider. Every call may be repeated; a call that raises has an unknown outcome and is asked again."""

    name: str
    merchant: str
    app: str

    async def start(self, charges: Sequence[Charge]) -> None: ...
    async def query(self, charges: Sequence[Charge]) -> Sequence[Notice]: ...
    async def close(self, charges: Sequence[Charge]) -> Sequence[Notice]:
        """Close what is unpaid; answers as query does, so a payment that came first is not lost."""
        ...

    async def refund(self, refunds: Sequence[RefundOrder]) -> Sequence[RefundAnswer]: ...
