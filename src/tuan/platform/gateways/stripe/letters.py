"""What Stripe posts and how it tells of sessions, refunds, transfers and movements. Pure but for the signature's library."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import stripe

from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.platform.gateways.errors import NoticeOld, NoticeUnreadable, SignatureWrong
from tuan.platform.gateways.payers import Mark
from tuan.platform.gateways.payment import (
    ChargeState,
    Heard,
    News,
    Notice,
    RefundAnswer,
    RefundState,
    SplitAnswer,
    StatementLine,
    TransferAnswer,
    TransferState,
)

TOLERANCE_SECONDS = 5 * 60
REFUNDS = {"succeeded": RefundState.DONE, "failed": RefundState.FAILED, "canceled": RefundState.FAILED}
SESSIONS = ("checkout.session.completed", "checkout.session.async_payment_succeeded", "checkout.session.expired")
DECLINED = "checkout.session.async_payment_failed"
REFUND_EVENTS = ("refund.created", "refund.updated", "refund.failed", "charge.refund.updated")
REVERSAL = "transfer_refund"
TRANSFER_EVENTS = ("transfer.created", "transfer.updated", "transfer.reversed")


def read(
    secret: str, merchant: str, mark: Mark, headers: Mapping[str, str], body: bytes, now: Instant
) -> Heard | Refusal:
    """The news in an event that Stripe signed within five minutes of now; its signature is new with each sending."""
    signed = headers.get("stripe-signature", "")
    try:
        stripe.WebhookSignature.verify_header(body.decode(), signed, secret, None)
    except (stripe.SignatureVerificationError, ValueError):
        return SignatureWrong()
    stamp = next((part[2:] for part in signed.split(",") if part.startswith("t=")), "")
    if not (stamp.isascii() and stamp.isdigit()) or abs(now.timestamp() - int(stamp[:12])) > TOLERANCE_SECONDS:
        return NoticeOld()
    try:
        return Heard(_news(json.loads(body), merchant, mark), signed)
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError):
        return NoticeUnreadable()


def _news(event: Mapping[str, Any], merchant: str, mark: Mark) -> News | None:
    kind, said = event["type"], event["data"]["object"]
    whose = event.get("account") or (said.get("metadata") or {}).get("merchant") or merchant
    if kind == DECLINED:
        said = {**said, "status": "failed", "payment_status": "unpaid"}
    if kind in (*SESSIONS, DECLINED):
        is_ours = _key(said.get("client_reference_id"))
        return notice_of({**said, "paid_at": event["created"]}, whose, mark) if is_ours else None
    if kind in REFUND_EVENTS:
        return refunded(said) if _key((said.get("metadata") or {}).get("refund")) else None
    if kind in TRANSFER_EVENTS:
        return transferred(said) if _key((said.get("metadata") or {}).get("transfer")) else None
    return None


STATES = {"open": ChargeState.WAITING, "complete": ChargeState.WAITING, "expired": ChargeState.CLOSED,
          "failed": ChargeState.DECLINED}  # fmt: skip
"""Of a session that is not paid; one that is complete and unpaid waits for a slow way to pay."""


def notice_of(session: Mapping[str, Any], merchant: str, mark: Mark) -> Notice:
    """A checkout session as events and lists tell it. Raises KeyError or ValueError for what is none.

    Whose card it was only a list tells; an event names a customer where one was made.
    """
    is_paid = session["payment_status"] == "paid"
    intent = session.get("payment_intent")
    paid_at, payer = session.get("paid_at"), session.get("customer") or ""
    if isinstance(intent, Mapping):
        charge = intent.get("latest_charge") or {}
        paid_at, payer = charge.get("created"), _card_of(charge) or payer
        intent = intent["id"]
    return Notice(
        "stripe", UUID(hex=session["client_reference_id"]), ChargeState.PAID if is_paid else STATES[session["status"]],
        intent if is_paid and intent else "", merchant, "live" if session["livemode"] else "test",
        int(session["amount_total"]), session["currency"].upper(),
        datetime.fromtimestamp(paid_at, UTC) if is_paid and paid_at else None, mark(payer if is_paid else ""),
    )  # fmt: skip


def _card_of(charge: Mapping[str, Any]) -> str:
    """The fingerprint of the card, which is one for all who pay with it; empty for what is no card."""
    how = charge.get("payment_method_details") or {}
    return (how.get(how.get("type", "")) or {}).get("fingerprint") or ""


def refunded(refund: Mapping[str, Any]) -> RefundAnswer:
    state = REFUNDS.get(refund["status"], RefundState.UNKNOWN)
    return RefundAnswer("stripe", UUID(hex=refund["metadata"]["refund"]), state, refund["id"], int(refund["amount"]),
                        refund["currency"].upper())  # fmt: skip


def transferred(transfer: Mapping[str, Any]) -> TransferAnswer:
    """What was taken back in part is told with that amount, which is not the one agreed."""
    back = int(transfer.get("amount_reversed") or 0)
    is_back = transfer["reversed"] or back
    amount = back if is_back and back else int(transfer["amount"])
    state = TransferState.FAILED if is_back else TransferState.DONE
    return TransferAnswer("stripe", UUID(hex=transfer["metadata"]["transfer"]), state, transfer["id"], amount,
                          currency=transfer["currency"].upper())  # fmt: skip


def divided(transfer: Mapping[str, Any]) -> SplitAnswer:
    """A split, which at Stripe is a transfer out of a charge; taken back in part it is told as a transfer would be."""
    told = transferred({**transfer, "metadata": {"transfer": transfer["metadata"]["split"]}})
    return SplitAnswer(
        "stripe", told.transfer, told.state, told.provider_ref, told.amount_minor, currency=told.currency
    )


def line_of(moved: Mapping[str, Any]) -> StatementLine | None:
    """A movement of the balance that we know the like of; None for fees and the like. A reversal has its whole transfer."""
    source, at = moved.get("source"), datetime.fromtimestamp(moved["created"], UTC)
    if not isinstance(source, Mapping):
        return None
    marks, currency = source.get("metadata") or {}, source["currency"].upper()
    if moved["type"] in ("charge", "payment"):
        return StatementLine("charge", _key(marks.get("attempt")), source["payment_intent"] or source["id"],
                             int(source["amount"]), currency, at)  # fmt: skip
    if moved["type"] in ("refund", "payment_refund"):
        return StatementLine("refund", _key(marks.get("refund")), source["payment_intent"] or source["id"],
                             int(source["amount"]), currency, at)  # fmt: skip
    if moved["type"] == REVERSAL:
        called = source["transfer"].get("metadata") or {}
        key = _key(called.get("transfer") or called.get("split"))
        return StatementLine("return", key, source["id"], int(source["amount"]), currency, at)
    if moved["type"] == "transfer" and (split := _key(marks.get("split"))):
        return StatementLine("split", split, source["id"], int(source["amount"]), currency, at)
    if moved["type"] == "transfer":
        return StatementLine("transfer", _key(marks.get("transfer")), source["id"], int(source["amount"]), currency, at)
    return None


def _key(text: str | None) -> UUID | None:
    try:
        return UUID(hex=text) if text else None
    except ValueError:
        return None
