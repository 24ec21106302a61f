"""Alipay's gateway as documented: RSA2 over sorted fields, certificates, forms posted until they hear `success`."""

import io
import json
import zipfile
from base64 import b64decode, b64encode
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from tests.given.twins.books import (
    MARKET,
    SECRET,
    STRANGER,
    Answer,
    ChargeEntry,
    Letter,
    Twin,
    certificate_pem,
    key,
    private_pem,
)
from tuan.platform.gateways.alipay import Account, Alipay
from tuan.platform.gateways.payment import Charge, RefundOrder, TransferOrder
from tuan.platform.gateways.yuan import BEIJING, minor_of, shown

MERCHANT, APP = "2088000000000001", "2021000000000001"
MISSING = {"code": "40004", "msg": "Business Failed", "sub_code": "ACQ.TRADE_NOT_EXIST"}
TRADES = "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
FLOWS = "账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+元）,支出金额（-元）,账户余额（元）,交易渠道,业务类型,备注"


def beijing(at: datetime) -> str:
    return f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"


def joined(fields: dict[str, str]) -> bytes:
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields)).encode()


def signed(raw: bytes, by: str) -> str:
    return b64encode(key(by).sign(raw, PKCS1v15(), SHA256())).decode()


WRONG: dict[str, dict[str, str]] = {
    "amount": {"total_amount": "0.01"},
    "currency": {"trans_currency": "USD"},
    "app": {"app_id": "2021000000000009"},
    "merchant": {"seller_id": "2088000000000009"},
}


