"""The sandbox as a provider: the calls of the port, and what a buyer does on its page."""

import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID

import asyncpg

from tuan.kit.ids import IdKind
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.platform.gateways.payers import marker
from tuan.platform.gateways.payment import (
    Account,
    Charge,
    ChargeState,
    Heard,
    Notice,
    PayoutMode,
    Redirect,
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
from tuan.platform.gateways.sandbox import books, dividing, faults, letters, signing
from tuan.platform.gateways.sandbox.books import ChargeRow, DeliveryRow, RefundRow, SentNotice, TransferRow
from tuan.platform.gateways.sandbox.dividing import NOBODY
from tuan.platform.gateways.sandbox.faults import Fault
from tuan.platform.outbox import flush
from tuan.platform.work import SYSTEM, MarketId, Work, open_work

T = TypeVar("T", Charge, RefundOrder, TransferOrder, SplitOrder)

ATTEMPT: IdKind[UUID] = IdKind("try")
"""How its page shows a charge in its address: as its merchants do."""
OPEN = (ChargeState.WAITING, ChargeState.DECLINED)
"""States in which a buyer can still decide."""


class ProviderSilent(ConnectionError):
    """What was asked has been done, and the answer was lost on its way."""


@dataclass(frozen=True, slots=True)
class Look:
    """A charge from inside: its state, its switches, and the notices of it with what became of them."""

    state: ChargeState
    faults: frozenset[str]
    notices: Sequence[SentNotice]


class Sandbox:
    """Play money for development, demos, replays and tests; `serve` refuses it outside development.

    habits: faults that new charges of a market are born with, for simulations. transport: how notices are posted, where
    it is not over the network; httpx's transport.
    """

    name = "sandbox"
    merchant = "sandbox-merchant"
    app = "sandbox-app"
    zone = UTC
    thanks = b""

    def __init__(self, pool: asyncpg.Pool, secret: bytes) -> None:
        self._pool, self._secret = pool, secret
        self.habits: dict[int, frozenset[Fault]] = {}
        self.transport: Any = None

    # ── the port ──
    def account(self, _market: int) -> Account:
        return Account(self.merchant, self.app)

    def payout_modes(self, _market: int) -> frozenset[PayoutMode]:
        return frozenset(PayoutMode)

    async def start(self, charges: Sequence[Charge]) -> list[Started]:
        for market, some in _by_market(charges).items():
            habits = self.habits.get(market, frozenset())
            async with self._books(market) as work:
                await work.execute(
                    books.INSERT_CHARGES_SQL,
                    [c.attempt for c in some],
                    [c.amount_minor for c in some],
                    [c.currency for c in some],
                    [c.notify_url for c in some],
                    sorted(habits),
                    faults.doubts(habits),
                )
        return [Started(c.attempt, Redirect(f"/sandbox/{ATTEMPT.show(c.attempt)}")) for c in charges]

    async def query(self, charges: Sequence[Charge]) -> list[Notice]:
        answers: list[Notice] = []
        for market, some in _by_market(charges).items():
            async with self._books(market) as work:
                rows = await books.read_charges(work, [c.attempt for c in some])
                answers += await self._answer(work, some, rows)
        return _arrived(answers, charges)

    async def close(self, charges: Sequence[Charge]) -> list[Notice]:
        answers: list[Notice] = []
        for market, some in _by_market(charges).items():
            async with self._books(market) as work:
                rows = await books.read_charges(work, [c.attempt for c in some], lock=True)
                await self._move(work, rows, ChargeState.CLOSED, None)
                answers += await self._answer(work, some, rows)
        return _arrived(answers, charges)

    async def refund(self, refunds: Sequence[RefundOrder]) -> list[RefundAnswer]:
        answers: list[RefundAnswer] = []
        for market, some in _by_market(refunds).items():
            async with self._books(market) as work:
                answers += await self._give_back(work, some)
        return answers

    async def query_refunds(self, refunds: Sequence[RefundOrder]) -> list[RefundAnswer]:
        answers: list[RefundAnswer] = []
        for market, some in _by_market(refunds).items():
            async with self._books(market) as work:
                known = (await books.read_refunds(work, [one.transaction for one in some])).by_key
                if lost := [one.refund for one in some if one.refund in known and known[one.refund]["doubts"]]:
                    await work.execute(books.LOSE_REFUND_ANSWERS_SQL, lost)
                for one in some:
                    row = known.get(one.refund)
                    if row is None:
                        answers.append(RefundAnswer(self.name, one.refund, RefundState.UNHEARD, ""))
                    elif one.refund not in lost:
                        answers.append(_done(one.refund, row["amount_minor"]))
        return answers

    async def transfer(self, transfers: Sequence[TransferOrder]) -> list[TransferAnswer]:
        for market, some in _by_market(transfers).items():
            habits = self.habits.get(market, frozenset())
            async with self._books(market) as work:
                known = await books.read_transfers(work, [one.transfer for one in some])
                new = [_paid_out(one, habits, work.now) for one in some if one.transfer not in known]
                await work.write(books.INSERT_TRANSFERS, new)
                told = {row.transfer_id: _told_of(row) for row in new}
                owed = [
                    letters.owed_of(told[one.transfer], one.amount_minor, one.notify_url, work.now)
                    for one in some
                    if one.notify_url and one.transfer in told
                ]
                await work.write(books.INSERT_DELIVERIES, owed)
        return await self.query_transfers(transfers)

    async def query_transfers(self, transfers: Sequence[TransferOrder]) -> list[TransferAnswer]:
        answers: list[TransferAnswer] = []
        for market, some in _by_market(transfers).items():
            async with self._books(market) as work:
                known = await books.read_transfers(work, [one.transfer for one in some])
                if lost := [row.transfer_id for row in known.values() if row.doubts]:
                    await work.execute(books.LOSE_TRANSFER_ANSWERS_SQL, lost)
                for one in some:
                    row = known.get(one.transfer)
                    if row is None:
                        answers.append(TransferAnswer(self.name, one.transfer, TransferState.UNHEARD, ""))
                    elif not row.doubts:
                        answers.append(_told_of(row))
        return answers

    async def split(self, splits: Sequence[SplitOrder]) -> list[SplitAnswer]:
        for market, some in _by_market(splits).items():
            async with self._books(market) as work:
                await dividing.divide(work, some, self.habits.get(market, frozenset()))
        return await self.query_splits(splits)

    async def query_splits(self, splits: Sequence[SplitOrder]) -> list[SplitAnswer]:
        answers: list[SplitAnswer] = []
        for market, some in _by_market(splits).items():
            async with self._books(market) as work:
                answers += await dividing.told(work, self.name, some)
        return answers

    async def statement(self, market: int, day: date) -> list[StatementLine]:
        async with self._books(market) as work:
            paid, given_back, paid_out, divided = await books.movements_of(work, day)
        lines = [
            StatementLine("refund", r["refund_id"], r["transaction"], r["amount_minor"], r["currency"], r["done_at"])
            for r in given_back
        ]
        lines += [
            StatementLine("transfer", r["transfer_id"], _number(r["transfer_id"]), r["amount_minor"], r["currency"],
                          r["done_at"])
            for r in paid_out
        ]  # fmt: skip
        lines += [
            StatementLine(
                "split", r["split_id"], _number(r["split_id"]), r["amount_minor"], r["currency"], r["done_at"]
            )
            for r in divided
        ]
        for row in paid:
            told = self._told(row, market)
            assert told.paid_at is not None
            lines.append(
                StatementLine(
                    "charge", row.attempt_id, told.transaction, told.amount_minor, told.currency, told.paid_at
                )
            )
        return sorted(lines, key=lambda line: (line.at, line.kind, str(line.key)))

    def read_notice(self, market: int, headers: Mapping[str, str], body: bytes, now: Instant) -> Heard | Refusal:
        if refusal := signing.why_not_believe(self.key_of(market), headers, body, now):
            return refusal
        news = letters.read(self.name, marker(self._secret, self.name, market), body)
        return news if isinstance(news, Refusal) else Heard(news)

    def key_of(self, market: int) -> bytes:
        """What this provider and a market sign with; a notice for one market means nothing to another."""
        return hmac.digest(self._secret, f"sandbox notices of market {market}".encode(), sha256)

    # ── the buyer's own doing ──
    async def decide(
        self,
        charges: Sequence[Charge],
        *,
        pay: bool,
        paid_at: Instant | None = None,
        faults: Collection[Fault] | None = None,
        payer: str = "",
    ) -> list[Notice]:
        """Pay or decline on the sandbox's page; a paid charge stays paid. What holds then, as a query would tell it.

        A notice is owed to whoever gave an address. faults: replace those that the charges had; None leaves them. payer: whose
        account it is paid from; a notice has its mark.
        """
        notices: list[Notice] = []
        for market, some in _by_market(charges).items():
            async with self._books(market) as work:
                if faults is not None:
                    await self._misbehave(work, some, faults)
                rows = await books.read_charges(work, [c.attempt for c in some], lock=True)
                moved = await self._move(
                    work, rows, ChargeState.PAID if pay else ChargeState.DECLINED, paid_at or work.now, payer
                )
                owed = [one for row in moved for one in letters.owed_by(row, self._told(row, market), work.now)]
                await work.write(books.INSERT_DELIVERIES, owed)
                notices += [self._notice(charge, rows.get(charge.attempt)) for charge in some]
        return notices

    async def misbehave(self, charges: Sequence[Charge], faults: Collection[Fault]) -> None:
        """Set the switches of charges that are not decided yet, and decide nothing."""
        for market, some in _by_market(charges).items():
            async with self._books(market) as work:
                await self._misbehave(work, some, faults)

    async def look(self, charge: Charge) -> Look:
        """The charge as its own page shows it, whatever answers are lost on their way to others."""
        async with self._books(charge.market) as work:
            row = (await books.read_charges(work, [charge.attempt])).get(charge.attempt)
            notices = await books.sent(work, charge.attempt)
        state = self._notice(charge, row).state
        return Look(state, frozenset(row.faults) if row else frozenset(), notices)

    # ── inside ──
    def _books(self, market: int):  # type: ignore[no-untyped-def]
        return open_work(self._pool, MarketId(market), SYSTEM, flush=flush)

    async def _misbehave(self, work: Work, charges: Sequence[Charge], wanted: Collection[Fault]) -> None:
        attempts = [charge.attempt for charge in charges]
        await work.execute(books.MISBEHAVE_SQL, attempts, sorted(set(wanted)), faults.doubts(wanted))

    async def _move(
        self, work: Work, rows: Mapping[UUID, ChargeRow], wanted: ChargeState, at: Instant | None, payer: str = ""
    ) -> list[ChargeRow]:
        """Move the locked charges that are still open; those whose state has changed."""
        moved = []
        for row in rows.values():
            declines = wanted is ChargeState.PAID and Fault.DECLINE in row.faults
            after = ChargeState.DECLINED if declines else wanted
            if row.state in OPEN and row.state != after:
                row.state, row.paid_at, row.payer = after, *((at, payer) if after is ChargeState.PAID else (None, ""))
                moved.append(row)
        await work.write(books.SAVE_CHARGES, moved)
        return moved

    async def _answer(self, work: Work, charges: Sequence[Charge], rows: Mapping[UUID, ChargeRow]) -> list[Notice]:
        """What is said of these charges, without those whose answer is lost this time."""
        lost = {row.attempt_id for row in rows.values() if row.doubts}
        if lost:
            await work.execute(books.LOSE_ANSWERS_SQL, list(lost))
        return [self._notice(c, rows.get(c.attempt)) for c in charges if c.attempt not in lost]

    def _notice(self, charge: Charge, row: ChargeRow | None) -> Notice:
        if row is not None:
            return self._told(row, charge.market)
        # Not heard of yet; should its start still arrive and be paid, that is late money.
        return Notice(self.name, charge.attempt, ChargeState.CLOSED, "", self.merchant, self.app,
                      charge.amount_minor, charge.currency, None)  # fmt: skip

    def _told(self, row: ChargeRow, market: int) -> Notice:
        """A charge as this provider tells of it, wrong where it was told to be."""
        state = ChargeState(row.state)
        amount_minor, currency, merchant = faults.said(state, row.faults, row.amount_minor, row.currency, self.merchant)
        transaction = letters.transaction_of(row.attempt_id) if state is ChargeState.PAID else ""
        return Notice(self.name, row.attempt_id, state, transaction, merchant, self.app, amount_minor, currency,
                      row.paid_at, marker(self._secret, self.name, market)(row.payer))  # fmt: skip

    async def _give_back(self, work: Work, orders: Sequence[RefundOrder]) -> list[RefundAnswer]:
        """Once per key, and never more than was paid; the charges are locked so that two askers take turns."""
        attempts = {order.transaction: letters.attempt_of(order.transaction) for order in orders}
        rows = await books.read_charges(work, [a for a in attempts.values() if a], lock=True)
        known = await books.read_refunds(work, attempts.keys())
        new: list[RefundRow] = []
        owed: list[DeliveryRow] = []
        lost: list[UUID] = []
        answers = []
        for order in orders:
            attempt = attempts[order.transaction]
            charge = rows.get(attempt) if attempt else None
            before = known.by_key.get(order.refund)
            state = RefundState.DONE
            if before is not None:
                if before["amount_minor"] != order.amount_minor:
                    state = RefundState.FAILED
                elif before["doubts"]:
                    lost.append(order.refund)
                    state = RefundState.UNKNOWN
            elif _is_not_there(charge, known.sums.get(order.transaction, 0) + order.amount_minor):
                state = RefundState.FAILED
            else:
                doubts = faults.doubts(charge.faults) if charge else 0
                state = RefundState.UNKNOWN if doubts else state
                new.append(RefundRow(order.refund, order.transaction, order.amount_minor, order.currency, work.now,
                                     max(doubts - 1, 0)))  # fmt: skip
                known.sums[order.transaction] = known.sums.get(order.transaction, 0) + order.amount_minor
                if charge and charge.notify_url and not {Fault.LOSS, Fault.UNKNOWN} & set(charge.faults):
                    told = _done(order.refund, order.amount_minor)
                    owed.append(letters.owed_of(told, order.amount_minor, charge.notify_url, work.now))
            answers.append(RefundAnswer(self.name, order.refund, state, _number(order.refund)))
        await work.write(books.INSERT_REFUNDS, new)
        await work.write(books.INSERT_DELIVERIES, owed)
        if lost:
            await work.execute(books.LOSE_REFUND_ANSWERS_SQL, lost)
        return answers


def _is_not_there(charge: ChargeRow | None, sum_minor: int) -> bool:
    """Whether more would go back than was taken; of a charge that was never paid that is anything at all."""
    return charge is None or charge.state != ChargeState.PAID or sum_minor > charge.amount_minor


def _number(key: UUID) -> str:
    return f"sandbox-{key.hex}"


def _done(refund: UUID, amount_minor: int) -> RefundAnswer:
    return RefundAnswer(Sandbox.name, refund, RefundState.DONE, _number(refund), amount_minor)


def _paid_out(order: TransferOrder, habits: Collection[Fault], now: Instant) -> TransferRow:
    """A transfer that was asked for the first time: done at once, or never."""
    fails = order.payee == NOBODY or Fault.DECLINE in habits
    return TransferRow(order.transfer, order.payee, order.amount_minor, order.currency, "failed" if fails else "done",
                       None if fails else now, faults.doubts(habits))  # fmt: skip


def _told_of(row: TransferRow) -> TransferAnswer:
    why = "" if row.state == "done" else "unknown payee"
    return TransferAnswer(Sandbox.name, row.transfer_id, TransferState(row.state), _number(row.transfer_id), row.amount_minor,
                          why, currency=row.currency)  # fmt: skip


def _arrived(answers: list[Notice], charges: Sequence[Charge]) -> list[Notice]:
    if charges and not answers:
        raise ProviderSilent(f"no answer about {len(charges)} charges")
    return answers


def _by_market(items: Sequence[T]) -> dict[int, list[T]]:
    grouped: dict[int, list[T]] = {}
    for item in items:
        grouped.setdefault(item.market, []).append(item)
    return grouped
