"""The calls of the port, made to Alipay's gateway. Our keys are its merchant numbers, as 32 hexadecimal digits."""

import io
import zipfile
from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
from alipay.exceptions import AliPayException, AliPayValidationError  # type: ignore[import-untyped]
from alipay.utils import AliPayConfig  # type: ignore[import-untyped]

from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.platform.gateways.alipay import bills, downloads, letters
from tuan.platform.gateways.alipay.certificates import CertifiedAlipay
from tuan.platform.gateways.one_by_one import OneByOne
from tuan.platform.gateways.payment import (
    Charge,
    ChargeState,
    Heard,
    Notice,
    PayoutMode,
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
from tuan.platform.gateways.threads import ANSWER_SECONDS_MAX, ProviderFailed, signing_time
from tuan.platform.gateways.yuan import BEIJING, minor_of, shown

GOOD, FAILED = "10000", "40004"
NOT_THERE = ("ACQ.TRADE_NOT_EXIST", "ORDER_NOT_EXIST", "ACQ.REFUND_NOT_EXIST", "ACQ.SETTLE_NOT_EXIST")
REFUND_NEVER = (
    "ACQ.SELLER_BALANCE_NOT_ENOUGH",
    "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL",
    "ACQ.TRADE_NOT_EXIST",
    "ACQ.TRADE_HAS_FINISHED",
    "ACQ.REASON_TRADE_REFUND_FEE_ERR",
    "ACQ.DISCORDANT_REPEAT_REQUEST",
)
TRANSFER_NEVER = ("PAYEE_NOT_EXIST", "PAYEE_USER_INFO_ERROR", "PAYER_BALANCE_NOT_ENOUGH", "PERMIT_CHECK_PERM_LIMITED")
SPLIT_NEVER = ("ACQ.TRADE_SETTLE_ERROR", "ACQ.ROYALTY_RECEIVER_INVALID", "ACQ.ALLOC_AMOUNT_VALIDATE_ERROR",
               "ACQ.TRADE_NOT_EXIST", "ACQ.INVALID_PARAMETER")  # fmt: skip
SPLIT_STATES = {"SUCCESS": TransferState.DONE, "FAIL": TransferState.FAILED}
TRANSFER_STATES = {"SUCCESS": TransferState.DONE, "FAIL": TransferState.FAILED, "REFUND": TransferState.FAILED}
PRODUCT, SCENE = "TRANS_ACCOUNT_NO_PWD", "DIRECT_TRANSFER"


class Account(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What Alipay gave a merchant.

    merchant: the seller's user id (2088…). app_certificate, alipay_certificate, root_certificate: the three files of an
    application with certificates, which transfers need. split: `yes` where it may split payments (分账). origin: where our hooks are reached, https. gateway: another
    address than Alipay's own, for its sandbox.
    """

    merchant: str
    app: str
    private_key: str
    app_certificate: str
    alipay_certificate: str
    root_certificate: str
    origin: str
    split: str = ""
    gateway: str = ""


def _client(account: Account) -> Any:
    client = CertifiedAlipay(
        appid=account.app, app_private_key_string=account.private_key,
        app_public_key_cert_string=account.app_certificate, alipay_public_key_cert_string=account.alipay_certificate,
        alipay_root_cert_string=account.root_certificate,
    )  # fmt: skip
    client._config = AliPayConfig(timeout=ANSWER_SECONDS_MAX)  # this kind of client takes neither
    if account.gateway:
        client._gateway = account.gateway
    return client


class Alipay(OneByOne[Account]):
    """One client per market; every call in a thread, none in a transaction."""

    name = "alipay"
    zone = BEIJING
    thanks = b"success"

    def __init__(self, accounts: Mapping[int, Account], secret: bytes) -> None:
        """Raises ValueError where a key or a certificate cannot be read."""
        super().__init__(accounts, {market: _client(account) for market, account in accounts.items()}, secret)

    def read_notice(self, market: int, _headers: Mapping[str, str], body: bytes, now: Instant) -> Heard | Refusal:
        return letters.read(self._clients[market], self._accounts[market].app, self._marks[market], body, now)

    # ── one by one, in a thread ──
    def _modes(self, account: Account) -> frozenset[PayoutMode]:
        return frozenset(PayoutMode) if account.split == "yes" else frozenset({PayoutMode.TRANSFER})

    def _start(self, charge: Charge) -> Started:
        """Only signed, not asked: Alipay hears of it when the payer comes."""
        client, account = self._clients[charge.market], self._accounts[charge.market]
        is_phone = charge.device != "desktop"
        asked = {
            "out_trade_no": charge.attempt.hex,
            "total_amount": shown(charge.amount_minor),
            "subject": charge.title or charge.attempt.hex,
            "product_code": "QUICK_WAP_WAY" if is_phone else "FAST_INSTANT_TRADE_PAY",
        }
        if charge.pay_by:
            asked["time_expire"] = f"{charge.pay_by.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"
        signed = client.client_api(
            "alipay.trade.wap.pay" if is_phone else "alipay.trade.page.pay", asked, timestamp=_now(),
            return_url=charge.return_url, notify_url=f"{account.origin}/hooks/alipay",
        )  # fmt: skip
        return Started(charge.attempt, Redirect(f"{client._gateway}?{signed}"))

    def _ask(self, market: int, method: str, said: dict[str, Any]) -> dict[str, Any]:
        """What Alipay answers and has signed: a success, or a failure of the business. Raises ProviderFailed for all else."""
        try:
            answer: dict[str, Any] = self._clients[market].server_api(method, said, timestamp=_now())
        except (AliPayException, AliPayValidationError, ValueError) as error:
            raise ProviderFailed(f"{method}: {error!r}") from error
        if answer.get("code") not in (GOOD, FAILED) or answer.get("sub_code") in ("ACQ.SYSTEM_ERROR", "SYSTEM_ERROR"):
            raise ProviderFailed(f"{method}: {answer.get('code')} {answer.get('sub_code')}")
        return answer

    def _query(self, charge: Charge, *, is_over: bool = False) -> Notice:
        """is_over: it was closed; until then a charge that Alipay has not heard of may still be paid."""
        account = self._accounts[charge.market]
        said = self._ask(charge.market, "alipay.trade.query", {"out_trade_no": charge.attempt.hex})
        if said["code"] == GOOD:
            return letters.notice_of(said, account.merchant, account.app, self._marks[charge.market])
        if said.get("sub_code") not in NOT_THERE:
            raise ProviderFailed(f"query: {said.get('sub_code')}")
        state = ChargeState.CLOSED if is_over else ChargeState.WAITING
        return Notice(self.name, charge.attempt, state, "", account.merchant, account.app, charge.amount_minor,
                      charge.currency, None)  # fmt: skip

    def _close(self, charge: Charge) -> Notice:
        self._ask(charge.market, "alipay.trade.close", {"out_trade_no": charge.attempt.hex})
        return self._query(charge, is_over=True)

    def _refund(self, order: RefundOrder) -> RefundAnswer:
        said = self._ask(order.market, "alipay.trade.refund", {
            "trade_no": order.transaction, "refund_amount": shown(order.amount_minor),
            "out_request_no": order.refund.hex, "refund_reason": "退款",
        })  # fmt: skip
        if said["code"] != GOOD and said.get("sub_code") in REFUND_NEVER:
            return RefundAnswer("alipay", order.refund, RefundState.FAILED, said["sub_code"])
        # "fund_change" is N too where it was done before; what holds is asked.
        found = self._query_refund(order)
        if found.state is RefundState.UNHEARD:
            return RefundAnswer("alipay", order.refund, RefundState.UNKNOWN, "")
        return found

    def _query_refund(self, order: RefundOrder) -> RefundAnswer:
        asked = {"trade_no": order.transaction, "out_request_no": order.refund.hex}
        said = self._ask(order.market, "alipay.trade.fastpay.refund.query", asked)
        if said["code"] != GOOD and said.get("sub_code") not in NOT_THERE:
            raise ProviderFailed(f"refund query: {said.get('sub_code')}")
        if said.get("refund_status") == "REFUND_SUCCESS":
            amount = minor_of(said["refund_amount"])
            return RefundAnswer("alipay", order.refund, RefundState.DONE, said["trade_no"], amount)
        state = RefundState.UNKNOWN if said.get("out_request_no") else RefundState.UNHEARD
        return RefundAnswer("alipay", order.refund, state, "")

    def _transfer(self, order: TransferOrder) -> TransferAnswer:
        payee = {"identity": order.payee, "identity_type": "ALIPAY_USER_ID" if order.payee.isdigit() and
                 order.payee.startswith("2088") else "ALIPAY_LOGON_ID", "name": order.name}  # fmt: skip
        said = self._ask(order.market, "alipay.fund.trans.uni.transfer", {
            "out_biz_no": order.transfer.hex, "trans_amount": shown(order.amount_minor), "product_code": PRODUCT,
            "biz_scene": SCENE, "order_title": order.note, "payee_info": payee,
        })  # fmt: skip
        if said["code"] == GOOD:
            return _transferred(order, said)
        found = self._query_transfer(order)
        if found.state is TransferState.UNHEARD and said.get("sub_code") in TRANSFER_NEVER:
            return TransferAnswer("alipay", order.transfer, TransferState.FAILED, "", why=said["sub_code"])
        return found

    def _query_transfer(self, order: TransferOrder) -> TransferAnswer:
        asked = {"out_biz_no": order.transfer.hex, "product_code": PRODUCT, "biz_scene": SCENE}
        said = self._ask(order.market, "alipay.fund.trans.common.query", asked)
        if said["code"] == GOOD:
            return _transferred(order, said)
        if said.get("sub_code") in NOT_THERE:
            return TransferAnswer("alipay", order.transfer, TransferState.UNHEARD, "")
        raise ProviderFailed(f"transfer query: {said.get('sub_code')}")

    def _split(self, order: SplitOrder) -> SplitAnswer:
        """The relation to the receiver is made first, which may be repeated; where it is refused, nothing was asked of the payment."""
        receiver = {"type": "userId", "account": order.payee, "name": order.name}
        bound = self._ask(order.market, "alipay.trade.royalty.relation.bind", {
            "receiver_list": [receiver], "out_request_no": order.split.hex})  # fmt: skip
        part = {"royalty_type": "transfer", "trans_in_type": "userId", "trans_in": order.payee,
                "amount": shown(order.amount_minor), "desc": order.note}  # fmt: skip
        is_bound = bound["code"] == GOOD
        said = bound if not is_bound else self._ask(order.market, "alipay.trade.order.settle", {
            "out_request_no": order.split.hex, "trade_no": order.transaction, "royalty_parameters": [part]})  # fmt: skip
        found = self._query_split(order)
        if found.state is TransferState.UNHEARD and (not is_bound or said.get("sub_code") in SPLIT_NEVER):
            return SplitAnswer("alipay", order.split, TransferState.FAILED, "", why=said.get("sub_code", ""))
        return found

    def _query_split(self, order: SplitOrder) -> SplitAnswer:
        asked = {"out_request_no": order.split.hex, "trade_no": order.transaction}
        said = self._ask(order.market, "alipay.trade.order.settle.query", asked)
        if said["code"] == GOOD and said.get("royalty_detail_list"):
            (one,) = said["royalty_detail_list"]
            state = SPLIT_STATES.get(one["state"], TransferState.UNKNOWN)
            return SplitAnswer("alipay", order.split, state, one.get("detail_id", ""), minor_of(one["amount"]),
                               one.get("error_code", ""))  # fmt: skip
        if said["code"] == GOOD or said.get("sub_code") in NOT_THERE:
            return SplitAnswer("alipay", order.split, TransferState.UNHEARD, "")
        raise ProviderFailed(f"split query: {said.get('sub_code')}")

    def _statement(self, market: int, day: date) -> list[StatementLine]:
        lines = bills.trades(self._bill(market, "trade", day)) + bills.outgoing(self._bill(market, "signcustomer", day))
        return sorted(lines, key=lambda line: line.at)

    def _bill(self, market: int, kind: str, day: date) -> str:
        """The text of a bill, of the detailed file of several in one archive; empty where nothing moved."""
        asked = {"bill_type": kind, "bill_date": f"{day}"}
        said = self._ask(market, "alipay.data.dataservice.bill.downloadurl.query", asked)
        if said["code"] != GOOD:
            if said.get("sub_code") == "isp.bill_not_exist":
                return ""
            raise StatementNotReady(said.get("sub_code"))
        found = downloads.fetch(said["bill_download_url"], self._accounts[market].gateway)
        packed = zipfile.ZipFile(io.BytesIO(found))
        names = {info.filename.encode("cp437", "replace").decode("gbk", "replace"): info for info in packed.infolist()}
        details = [info for name, info in names.items() if "汇总" not in name]
        return packed.read(details[0]).decode("gbk") if details else ""


def _now() -> str:
    return f"{signing_time().astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"


def _transferred(order: TransferOrder, said: Mapping[str, Any]) -> TransferAnswer:
    state = TRANSFER_STATES.get(said["status"], TransferState.UNKNOWN)
    amount = minor_of(said["trans_amount"]) if said.get("trans_amount") else None
    return TransferAnswer(
        "alipay", order.transfer, state, said.get("order_id", ""), amount, said.get("fail_reason", "")
    )
