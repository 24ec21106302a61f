"""A person's memberships: joining by a code, agreeing to an invitation, leaving. Each agreement is to a sentence that he sees."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import Refusal
from tuan.people import parties
from tuan.people.compliance.model import CONSENTS, ORGANISATION_MEMBER
from tuan.people.parties.model import ORGANISATION
from tuan.platform.work import Work
from tuan.surfaces.storefront.memberships.context import Membership, MembershipsPage
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SIGNED_IN
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.value import membership

HERE = "/me/memberships"
ASKED = CONSENTS[ORGANISATION_MEMBER]


class JoinForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    member_code: str
    agreed: str


class AcceptForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    agreed: str


class LeaveForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str


@get(HERE, opt=SIGNED_IN)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    """Where he is invited, active, or was."""
    async with visit.reading() as work:
        rows = await membership.memberships_of(work, visit.person)
        cards = await parties.organisation_cards(work, [row["organisation_id"] for row in rows])
    page = MembershipsPage(
        memberships=[
            Membership(
                url=f"{HERE}/{ORGANISATION.show(row['organisation_id'])}",
                name=(name := cards[row["organisation_id"]]["name"]),
                state=row["state"],
                asks=visit.gettext(ASKED.text, name=name),
                key=visit.fresh_key(),
            )
            for row in rows
        ],
        code=visit.query.get("member_code", "")[:40],
        asks=visit.gettext(ASKED.text, name=visit.gettext("The organisation")),
        version=ASKED.version,
        key=visit.fresh_key(),
    )
    return visit.page("storefront/memberships/page.html", page, place="me")


@post(HERE, opt=SIGNED_IN)
async def join(visit: NamedDependency[Visit]) -> Response[Any]:
    """By the organisation's code, agreeing to be counted."""
    form = await visit.form(JoinForm)

    async def act(work: Work) -> Refusal | None:
        outcome = await membership.join(
            work, visit.person, form.member_code.strip(), version=form.agreed, language=visit.words.tag
        )
        return outcome if isinstance(outcome, Refusal) else None

    return _went(visit, await once(visit, "storefront.join_organisation", form.key, form.member_code, act))


@post(f"{HERE}/{{organisation:str}}/acceptance", opt=SIGNED_IN)
async def accept(visit: NamedDependency[Visit], organisation: FromPath[str]) -> Response[Any]:
    """He was invited, and agrees to be counted."""
    found, form = read_id(ORGANISATION, organisation), await visit.form(AcceptForm)

    async def act(work: Work) -> Refusal | None:
        return await membership.accept(work, visit.person, found, version=form.agreed, language=visit.words.tag)

    return _went(visit, await once(visit, "storefront.accept_organisation", form.key, organisation, act))


@post(f"{HERE}/{{organisation:str}}/leaving", opt=SIGNED_IN)
async def leave(visit: NamedDependency[Visit], organisation: FromPath[str]) -> Response[Any]:
    """He is counted no more."""
    found, form = read_id(ORGANISATION, organisation), await visit.form(LeaveForm)

    async def act(work: Work) -> Refusal | None:
        return await membership.leave(work, visit.person, found, language=visit.words.tag)

    return _went(visit, await once(visit, "storefront.leave_organisation", form.key, organisation, act))


def _went(visit: Visit, refusal: Refusal | None) -> Response[Any]:
    if refusal is None:
        return visit.go_on(HERE)
    return refuse(visit, refusal, Step(label=visit.gettext("My organisations"), url=HERE))


HANDLERS = (show, join, accept, leave)
