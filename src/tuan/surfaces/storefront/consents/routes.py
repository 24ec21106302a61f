"""All that a person has agreed to, in one place: to whom, when, in which words; and taking it back."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from tuan.kit.refusals import Refused
from tuan.people import compliance
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.storefront.consents import words
from tuan.surfaces.storefront.consents.context import ConsentsPage, Said, Standing
from tuan.surfaces.storefront.consents.withdrawing import withdraw
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SIGNED_IN
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

HERE = "/me/consents"
SAID_PER_PAGE = 20


class WithdrawalForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    purpose: str
    about: str


@get(HERE, opt=SIGNED_IN)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    wanted = Wanted(after=visit.query.get("page"), size=SAID_PER_PAGE)
    async with visit.reading() as work:
        standing = await compliance.standing_consents(work, visit.person)
        said = await compliance.search_consents(work, visit.person, wanted)
        names = await words.names_of(work, [*standing, *said.items])
    page = ConsentsPage(
        standing=[_standing(visit, row, names[row["about_id"]]) for row in standing],
        said=[_said(visit, row, names[row["about_id"]]) for row in said.items],
        next_url=visit.url_with(page=said.next_key) if said.next_key else None,
    )
    return visit.page("storefront/consents/page.html", page, place="me")


def _standing(visit: Visit, row: Any, name: str) -> Standing:
    return Standing(
        purpose=row["purpose"], about=words.ABOUT[row["purpose"]].show(row["about_id"]), name=name,
        words=words.sentence(visit, row, name), shows=words.ticked(visit, row), at=row["at"], key=visit.fresh_key(),
    )  # fmt: skip


def _said(visit: Visit, row: Any, name: str) -> Said:
    if row["is_given"]:
        told = visit.gettext("You agreed with %(name)s.", name=name)
    elif row["place"] == "house":
        told = visit.gettext("It ended with %(name)s by itself.", name=name)
    else:
        told = visit.gettext("You took back what you had agreed with %(name)s.", name=name)
    return Said(words=told, shows=words.ticked(visit, row), at=row["at"])


@post(f"{HERE}/withdrawal", opt=SIGNED_IN)
async def take_back(visit: NamedDependency[Visit]) -> Response[Any]:
    """From now on he does not agree; that he did stays written down."""
    form = await visit.form(WithdrawalForm)
    if form.purpose not in words.ABOUT:
        raise Refused(FieldInvalid(field="purpose"))
    about = read_id(words.ABOUT[form.purpose], form.about)

    async def act(work: Work) -> None:
        await withdraw(work, visit.person, form.purpose, about, language=visit.words.tag, place="web")

    refusal = await once(visit, "web.withdraw_consent", form.key, f"{form.purpose} {form.about}", act)
    if refusal is not None:
        return refuse(visit, refusal, Step(label=visit.gettext("What I agreed to"), url=HERE))
    return visit.go_on(HERE)


HANDLERS = (show, take_back)
