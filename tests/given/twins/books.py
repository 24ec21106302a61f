"""What every twin has: books, a server on the loopback, keys made for this run, and answers that get lost."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

MARKET = 1
SECRET = b"what payers of the twins are marked with"

Answer: TypeAlias = tuple[int, Mapping[str, str], bytes]
Letter: TypeAlias = tuple[dict[str, str], bytes]
"""(headers in lower case, body) as a hook gets them."""


@dataclass(slots=True)
class ChargeEntry:
    amount: int
    currency: str
    state: str = "waiting"
    transaction: str = ""
    paid_at: datetime | None = None
    payer: str = ""
    """His id there, where he has one."""


@dataclass(slots=True)
class RefundEntry:
    transaction: str
    amount: int
    number: str
    at: datetime


@dataclass(slots=True)
class TransferEntry:
    payee: str
    amount: int
    number: str
    at: datetime
    is_back: bool = False
    """It was paid, and the payee's bank sent it back."""


@dataclass(slots=True)
class SplitEntry:
    transaction: str
    payee: str
    amount: int
    number: str
    at: datetime
    is_back: bool = False


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """A key pair of this run, by name."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(name: str) -> str:
    return key(name).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@cache
def certificate(name: str) -> x509.Certificate:
    """A certificate of a key, signed by itself."""
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key(name).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(key(name), hashes.SHA256())
    )


def certificate_pem(name: str) -> str:
    return certificate(name).public_bytes(Encoding.PEM).decode()


STRANGER = "stranger"
"""Whom a provider refuses before any payment is split to him, where it wants to know receivers first."""


class Twin:
    """Books and a server. `lost`: how many of the next answers are lost although the thing was done."""

    provider: Any

    def __init__(self) -> None:
        self.charges: dict[str, ChargeEntry] = {}
        self.refunds: dict[str, RefundEntry] = {}
        self.transfers: dict[str, TransferEntry] = {}
        self.splits: dict[str, SplitEntry] = {}
        self.lost = 0
        self.asked: list[str] = []
        twin = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _go(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                twin.asked.append(f"{self.command} {self.path.partition('?')[0]}")
                status, headers, said = twin.answer(self.command, self.path, self.headers, body)
                if twin.lost:
                    twin.lost -= 1
                    status, headers, said = 502, {}, b"{}"
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            do_GET = do_POST = _go

            def log_message(self, *_: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def shut(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> Answer:
        raise NotImplementedError

    # ── the books ──
    def pay(self, attempt: Any, at: datetime | None = None, payer: str = "") -> None:
        """The payer pays, if he still can."""
        entry = self.charges[attempt.hex]
        if entry.state == "waiting":
            entry.state, entry.paid_at = "paid", at or datetime.now(UTC).replace(microsecond=0)
            entry.payer = payer
            entry.transaction = f"4200{len(self.charges):04d}{attempt.hex[-8:]}"

    def give_back(self, name: str, transaction: str, amount: int) -> str:
        """Once per key and never more than was paid; a word for why not."""
        paid = next((c for c in self.charges.values() if c.transaction == transaction), None)
        if name in self.refunds:
            return "" if self.refunds[name].amount == amount else "another amount"
        back = sum(r.amount for r in self.refunds.values() if r.transaction == transaction)
        if paid is None or back + amount > paid.amount:
            return "too much"
        self.refunds[name] = RefundEntry(transaction, amount, f"5000{name[-8:]}", datetime.now(UTC))
        return ""

    def divide(self, name: str, transaction: str, payee: str, amount: int) -> str:
        """Once per key and never more than was paid; a word for why not."""
        paid = next((c for c in self.charges.values() if c.transaction == transaction), None)
        if name in self.splits:
            return "" if self.splits[name].amount == amount else "another amount"
        before = sum(one.amount for one in self.splits.values() if one.transaction == transaction)
        if payee in ("nobody", STRANGER) or paid is None or before + amount > paid.amount:
            return "cannot be split"
        self.splits[name] = SplitEntry(transaction, payee, amount, f"3008{name[-8:]}", datetime.now(UTC))
        return ""

    def send_back(self, key: UUID) -> None:
        """What was paid out, or split, did not arrive after all."""
        one = self.transfers.get(key.hex) or self.splits[key.hex]
        one.is_back = True

    def pay_out(self, name: str, payee: str, amount: int) -> str:
        """Once per key; a word for why not."""
        if name not in self.transfers:
            if payee == "nobody":
                return "nobody"
            self.transfers[name] = TransferEntry(payee, amount, f"1330{name[-8:]}", datetime.now(UTC))
        return "" if self.transfers[name].amount == amount else "another amount"