class AlipayTwin(Twin):
    def __init__(self, market: int = MARKET) -> None:
        super().__init__()
        self.provider = Alipay({market: Account(
            merchant=MERCHANT, app=APP, private_key=private_pem("alipay-merchant"),
            app_certificate=certificate_pem("alipay-merchant"), alipay_certificate=certificate_pem("alipay"),
            root_certificate=certificate_pem("alipay-root"), origin="https://market.example.com",
            split="yes", gateway=f"{self.url}/gateway.do",
        )}, SECRET)  # fmt: skip
        self.receivers: set[str] = set()
        self.bills_at = ""
        """Where bills are said to lie, if not here."""

    def visit(self, url: str) -> None:
        """The payer follows the address that he was sent to: only now Alipay hears of the trade."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        self._believe(asked)
        said = json.loads(asked["biz_content"])
        assert asked["notify_url"] == "https://market.example.com/hooks/alipay"
        self.charges.setdefault(said["out_trade_no"], ChargeEntry(minor_of(said["total_amount"]), "CNY"))

    def _believe(self, asked: dict[str, str]) -> None:
        unsigned = {name: value for name, value in asked.items() if name != "sign"}
        key("alipay-merchant").public_key().verify(b64decode(asked["sign"]), joined(unsigned), PKCS1v15(), SHA256())
        assert asked["app_id"] == APP and asked["app_cert_sn"] and asked["alipay_root_cert_sn"]

    # ── what it answers ──
    def answer(self, method: str, path: str, headers: Any, body: bytes) -> Answer:
        url = urlsplit(path)
        if url.path == "/bill":
            return 200, {}, self.bill(parse_qs(url.query)["kind"][0])
        if url.path == "/moved/bill":
            return 302, {"location": f"{self.url}/bill?{url.query}"}, b""
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        self._believe(asked)
        said = self._answer(asked["method"], json.loads(asked["biz_content"]))
        raw = json.dumps({"code": "10000", "msg": "Success", **said})
        name = asked["method"].replace(".", "_") + "_response"
        whole = f'{{"{name}":{raw},"alipay_cert_sn":"1","sign":"{signed(raw.encode(), "alipay")}"}}'
        return 200, {"Content-Type": "application/json"}, whole.encode()

    def _answer(self, method: str, said: dict[str, Any]) -> dict[str, Any]:
        entry = self.charges.get(said.get("out_trade_no", ""))
        match method:
            case "alipay.trade.query":
                return self.trade(said["out_trade_no"]) if entry else MISSING
            case "alipay.trade.close":
                if entry is None:
                    return MISSING
                if entry.state == "paid":
                    return {"code": "40004", "sub_code": "ACQ.TRADE_STATUS_ERROR"}
                entry.state = "closed"
                return {"out_trade_no": said["out_trade_no"]}
            case "alipay.trade.refund":
                is_new = said["out_request_no"] not in self.refunds
                if self.give_back(said["out_request_no"], said["trade_no"], minor_of(said["refund_amount"])):
                    return {"code": "40004", "sub_code": "ACQ.REASON_TRADE_REFUND_FEE_ERR"}
                return {"trade_no": said["trade_no"], "fund_change": "Y" if is_new else "N", "refund_fee": "0.00"}
            case "alipay.trade.fastpay.refund.query":
                back = self.refunds.get(said["out_request_no"])
                if back is None:
                    return {}
                return {"trade_no": said["trade_no"], "out_request_no": said["out_request_no"],
                        "refund_status": "REFUND_SUCCESS", "refund_amount": shown(back.amount)}  # fmt: skip
            case "alipay.fund.trans.uni.transfer":
                if self.pay_out(said["out_biz_no"], said["payee_info"]["identity"], minor_of(said["trans_amount"])):
                    return {"code": "40004", "sub_code": "PAYEE_NOT_EXIST"}
                return self.out(said["out_biz_no"])
            case "alipay.fund.trans.common.query":
                known = said["out_biz_no"] in self.transfers
                return self.out(said["out_biz_no"]) if known else {"code": "40004", "sub_code": "ORDER_NOT_EXIST"}
            case "alipay.trade.royalty.relation.bind":
                (receiver,) = said["receiver_list"]
                if receiver["account"] == STRANGER:
                    return {"code": "40004", "sub_code": "USER_NOT_EXIST"}
                self.receivers.add(receiver["account"])
                return {"result_code": "SUCCESS"}
            case "alipay.trade.order.settle":
                (part,) = said["royalty_parameters"]
                assert (part["royalty_type"], part["trans_in_type"]) == ("transfer", "userId") and part[
                    "trans_in"
                ] in self.receivers
                if self.divide(said["out_request_no"], said["trade_no"], part["trans_in"], minor_of(part["amount"])):
                    return {"code": "40004", "sub_code": "ACQ.ALLOC_AMOUNT_VALIDATE_ERROR"}
                return {"trade_no": said["trade_no"], "settle_no": self.splits[said["out_request_no"]].number}
            case "alipay.trade.order.settle.query":
                one = self.splits.get(said["out_request_no"])
                if one is None:
                    return {"code": "40004", "sub_code": "ACQ.SETTLE_NOT_EXIST"}
                part = {"operation_type": "transfer", "amount": shown(one.amount), "state": "SUCCESS", "detail_id": one.number,
                        "trans_in": one.payee}  # fmt: skip
                return {"out_request_no": said["out_request_no"], "royalty_detail_list": [part]}
            case "alipay.data.dataservice.bill.downloadurl.query":
                where = self.bills_at or self.url
                return {"bill_download_url": f"{where}/bill?kind={said['bill_type']}"}
        return {"code": "40004", "sub_code": "isv.invalid-method"}

    def trade(self, name: str, **other: str) -> dict[str, str]:
        entry = self.charges[name]
        states = {"waiting": "WAIT_BUYER_PAY", "closed": "TRADE_CLOSED", "paid": "TRADE_SUCCESS"}
        found = {"out_trade_no": name, "trade_no": entry.transaction or "2026", "total_amount": shown(entry.amount),
                 "trade_status": states[entry.state]}  # fmt: skip
        if entry.paid_at:
            found["send_pay_date"] = beijing(entry.paid_at)
        if entry.payer:
            found["buyer_user_id"] = entry.payer
        return found | other

    def out(self, name: str) -> dict[str, str]:
        one = self.transfers[name]
        return {"out_biz_no": name, "order_id": one.number, "status": "REFUND" if one.is_back else "SUCCESS",
                "trans_amount": shown(one.amount)}  # fmt: skip

    def bill(self, kind: str) -> bytes:
        """An archive of a detailed file and a summary, as it is downloaded."""
        text = self.trades() if kind == "trade" else self.flows()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("2088_20261122_汇总.csv", "#x\r\n".encode("gbk"))
            archive.writestr("2088_20261122_明细.csv", text.encode("gbk"))
        return packed.getvalue()

    def trades(self) -> str:
        rows = []
        for name, one in self.charges.items():
            if one.paid_at:
                at = beijing(one.paid_at)
                rows.append([one.transaction, name, "交易", "脐橙", at, at, *[""] * 5, shown(one.amount), shown(one.amount),
                             *["0.00"] * 5, "", "0.00", "0.00", "", "-0.01", "0.00", ""])  # fmt: skip
        for name, back in self.refunds.items():
            at = beijing(back.at)
            rows.append([back.transaction, "x", "退款", "脐橙", at, at, *[""] * 5, f"-{shown(back.amount)}", "0.00",
                         *["0.00"] * 5, "", "0.00", "0.00", name, "0.00", "0.00", ""])  # fmt: skip
        body = "\r\n".join(",".join(f"{cell}\t" for cell in row) for row in rows)
        return (
            f"#支付宝业务明细查询\r\n#账号：[{MERCHANT}0156]\r\n{TRADES}\r\n{body}\r\n#-----业务明细列表结束-----\r\n"
        )

    def flows(self) -> str:
        paid = [(name, one, "转账") for name, one in self.transfers.items()]
        paid += [(name, one, "交易分账") for name, one in self.splits.items()]
        rows = [
            ["1", one.number, name, "x", beijing(one.at), "o", "", f"-{shown(one.amount)}", "1.00", "支付宝", what, ""]
            for name, one, what in paid
        ]
        rows += [
            ["2", one.number, name, "x", beijing(one.at), "o", shown(one.amount), "", "1.00", "支付宝", "转账退回", ""]
            for name, one in self.transfers.items()
            if one.is_back
        ]
        body = "\r\n".join(",".join(f"{cell}\t" for cell in row) for row in rows)
        return f"#支付宝账务明细查询\r\n{FLOWS}\r\n{body}\r\n#-----账务明细列表结束-----\r\n"

    # ── what it posts ──
    def letter(self, fields: dict[str, str], *, by: str = "alipay", at: datetime | None = None) -> Letter:
        sent = at or datetime.now(BEIJING)
        whole = {"notify_id": "n1", "notify_time": beijing(sent), "charset": "utf-8", "version": "1.0", **fields}
        sign = signed(joined(whole), by)
        return {}, urlencode({**whole, "sign_type": "RSA2", "sign": sign}).encode()

    def charge_letter(self, charge: Charge, wrong: str = "", **how: Any) -> Letter:
        said = self.trade(charge.attempt.hex)
        paid = said.pop("send_pay_date", "")
        if payer := said.pop("buyer_user_id", ""):
            said["buyer_id"] = payer
        more = {"notify_type": "trade_status_sync", "gmt_payment": paid, "app_id": APP, "seller_id": MERCHANT}
        return self.letter(said | more | WRONG.get(wrong, {}), **how)

    def refund_letter(self, order: RefundOrder, number: str = "", **how: Any) -> Letter:
        """number: another one than ours, of a refund made by hand."""
        name = next(name for name, one in self.charges.items() if one.transaction == order.transaction)
        more = {"gmt_refund": f"{beijing(datetime.now(BEIJING) - timedelta(seconds=1))}.123", "out_biz_no": number or order.refund.hex,
                "refund_fee": shown(order.amount_minor), "app_id": APP, "seller_id": MERCHANT}  # fmt: skip
        return self.letter(self.trade(name) | more, **how)

    def transfer_letter(self, order: TransferOrder, **how: Any) -> Letter:
        content = json.dumps(self.out(order.transfer.hex))
        return self.letter(
            {"msg_method": "alipay.fund.trans.order.changed", "app_id": APP, "biz_content": content}, **how
        )
