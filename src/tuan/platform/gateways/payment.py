"""The port of payment providers: what every provider must offer, and the words in which it answers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timezone
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
    UNHEARD = "unheard"
    """The provider has never been asked for it; only a query says so."""


class TransferState(StrEnum):
    DONE = "done"
    UNKNOWN = "unknown"
    """On its way, or the payee has to agree first, or nobody knows: to be asked again."""
    FAILED = "failed"
    """It did not and will not arrive, or it has come back since."""
    UNHEARD = "unheard"


class PayoutMode(StrEnum):
    """How money comes to a payee."""

    TRANSFER = "transfer"
    """The market's own merchant account at the provider transfers it."""
    SPLIT = "split"
    """The provider moves the payee's share of a payment to the payee's own account with it (分账)."""


SPLIT_DAYS = {"sandbox": 365, "wechat": 30, "alipay": 365, "stripe": 365}
"""For how many days after it was paid a payment by this provider can be split. WeChat Pay frees the money after thirty."""


@dataclass(frozen=True, slots=True)
class Account:
    """To whom a market's buyers pay at a provider; what a notice says is compared with it."""

    merchant: str
    app: str


@dataclass(frozen=True, slots=True)
class Charge:
    """What we ask a provider to collect. `attempt` is our key: asking twice collects once.

    notify_url: where notices of this charge are to be posted; empty where nobody listens, and we only ask. title: what
    the payer reads. return_url: where he comes back to. pay_by: when the provider is to stop taking money for it.
    device: what he looks at us with. payer: his id at the provider, where it is known (WeChat's openid). address: the
    payer's IP address, which some providers want for their own defence.
    """

    market: int
    attempt: UUID
    amount_minor: int
    currency: str
    notify_url: str = ""
    title: str = ""
    return_url: str = ""
    pay_by: Instant | None = None
    device: Literal["desktop", "phone", "inside"] = "desktop"
    """`inside`: the browser inside the provider's own app."""
    payer: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Redirect:
    """The payer goes on at this address."""

    url: str


@dataclass(frozen=True, slots=True)
class QrCode:
    """The payer scans this with the provider's app."""

    content: str


@dataclass(frozen=True, slots=True)
class Invocation:
    """What a page or a mini-program inside the provider's app calls it with (WeChat's JSAPI)."""

    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Started:
    """What has to be shown so that this attempt can be paid."""

    attempt: UUID
    show: Redirect | QrCode | Invocation


