"""What the guard refuses: one scenario each, in the table of all."""

from datetime import timedelta

from tests.given import goods as given
from tests.given import guarding
from tests.given.houses import Place
from tests.given.refusals import Act, gives
from tuan.people import compliance
from tuan.people.compliance import (
    PeriodInvalid,
    ProfileUnknown,
    SecondPersonNeeded,
    SignOffInvalid,
    SignOffOver,
    TextChanged,
)

A_DAY = timedelta(days=1)


@gives(ProfileUnknown)
async def _(place: Place) -> Act:
    return lambda: place.do(compliance.choose_profile, "MARS", reason="test")


@gives(SignOffInvalid)
async def _(place: Place) -> Act:
    new = await guarding.to_sign(place, document_hash="none")
    return lambda: place.do(compliance.ask_sign_off, new, reason="test")


@gives(SecondPersonNeeded)
async def _(place: Place) -> Act:
    who = await given.buyer(place)
    asked = await guarding.asked(place, who)
    return lambda: guarding.do_as(place, who.id, compliance.give_sign_off, asked, "总经理", reason="test")


@gives(SignOffOver)
async def _(place: Place) -> Act:
    given_by_two = await guarding.signed(place)
    return lambda: place.do(compliance.give_sign_off, given_by_two, "总经理", reason="test")


@gives(TextChanged)
async def _(place: Place) -> Act:
    who = await given.buyer(place)
    return lambda: guarding.agree(place, who, who.id, version="older")


@gives(PeriodInvalid)
async def _(place: Place) -> Act:
    day = await guarding.today(place)
    return lambda: place.do(compliance.make_report, b"s" * 32, day + A_DAY, day + A_DAY, {}, market="x", reason="test")
