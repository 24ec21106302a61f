"""The provider of the world: the sandbox behind a bad line, and what moved there by our own count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta, timezone
from typing import Any
from uuid import UUID

from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.platform.gateways.payment import (
    Account,
    Charge,
    ChargeState,
    Heard,
    Notice,
    PaymentProvider,
    PayoutMode,
    RefundAnswer,
    RefundOrder,
    RefundState,
    SplitAnswer,
    SplitOrder,
    Started,
    StatementLine,
    TransferAnswer,
    TransferOrder,
    TransferState,
)
from tuan.platform.gateways.sandbox import NOBODY

DEAF = "does not answer"
MUTE = "does it and does not answer"
UNSURE = "does it and says that it does not know"
MOODS = (DEAF, MUTE, UNSURE)

AGAIN = "-again"
"""Ends the number of a second payment on one charge."""


class LineDown(TimeoutError):
    """The provider could not be reached, or its answer was lost."""


@dataclass(frozen=True, slots=True)
class Money:
    """A payment that the provider took: minor units, when by its own clock, and what it tells of it until it was heard."""

    attempt: UUID
    amount_minor: int
    paid_at: Instant
    notice: Notice


@dataclass(frozen=True, slots=True)
class Share:
    """What was asked to be split from a payment, in minor units; whether it could be is decided when it is first heard of."""

    transaction: str
    payee: str
    amount_minor: int
    is_done: bool


@dataclass(slots=True)
class Provider:
    """The port as the product meets it. `mood` is what goes wrong with the next call to it."""

    sandbox: Any
    """The provider's real books: start, query, close, decide, refund."""
    mood: str = ""
    money: dict[str, Money] = field(default_factory=dict)
    """What buyers have paid, by the provider's transaction."""
    back: dict[UUID, tuple[str, int]] = field(default_factory=dict)
    """What was given back, by our refund: (transaction, minor units)."""
    transfers: dict[UUID, tuple[str, int]] = field(default_factory=dict)
    """What was asked to be paid out, by our withdrawal: (payee, minor units)."""
    shares: dict[UUID, Share] = field(default_factory=dict)
    """What was asked to be split, by our key of each part."""
    closed: set[str] = field(default_factory=set)
    """Payments of which it splits nothing any more."""
    misuses: list[str] = field(default_factory=list)
    """What no client of a provider may do: give back more than was paid, or under one key two different things."""
    name: str = field(init=False)
    merchant: str = field(init=False)
    app: str = field(init=False)
    zone: timezone = field(init=False)
    thanks: bytes = b""

    def __post_init__(self) -> None:
        self.name, self.merchant, self.app = self.sandbox.name, self.sandbox.merchant, self.sandbox.app
        self.zone = self.sandbox.zone

    def _listen(self) -> str:
        mood, self.mood = self.mood, ""
        if mood == DEAF:
            raise LineDown(DEAF)
        return mood

    # ── the port ──
    def account(self, _market: int) -> Account:
        return Account(self.merchant, self.app)

    def payout_modes(self, market: int) -> frozenset[PayoutMode]:
        modes: frozenset[PayoutMode] = self.sandbox.payout_modes(market)
        return modes

    async def start(self, charges: Sequence[Charge]) -> Sequence[Started]:
        shown: Sequence[Started] = await self.sandbox.start(charges)
        return shown

    async def query(self, charges: Sequence[Charge]) -> Sequence[Notice]:
        if self._listen():
            raise LineDown(MUTE)
        notices: Sequence[Notice] = await self.sandbox.query(charges)
        return notices

    async def close(self, charges: Sequence[Charge]) -> Sequence[Notice]:
        mood = self._listen()
        notices: Sequence[Notice] = await self.sandbox.close(charges)
        if mood:
            raise LineDown(MUTE)
        return notices

    async def refund(self, refunds: Sequence[RefundOrder]) -> Sequence[RefundAnswer]:
        mood = self._listen()
        for one in refunds:
            asked = (one.transaction, one.amount_minor)
            if self.back.setdefault(one.refund, asked) != asked:
                self.misuses.append("one refund key for two different refunds")
        self._compare()
        known = [one for one in refunds if not one.transaction.endswith(AGAIN)]
        answers = list(await self.sandbox.refund(known))
        answers += [
            RefundAnswer(self.name, one.refund, RefundState.DONE, f"second-{one.refund.hex}")
            for one in refunds
            if one.transaction.endswith(AGAIN)
        ]
        if mood == MUTE:
            raise LineDown(MUTE)
        return [replace(a, state=RefundState.UNKNOWN, provider_ref="") for a in answers] if mood else answers

    async def query_refunds(self, refunds: Sequence[RefundOrder]) -> Sequence[RefundAnswer]:
        if self._listen():
            raise LineDown(MUTE)
        again = [one for one in refunds if one.transaction.endswith(AGAIN)]
        answers: list[RefundAnswer] = list(await self.sandbox.query_refunds([o for o in refunds if o not in again]))
        return answers + [
            RefundAnswer(
                self.name, one.refund, RefundState.DONE if one.refund in self.back else RefundState.UNHEARD, ""
            )
            for one in again
        ]

    async def transfer(self, transfers: Sequence[TransferOrder]) -> Sequence[TransferAnswer]:
        mood = self._listen()
        for one in transfers:
            asked = (one.payee, one.amount_minor)
            if self.transfers.setdefault(one.transfer, asked) != asked:
                self.misuses.append("one transfer key for two different transfers")
        answers: Sequence[TransferAnswer] = await self.sandbox.transfer(transfers)
        if mood:
            raise LineDown(MUTE)
        return answers

    async def query_transfers(self, transfers: Sequence[TransferOrder]) -> Sequence[TransferAnswer]:
        if self._listen():
            raise LineDown(MUTE)
        answers: Sequence[TransferAnswer] = await self.sandbox.query_transfers(transfers)
        return answers

    async def split(self, splits: Sequence[SplitOrder]) -> Sequence[SplitAnswer]:
        mood = self._listen()
        for one in splits:
            asked = (one.transaction, one.payee, one.amount_minor)
            share = self.shares.setdefault(one.split, Share(*asked, self._may_split(one)))
            if (share.transaction, share.payee, share.amount_minor) != asked:
                self.misuses.append("one split key for two different splits")
        await self.sandbox.split([one for one in splits if self._is_in_sandbox(one)])
        if mood:
            raise LineDown(MUTE)
        return await self.told_of(splits)

    async def query_splits(self, splits: Sequence[SplitOrder]) -> Sequence[SplitAnswer]:
        if self._listen():
            raise LineDown(MUTE)
        return await self.told_of(splits)

    async def told_of(self, splits: Sequence[SplitOrder]) -> Sequence[SplitAnswer]:
        """What became of them: the sandbox remembers what it moved, and we what it was not even asked for."""
        asked = [one for one in splits if one.split not in self.shares or self._is_in_sandbox(one)]
        answers: list[SplitAnswer] = list(await self.sandbox.query_splits(asked))
        return answers + [
            SplitAnswer(
                self.name, one.split, TransferState.FAILED, "", one.amount_minor, "cannot be split", one.currency
            )
            for one in splits
            if one not in asked
        ]

    def _is_in_sandbox(self, split: SplitOrder) -> bool:
        return self.shares[split.split].is_done

    def _may_split(self, split: SplitOrder) -> bool:
        """To somebody whom it knows, of a payment that is open for it, and of what nobody had or got back of that."""
        paid = self.money.get(split.transaction)
        had = sum(
            one.amount_minor for one in self.shares.values() if one.transaction == split.transaction and one.is_done
        )
        had += sum(amount for transaction, amount in self.back.values() if transaction == split.transaction)
        if paid is None or had + split.amount_minor > paid.amount_minor:
            return False
        is_open = split.transaction not in self.closed and not split.transaction.endswith(AGAIN)
        return is_open and split.payee != NOBODY

    async def statement(self, market: int, day: date) -> Sequence[StatementLine]:
        lines: Sequence[StatementLine] = await self.sandbox.statement(market, day)
        return lines

    def read_notice(self, market: int, headers: Mapping[str, str], body: bytes, now: Instant) -> Heard | Refusal:
        read: Heard | Refusal = self.sandbox.read_notice(market, headers, body, now)
        return read

    def _compare(self) -> None:
        returned: dict[str, int] = {}
        for transaction, amount in self.back.values():
            returned[transaction] = returned.get(transaction, 0) + amount
        for transaction, amount in returned.items():
            paid = self.money.get(transaction)
            if paid is None or amount > paid.amount_minor:
                self.misuses.append(f"{amount} given back of {paid.amount_minor if paid else 'nothing'}")

    # ── what buyers do there ──
    async def decide(self, charge: Charge, *, pay: bool) -> Notice:
        """The buyer pays or declines; what the provider then has to tell."""
        (notice,) = await self.sandbox.decide([charge], pay=pay)
        self._keep(notice)
        said: Notice = notice
        return said

    def pay_again(self, first: Notice, paid_at: Instant) -> Notice:
        """The provider takes the same amount a second time on one charge, as a transaction of its own."""
        notice = replace(first, transaction=first.transaction + AGAIN, paid_at=paid_at)
        self._keep(notice)
        return notice

    async def why_not_stated(self, market: int, since: Instant, until: Instant) -> list[str]:
        """What the provider's statements of these days say otherwise than our own count."""
        stated: dict[tuple[str, UUID | None], tuple[str, int]] = {}
        for day in range((until - since).days + 2):
            for line in await self.statement(market, (since + timedelta(days=day)).date()):
                stated[line.kind, line.key] = (line.transaction, line.amount_minor)
        counted: dict[tuple[str, UUID | None], tuple[str, int]] = {
            ("refund", key): one for key, one in self.back.items() if not one[0].endswith(AGAIN)
        }
        for number, money in self.money.items():
            if not number.endswith(AGAIN):
                counted["charge", money.attempt] = (number, money.amount_minor)
        paid_out = {key: amount for key, (payee, amount) in self.transfers.items() if payee != NOBODY}
        if {key: line[1] for (kind, key), line in stated.items() if kind == "transfer"} != paid_out:
            return ["the provider's statement and our count differ in transfers"]
        split = {key: one.amount_minor for key, one in self.shares.items() if one.is_done}
        if {key: line[1] for (kind, key), line in stated.items() if kind == "split"} != split:
            return ["the provider's statement and our count differ in splits"]
        stated = {where: line for where, line in stated.items() if where[0] not in ("transfer", "split")}
        different = stated.items() ^ counted.items()
        return [
            f"the provider's statement and our count differ in {kind} of {amount}"
            for (kind, _), (_, amount) in different
        ]

    def _keep(self, notice: Notice) -> None:
        if notice.state is ChargeState.PAID and notice.paid_at is not None:
            money = Money(notice.attempt, notice.amount_minor, notice.paid_at, notice)
            self.money.setdefault(notice.transaction, money)


def _is_a_provider(one: Provider) -> PaymentProvider:
    """Held by the type checker: the wrapped sandbox offers the whole port."""
    return one
