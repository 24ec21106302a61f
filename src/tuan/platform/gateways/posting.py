"""Posting to addresses that strangers gave us, without ever knocking at a door of our own.

A name is resolved once and every address it has must be a public one; the connection then goes to the address that was
looked at (Host and the name in TLS stay those of the URL), so that a name which answers differently a second time gains
nothing. Redirects are not followed, proxies of the environment are not used, of an answer only the status is read.
"""

import asyncio
import hashlib
import hmac
import re
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

import httpx
import structlog
from standardwebhooks import Webhook

from tuan.kit.time import Instant
from tuan.platform.gateways.errors import AddressForbidden

log = structlog.get_logger()

ANSWER_SECONDS_MAX = 10
URL_LENGTH_MAX = 500
HOST = re.compile(r"[a-z0-9]([a-z0-9_.-]*[a-z0-9])?\.?", re.ASCII)
LIKE_A_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.ASCII)
"""A last label that resolvers read as (a part of) an IPv4 address: 127.1, 0x7f.1, 2130706433."""
PORTS: dict[str, int] = {"https": 443, "http": 80}
METADATA = frozenset({ip_address("168.63.129.16"), ip_address("100.100.100.200"), ip_address("fd00:ec2::254")})
"""Where clouds tell a machine its secrets; the first of these is a public address."""
CARRIERS: tuple[IPv6Network, ...] = tuple(
    network
    for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")
    if isinstance(network := ip_network(text), IPv6Network)
)
"""IPv6 that carries an IPv4 address inside: NAT64, 6to4, Teredo, IPv4-compatible. None is anybody's server."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Post:
    """One try to hand over one message. `message` is the same in every try, so that the receiver knows it again.

    endpoint, versions: whose secret signs, and which of its secrets are valid now (two during a change).
    """

    market: int
    endpoint: UUID
    versions: tuple[int, ...]
    url: str
    message: str
    at: Instant
    body: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a try: a status, or a word for why there is none."""

    said: str
    is_taken: bool
    milliseconds: int


class _Refused(Exception):
    """This try must not leave the house; its text is what the log says."""


async def resolve(host: str, port: int) -> list[str]:
    """Every address of a name, as the system's resolver says."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=1)
    return [str(address[0]) for *_, address in found]


class Poster:
    """Signs and posts. Strict is how it serves; otherwise plain http and this very machine are allowed too."""

    def __init__(self, secret: bytes, *, is_strict: bool, resolve: Resolve = resolve, transport: Any = None) -> None:
        self.is_strict = is_strict
        self._secret = secret
        self._resolve = resolve
        self._transport = transport

    def secret_of(self, market: int, endpoint: UUID, version: int) -> str:
        """The endpoint's secret as its owner is shown it. Made from ours and never stored, so no copy of the database has it."""
        name = f"webhook {market} {endpoint.hex} {version}".encode()
        return "whsec_" + b64encode(hmac.digest(self._secret, name, hashlib.sha256)).decode()

    def why_not_post(self, url: str) -> AddressForbidden | None:
        """Whether this address may be written down at all; what its name leads to is asked anew at each try."""
        try:
            self._split(url)
        except _Refused as refused:
            return AddressForbidden(why=str(refused))
        return None

    async def post(self, posts: Sequence[Post]) -> list[Answer]:
        """All at once, each with a time-out of its own; one answer each, in their order.

        No connection is used twice: it would be told apart by its address, and two names may share one.
        """
        async with httpx.AsyncClient(
            transport=self._transport, timeout=ANSWER_SECONDS_MAX, follow_redirects=False, trust_env=False,
            limits=httpx.Limits(max_keepalive_connections=0),
        ) as client:  # fmt: skip
            return await asyncio.gather(*(self._timed(client, one) for one in posts))

    async def _timed(self, client: httpx.AsyncClient, one: Post) -> Answer:
        began = time.monotonic()
        try:
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                status = await self._post(client, one)
            said, is_taken = str(status), 200 <= status < 300
        except _Refused as refused:
            said, is_taken = f"not sent: {refused}", False
        except TimeoutError:
            said, is_taken = "no answer in time", False
        except Exception as error:  # whatever a stranger's machine does
            said, is_taken = type(error).__name__, False
        return Answer(said, is_taken, int((time.monotonic() - began) * 1000))

    async def _post(self, client: httpx.AsyncClient, one: Post) -> int:
        parts = self._split(one.url)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        address = await self._pinned(host, port)
        shown = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
        pinned = parts._replace(netloc=f"{shown}:{port}").geturl()
        request = client.build_request(
            "POST", pinned, content=one.body.encode(), headers={"Host": parts.netloc, **self._headers(one)},
            extensions={"sni_hostname": host},
        )  # fmt: skip
        answer = await client.send(request, stream=True)
        await answer.aclose()
        return answer.status_code

    def _headers(self, one: Post) -> dict[str, str]:
        """Standard Webhooks 1.0: signed is `id.timestamp.body`, by each secret that is valid now."""
        secrets = [self.secret_of(one.market, one.endpoint, version) for version in one.versions]
        return {
            "content-type": "application/json",
            "user-agent": "Tuan-Webhooks/1",
            "webhook-id": one.message,
            "webhook-timestamp": str(int(one.at.timestamp())),
            "webhook-signature": " ".join(Webhook(secret).sign(one.message, one.at, one.body) for secret in secrets),
        }

    def _split(self, url: str) -> SplitResult:
        """The parts of an address that can be meant in one way only; raises _Refused."""
        if not (url.isascii() and url.isprintable() and len(url) <= URL_LENGTH_MAX) or set(url) & set(' \\"<>^`{|}'):
            raise _Refused("unreadable")
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname or "", parts.port
        except ValueError:
            raise _Refused("unreadable") from None
        if parts.scheme not in (("https",) if self.is_strict else ("https", "http")):
            raise _Refused("not https")
        if "@" in parts.netloc or parts.fragment or parts.netloc != parts.netloc.lower() or parts.port == 0:
            raise _Refused("unreadable")
        if (literal := _literal(host)) is not None:
            self._look_at(literal)
        elif not HOST.fullmatch(host) or LIKE_A_NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
            raise _Refused("unreadable")
        return parts

    async def _pinned(self, host: str, port: int) -> IPv4Address | IPv6Address:
        """The one address that is connected to; every address of the name has been looked at."""
        literal = _literal(host)
        found = [literal] if literal else [ip_address(text) for text in await self._resolve(host, port)]
        if not found:
            raise _Refused("no address")
        for address in found:
            self._look_at(address)
        return found[0]

    def _look_at(self, address: IPv4Address | IPv6Address) -> None:
        if not is_public(address) and (self.is_strict or not address.is_loopback):
            raise _Refused("not a public address")


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is somebody's place in the Internet, seen through what IPv6 wraps around IPv4."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address.scope_id is not None or address.is_site_local or any(address in carrier for carrier in CARRIERS):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved and address not in METADATA
