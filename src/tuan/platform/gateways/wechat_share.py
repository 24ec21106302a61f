"""WeChat's JS-SDK: a page may set what is shared of it once the owner of its domain has signed its address.

The signature is SHA-1 over a ticket, which WeChat gives for a token, which it gives for the account's secret. Both are
good for two hours and counted: each is asked for once, kept, and asked for anew before it ends.
"""

import asyncio
import hashlib
import secrets
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec
import structlog

from tuan.kit.refusals import Busy, Missing, Refusal
from tuan.kit.time import Instant
from tuan.platform.gateways.accounts import read_accounts

log = structlog.get_logger()

WECHAT = "https://api.weixin.qq.com"
ANSWER_SECONDS_MAX = 8
EARLY_SECONDS = 300
"""A ticket is asked for anew so long before it ends."""
FOLDER = "channels"


class WechatNotSetUp(Missing):
    """This market has no account at WeChat."""

    code = "gateways.wechat_not_set_up"


class WechatAway(Busy):
    """WeChat gave no ticket; nothing is signed without one."""

    code = "gateways.wechat_away"


class Account(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An official account whose settings name this market's domain. gateway: another address than WeChat's own."""

    app: str
    secret: str
    gateway: str = ""


@dataclass(frozen=True, slots=True)
class Signed:
    """What `wx.config` takes; timestamp: seconds since 1970."""

    app: str
    timestamp: int
    nonce: str
    signature: str


@dataclass(frozen=True, slots=True)
class _Kept:
    until: float
    ticket: str


class _Unwilling(Exception):
    """WeChat answered, and not with what was asked for."""


class WechatShares:
    """The accounts of every market at WeChat, and the tickets that they have now."""

    def __init__(self, accounts: Mapping[int, Account]) -> None:
        self._accounts = accounts
        self._kept: dict[int, _Kept] = {}
        self._one: dict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def sign(self, market: int, url: str, now: Instant) -> Signed | Refusal:
        """A page's address, signed; of what stands after `#` WeChat knows nothing. That the page is ours, the caller has seen to."""
        account = self._accounts.get(market)
        if account is None:
            return WechatNotSetUp()
        try:
            ticket = await self._ticket(market, account)
        except (httpx.HTTPError, msgspec.MsgspecError, _Unwilling) as error:
            log.warning("wechat.no_ticket", market=market, error=repr(error))
            return WechatAway(retry_after_seconds=30)
        nonce, at = secrets.token_hex(8), int(now.timestamp())
        return Signed(account.app, at, nonce, signature_of(ticket, nonce, at, url))

    async def _ticket(self, market: int, account: Account) -> str:
        """Whoever asks meanwhile waits for the same one."""
        async with self._one[market]:
            kept = self._kept.get(market)
            if kept is None or kept.until <= time.monotonic():
                began = time.monotonic()
                ticket, seconds = await _asked(account)
                kept = self._kept[market] = _Kept(began + max(seconds - EARLY_SECONDS, 0), ticket)
            return kept.ticket


def signature_of(ticket: str, nonce: str, at: int, url: str) -> str:
    """As WeChat documents it: the four fields by name, in this order, in lower case."""
    told = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={at}&url={url.partition('#')[0]}"
    return hashlib.sha1(told.encode(), usedforsecurity=False).hexdigest()


async def _asked(account: Account) -> tuple[str, int]:
    """A ticket and for how many seconds it is good. Raises httpx.HTTPError, MsgspecError and _Unwilling."""
    async with httpx.AsyncClient(
        base_url=account.gateway or WECHAT, timeout=ANSWER_SECONDS_MAX, trust_env=False
    ) as http:
        wish = {"grant_type": "client_credential", "appid": account.app, "secret": account.secret}
        token = _told(await http.post("/cgi-bin/stable_token", json=wish), "access_token")
        asks = {"access_token": token["access_token"], "type": "jsapi"}
        said = _told(await http.get("/cgi-bin/ticket/getticket", params=asks), "ticket")
    return str(said["ticket"]), int(said.get("expires_in", 0))


def _told(answer: httpx.Response, wanted: str) -> dict[str, Any]:
    """WeChat answers 200 to everything and says in the body what is wrong."""
    said = msgspec.json.decode(answer.content, type=dict[str, Any])
    if answer.status_code != 200 or not said.get(wanted):
        raise _Unwilling(f"{answer.status_code} {said.get('errcode')}")
    return said


def open_shares(data: Path) -> WechatShares:
    """Accounts stand in `channels/<market>/wechat.json` of the data folder. Raises SettingsError that names every fault."""
    return WechatShares(read_accounts(data / FOLDER, {"wechat": Account})["wechat"])
