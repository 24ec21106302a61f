"""The calls of the port, made to WeChat Pay v3. Our keys are its merchant numbers, as 32 hexadecimal digits."""

import gzip
import json
import secrets
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from hashlib import sha1
from typing import Any
from urllib.parse import quote

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from wechatpayv3 import WeChatPay, WeChatPayType  # type: ignore[import-untyped]

from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.platform.gateways import payment as port
from tuan.platform.gateways.one_by_one import OneByOne
from tuan.platform.gateways.payment import (
    Charge,
    Heard,
    Invocation,
    Notice,
    PayoutMode,
    QrCode,
    Redirect,
    RefundAnswer,
    RefundOrder,
    RefundState,
    SplitAnswer,
    SplitOrder,
    Started,
    StatementLine,
    StatementNotReady,
    TransferAnswer,
    TransferOrder,
    TransferState,
)
from tuan.platform.gateways.threads import (
    ANSWER_SECONDS_MAX,
    CONNECT_SECONDS_MAX,
    ProviderFailed,
    signing_time,
)
from tuan.platform.gateways.wechat import bills, letters
from tuan.platform.gateways.yuan import BEIJING

REFUND_STATES = {"SUCCESS": RefundState.DONE, "CLOSED": RefundState.FAILED, "ABNORMAL": RefundState.FAILED}
REFUND_NEVER = frozenset(("NOT_ENOUGH", "USER_ACCOUNT_ABNORMAL", "INVALID_REQUEST", "RESOURCE_NOT_EXISTS"))
TRANSFER_STATES = {
    "SUCCESS": TransferState.DONE,
    "FAIL": TransferState.FAILED,
    "CANCELLED": TransferState.FAILED,
}
TRANSFER_NEVER = frozenset(("NOT_ENOUGH", "PARAM_ERROR", "INVALID_REQUEST", "NO_AUTH", "OPENID_ERROR"))
SPLIT_NEVER = frozenset(("NOT_ENOUGH", "PARAM_ERROR", "INVALID_REQUEST", "NO_AUTH", "RULE_LIMIT", "RECEIVER_INVALID"))
SPLIT_STATES = {"SUCCESS": TransferState.DONE, "CLOSED": TransferState.FAILED}
NOT_THERE = 404
BUSY = 429


