"""The calls of the port, made to Stripe. Our keys are its idempotency keys and stand in the metadata of what they made.

Stripe forgets an idempotency key after a day, so that what was asked for before is looked for before it is asked for again.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import msgspec
import stripe

from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
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
    TransferAnswer,
    TransferOrder,
    TransferState,
)
from tuan.platform.gateways.stripe import letters
from tuan.platform.gateways.threads import ANSWER_SECONDS_MAX

BEFORE, AFTER = timedelta(minutes=5), timedelta(hours=1)
"""How long before and after an attempt's own time (its id says it) its session may have been made, and before a split's
own time its transfer, since the two clocks differ."""


class Account(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What Stripe gave a merchant.

    merchant: acct_… of the secret key. app: `live` or `test`, as the key is. webhook_secret: of the endpoint at
    /hooks/stripe. split: `yes` where payees may be paid out of payments. gateway: another address than Stripe's own.
    """

    merchant: str
    app: str
    secret_key: str
    webhook_secret: str
    split: str = ""
    gateway: str = ""


def _client(account: Account) -> Any:
    more: dict[str, Any] = {"base_addresses": {"api": account.gateway}} if account.gateway else {}
    return stripe.StripeClient(
        account.secret_key, http_client=stripe.RequestsClient(timeout=ANSWER_SECONDS_MAX), max_network_retries=0, **more
    )


