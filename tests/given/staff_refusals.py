"""What staff refuses: one scenario each, in the table of all."""

from typing import Any

from tests.given import office
from tests.given.houses import Place
from tests.given.refusals import Act, gives
from tuan.people import staff
from tuan.people.staff.errors import (
    AlreadyMember,
    BeyondYours,
    LastOwner,
    NotYourself,
    PasswordsDiffer,
    PasswordWeak,
    RoleInvalid,
    ViewInvalid,
)
from tuan.platform.audit import ReasonMissing


async def by(place: Place, actor: office.Clerk, verb: Any, *args: Any, **kwargs: Any) -> Any:
    """Run a verb as this member of staff."""
    async with place.work(actor.person) as work:
        return await verb(work, *args, **kwargs)


@gives(ReasonMissing)
async def _(place: Place) -> Act:
    who = await office.clerk(place)
    return lambda: place.do(staff.block_member, who.person, reason=" x ")


@gives(AlreadyMember)
async def _(place: Place) -> Act:
    who = await office.clerk(place)
    secret = place.house.settings.secret
    return lambda: place.do(
        staff.admit_member, who.person, secret, roles=["owner"], reason="test", issuer="Test", known=("x", b"x")
    )


@gives(RoleInvalid)
async def _(place: Place) -> Act:
    await office.clerk(place)
    return lambda: place.do(staff.set_role, "packers", ["orders.eat"], reason="test")


@gives(LastOwner)
async def _(place: Place) -> Act:
    who = await office.clerk(place)
    return lambda: place.do(staff.take_role, who.person, "owner", reason="test")


@gives(NotYourself)
async def _(place: Place) -> Act:
    await office.clerk(place)
    who = await office.clerk(place)
    return lambda: by(place, who, staff.block_member, who.person, reason="test")


@gives(BeyondYours)
async def _(place: Place) -> Act:
    await office.clerk(place)
    await place.do(staff.set_role, "hiring", ["staff.see", "staff.edit"], reason="test")
    who = await office.clerk(place, "hiring")
    return lambda: by(place, who, staff.give_role, who.person, "owner", reason="test")


@gives(PasswordWeak)
async def _(place: Place) -> Act:
    who = await office.clerk(place)
    token = await office.signed_in(place, who)
    return lambda: place.do(staff.set_password, token, who.person, "short", "short")


@gives(PasswordsDiffer)
async def _(place: Place) -> Act:
    who = await office.clerk(place)
    token = await office.signed_in(place, who)
    return lambda: place.do(staff.set_password, token, who.person, "a sentence of mine", "a sentence of yours")


@gives(ViewInvalid)
async def _(place: Place) -> Act:
    who = await office.clerk(place)
    return lambda: place.do(staff.keep_view, who.person, "orders", " ", "filter=all")