class Account(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What WeChat Pay gave a merchant.

    private_key, serial: of the merchant's certificate. api_key: APIv3, 32 characters. platform_key: WeChat Pay's public
    key with its id (platform_key_id), or its platform certificate, which has its own. origin: where our hooks are
    reached, https. scene: of transfers to persons, empty where it has none. split: `yes` where it may split payments (分账);
    then every payment is one that can be split, and what nobody drew of it is free after thirty days. gateway: another address than WeChat Pay's own.
    """

    merchant: str
    app: str
    private_key: str
    serial: str
    api_key: str
    platform_key: str
    origin: str
    platform_key_id: str = ""
    scene: str = ""
    split: str = ""
    gateway: str = ""


def _client(account: Account) -> Any:
    public_key, key_id = account.platform_key, account.platform_key_id
    if "CERTIFICATE" in public_key:
        certificate = x509.load_pem_x509_certificate(public_key.encode())
        key_id = f"{certificate.serial_number:X}"
        key = certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        public_key = key.decode()
    client = WeChatPay(
        wechatpay_type=WeChatPayType.NATIVE, mchid=account.merchant, private_key=account.private_key,
        cert_serial_no=account.serial, appid=account.app, apiv3_key=account.api_key,
        notify_url=f"{account.origin}/hooks/wechat", public_key=public_key, public_key_id=key_id,
        timeout=(CONNECT_SECONDS_MAX, ANSWER_SECONDS_MAX),
    )  # fmt: skip
    if account.gateway:
        client._core._gate_way = account.gateway  # the library has no other way to say so
    return client


class WechatPay(OneByOne[Account]):
    """One client per market; every call in a thread, none in a transaction."""

    name = "wechat"
    zone = BEIJING
    thanks = b""

    def __init__(self, accounts: Mapping[int, Account], secret: bytes) -> None:
        """Raises ValueError where a key cannot be read."""
        super().__init__(accounts, {market: _client(account) for market, account in accounts.items()}, secret)

    def read_notice(self, market: int, headers: Mapping[str, str], body: bytes, now: Instant) -> Heard | Refusal:
        client = self._clients[market]
        return letters.read(client, client._core._public_key_id, self._marks[market], headers, body, now)

    # ── one by one, in a thread ──
    def _modes(self, account: Account) -> frozenset[PayoutMode]:
        offered = ((PayoutMode.TRANSFER, account.scene), (PayoutMode.SPLIT, account.split == "yes"))
        return frozenset(mode for mode, is_offered in offered if is_offered)

    def _start(self, charge: Charge) -> Started:
        client, account = self._clients[charge.market], self._accounts[charge.market]
        asked: dict[str, Any] = {
            "description": charge.title or charge.attempt.hex,
            "out_trade_no": charge.attempt.hex,
            "amount": {"total": charge.amount_minor, "currency": charge.currency},
        }
        if charge.pay_by:
            asked["time_expire"] = charge.pay_by.astimezone(BEIJING).isoformat(timespec="seconds")
        if account.split == "yes":
            asked["settle_info"] = {"profit_sharing": True}
        if charge.payer:
            said = _done(client.pay(**asked, pay_type=WeChatPayType.JSAPI, payer={"openid": charge.payer}))
            return Started(charge.attempt, _invocation(client, account.app, said["prepay_id"]))
        if charge.device == "phone":
            scene = {"payer_client_ip": charge.address.partition("/")[0], "h5_info": {"type": "Wap"}}
            said = _done(client.pay(**asked, pay_type=WeChatPayType.H5, scene_info=scene))
            return Started(
                charge.attempt, Redirect(f"{said['h5_url']}&redirect_url={quote(charge.return_url, safe='')}")
            )
        return Started(charge.attempt, QrCode(_done(client.pay(**asked))["code_url"]))

    def _query(self, charge: Charge) -> Notice:
        status, said = _asked(self._clients[charge.market].query(out_trade_no=charge.attempt.hex))
        if status == NOT_THERE:  # should its start still arrive and be paid, that is late money
            account = self._accounts[charge.market]
            return Notice(self.name, charge.attempt, port.ChargeState.CLOSED, "", account.merchant, account.app,
                          charge.amount_minor, charge.currency, None)  # fmt: skip
        return letters.notice_of(_good(status, said), self._marks[charge.market])

    def _close(self, charge: Charge) -> Notice:
        # 204 when it is closed now; whatever else it says, what holds is asked.
        _asked(self._clients[charge.market].close(out_trade_no=charge.attempt.hex))
        return self._query(charge)

    def _refund(self, order: RefundOrder) -> RefundAnswer:
        amount = {"refund": order.amount_minor, "total": order.paid_minor, "currency": order.currency}
        client = self._clients[order.market]
        call = client.refund(out_refund_no=order.refund.hex, transaction_id=order.transaction, amount=amount)
        status, said = _asked(call)
        if said.get("code") in REFUND_NEVER:
            return RefundAnswer("wechat", order.refund, RefundState.FAILED, said["code"])
        return _refunded(order, _good(status, said))

    def _query_refund(self, order: RefundOrder) -> RefundAnswer:
        status, said = _asked(self._clients[order.market].query_refund(out_refund_no=order.refund.hex))
        if status == NOT_THERE:
            return RefundAnswer("wechat", order.refund, RefundState.UNHEARD, "")
        return _refunded(order, _good(status, said))

    def _transfer(self, order: TransferOrder) -> TransferAnswer:
        client, account = self._clients[order.market], self._accounts[order.market]
        status, said = _asked(client.mch_transfer_bills(
            out_bill_no=order.transfer.hex, transfer_scene_id=account.scene, openid=order.payee,
            transfer_amount=order.amount_minor, transfer_remark=order.note[:32], user_name=order.name or None,
        ))  # fmt: skip
        if status < 300:
            return _transferred(order, said)
        found = self._query_transfer(order)
        if found.state is TransferState.UNHEARD and said.get("code") in TRANSFER_NEVER:
            return TransferAnswer("wechat", order.transfer, TransferState.FAILED, "", why=said["code"])
        return found

    def _query_transfer(self, order: TransferOrder) -> TransferAnswer:
        client = self._clients[order.market]
        status, said = _asked(client.mch_transfer_bills_query(out_bill_no=order.transfer.hex))
        if status == NOT_THERE:
            return TransferAnswer("wechat", order.transfer, TransferState.UNHEARD, "")
        return _transferred(order, _good(status, said))

    def _split(self, order: SplitOrder) -> SplitAnswer:
        """The receiver is made known first, which may be repeated; where he is refused, no payment is split to him. What nobody
        drew stays: another payee may have a share of it."""
        client = self._clients[order.market]
        receiver = {"type": "MERCHANT_ID", "account": order.payee, "amount": order.amount_minor, "description": order.note,
                    "name": order.name}  # fmt: skip
        status, said = _asked(
            client.profitsharing_add_receiver("MERCHANT_ID", order.payee, "SUPPLIER", name=order.name)
        )
        if status < 300:
            status, said = _asked(client.profitsharing_order(order.transaction, order.split.hex, [receiver], False))
            if status < 300:
                return _divided(order, said)
        found = self._query_split(order)
        if found.state is TransferState.UNHEARD and said.get("code") in SPLIT_NEVER:
            return SplitAnswer("wechat", order.split, TransferState.FAILED, "", why=said["code"])
        return found

    def _query_split(self, order: SplitOrder) -> SplitAnswer:
        status, said = _asked(self._clients[order.market].profitsharing_order_query(order.transaction, order.split.hex))
        if status == NOT_THERE:
            return SplitAnswer("wechat", order.split, TransferState.UNHEARD, "")
        return _divided(order, _good(status, said))

    def _statement(self, market: int, day: date) -> list[StatementLine]:
        client = self._clients[market]
        lines = bills.trades(self._bill(client, partial(client.trade_bill, bill_date=f"{day}")))
        lines += bills.outgoing(self._bill(client, partial(client.fundflow_bill, bill_date=f"{day}")))
        return sorted(lines, key=lambda line: line.at)

    def _bill(self, client: Any, ask: Callable[[], tuple[int, Any]]) -> str:
        """The text of a bill; empty where nothing moved."""
        status, said = _asked(ask())
        if said.get("code") == "NO_STATEMENT_EXIST":
            return ""
        if said.get("code") == "STATEMENT_CREATING":
            raise StatementNotReady
        where = _good(status, said)
        status, packed = client.download_bill(where["download_url"])
        if status != 200:
            raise ProviderFailed(f"the bill answers {status}")
        raw = gzip.decompress(packed if isinstance(packed, bytes) else packed.encode())
        if sha1(raw).hexdigest() != where["hash_value"].lower():
            raise ProviderFailed("the bill is not the one that was announced")
        return raw.decode()


def _asked(answer: tuple[int, Any]) -> tuple[int, dict[str, Any]]:
    """(status, body) of an answer that decides something; raises ProviderFailed for 5xx and for "too often"."""
    status, text = answer
    said = json.loads(text) if text else {}
    if status >= 500 or status == BUSY or said.get("code") in ("SYSTEM_ERROR", "FREQUENCY_LIMITED"):
        raise ProviderFailed(f"{status} {said.get('code', '')}")
    return status, said


def _good(status: int, said: dict[str, Any]) -> dict[str, Any]:
    if status >= 300:
        raise ProviderFailed(f"{status} {said.get('code', '')}")
    return said


def _done(answer: tuple[int, Any]) -> dict[str, Any]:
    return _good(*_asked(answer))


def _invocation(client: Any, app: str, prepay: str) -> Invocation:
    """What the page inside WeChat calls with, signed by us."""
    stamp, nonce, package = str(int(signing_time().timestamp())), secrets.token_hex(16), f"prepay_id={prepay}"
    sign = client.sign([app, stamp, nonce, package])
    return Invocation({"appId": app, "timeStamp": stamp, "nonceStr": nonce, "package": package, "signType": "RSA",
                       "paySign": sign})  # fmt: skip


def _refunded(order: RefundOrder, said: dict[str, Any]) -> RefundAnswer:
    state = REFUND_STATES.get(said["status"], RefundState.UNKNOWN)
    amount = said["amount"]
    return RefundAnswer("wechat", order.refund, state, said["refund_id"], amount["refund"], amount.get("currency", ""))


def _transferred(order: TransferOrder, said: dict[str, Any]) -> TransferAnswer:
    state = TRANSFER_STATES.get(said["state"], TransferState.UNKNOWN)
    return TransferAnswer("wechat", order.transfer, state, said["transfer_bill_no"], said.get("transfer_amount"),
                          said.get("fail_reason", ""), said.get("package_info", ""))  # fmt: skip


def _divided(order: SplitOrder, said: dict[str, Any]) -> SplitAnswer:
    """One receiver for each order of ours; it has ended when he has."""
    (one,) = [of for of in said["receivers"] if of["account"] == order.payee]
    state = SPLIT_STATES.get(one["result"], TransferState.UNKNOWN)
    return SplitAnswer("wechat", order.split, state, said["order_id"], one["amount"], one.get("fail_reason", ""))
