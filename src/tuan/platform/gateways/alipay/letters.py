"""What Alipay posts: a form, signed with its key over all fields but two, and the same for all the 25 hours it is sent again."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl
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
from tuan.platform.gateways.yuan import CURRENCY, key_of, minor_of, moment

TOLERANCE_SECONDS = 26 * 3600
"""A repeated letter keeps its time, and the last of eight comes after 25 hours. What an old one says is applied once, so
that one who kept a copy gains nothing by sending it."""
STATES = {
    "WAIT_BUYER_PAY": ChargeState.WAITING,
    "TRADE_SUCCESS": ChargeState.PAID,
    "TRADE_FINISHED": ChargeState.PAID,
    "TRADE_CLOSED": ChargeState.CLOSED,
}
TRANSFERS = {"SUCCESS": TransferState.DONE, "FAIL": TransferState.FAILED, "REFUND": TransferState.FAILED}
TRANSFER_CHANGED = "alipay.fund.trans.order.changed"


def read(client: Any, app: str, mark: Mark, body: bytes, now: Instant) -> Heard | Refusal:
    """The news in a form that Alipay has signed."""
    try:
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=100))
        sign = fields.pop("sign")
        is_his = fields.get("sign_type") == "RSA2" and client.verify(dict(fields), sign)
    except Exception:  # no form, no signature, or base64 that is none
        return SignatureWrong()
    if not is_his:
        return SignatureWrong()
    try:
        at = (
            int(fields["utc_timestamp"]) // 1000
            if "utc_timestamp" in fields
            else moment(fields["notify_time"]).timestamp()
        )
        if abs(now.timestamp() - at) > TOLERANCE_SECONDS:
            return NoticeOld()
        return Heard(_news(fields, app, mark))
    except (KeyError, ValueError, TypeError):
        return NoticeUnreadable()


def _news(fields: Mapping[str, str], app: str, mark: Mark) -> News | None:
    if fields.get("msg_method") == TRANSFER_CHANGED:
        if fields["app_id"] != app:
            return None
        said = json.loads(fields["biz_content"])
        state = TRANSFERS.get(said["status"], TransferState.UNKNOWN)
        if (transfer := key_of(said["out_biz_no"])) is None:
            return None
        amount = minor_of(said["trans_amount"]) if said.get("trans_amount") else None
        return TransferAnswer("alipay", transfer, state, said.get("order_id", ""), amount)
    if "trade_status" not in fields:
        return None
    if fields.get("gmt_refund") and fields.get("out_biz_no"):
        # One made by hand in their console has a number of theirs, and is none of ours.
        refund = key_of(fields["out_biz_no"])
        # It names the sum of all refunds of the payment so far, which is not the amount of this one.
        return RefundAnswer("alipay", refund, RefundState.DONE, fields["trade_no"]) if refund else None
    if key_of(fields["out_trade_no"]) is None:
        return None
    return notice_of(fields, fields["seller_id"], fields["app_id"], mark)


def notice_of(said: Mapping[str, str], merchant: str, app: str, mark: Mark) -> Notice:
    """A trade as notices and queries tell it; the latter do not say whose it is, since only he may ask.

    A trade that was paid and wholly given back is closed too; when it was paid tells the two apart. Letters and answers have
    other names for the payer's id, and of newer apps only one that is theirs alone.
    """
    paid_at = said.get("gmt_payment") or said.get("send_pay_date")
    state = STATES[said["trade_status"]]
    if state is ChargeState.CLOSED and paid_at:
        state = ChargeState.PAID
    is_paid = state is ChargeState.PAID
    payer = said.get("buyer_id") or said.get("buyer_user_id") or said.get("buyer_open_id") or ""
    return Notice(
        "alipay", UUID(hex=said["out_trade_no"]), state, said["trade_no"] if is_paid else "", merchant, app,
        minor_of(said["total_amount"]), said.get("trans_currency") or CURRENCY,
        moment(paid_at) if is_paid and paid_at else None, mark(payer if is_paid else ""),
    )  # fmt: skip
