"""Notices as they are written and read: JSON in the shape of the Standard Webhooks specification (type, timestamp, data)."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

import msgspec

from tuan.kit.ids import new_uuid
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.platform.gateways.errors import NoticeUnreadable
from tuan.platform.gateways.payers import Mark
from tuan.platform.gateways.payment import (
    ChargeState,
    News,
    Notice,
    RefundAnswer,
    RefundState,
    TransferAnswer,
    TransferState,
)
from tuan.platform.gateways.sandbox import faults
from tuan.platform.gateways.sandbox.books import ChargeRow, DeliveryRow

PREFIX = "sandbox-"

Word = Annotated[str, msgspec.Meta(max_length=80, pattern=r"\A[!-~]*\Z")]
"""Printable ASCII without spaces: what ids and names of accounts consist of."""
Currency = Annotated[str, msgspec.Meta(pattern=r"\A[A-Z]{3}\Z")]
Amount = Annotated[int, msgspec.Meta(ge=0, le=AMOUNT_MINOR_MAX)]
Moment = Annotated[Instant, msgspec.Meta(tz=True)]


class Data(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    attempt: UUID
    state: ChargeState
    transaction: Word
    merchant: Word
    app: Word
    amount_minor: Amount
    currency: Currency
    paid_at: Moment | None
    payer: Word = ""


class Moved(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The end of a refund or a transfer, by our key."""

    key: UUID
    state: Word
    reference: Word
    amount_minor: Amount


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    type: Word
    timestamp: Moment
    data: msgspec.Raw


def transaction_of(attempt: UUID) -> str:
    """This provider's own id of a payment."""
    return f"{PREFIX}{attempt.hex}"


def attempt_of(transaction: str) -> UUID | None:
    """The charge that a transaction of ours is of; None for what is none of ours."""
    try:
        return UUID(transaction.removeprefix(PREFIX))
    except ValueError:
        return None


def owed_by(row: ChargeRow, told: Notice, now: Instant) -> list[DeliveryRow]:
    """What a charge that has just been decided is to post; nothing where nobody gave an address."""
    if not row.notify_url:
        return []
    owed = []
    for one in faults.owed(told.state, row.faults, now):
        notice, body = new_uuid(), _write(told, row.payer, one.state, now)
        owed += [
            DeliveryRow(notice, copy, row.attempt_id, row.notify_url, one.state, body, one.due_at)
            for copy in range(1, one.copies + 1)
        ]
    return owed


def _write(told: Notice, payer: str, state: ChargeState, now: Instant) -> str:
    said = told if state is told.state else replace(told, state=state, transaction="", paid_at=None)
    return _sealed(f"charge.{state}", now, Data(
        attempt=said.attempt, state=state, transaction=said.transaction, merchant=said.merchant, app=said.app,
        amount_minor=said.amount_minor, currency=said.currency, paid_at=said.paid_at, payer=payer if said.transaction else "",
    ))  # fmt: skip


def _sealed(kind: str, now: Instant, data: Data | Moved) -> str:
    return msgspec.json.encode(Body(type=kind, timestamp=now, data=msgspec.Raw(msgspec.json.encode(data)))).decode()


def owed_of(answer: RefundAnswer | TransferAnswer, amount_minor: int, url: str, now: Instant) -> DeliveryRow:
    """The notice that tells the end of a refund or a transfer."""
    kind, key = ("refund", answer.refund) if isinstance(answer, RefundAnswer) else ("transfer", answer.transfer)
    data = Moved(key=key, state=answer.state.value, reference=answer.provider_ref, amount_minor=amount_minor)
    said = f"{kind}.{answer.state}"
    return DeliveryRow(new_uuid(), 1, None, url, said, _sealed(said, now, data), now)


def read(provider: str, mark: Mark, raw: bytes) -> News | Refusal:
    """The news in a body whose signature was right."""
    try:
        body = msgspec.json.decode(raw, type=Body)
        kind = body.type.partition(".")[0]
        if kind in ("refund", "transfer"):
            moved = msgspec.json.decode(body.data, type=Moved)
            if kind == "refund":
                return RefundAnswer(provider, moved.key, RefundState(moved.state), moved.reference, moved.amount_minor)
            return TransferAnswer(provider, moved.key, TransferState(moved.state), moved.reference, moved.amount_minor)
        data = msgspec.json.decode(body.data, type=Data)
    except (ValueError, RecursionError):  # msgspec's errors and wrong words are ValueErrors; brackets within brackets
        return NoticeUnreadable()
    if (data.state is ChargeState.PAID) != bool(data.transaction):
        return NoticeUnreadable()
    return Notice(provider, data.attempt, data.state, data.transaction, data.merchant, data.app, data.amount_minor,
                  data.currency, data.paid_at, mark(data.payer))  # fmt: skip
