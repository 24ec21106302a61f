"""Memberships: joining an organisation, leaving it; an organisation's numbers and statement."""

from datetime import date
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.people import parties
from tuan.people.compliance.model import CONSENTS, ORGANISATION_MEMBER
from tuan.people.parties.model import ORGANISATION
from tuan.people.parties.model import OrganisationId as OrganisationKey
from tuan.platform.work import Work
from tuan.play import loyalty
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, Listing, Money
from tuan.surfaces.storefront.organising.lists import BY_ITSELF, kept, restored
from tuan.surfaces.storefront.organising.viewing import borne_by
from tuan.surfaces.web.once import once, remembered
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.value import membership
from tuan.value.membership import Counts
from tuan.value.membership.model import LINES_MAX, Looked

OrganisationId = Annotated[
    str,
    Meta(description="An organisation.", pattern="^org_[0-9a-hjkmnp-tv-z]{26}$", examples=["org_01kb3v6h2ne5x8q4r7t9w0y1z3"]),
]  # fmt: skip
Version = Annotated[
    str,
    Meta(description="Of the sentence that the person was shown.", max_length=40, pattern=NO_NUL,
         examples=[CONSENTS[ORGANISATION_MEMBER].version]),
]  # fmt: skip


class Membership(Struct, frozen=True, kw_only=True):
    """`consent` is the sentence that `accept_membership` agrees to, in the caller's language."""

    organisation: OrganisationId
    name: str
    state: Literal["invited", "active", "left"]
    consent: str
    version: Version


class Agreed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: Version


