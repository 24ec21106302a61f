"""WeChat Pay's bills of a day: comma-separated, every value behind a backtick, sums below."""

from typing import Literal

from tuan.platform.gateways.payment import StatementLine
from tuan.platform.gateways.yuan import CURRENCY, key_of, minor_of, moment, table

GIVEN_BACK = ("SUCCESS", "PROCESSING")
"""A refund stands in the bill of the day it was asked for, whatever the day on which it arrives."""


def trades(text: str) -> list[StatementLine]:
    """Charges and refunds of a 交易账单 of all kinds."""
    lines = []
    for row in table(text, "交易时间"):
        transaction, at = row["微信订单号"], moment(row["交易时间"])
        currency = row["货币种类"] or CURRENCY
        if row["交易状态"] == "SUCCESS":
            lines.append(
                StatementLine("charge", key_of(row["商户订单号"]), transaction, minor_of(row["订单金额"]), currency, at)
            )
        elif row["交易状态"] == "REFUND" and row["退款状态"] in GIVEN_BACK:
            amount = minor_of(row["申请退款金额"])
            lines.append(StatementLine("refund", key_of(row["商户退款单号"]), transaction, amount, currency, at))
    return lines


OUTGOING: dict[str, Literal["transfer", "split"]] = {"转账": "transfer", "分账": "split"}
"""What a kind of business has in its name."""


def outgoing(text: str) -> list[StatementLine]:
    """Pay-outs and splits of a 资金账单, and what came back of ours; what it has of trades stands in the other bill."""
    return [
        StatementLine(kind if row["收支类型"] == "支出" else "return", key_of(row["业务凭证号"]), row["微信支付业务单号"], minor_of(row["收支金额(元)"]),
                      CURRENCY, moment(row["记账时间"]))
        for row in table(text, "记账时间")
        for word, kind in OUTGOING.items()
        if word in row["业务类型"] and (row["收支类型"] == "支出" or key_of(row["业务凭证号"]))
    ]  # fmt: skip
