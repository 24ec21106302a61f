"""The port of payment providers: what every provider must offer, and the words in which it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal, Protocol
from uuid import UUID

from tuan.kit.refusals import Refusal
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
    """What we ask a provider to collect. `attempt` is our key: asking twice collects once.

    notify_url: where notices of this charge are to be posted; empty where nobody listens, and we only ask.
    """

    market: int
    attempt: UUID
    amount_minor: int
    currency: str
    notify_url: str = ""


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


class TransferState(StrEnum):
    DONE = "done"
    UNKNOWN = "unknown"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TransferAnswer:
    """What came of paying somebody out. `transfer` is our key."""

    transfer: UUID
    state: TransferState
    provider_ref: str


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement in the provider's own account of a day. key: our attempt of a charge, our refund of a refund.

    transaction: the provider's id of the payment; a refund names the payment that it gives back.
    """

    kind: Literal["charge", "refund"]
    key: UUID
    transaction: str
    amount_minor: int
    currency: str
    at: Instant


class PaymentProvider(Protocol):
    """A provider. Every call may be repeated; a call that raises has an unknown outcome and is asked again, and so has
    a charge or refund that the answer leaves out."""

    name: str
    merchant: str
    app: str

    async def start(self, charges: Sequence[Charge]) -> None: ...
    async def query(self, charges: Sequence[Charge]) -> Sequence[Notice]: ...
    async def close(self, charges: Sequence[Charge]) -> Sequence[Notice]:
        """Close what is unpaid; answers as query does, so a payment that came first is not lost."""
        ...

    async def refund(self, refunds: Sequence[RefundOrder]) -> Sequence[RefundAnswer]: ...
    async def statement(self, market: int, day: date) -> Sequence[StatementLine]:
        """What was paid and given back on this day (UTC), oldest first; complete once the day is over."""
        ...

    def read_notice(self, market: int, headers: Mapping[str, str], body: bytes, now: Instant) -> Notice | Refusal:
        """What was posted to us, if this provider said it, said it now, and it can be read; headers in lower case."""
        ...
