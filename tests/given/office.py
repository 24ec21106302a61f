"""Members of staff, and how they get in."""

import itertools
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pyotp

from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.people import accounts, staff

PASSWORD = "a sentence of my own"
HERE = "192.0.2.7"
_numbers = itertools.count(1)


@dataclass(slots=True)
class Clerk:
    """A member of staff with what he knows and what he has."""

    person: UUID
    phone: str
    password: str
    key: str

    async def code(self, place: Place) -> str:
        """What his authenticator shows half a minute from now, when he comes in: a code that was never used."""
        await place.move_clock(timedelta(seconds=30))
        async with place.work() as work:
            return pyotp.TOTP(self.key).at(int(work.now.timestamp()))


async def begin_quarter(place: Place) -> None:
    """Go to the beginning of the next window of tries, so that none ends in the middle of a test."""
    async with place.work() as work:
        now = work.now.timestamp()
    await place.move_clock(timedelta(seconds=900 - now % 900))


async def clerk(place: Place, *roles: str) -> Clerk:
    """Somebody with these roles and a password of his own; without a role he is an owner."""
    phone = f"+86137{next(_numbers):08d}"
    secret = place.house.settings.secret
    async with place.work() as work:
        person = await accounts.admit(work, phone, name=f"同事{phone[-4:]}", locale="zh-CN")
        known = (PASSWORD, phone.encode())
        told = granted(
            await staff.admit_member(
                work, person, secret, roles=roles or ("owner",), reason="test", issuer="Test", known=known
            )
        )
    return Clerk(person, phone, told.password, told.key)


async def signed_in(place: Place, who: Clerk) -> str:
    """The token of a new office session of his."""
    code = await who.code(place)
    async with place.work() as work:
        return granted(
            await staff.sign_in(work, who.phone, who.password, code, place.house.settings.secret, client=HERE)
        )