class Stripe(OneByOne[Account]):
    """One client per market; every call in a thread, none in a transaction."""

    name = "stripe"
    zone = UTC
    thanks = b""

    def __init__(self, accounts: Mapping[int, Account], secret: bytes) -> None:
        """Raises ValueError where an account says that it is live and its key is not, or the other way round."""
        for account in accounts.values():
            if f"_{account.app}_" not in account.secret_key:
                raise ValueError(f"stripe: app is {account.app}, and the secret key is of another mode")
        super().__init__(accounts, {market: _client(account) for market, account in accounts.items()}, secret)

    def read_notice(self, market: int, headers: Mapping[str, str], body: bytes, now: Instant) -> Heard | Refusal:
        account = self._accounts[market]
        return letters.read(account.webhook_secret, account.merchant, self._marks[market], headers, body, now)

    # ── one by one, in a thread ──
    def _modes(self, account: Account) -> frozenset[PayoutMode]:
        return frozenset(PayoutMode) if account.split == "yes" else frozenset({PayoutMode.TRANSFER})

    def _start(self, charge: Charge) -> Started:
        marks = {"attempt": charge.attempt.hex, "merchant": self._accounts[charge.market].merchant}
        price = {
            "currency": charge.currency.lower(),
            "unit_amount": charge.amount_minor,
            "product_data": {"name": charge.title or charge.attempt.hex},
        }
        made = self._clients[charge.market].v1.checkout.sessions.create(
            {
                "mode": "payment",
                "client_reference_id": charge.attempt.hex,
                "line_items": [{"price_data": price, "quantity": 1}],
                "success_url": charge.return_url,
                "cancel_url": charge.return_url,
                "metadata": marks,
                "payment_intent_data": {"metadata": marks},
            },
            {"idempotency_key": f"charge-{charge.attempt.hex}"},
        )
        return Started(charge.attempt, Redirect(made.url))

    def _session(self, charge: Charge) -> Any:
        """The checkout session of an attempt, None where Stripe has none; the attempt's id says when it was made."""
        made_at = _made_at(charge.attempt)
        window = {"gte": int((made_at - BEFORE).timestamp()), "lte": int((made_at + AFTER).timestamp())}
        found = self._clients[charge.market].v1.checkout.sessions.list(
            {"created": window, "limit": 100, "expand": ["data.payment_intent.latest_charge"]}
        )
        wanted = charge.attempt.hex
        return next((one for one in found.auto_paging_iter() if one.client_reference_id == wanted), None)

    def _query(self, charge: Charge) -> Notice:
        account, session = self._accounts[charge.market], self._session(charge)
        if session is None:  # should its start still arrive and be paid, that is late money
            return Notice(self.name, charge.attempt, ChargeState.CLOSED, "", account.merchant, account.app,
                          charge.amount_minor, charge.currency, None)  # fmt: skip
        return letters.notice_of(session.to_dict(), account.merchant, self._marks[charge.market])

    def _close(self, charge: Charge) -> Notice:
        session = self._session(charge)
        if session is not None and session.status == "open":
            with suppress(stripe.InvalidRequestError):  # it was paid or expired meanwhile
                self._clients[charge.market].v1.checkout.sessions.expire(session.id)
        return self._query(charge)

    def _refund(self, order: RefundOrder) -> RefundAnswer:
        found = self._query_refund(order)
        if found.state is not RefundState.UNHEARD:
            return found
        try:
            made = self._clients[order.market].v1.refunds.create(
                {
                    "payment_intent": order.transaction,
                    "amount": order.amount_minor,
                    "metadata": {"refund": order.refund.hex},
                },
                {"idempotency_key": f"refund-{order.refund.hex}"},
            )
        except stripe.InvalidRequestError as error:
            return RefundAnswer("stripe", order.refund, RefundState.FAILED, error.code or "")
        return letters.refunded(made.to_dict())

    def _query_refund(self, order: RefundOrder) -> RefundAnswer:
        made = self._clients[order.market].v1.refunds.list({"payment_intent": order.transaction, "limit": 100})
        wanted = order.refund.hex
        for one in made.auto_paging_iter():
            found = one.to_dict()
            if (found["metadata"] or {}).get("refund") == wanted:
                return letters.refunded(found)
        return RefundAnswer("stripe", order.refund, RefundState.UNHEARD, "")

    def _transfer(self, order: TransferOrder) -> TransferAnswer:
        found = self._query_transfer(order)
        if found.state is not TransferState.UNHEARD:
            return found
        try:
            made = self._clients[order.market].v1.transfers.create(
                {
                    "amount": order.amount_minor,
                    "currency": order.currency.lower(),
                    "destination": order.payee,
                    "transfer_group": order.transfer.hex,
                    "metadata": {"transfer": order.transfer.hex},
                },
                {"idempotency_key": f"transfer-{order.transfer.hex}"},
            )
        except stripe.InvalidRequestError as error:
            return TransferAnswer("stripe", order.transfer, TransferState.FAILED, "", why=error.code or "")
        return letters.transferred(made.to_dict())

    def _query_transfer(self, order: TransferOrder) -> TransferAnswer:
        made = self._clients[order.market].v1.transfers.list({"transfer_group": order.transfer.hex, "limit": 1})
        if made.data:
            return letters.transferred(made.data[0].to_dict())
        return TransferAnswer("stripe", order.transfer, TransferState.UNHEARD, "")

    def _split(self, order: SplitOrder) -> SplitAnswer:
        """A transfer out of the payment's own charge (`source_transaction`), so that it never takes more than that took. Its
        group is that charge's, which Stripe names itself."""
        found = self._query_split(order)
        if found.state is not TransferState.UNHEARD:
            return found
        client = self._clients[order.market]
        paid = client.v1.payment_intents.retrieve(order.transaction).to_dict()
        try:
            made = client.v1.transfers.create(
                {
                    "amount": order.amount_minor,
                    "currency": order.currency.lower(),
                    "destination": order.payee,
                    "source_transaction": paid["latest_charge"],
                    "metadata": {"split": order.split.hex},
                },
                {"idempotency_key": f"split-{order.split.hex}"},
            )
        except stripe.InvalidRequestError as error:
            return SplitAnswer("stripe", order.split, TransferState.FAILED, "", why=error.code or "")
        return letters.divided(made.to_dict())

    def _query_split(self, order: SplitOrder) -> SplitAnswer:
        """Among what its payee got since it was drawn, by our key: it has no group of its own."""
        since = {"gte": int((_made_at(order.split) - BEFORE).timestamp())}
        made = self._clients[order.market].v1.transfers.list(
            {"destination": order.payee, "created": since, "limit": 100}
        )
        wanted = order.split.hex
        for one in made.auto_paging_iter():
            found = one.to_dict()
            if (found["metadata"] or {}).get("split") == wanted:
                return letters.divided(found)
        return SplitAnswer("stripe", order.split, TransferState.UNHEARD, "")

    def _statement(self, market: int, day: date) -> list[StatementLine]:
        """Reversals are listed once more, with their transfers: only those say what we called them."""
        moved = [one for one in self._moved(market, day) if one["type"] != letters.REVERSAL]
        moved += self._moved(market, day, "data.source.transfer", type=letters.REVERSAL)
        lines = [letters.line_of(one) for one in moved]
        return sorted((line for line in lines if line is not None), key=lambda line: line.at)

    def _moved(self, market: int, day: date, *expanded: str, **which: str) -> list[dict[str, Any]]:
        begin = int(datetime.combine(day, time(), UTC).timestamp())
        created = {"gte": begin, "lt": begin + 24 * 3600}
        found = self._clients[market].v1.balance_transactions.list(
            {"created": created, "limit": 100, "expand": ["data.source", *expanded], **which}
        )
        return [one.to_dict() for one in found.auto_paging_iter()]


def _made_at(key: UUID) -> Instant:
    """When a UUIDv7 was made: its first 48 bits are milliseconds."""
    seconds, milliseconds = divmod(key.int >> 80, 1000)
    return datetime.fromtimestamp(seconds, UTC) + timedelta(milliseconds=milliseconds)