@dataclass(frozen=True, slots=True)
class Notice:
    """What a provider says of a charge, by notice, query or browser return; all three are the same news.

    transaction: the provider's own id of the payment, empty unless paid. merchant, app: to whom it was paid. payer: the
    mark (`payers.marker`) of who paid, never his id; empty where the provider does not tell.
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
    payer: str = ""


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """Money to give back. `refund` is our key: asking again with it gives back once. paid_minor: the whole payment."""

    market: int
    refund: UUID
    transaction: str
    amount_minor: int
    currency: str
    paid_minor: int = 0


@dataclass(frozen=True, slots=True)
class RefundAnswer:
    """amount_minor, currency: what it says it gave back, where it says so; another amount or currency than ours, or
    another provider than was asked, is for a person to look at."""

    provider: str
    refund: UUID
    state: RefundState
    provider_ref: str
    amount_minor: int | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class TransferOrder:
    """Money to pay out. `transfer` is our key: asking again with it pays once.

    payee: his id at the provider (openid, Alipay's user id, a connected account). name: his real name, compared by those
    who compare it. notify_url: where the end is to be posted; empty where we only ask.
    """

    market: int
    transfer: UUID
    payee: str
    name: str
    amount_minor: int
    currency: str
    note: str
    notify_url: str = ""


@dataclass(frozen=True, slots=True)
class TransferAnswer:
    """amount_minor, currency: as of a refund. why: the provider's word for a failure. consent: what the payee's app has to
    be called with so that he agrees."""

    provider: str
    transfer: UUID
    state: TransferState
    provider_ref: str
    amount_minor: int | None = None
    why: str = ""
    consent: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class SplitOrder:
    """A payee's share of a payment of this provider. `split` is our key: asking again with it moves it once.

    transaction: the provider's id of the payment. payee: the payee's own account with this provider (a merchant's number,
    a user's id, a connected account). name: his registered name, compared by those who compare it.
    """

    market: int
    split: UUID
    transaction: str
    payee: str
    name: str
    amount_minor: int
    currency: str
    note: str


@dataclass(frozen=True, slots=True)
class SplitAnswer:
    """amount_minor, currency: as of a refund. why: the provider's word for a failure. Its states are those of a transfer."""

    provider: str
    split: UUID
    state: TransferState
    provider_ref: str
    amount_minor: int | None = None
    why: str = ""
    currency: str = ""


News = Notice | RefundAnswer | TransferAnswer
"""What is posted to us: of a charge, a refund or a transfer."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A letter that this provider has really sent. news: None where it is none of ours. nonce: what it may carry only
    once, since the provider signs each sending anew; empty where it does not."""

    news: News | None
    nonce: str = ""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement in the provider's own account of a day. key: our attempt of a charge, our refund of a refund, our
    transfer of a transfer, our split of a split, either of what came back of one; None where it was made there by hand and names none of ours.

    transaction: the provider's id of the payment; a refund names the payment that it gives back, a transfer and a split themselves.
    """

    kind: Literal["charge", "refund", "transfer", "split", "return"]
    key: UUID | None
    transaction: str
    amount_minor: int
    currency: str
    at: Instant


class StatementNotReady(Exception):
    """The provider has not made this day's statement yet."""


class PaymentProvider(Protocol):
    """A provider. Every call may be repeated; a call that raises has an unknown outcome and is asked again, and so has
    a charge, refund or transfer that the answer leaves out. All calls are for markets that have an account."""

    name: str
    zone: timezone
    """In which its statements' days begin at midnight."""
    thanks: bytes
    """The body it wants to hear when we have a notice; empty where a 2xx is enough."""

    def account(self, market: int) -> Account | None:
        """Whom this market's buyers pay; None where the market does not take this way to pay."""
        ...

    def payout_modes(self, market: int) -> Collection[PayoutMode]:
        """How this market's payees can be paid with it; none where the market has no account there."""
        ...

    async def start(self, charges: Sequence[Charge]) -> Sequence[Started]: ...
    async def query(self, charges: Sequence[Charge]) -> Sequence[Notice]: ...
    async def close(self, charges: Sequence[Charge]) -> Sequence[Notice]:
        """Close what is unpaid; answers as query does, so a payment that came first is not lost."""
        ...

    async def refund(self, refunds: Sequence[RefundOrder]) -> Sequence[RefundAnswer]: ...
    async def query_refunds(self, refunds: Sequence[RefundOrder]) -> Sequence[RefundAnswer]: ...
    async def transfer(self, transfers: Sequence[TransferOrder]) -> Sequence[TransferAnswer]: ...
    async def query_transfers(self, transfers: Sequence[TransferOrder]) -> Sequence[TransferAnswer]: ...
    async def split(self, splits: Sequence[SplitOrder]) -> Sequence[SplitAnswer]: ...
    async def query_splits(self, splits: Sequence[SplitOrder]) -> Sequence[SplitAnswer]: ...
    async def statement(self, market: int, day: date) -> Sequence[StatementLine]:
        """What was paid, given back, paid out and split on this day (of `zone`), oldest first; complete once the day is over.

        Raises StatementNotReady where the provider makes it later.
        """
        ...

    def read_notice(self, market: int, headers: Mapping[str, str], body: bytes, now: Instant) -> Heard | Refusal:
        """What was posted to us, if this provider said it, said it now, and it can be read; headers in lower case."""
        ...
