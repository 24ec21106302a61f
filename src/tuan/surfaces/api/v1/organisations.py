"""Organisations that bring members, for whoever admits them: their grades, their code, inviting members, what they bore.

Members decide for themselves: nobody is made one here, and who they are is told to no program. The office asks for the second
factor before each of these acts; a program has none, so it is asked for where its key with `organisations.write` is made.
"""

from typing import Annotated, Any

from msgspec import Meta, Struct

from tuan.kit.refusals import NotFound, Refusal
from tuan.people import accounts, parties
from tuan.people.parties.model import ORGANISATION, ORGANISATION_NAME_MAX
from tuan.platform.work import Work
from tuan.surfaces.api.acting import acted, made
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, AmountMinor, Listing, Reason
from tuan.surfaces.api.v1.membership import (
    ListedMembers,
    ListedPhones,
    OrganisationId,
    OrganisationNumbers,
    Phone,
    by_line,
    looked_at,
    looking,
    numbers_of,
)
from tuan.surfaces.storefront.organising.lists import kept, restored
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.value import membership
from tuan.value.membership import Counts
from tuan.value.membership.model import GRADES_MAX, MEMBERS_MAX, PERMYRIAD, Grade

OrganisationName = Annotated[
    str, Meta(min_length=1, max_length=ORGANISATION_NAME_MAX, pattern=NO_NUL, examples=["江南银行"])
]
Minor = Annotated[int, Meta(description="Minor units.", ge=0, le=10**13)]


class OrganisationCard(Struct, frozen=True, kw_only=True):
    organisation: OrganisationId
    name: OrganisationName
    active: Annotated[int, Meta(examples=[120])]
    invited: Annotated[int, Meta(examples=[30])]


class NewOrganisation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """With the person who speaks for it, by his number."""

    name: OrganisationName
    phone: Phone
    reason: Reason


class AdmittedOrganisation(Struct, frozen=True, kw_only=True):
    organisation: OrganisationId