class Joining(Agreed, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: Annotated[str, Meta(min_length=1, max_length=40, pattern=NO_NUL, examples=["Jx3v9QkT2a1b"])]


class BenefitMonth(Struct, frozen=True, kw_only=True):
    """`grade_from`: the members that its grade asks for; null where too few were there."""

    month: date
    members: int
    grade_from: int | None
    coupons_used: int
    borne: Money


class OrganisationNumbers(Struct, frozen=True, kw_only=True):
    """How many, and what was borne month by month; never who or what. `active` have agreed to be counted; `counted` of them joined,
    checked in or bought something since the first day of last month, and the grade goes by these."""

    organisation: OrganisationId
    name: str
    active: int
    counted: int
    invited: int
    code: str
    borne: Annotated[Money, Meta(description="Until now, as it stands on the organisation's account.")]
    months: list[BenefitMonth]


Phone = Annotated[
    str, Meta(description="With or without +86.", max_length=40, pattern=NO_NUL, examples=["13012345678"])
]


class ListedPhones(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A list of members by their numbers."""

    phones: Annotated[list[Phone], Meta(min_length=1, max_length=LINES_MAX)]


class ListedRefused(Struct, frozen=True, kw_only=True):
    """A number that invites nobody; `line` counts from 1. An organisation is told `known` of whom it has named before."""

    line: Annotated[int, Meta(examples=[2])]
    code: Literal["no_number", "not_a_phone", "named_before", "already_invited", "already_member", "has_left", "known"]


class ListedMembers(Struct, frozen=True, kw_only=True):
    """How many are invited who were not known, how many were known, and the lines that invite nobody."""

    invited: Annotated[int, Meta(examples=[28])]
    known: Annotated[int, Meta(examples=[2])]
    refused: list[ListedRefused]


@operation("GET", "/account/memberships", scope="account.read")
async def list_memberships(visit: Visit) -> Listing[Membership]:
    """Where the caller is invited, active, or was."""
    asked = CONSENTS[ORGANISATION_MEMBER]
    async with visit.reading() as work:
        rows = await membership.memberships_of(work, visit.person)
        cards = await parties.organisation_cards(work, [row["organisation_id"] for row in rows])
    return Listing(
        [
            Membership(
                organisation=ORGANISATION.show(row["organisation_id"]),
                name=(name := cards[row["organisation_id"]]["name"]),
                state=row["state"],
                consent=visit.gettext(asked.text, name=name),
                version=asked.version,
            )
            for row in rows
        ]
    )


@operation("POST", "/account/memberships", scope="account.write", status=204)
async def join_organisation(visit: Visit, data: Joining, key: str) -> Refusal | None:
    """By its code, agreeing to be counted."""

    async def act(work: Work) -> Refusal | None:
        outcome = await membership.join(
            work, visit.person, data.code, version=data.version, language=visit.words.tag, place="api"
        )
        return outcome if isinstance(outcome, Refusal) else None

    return await once(visit, "api.join_organisation", key, repr(data), act)


@operation("POST", "/account/memberships/{organisation}/acceptance", scope="account.write", status=204)
async def accept_membership(visit: Visit, organisation: OrganisationId, data: Agreed, key: str) -> Refusal | None:
    """The caller was invited, and agrees to be counted."""
    found = read_id(ORGANISATION, organisation)

    async def act(work: Work) -> Refusal | None:
        return await membership.accept(
            work, visit.person, found, version=data.version, language=visit.words.tag, place="api"
        )

    return await once(visit, "api.accept_membership", key, f"{organisation} {data.version}", act)


@operation("POST", "/account/memberships/{organisation}/leaving", scope="account.write", status=204)
async def leave_organisation(visit: Visit, organisation: OrganisationId, key: str) -> Refusal | None:
    """The caller is counted no more."""
    found = read_id(ORGANISATION, organisation)

    async def act(work: Work) -> Refusal | None:
        return await membership.leave(work, visit.person, found, language=visit.words.tag, place="api")

    return await once(visit, "api.leave_organisation", key, organisation, act)


@operation("GET", "/account/organisation", scope="account.read")
async def show_organisation(visit: Visit) -> OrganisationNumbers:
    """The organisation that the caller speaks for."""
    async with visit.reading() as work:
        return await numbers_of(visit, work, await _own(visit, work))


@operation("POST", "/account/organisation/members/preview", scope="account.read", is_single=True)
async def preview_own_members(visit: Visit, data: ListedPhones) -> ListedMembers:
    """What would become of each number of the organisation's list; nobody is invited, and nothing is kept."""
    async with visit.reading() as work:
        return looked_at((await looking(work, await _own(visit, work), data)).as_told())


@operation("POST", "/account/organisation/members", scope="account.write", status=201)
async def invite_own_members(visit: Visit, data: ListedPhones, key: str) -> ListedMembers | Refusal:
    """The organisation says who its members are; each decides for himself whether he is counted."""

    async def act(work: Work) -> Refusal | dict[str, Any]:
        looked = await membership.invite(work, await _own(visit, work), by_line(data), "api", reason=BY_ITSELF)
        return looked if isinstance(looked, Refusal) else kept(looked.as_told())

    outcome = await remembered(visit, "api.invite_own_members", key, f"{data.phones}", act)
    return outcome if isinstance(outcome, Refusal) else looked_at(restored(outcome))


async def _own(visit: Visit, work: Work) -> OrganisationKey:
    found = await parties.organisation_of(work, visit.person)
    if found is None:
        raise Refused(NotFound())
    return found


def by_line(data: ListedPhones) -> dict[int, str]:
    return {number: said.strip() for number, said in enumerate(data.phones, start=1)}


async def looking(work: Work, found: OrganisationKey, data: ListedPhones) -> Looked:
    return (await membership.look_at_list(work, found, by_line(data)))[0]


def looked_at(looked: Looked) -> ListedMembers:
    refused = [ListedRefused(line=one.number, code=one.why_not.value) for one in looked.refused]
    return ListedMembers(invited=len(looked.new), known=looked.known(), refused=refused)


async def numbers_of(visit: Visit, work: Work, found: OrganisationKey) -> OrganisationNumbers:
    """What an organisation is told of itself; raises Refused(NotFound)."""
    card = await parties.access_organisation(work, found)
    counts = (await membership.counts(work, [found])).get(found, Counts())
    code, months = await membership.code_of(work, found), await loyalty.benefit_months(work, found)
    return OrganisationNumbers(
        organisation=ORGANISATION.show(found), name=card["name"], active=counts.active, counted=await loyalty.active_members(work, found),
        invited=counts.invited, code=code, borne=Money(await borne_by(work, found), visit.market.currency),
        months=[
            BenefitMonth(month=one.month, members=one.members, grade_from=one.least_members, coupons_used=one.used,
                         borne=Money(one.borne_minor, visit.market.currency))
            for one in months
        ],
    )  # fmt: skip


HANDLERS = (list_memberships, join_organisation, accept_membership, leave_organisation, show_organisation,
            preview_own_members, invite_own_members)  # fmt: skip
