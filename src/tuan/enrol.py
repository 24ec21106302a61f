"""`tuan staff admit` and `renew`: how the first member of staff gets in, and whoever lost his telephone."""

from pathlib import Path
from typing import Any

from tuan.kit.refusals import Refusal
from tuan.launch import Say, stand_on
from tuan.main import load_modules
from tuan.people import accounts, staff
from tuan.people.staff.model import Enrolment
from tuan.platform import markets
from tuan.platform.database import BY_SET, open_pool
from tuan.platform.embedded import APP
from tuan.platform.outbox import flush
from tuan.platform.settings import SettingsError
from tuan.platform.work import SYSTEM, MarketId, Work, open_work

REASON = "by the operator, at the machine"


async def admit(data: Path, *, phone: str, name: str, role: str, host: str, say: Say) -> list[str]:
    """Make whoever has this number a member with this role; lines that are told once. Raises SettingsError if refused."""

    async def act(work: Work, number: str, secret: bytes, market: Any) -> Enrolment | Refusal:
        person = await accounts.admit(work, number, name=name, locale="zh-CN")
        return await staff.admit_member(work, person, secret, roles=[role], reason=REASON, issuer=market["name"])

    return await _enrol(data, phone, host, say, act)


async def renew(data: Path, *, phone: str, host: str, say: Say) -> list[str]:
    """A new first password and a new second factor; lines that are told once. Raises SettingsError if refused."""

    async def act(work: Work, number: str, secret: bytes, market: Any) -> Enrolment | Refusal:
        person = await accounts.person_of(work, number)
        if person is None:
            raise SettingsError(f"Nobody has the number {phone} in {market['host']}.")
        return await staff.renew_member(work, person, secret, reason=REASON, issuer=market["name"])

    return await _enrol(data, phone, host, say, act)


async def _enrol(data: Path, phone: str, host: str, say: Say, act: Any) -> list[str]:
    load_modules()
    number = accounts.read_phone(phone)
    if isinstance(number, Refusal):
        raise SettingsError(f"{phone} is no telephone number.")
    with stand_on(data, say=say, development=True) as ground:
        secret = ground.settings.secret
        pool = await open_pool(ground.url(APP), least=1, most=2, name="staff", plans=BY_SET)
        try:
            market = await markets.find(pool, host)
            if market is None:
                raise SettingsError(f"There is no market at {host}.")
            async with open_work(pool, MarketId(market["id"]), SYSTEM, flush=flush) as work:
                told = await act(work, number, secret, market)
                if isinstance(told, Refusal):
                    raise SettingsError(f"Refused: {told.code} {told.data}")  # and what was begun goes back
        finally:
            pool.terminate()
    return [
        "This is shown once. Tell it to nobody but whom it is for.",
        f"First password: {told.password}",
        f"Key for the authenticator: {told.key}",
        f"The same as an address: {told.uri}",
    ]
