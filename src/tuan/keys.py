"""`tuan key`: make or revoke a key of the API, as the operator."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from tuan.kit.refusals import Refusal
from tuan.launch import Say, stand_on
from tuan.main import open_house
from tuan.people import accounts, developers
from tuan.people.developers.model import KEY, SCOPES, MadeKey
from tuan.platform import markets
from tuan.platform.database import Database
from tuan.platform.outbox import flush
from tuan.platform.settings import SettingsError
from tuan.platform.work import SYSTEM, MarketId, open_work

REASON = "tuan key"


async def make(
    data: Path, *, host: str, phone: str, name: str, scopes: Sequence[str], days: int | None, say: Say
) -> MadeKey:
    """A key that acts as the person of this number, who is admitted if he is not there; raises SettingsError."""
    number = accounts.read_phone(phone)
    if isinstance(number, Refusal):
        raise SettingsError(f"{phone} is no phone number.")
    with stand_on(data, say=say, development=True) as ground:
        async with open_house(ground.settings, requests=1, lanes=1) as house:
            market = await _market(house.database, host)
            async with open_work(house.database.requests, market, SYSTEM, flush=flush) as work:
                person = await accounts.admit(work, number, name="", locale="zh-CN")
                end = work.now + timedelta(days=days) if days is not None else None
                made = await developers.make_key(work, person, name, scopes, expires_at=end, reason=REASON)
    if isinstance(made, Refusal):
        raise SettingsError(f"No key was made: {made.code} {made.data}. Scopes are {', '.join(SCOPES)}.")
    return made


async def revoke(data: Path, *, host: str, key: str, say: Say) -> None:
    """Nobody gets in with it from now on; raises SettingsError where there is no such key."""
    found = KEY.parse(key)
    with stand_on(data, say=say, development=True) as ground:
        async with open_house(ground.settings, requests=1, lanes=1) as house:
            market = await _market(house.database, host)
            async with open_work(house.database.requests, market, SYSTEM, flush=flush) as work:
                if found is None or await developers.revoke_key(work, found, reason=REASON):
                    raise SettingsError(f"There is no key {key} that could be revoked.")


async def _market(database: Database, host: str) -> MarketId:
    """The market of this host, or the oldest that is no replay where none is named."""
    every = await markets.everything(database.requests)
    fits = [row for row in every if (row["host"] == host if host else row["kind"] != "replay")]
    if not fits:
        raise SettingsError(f"There is no market{f' of {host}' if host else ''}.")
    return MarketId(fits[0]["id"])