class OrganisationGrade(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From so many active members on: an amount off, or a share of 10,000 with a cap, from a threshold of goods on."""

    least_members: Annotated[int, Meta(ge=1, le=MEMBERS_MAX, examples=[100])]
    off_minor: Annotated[Minor, Meta(examples=[500])] = 0
    off_permyriad: Annotated[int, Meta(ge=0, le=PERMYRIAD, examples=[0])] = 0
    cap_minor: Annotated[AmountMinor | None, Meta(examples=[None])] = None
    threshold_minor: Annotated[Minor, Meta(examples=[0])] = 0


class NewGrades(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All grades from the next month that is counted on, the lowest first; none ends the benefit."""

    grades: Annotated[list[OrganisationGrade], Meta(max_length=GRADES_MAX)]
    reason: Reason


class WholeOrganisation(Struct, frozen=True, kw_only=True):
    """How many, what was borne month by month, and its grades; never who or what."""

    numbers: OrganisationNumbers
    grades: list[OrganisationGrade]


class NewMemberCode(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Reason


class MemberCode(Struct, frozen=True, kw_only=True):
    """By which members join from now on."""

    member_code: Annotated[str, Meta(examples=["Jx3v9QkT2a1b"])]


class InvitedPhones(ListedPhones, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Each of these is invited; of a number that is nobody's here yet, it and when it came are kept for ninety days."""

    reason: Reason


@operation("GET", "/organisations", scope="organisations.read")
async def list_organisations(visit: Visit) -> Listing[OrganisationCard]:
    """Organisations that were let in, by name."""
    async with visit.reading() as work:
        rows = await parties.organisations(work)
        counts = await membership.counts(work, [row["id"] for row in rows])
    cards = ((row, counts.get(row["id"], Counts())) for row in rows)
    return Listing(
        [
            OrganisationCard(
                organisation=ORGANISATION.show(row["id"]), name=row["name"], active=of.active, invited=of.invited
            )
            for row, of in cards
        ]
    )


@operation("POST", "/organisations", scope="organisations.write", status=201)
async def admit_organisation(visit: Visit, data: NewOrganisation, key: str) -> AdmittedOrganisation | Refusal:
    """Let one in."""
    phone = accounts.read_phone(data.phone)

    async def act(work: Work) -> Refusal | dict[str, Any]:
        if isinstance(phone, Refusal):
            return phone
        owner = await accounts.person_of(work, phone)
        if owner is None:
            return NotFound()
        found = await parties.admit_organisation(work, data.name, owner, reason=data.reason)
        return found if isinstance(found, Refusal) else {"organisation": ORGANISATION.show(found)}

    subject = f"{data.name} {data.phone}"
    outcome = await made(visit, "api.admit_organisation", key, data.reason, subject, act)
    return outcome if isinstance(outcome, Refusal) else AdmittedOrganisation(**outcome)


@operation("GET", "/organisations/{organisation}", scope="organisations.read")
async def show_admitted_organisation(visit: Visit, organisation: OrganisationId) -> WholeOrganisation:
    """One with its statement."""
    found = read_id(ORGANISATION, organisation)
    async with visit.reading() as work:
        numbers, grades = await numbers_of(visit, work, found), await membership.grades_of(work, found)
    told = [
        OrganisationGrade(least_members=one.least_members, off_minor=one.off_minor, off_permyriad=one.off_permyriad,
                          cap_minor=one.cap_minor, threshold_minor=one.threshold_minor)
        for one in grades
    ]  # fmt: skip
    return WholeOrganisation(numbers=numbers, grades=told)


@operation("PUT", "/organisations/{organisation}/grades", scope="organisations.write", status=204)
async def set_organisation_grades(
    visit: Visit, organisation: OrganisationId, data: NewGrades, key: str
) -> Refusal | None:
    """What its active members are given each month."""
    found = read_id(ORGANISATION, organisation)
    grades = [
        Grade(one.least_members, one.off_minor, one.off_permyriad, one.cap_minor, one.threshold_minor)
        for one in data.grades
    ]

    async def act(work: Work) -> Refusal | None:
        await parties.access_organisation(work, found)
        return await membership.set_grades(work, found, grades, reason=data.reason)

    return await acted(visit, "api.set_grades", key, data.reason, f"{organisation} {grades}", act)


@operation("POST", "/organisations/{organisation}/code", scope="organisations.write", status=201)
async def renew_member_code(
    visit: Visit, organisation: OrganisationId, data: NewMemberCode, key: str
) -> MemberCode | Refusal:
    """A code by which members join; the one before works no more."""
    found = read_id(ORGANISATION, organisation)

    async def act(work: Work) -> Refusal | dict[str, Any]:
        await parties.access_organisation(work, found)
        return {"member_code": await membership.renew_code(work, found, reason=data.reason)}

    outcome = await made(visit, "api.renew_member_code", key, data.reason, organisation, act)
    return outcome if isinstance(outcome, Refusal) else MemberCode(**outcome)


@operation("POST", "/organisations/{organisation}/members/preview", scope="organisations.read", is_single=True)
async def preview_members(visit: Visit, organisation: OrganisationId, data: ListedPhones) -> ListedMembers:
    """What would become of each number; nobody is invited, and nothing is kept."""
    found = read_id(ORGANISATION, organisation)
    async with visit.reading() as work:
        await parties.access_organisation(work, found)
        return looked_at(await looking(work, found, data))


@operation("POST", "/organisations/{organisation}/members", scope="organisations.write", status=201)
async def invite_members(
    visit: Visit, organisation: OrganisationId, data: InvitedPhones, key: str
) -> ListedMembers | Refusal:
    """Say who its members are; each decides for himself whether he is counted."""
    found = read_id(ORGANISATION, organisation)

    async def act(work: Work) -> Refusal | dict[str, Any]:
        await parties.access_organisation(work, found)
        looked = await membership.invite(work, found, by_line(data), "api", reason=data.reason)
        return looked if isinstance(looked, Refusal) else kept(looked)

    outcome = await made(visit, "api.invite_members", key, data.reason, f"{organisation} {data.phones}", act)
    return outcome if isinstance(outcome, Refusal) else looked_at(restored(outcome))


HANDLERS = (
    list_organisations, admit_organisation, show_admitted_organisation, set_organisation_grades, renew_member_code,
    preview_members, invite_members,
)  # fmt: skip
