"""What organisations and their members are refused: one scenario each, in the table of all."""

from tests.given import goods as given
from tests.given import organisations
from tests.given.houses import Place
from tests.given.refusals import Act, gives
from tuan.people import parties
from tuan.people.parties import OrganisationNameInvalid
from tuan.value import membership
from tuan.value.membership import AlreadyMember, GradesInvalid, ListInvalid, NotMember
from tuan.value.membership.model import Grade


@gives(OrganisationNameInvalid)
async def _(place: Place) -> Act:
    who = await given.buyer(place)
    return lambda: place.do(parties.admit_organisation, " ", who.id, reason="test")


@gives(GradesInvalid)
async def _(place: Place) -> Act:
    of, _ = await organisations.organisation(place)
    return lambda: place.do(membership.set_grades, of, [Grade(0, off_minor=1)], reason="test")


@gives(ListInvalid)
async def _(place: Place) -> Act:
    of, _ = await organisations.organisation(place)
    return lambda: organisations.invite(place, of)


@gives(AlreadyMember)
async def _(place: Place) -> Act:
    of, _ = await organisations.organisation(place)
    who = await organisations.member(place, of)
    return lambda: place.do(membership.accept, who.id, of, **organisations.SHOWN)


@gives(NotMember)
async def _(place: Place) -> Act:
    of, owner = await organisations.organisation(place)
    return lambda: place.do(membership.leave, owner.id, of, language="en")
