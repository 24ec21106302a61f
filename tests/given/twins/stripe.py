"""Stripe as documented: forms in, JSON out, idempotency keys that are forgotten, events signed by HMAC."""

import hmac
import json
import time
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.given.twins.books import MARKET, Answer, ChargeEntry, Letter, Twin
from tests.given.twins.books import SECRET as MARKING
from tuan.platform.gateways.payment import Charge, RefundOrder, TransferOrder
from tuan.platform.gateways.stripe import Account, Stripe

MERCHANT, SECRET, HOOK = "acct_1", "sk_test_twin", "whsec_twin"


def stamp(at: datetime | None) -> int:
    return int((at or datetime.now(UTC)).timestamp())


WRONG: dict[str, dict[str, Any]] = {
    "amount": {"amount_total": 1},
    "currency": {"currency": "usd"},
    "app": {"livemode": True},
    "merchant": {"metadata": {"merchant": "acct_other"}},
}


def without(moved: dict[str, Any]) -> dict[str, Any]:
    """A movement as it is listed where nobody asked for the transfer of a reversal: that is named, and not told."""
    source = moved["source"] or {}
    return {**moved, "source": {**source, "transfer": source["transfer"]["id"]}} if "transfer" in source else moved


class StripeTwin(Twin):
    def __init__(self, market: int = MARKET) -> None:
        super().__init__()
        self.provider = Stripe(
            {
                market: Account(
                    merchant=MERCHANT, app="test", secret_key=SECRET, webhook_secret=HOOK, split="yes", gateway=self.url
                )
            },
            MARKING,
        )
        self.keys: dict[str, bytes] = {}

    # ── what it answers ──
    def answer(self, method: str, path: str, headers: Any, body: bytes) -> Answer:
        assert headers["authorization"] == f"Bearer {SECRET}"
        url = urlsplit(path)
        said = dict(parse_qsl(body.decode() if method == "POST" else url.query))
        once = headers.get("idempotency-key")
        if once in self.keys:
            return 200, {"Content-Type": "application/json"}, self.keys[once]
        status, found = self._answer(method, url.path.removeprefix("/v1/"), said)
        raw = json.dumps(found).encode()
        if once and status == 200:
            self.keys[once] = raw
        return status, {"Content-Type": "application/json"}, raw

    def forget_keys(self) -> None:
        """As after a day."""
        self.keys.clear()

    def _answer(self, method: str, path: str, said: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if path == "checkout/sessions" and method == "POST":
            name = said["client_reference_id"]
            assert said["metadata[attempt]"] == said["payment_intent_data[metadata][attempt]"] == name
            amount, currency = (
                said["line_items[0][price_data][unit_amount]"],
                said["line_items[0][price_data][currency]"],
            )
            self.charges.setdefault(name, ChargeEntry(int(amount), currency.upper()))
            return 200, self.session(name)
        if path == "checkout/sessions":
            return 200, self._list([self.session(name, is_whole=True) for name in self.charges])
        if path.endswith("/expire"):
            entry = self.charges[path.split("/")[2].removeprefix("cs_")]
            if entry.state == "paid":
                return 400, {"error": {"type": "invalid_request_error", "message": "paid"}}
            entry.state = "closed"
            return 200, self.session(path.split("/")[2].removeprefix("cs_"))
        if path == "refunds":
            return self._refunds(method, said)
        if path == "transfers":
            return self._transfers(method, said)
        if path.startswith("payment_intents/"):
            intent = path.split("/")[1]
            return 200, {"object": "payment_intent", "id": intent, "latest_charge": f"ch_{intent}"}
        if path == "balance_transactions":
            wanted = said.get("type")
            found = [one for one in self.moved() if wanted in (None, one["type"])]
            return 200, self._list(
                found if "data.source.transfer" in said.values() else [without(one) for one in found]
            )
        return 404, {"error": {"type": "invalid_request_error", "message": "no such path"}}

    def _list(self, data: list[Any]) -> dict[str, Any]:
        return {"object": "list", "data": data, "has_more": False, "url": "/v1/x"}

    def _refunds(self, method: str, said: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if method == "GET":
            mine = [name for name, one in self.refunds.items() if one.transaction == said["payment_intent"]]
            return 200, self._list([self.refund(name) for name in mine])
        name = said["metadata[refund]"]
        if self.give_back(name, said["payment_intent"], int(said["amount"])):
            return 400, {"error": {"type": "invalid_request_error", "code": "charge_already_refunded", "message": "x"}}
        return 200, self.refund(name)

    def _transfers(self, method: str, said: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if method == "GET":
            return 200, self._list(self.transferred(said))
        if source := said.get("source_transaction"):
            assert "transfer_group" not in said, "the charge has one already, and another is refused"
            name = said["metadata[split]"]
            if self.divide(name, source.removeprefix("ch_"), said["destination"], int(said["amount"])):
                return 400, {"error": {"type": "invalid_request_error", "code": "insufficient_funds", "message": "x"}}
            return 200, self.split(name)
        name = said["transfer_group"]
        if self.pay_out(name, said["destination"], int(said["amount"])):
            return 400, {"error": {"type": "invalid_request_error", "code": "account_invalid", "message": "x"}}
        return 200, self.transfer(name)

    def transferred(self, said: dict[str, str]) -> list[dict[str, Any]]:
        """A split's group is its charge's, which nobody here asks for."""
        if "transfer_group" in said:
            return [self.transfer(name) for name in self.transfers if name == said["transfer_group"]]
        made = [self.transfer(name) for name in self.transfers] + [self.split(name) for name in self.splits]
        since = int(said["created[gte]"])
        return [one for one in made if one["destination"] == said["destination"] and one["created"] >= since]

    # ── its objects ──
    def session(self, name: str, *, is_whole: bool = False, **other: Any) -> dict[str, Any]:
        entry = self.charges[name]
        states = {"waiting": "open", "closed": "expired", "paid": "complete"}
        intent: Any = entry.transaction or None
        if intent and is_whole:
            intent = {
                "object": "payment_intent",
                "id": intent,
                "latest_charge": {
                    "object": "charge",
                    "created": stamp(entry.paid_at),
                    "payment_method_details": {"type": "card", "card": {"fingerprint": entry.payer}},
                },
            }
        return {"object": "checkout.session", "id": f"cs_{name}", "client_reference_id": name, "amount_total": entry.amount,
                "currency": entry.currency.lower(), "status": states[entry.state], "livemode": False,
                "payment_status": "paid" if entry.state == "paid" else "unpaid", "payment_intent": intent,
                "url": f"https://checkout.stripe.com/c/pay/cs_{name}", "created": stamp(None),
                "metadata": {"attempt": name, "merchant": MERCHANT}} | other  # fmt: skip

    def refund(self, name: str) -> dict[str, Any]:
        one = self.refunds[name]
        return {"object": "refund", "id": f"re_{name}", "amount": one.amount, "status": "succeeded", "currency": "cny",
                "payment_intent": one.transaction, "metadata": {"refund": name}}  # fmt: skip

    def transfer(self, name: str) -> dict[str, Any]:
        one = self.transfers[name]
        return {"object": "transfer", "id": f"tr_{name}", "amount": one.amount, "currency": "cny", "reversed": one.is_back,
                "amount_reversed": one.amount if one.is_back else 0, "destination": one.payee, "created": stamp(one.at),
                "metadata": {"transfer": name}}  # fmt: skip

    def split(self, name: str) -> dict[str, Any]:
        one = self.splits[name]
        return {"object": "transfer", "id": f"tr_{name}", "amount": one.amount, "currency": "cny", "reversed": one.is_back,
                "amount_reversed": one.amount if one.is_back else 0, "destination": one.payee, "source_transaction": f"ch_{one.transaction}",
                "created": stamp(one.at), "metadata": {"split": name}}  # fmt: skip

    def moved(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = [
            {"object": "balance_transaction", "type": "stripe_fee", "created": stamp(None), "source": None}
        ]
        for name, one in self.charges.items():
            if one.paid_at:
                source = {"object": "charge", "id": f"ch_{name}", "payment_intent": one.transaction, "amount": one.amount,
                          "currency": one.currency.lower(), "metadata": {"attempt": name}}  # fmt: skip
                found.append({"type": "charge", "created": stamp(one.paid_at), "source": source})
        found += [
            {"type": "refund", "created": stamp(one.at), "source": self.refund(name)}
            for name, one in self.refunds.items()
        ]
        found += [
            {"type": "transfer", "created": stamp(one.at), "source": self.transfer(name)}
            for name, one in self.transfers.items()
        ]
        found += [
            {"type": "transfer", "created": stamp(one.at), "source": self.split(name)}
            for name, one in self.splits.items()
        ]
        found += [
            {"type": "transfer_refund", "created": stamp(None), "source": {"object": "transfer_reversal", "id": f"trr_{one['id']}",
             "transfer": one, "amount": one["amount_reversed"], "currency": "cny", "metadata": {}}}
            for one in (*map(self.transfer, self.transfers), *map(self.split, self.splits)) if one["reversed"]
        ]  # fmt: skip
        return found

    # ── what it posts ──
    def letter(
        self, kind: str, said: dict[str, Any], *, by: str = HOOK, at: datetime | None = None, **of: Any
    ) -> Letter:
        event = {"id": "evt_1", "object": "event", "type": kind, "created": int(time.time()), "livemode": False,
                 "data": {"object": said}, **of}  # fmt: skip
        raw, now = json.dumps(event).encode(), stamp(at)
        signature = hmac.new(by.encode(), f"{now}.".encode() + raw, sha256).hexdigest()
        return {"stripe-signature": f"t={now},v1={signature}"}, raw

    def charge_letter(self, charge: Charge, wrong: str = "", **how: Any) -> Letter:
        said = self.session(charge.attempt.hex, **WRONG.get(wrong, {}))
        return self.letter("checkout.session.completed", said, **how)

    def refund_letter(self, order: RefundOrder, number: str = "", **how: Any) -> Letter:
        """number: another one than ours, of a refund made by hand."""
        said = self.refund(order.refund.hex) | ({"metadata": {"refund": number}} if number else {})
        return self.letter("refund.updated", said, **how)

    def transfer_letter(self, order: TransferOrder, **how: Any) -> Letter:
        said = self.transfer(order.transfer.hex)
        return self.letter("transfer.reversed" if said["reversed"] else "transfer.created", said, **how)
