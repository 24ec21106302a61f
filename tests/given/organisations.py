"""Organisations with members, for tests."""

from typing import Any
from uuid import UUID

from tests.given import goods as given
from tests.given.goods import Buyer
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.people import accounts, parties
from tuan.people.compliance.model import CONSENTS, ORGANISATION_MEMBER
from tuan.value import membership
from tuan.value.membership.model import Grade

GRADES = (Grade(1, off_minor=100), Grade(3, off_minor=500))
"""A yuan from the first member on, five from the third."""
SHOWN = {"version": CONSENTS[ORGANISATION_MEMBER].version, "language": "zh-CN"}


async def organisation(place: Place, *grades: Grade) -> tuple[UUID, Buyer]:
    """An organisation with these grades, and who speaks for it."""
    owner = await given.buyer(place)
    made = granted(await place.do(parties.admit_organisation, "江南银行", owner.id, reason="test"))
    if grades:
        assert await place.do(membership.set_grades, made, grades, reason="test") is None
    return made, owner


async def code(place: Place, of: UUID) -> str:
    return str(await place.do(membership.renew_code, of, reason="test"))


async def join(place: Place, who: Buyer, by: str, **other: Any) -> Any:
    """What joining by this code answers."""
    return await place.do(membership.join, who.id, by, **{**SHOWN, **other})


async def member(place: Place, of: UUID, who: Buyer | None = None) -> Buyer:
    """Somebody who joined."""
    joining = who or await given.buyer(place)
    granted(await join(place, joining, await code(place, of)))
    return joining


async def number_of(place: Place, who: Buyer) -> str:
    return str((await place.do(accounts.access_person, who.id))["phone"])


async def invite(place: Place, of: UUID, *said: str) -> Any:
    """What a list of these numbers answers."""
    return await place.do(membership.invite, of, dict(enumerate(said, start=1)), "csv", reason="test")


async def lived(place: Place) -> None:
    """An organisation with a member who was granted its benefit, one who has gone, and a number that waits for its owner."""
    of, _ = await organisation(place, *GRADES)
    await member(place, of)
    gone = await member(place, of)
    await place.quiet()
    assert await place.do(membership.leave, gone.id, of, language="en") is None
    granted(await invite(place, of, "13012345678"))
