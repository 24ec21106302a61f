"""WeChat Pay v3 as documented: answers and letters signed with the platform's key, contents behind AES-256-GCM."""

import gzip
import json
import secrets
import time
from base64 import b64decode, b64encode
from datetime import datetime
from hashlib import sha1
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP, PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from tests.given.twins.books import (
    MARKET,
    SECRET,
    STRANGER,
    Answer,
    ChargeEntry,
    Letter,
    Twin,
    certificate,
    certificate_pem,
    key,
    private_pem,
)
from tuan.platform.gateways.payment import Charge, RefundOrder, TransferOrder
from tuan.platform.gateways.wechat import Account, WechatPay
from tuan.platform.gateways.yuan import BEIJING, shown

API_KEY = "k" * 32
MERCHANT, APP = "1900000109", "wx8888888888888888"
TRADES = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
FLOWS = "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号"


def beijing(at: datetime) -> str:
    return at.astimezone(BEIJING).isoformat(timespec="seconds")


WRONG: dict[str, dict[str, Any]] = {
    "amount": {"amount": {"total": 1}},
    "currency": {"amount": {"currency": "USD"}},
    "app": {"appid": "wx0000000000000000"},
    "merchant": {"mchid": "1900000000"},
}


class WechatTwin(Twin):
    def __init__(self, market: int = MARKET) -> None:
        super().__init__()
        self.serial = f"{certificate('wechat-platform').serial_number:X}"
        self.provider = WechatPay({market: Account(
            merchant=MERCHANT, app=APP, private_key=private_pem("wechat-merchant"), serial="5157F09EFDC096DE15EBE81A47057A72",
            api_key=API_KEY, platform_key=certificate_pem("wechat-platform"), origin="https://market.example.com",
            scene="1000", split="yes", gateway=self.url,
        )}, SECRET)  # fmt: skip
        self.bills: dict[str, bytes] = {}
        self.receivers: set[str] = set()

    # ── what it answers ──
    def answer(self, method: str, path: str, headers: Any, body: bytes) -> Answer:
        self._believe(method, path, headers["authorization"], body)
        status, said = self._answer(method, urlsplit(path), json.loads(body or b"{}"))
        raw = said if isinstance(said, bytes) else json.dumps(said).encode() if said else b""
        kind = "application/octet-stream" if isinstance(said, bytes) else "application/json"
        return status, {"Content-Type": kind, **self._signed(raw, datetime.now(BEIJING))}, raw

    def _believe(self, method: str, path: str, authorization: str, body: bytes) -> None:
        """Signed by the merchant over method, path, time, nonce and body; else the test fails here."""
        scheme, _, rest = authorization.partition(" ")
        assert scheme == "WECHATPAY2-SHA256-RSA2048"
        said = dict(part.split("=", 1) for part in rest.split(","))
        said = {name: value.strip('"') for name, value in said.items()}
        text = f"{method}\n{path}\n{said['timestamp']}\n{said['nonce_str']}\n{body.decode()}\n"
        key("wechat-merchant").public_key().verify(b64decode(said["signature"]), text.encode(), PKCS1v15(), SHA256())

    def _answer(self, method: str, url: Any, said: dict[str, Any]) -> tuple[int, Any]:
        steps = url.path.strip("/").split("/")[1:]
        if steps[:2] == ["pay", "transactions"]:
            return self._trade(method, steps, said)
        if steps[:3] == ["refund", "domestic", "refunds"]:
            return self._refund(method, steps, said)
        if steps[:3] == ["fund-app", "mch-transfer", "transfer-bills"]:
            return self._transfer(method, steps, said)
        if steps[0] == "profitsharing":
            return self._split(method, steps, url, said)
        if steps[0] == "bill":
            text = self.trades() if steps[1] == "tradebill" else self.flows()
            self.bills[steps[1]] = text.encode()
            where = {"hash_type": "SHA1", "hash_value": sha1(text.encode()).hexdigest()}
            return 200, {**where, "download_url": f"{self.url}/v3/billdownload/file?token={steps[1]}"}
        if steps[0] == "billdownload":
            return 200, gzip.compress(self.bills[parse_qs(url.query)["token"][0]])
        return 404, {"code": "RESOURCE_NOT_EXISTS"}

    def _trade(self, method: str, steps: list[str], said: dict[str, Any]) -> tuple[int, Any]:
        if method == "POST" and steps[-1] != "close":
            assert (said["mchid"], said["appid"]) == (MERCHANT, APP) and said["notify_url"].endswith("/hooks/wechat")
            assert said["settle_info"] == {"profit_sharing": True}, "else it could not be split later"
            self.charges.setdefault(
                said["out_trade_no"], ChargeEntry(said["amount"]["total"], said["amount"]["currency"])
            )
            shown_ = {"native": {"code_url": "weixin://wxpay/bizpayurl?pr=1"}, "jsapi": {"prepay_id": "wx1"},
                      "h5": {"h5_url": "https://wx.tenpay.com/checkmweb?prepay_id=wx1"}}  # fmt: skip
            return 200, shown_[steps[2]]
        entry = self.charges.get(steps[3])
        if entry is None:
            return 404, {"code": "ORDER_NOT_EXIST"}
        if steps[-1] == "close":
            if entry.state == "paid":
                return 400, {"code": "ORDERPAID"}
            entry.state = "closed"
            return 204, None
        return 200, self.transaction(steps[3])

    def transaction(self, name: str, **other: Any) -> dict[str, Any]:
        entry = self.charges[name]
        states = {"waiting": "NOTPAY", "closed": "CLOSED", "paid": "SUCCESS"}
        found: dict[str, Any] = {
            "mchid": MERCHANT,
            "appid": APP,
            "out_trade_no": name,
            "trade_state": states[entry.state],
        }
        if entry.state == "paid" and entry.paid_at:
            amount = {
                "total": entry.amount,
                "payer_total": entry.amount,
                "currency": entry.currency,
                "payer_currency": "CNY",
            }
            found |= {
                "transaction_id": entry.transaction,
                "trade_type": "NATIVE",
                "success_time": beijing(entry.paid_at),
            }
            if entry.payer:
                found["payer"] = {"openid": entry.payer}
            found["amount"] = {**amount, **other.pop("amount", {})}
        return found | other

    def _refund(self, method: str, steps: list[str], said: dict[str, Any]) -> tuple[int, Any]:
        name = said["out_refund_no"] if method == "POST" else steps[3]
        if method == "POST" and self.give_back(name, said["transaction_id"], said["amount"]["refund"]):
            return 400, {"code": "INVALID_REQUEST"}
        if name not in self.refunds:
            return 404, {"code": "RESOURCE_NOT_EXISTS"}
        one = self.refunds[name]
        return 200, {
            "refund_id": one.number,
            "out_refund_no": name,
            "status": "SUCCESS",
            "amount": {"refund": one.amount},
        }

    def _transfer(self, method: str, steps: list[str], said: dict[str, Any]) -> tuple[int, Any]:
        name = said["out_bill_no"] if method == "POST" else steps[-1]
        if method == "POST" and self.pay_out(name, said["openid"], said["transfer_amount"]):
            return 400, {"code": "OPENID_ERROR"}
        if name not in self.transfers:
            return 404, {"code": "NOT_FOUND"}
        one = self.transfers[name]
        return 200, {
            "out_bill_no": name,
            "transfer_bill_no": one.number,
            "state": "FAIL" if one.is_back else "SUCCESS",
            "transfer_amount": one.amount,
        }

    def _name(self, sealed: str) -> str:
        """Names are encrypted with the platform's key."""
        return key("wechat-platform").decrypt(b64decode(sealed), OAEP(MGF1(SHA1()), SHA1(), None)).decode()

    def _split(self, method: str, steps: list[str], url: Any, said: dict[str, Any]) -> tuple[int, Any]:
        if steps[1:3] == ["receivers", "add"]:
            assert (said["type"], said["appid"]) == ("MERCHANT_ID", APP) and self._name(said["name"])
            if said["account"] == STRANGER:
                return 400, {"code": "INVALID_REQUEST"}
            self.receivers.add(said["account"])
            return 200, {name: said[name] for name in ("type", "account", "name", "relation_type")}
        if method == "GET":
            name = steps[2]
            assert parse_qs(url.query)["transaction_id"]
        else:
            name, (one,) = said["out_order_no"], said["receivers"]
            assert said["unfreeze_unsplit"] is False and one["account"] in self.receivers and self._name(one["name"])
            if self.divide(name, said["transaction_id"], one["account"], one["amount"]):
                return 403, {"code": "NOT_ENOUGH"}
        if name not in self.splits:
            return 404, {"code": "RESOURCE_NOT_EXISTS"}
        entry = self.splits[name]
        receiver = {"type": "MERCHANT_ID", "account": entry.payee, "amount": entry.amount, "result": "SUCCESS"}
        return 200, {"transaction_id": entry.transaction, "out_order_no": name, "order_id": entry.number,
                     "state": "FINISHED", "receivers": [receiver]}  # fmt: skip

    # ── bills ──
    def trades(self) -> str:
        rows = []
        for name, one in self.charges.items():
            if one.paid_at:
                rows.append([f"{one.paid_at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}", APP, MERCHANT, "", "", one.transaction,
                             name, "o1", "NATIVE", "SUCCESS", "OTHERS", "CNY", shown(one.amount), "0.00", "0", "0", "0.00",
                             "0.00", "", "", "orange, 脐橙".replace(",", " "), "", "0.00000", "0.60%", shown(one.amount), "0.00", ""])  # fmt: skip
        for name, back in self.refunds.items():
            rows.append([f"{back.at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}", APP, MERCHANT, "", "", back.transaction, "x", "o1",
                         "NATIVE", "REFUND", "OTHERS", "CNY", "0.00", "0.00", back.number, name, shown(back.amount), "0.00",
                         "ORIGINAL", "SUCCESS", "", "", "0.00000", "0.60%", "0.00", shown(back.amount), ""])  # fmt: skip
        body = "\r\n".join(",".join(f"`{cell}" for cell in row) for row in rows)
        return f"{TRADES}\r\n{body}\r\n总交易单数,应结订单总金额\r\n`{len(rows)},`0.00\r\n"

    def flows(self) -> str:
        rows = [
            [f"{one.at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}", one.number, "1", "商家转账", "商家转账", "支出", shown(one.amount),
             "1.00", "api", "", name]
            for name, one in self.transfers.items()
        ]  # fmt: skip
        rows += [
            [f"{one.at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}", one.number, "2", "商家转账", "商家转账退回", "收入", shown(one.amount),
             "1.00", "api", "", name]
            for name, one in self.transfers.items() if one.is_back
        ]  # fmt: skip
        rows += [
            [f"{one.at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}", one.number, "1", "分账", "分账", "支出", shown(one.amount),
             "1.00", "api", "", name]
            for name, one in self.splits.items()
        ]  # fmt: skip
        body = "\r\n".join(",".join(f"`{cell}" for cell in row) for row in rows)
        return f"{FLOWS}\r\n{body}\r\n资金流水总笔数,收入笔数\r\n`{len(rows)},`0\r\n"

    # ── what it posts ──
    def _signed(self, raw: bytes, at: datetime, by: str = "wechat-platform", nonce: str = "") -> dict[str, str]:
        stamp, nonce = str(int(at.timestamp())), nonce or secrets.token_hex(16)
        text = f"{stamp}\n{nonce}\n".encode() + raw + b"\n"
        sign = b64encode(key(by).sign(text, PKCS1v15(), SHA256())).decode()
        return {"Wechatpay-Timestamp": stamp, "Wechatpay-Nonce": nonce, "Wechatpay-Signature": sign,
                "Wechatpay-Serial": self.serial, "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048"}  # fmt: skip

    def letter(self, kind: str, resource: dict[str, Any], **how: Any) -> Letter:
        """how: at, by (whose key), nonce, api_key."""
        nonce, extra = secrets.token_hex(6), "transaction"
        sealed = AESGCM(how.pop("api_key", API_KEY).encode()).encrypt(
            nonce.encode(), json.dumps(resource).encode(), extra.encode()
        )
        body = {"id": "EV-1", "event_type": kind, "resource_type": "encrypt-resource", "resource": {
            "algorithm": "AEAD_AES_256_GCM", "ciphertext": b64encode(sealed).decode(), "nonce": nonce,
            "associated_data": extra, "original_type": "transaction"}}  # fmt: skip
        raw = json.dumps(body).encode()
        headers = self._signed(raw, how.pop("at", None) or datetime.fromtimestamp(time.time(), BEIJING), **how)
        return {name.lower(): value for name, value in headers.items()}, raw

    def charge_letter(self, charge: Charge, wrong: str = "", **how: Any) -> Letter:
        return self.letter("TRANSACTION.SUCCESS", self.transaction(charge.attempt.hex, **WRONG.get(wrong, {})), **how)

    def refund_letter(self, order: RefundOrder, number: str = "", **how: Any) -> Letter:
        """number: another one than ours, of a refund made by hand."""
        one = self.refunds[order.refund.hex]
        return self.letter("REFUND.SUCCESS", {
            "mchid": MERCHANT, "out_refund_no": number or order.refund.hex, "refund_id": one.number, "refund_status": "SUCCESS",
            "transaction_id": one.transaction, "amount": {"refund": one.amount}}, **how)  # fmt: skip

    def transfer_letter(self, order: TransferOrder, **how: Any) -> Letter:
        one = self.transfers[order.transfer.hex]
        return self.letter("MCHTRANSFER.BILL.FINISHED", {
            "mch_id": MERCHANT, "out_bill_no": order.transfer.hex, "transfer_bill_no": one.number,
            "state": "FAIL" if one.is_back else "SUCCESS", "transfer_amount": one.amount}, **how)  # fmt: skip
