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
from tuan.platform.gateways.payment import ChargeState, Notice
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


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    type: Word
    timestamp: Moment
    data: Data


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
        notice, body = new_uuid(), _write(told, one.state, now)
        owed += [
            DeliveryRow(notice, copy, row.attempt_id, row.notify_url, one.state, body, one.due_at)
            for copy in range(1, one.copies + 1)
        ]
    return owed


def _write(told: Notice, state: ChargeState, now: Instant) -> str:
    said = told if state is told.state else replace(told, state=state, transaction="", paid_at=None)
    data = Data(attempt=said.attempt, state=state, transaction=said.transaction, merchant=said.merchant, app=said.app,
                amount_minor=said.amount_minor, currency=said.currency, paid_at=said.paid_at)  # fmt: skip
    return msgspec.json.encode(Body(type=f"charge.{state}", timestamp=now, data=data)).decode()


def read(provider: str, raw: bytes) -> Notice | Refusal:
    """The notice in a body whose signature was right."""
    try:
        data = msgspec.json.decode(raw, type=Body).data
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):  # the last for brackets within brackets
        return NoticeUnreadable()
    if (data.state is ChargeState.PAID) != bool(data.transaction):
        return NoticeUnreadable()
    return Notice(provider, data.attempt, data.state, data.transaction, data.merchant, data.app, data.amount_minor,
                  data.currency, data.paid_at)  # fmt: skip
