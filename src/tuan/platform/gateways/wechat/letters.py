"""What WeChat Pay posts: signed with its platform key, its content encrypted with our APIv3 key."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

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
    TransferAnswer,
    TransferState,
)
from tuan.platform.gateways.yuan import key_of

TOLERANCE_SECONDS = 5 * 60
SCHEME = "WECHATPAY2-SHA256-RSA2048"
STATES = {
    "SUCCESS": ChargeState.PAID,
    "REFUND": ChargeState.PAID,  # it was paid, and some of it went back since
    "NOTPAY": ChargeState.WAITING,
    "USERPAYING": ChargeState.WAITING,
    "CLOSED": ChargeState.CLOSED,
    "REVOKED": ChargeState.CLOSED,
    "PAYERROR": ChargeState.DECLINED,
}
REFUNDS = {"SUCCESS": RefundState.DONE, "CLOSED": RefundState.FAILED, "ABNORMAL": RefundState.FAILED}
TRANSFERS = {"SUCCESS": TransferState.DONE, "FAIL": TransferState.FAILED, "CANCELLED": TransferState.FAILED}


def read(
    client: Any, key_id: str, mark: Mark, headers: Mapping[str, str], body: bytes, now: Instant
) -> Heard | Refusal:
    """The news in a letter that WeChat Pay signed within five minutes of now.

    The library would fetch certificates for a serial number that it does not know; whoever posts must not make us call
    anybody, so such a letter is not his.
    """
    if headers.get("wechatpay-serial") != key_id or headers.get("wechatpay-signature-type", SCHEME) != SCHEME:
        return SignatureWrong()
    try:
        text = body.decode()
    except UnicodeDecodeError:  # nothing that he would sign
        return SignatureWrong()
    try:
        letter = client.callback({**headers, "wechatpay-signature-type": SCHEME}, text)
    except Exception:  # what the library meets in bodies that are none of its kind
        return NoticeUnreadable()
    if not letter:
        return SignatureWrong()
    stamp = headers.get("wechatpay-timestamp", "")
    if not (stamp.isascii() and stamp.isdigit()) or abs(now.timestamp() - int(stamp[:12])) > TOLERANCE_SECONDS:
        return NoticeOld()
    try:
        return Heard(_news(letter["event_type"], letter["resource"], mark), headers.get("wechatpay-nonce", ""))
    except (KeyError, ValueError, TypeError, AttributeError):
        return NoticeUnreadable()


def _news(kind: str, said: Mapping[str, Any], mark: Mark) -> News | None:
    if "out_order_no" in said:  # of a split, which is asked about: its notice has the same kind as a payment's
        return None
    if kind.startswith("TRANSACTION."):
        return notice_of(said, mark) if key_of(said["out_trade_no"]) else None
    if kind.startswith("REFUND."):
        state = REFUNDS.get(said["refund_status"], RefundState.UNKNOWN)
        refund = key_of(said["out_refund_no"])  # one made by hand in their console has a number of theirs
        amount = said["amount"]["refund"]
        return RefundAnswer("wechat", refund, state, said["refund_id"], amount) if refund else None
    if kind.startswith("MCHTRANSFER.BILL."):
        ended = TRANSFERS.get(said["state"], TransferState.UNKNOWN)
        if (transfer := key_of(said["out_bill_no"])) is None:
            return None
        return TransferAnswer("wechat", transfer, ended, said["transfer_bill_no"], said["transfer_amount"],
                              said.get("fail_reason", ""))  # fmt: skip
    return None


def notice_of(said: Mapping[str, Any], mark: Mark) -> Notice:
    """A transaction as notices and queries tell it. Raises KeyError or ValueError for what is none.

    Of an unpaid one a query leaves out amount and payer; then nothing is compared either.
    """
    amount = said.get("amount") or {}
    state = STATES[said["trade_state"]]
    is_paid = state is ChargeState.PAID
    return Notice(
        "wechat", UUID(hex=said["out_trade_no"]), state, said["transaction_id"] if is_paid else "", said["mchid"],
        said["appid"], int(amount["total"] if is_paid else amount.get("total", 0)),
        amount["currency"] if is_paid else amount.get("currency", ""),
        datetime.fromisoformat(said["success_time"]) if is_paid and said.get("success_time") else None,
        mark((said.get("payer") or {}).get("openid", "") if is_paid else ""),
    )  # fmt: skip
