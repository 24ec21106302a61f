"""Alipay's bills of a day: comma-separated, comments behind #, what goes out below zero."""

from typing import Literal

from tuan.platform.gateways.payment import StatementLine
from tuan.platform.gateways.yuan import CURRENCY, key_of, minor_of, moment, table


def trades(text: str) -> list[StatementLine]:
    """Charges and refunds of a 业务明细."""
    lines = []
    for row in table(text, "支付宝交易号"):
        at, amount = moment(row["完成时间"] or row["创建时间"]), minor_of(row["订单金额（元）"])
        if row["业务类型"] == "退款":
            key = key_of(row["退款批次号/请求号"])
            lines.append(StatementLine("refund", key, row["支付宝交易号"], abs(amount), CURRENCY, at))
        elif row["业务类型"] == "交易":
            lines.append(StatementLine("charge", key_of(row["商户订单号"]), row["支付宝交易号"], amount, CURRENCY, at))
    return lines


OUTGOING: dict[str, Literal["transfer", "split"]] = {"转账": "transfer", "分账": "split"}
"""What a kind of business has in its name."""


def outgoing(text: str) -> list[StatementLine]:
    """Pay-outs and splits of an 账务明细, and what came back of ours; what it has of trades stands in the other bill."""
    lines = []
    for row in table(text, "账务流水号"):
        out, key = row["支出金额（-元）"].strip(), key_of(row["商户订单号"])
        for word, kind in OUTGOING.items():
            if word in row["业务类型"] and (out or key):
                amount = abs(minor_of(out or row["收入金额（+元）"]))
                at = moment(row["发生时间"])
                lines.append(StatementLine(kind if out else "return", key, row["业务流水号"], amount, CURRENCY, at))
    return lines
