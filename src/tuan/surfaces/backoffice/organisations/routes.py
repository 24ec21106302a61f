"""Organisations in the office: letting one in, its grades, its code, bringing its members, what it bore."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.money import Money
from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.people import accounts, parties
from tuan.people.parties.model import ORGANISATION, OrganisationId
from tuan.platform import audit
from tuan.platform.work import Work
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.acting import acted, read_amount, read_whole, written_amount
from tuan.surfaces.backoffice.organisations.context import Card, OfficePage, OrganisationsPage
from tuan.surfaces.storefront.organising import lists
from tuan.surfaces.storefront.organising.lists import LookForm
from tuan.surfaces.storefront.organising.viewing import months, organisation_page, statement_csv
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.policies import TAKES_FILE, staff
from tuan.surfaces.web.reading import FILE_BODY_BYTES_MAX, read_id
from tuan.surfaces.web.visits import Visit
from tuan.value import membership
from tuan.value.membership import Counts
from tuan.value.membership.model import GRADES_MAX, Grade

HERE = "/office/organisations"
PLACE = Place(name="organisations", label="Organisations", url=HERE, permission="organisations.see", icon="team")
PERCENT = 100


class AdmitForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str
    name: str
    phone: str


class LevelsForm(msgspec.Struct, frozen=True, kw_only=True):
    """One grade per line: least members, and an amount or a percentage: `100 5.00` or `1000 10%`."""

    key: str
    reason: str
    levels: str


class CodeForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str


class MembersForm(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers, one per line."""

    key: str
    reason: str
    phones: str


@get(HERE, opt=staff("organisations.see"))
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        rows = await parties.organisations(work)
        counts = await membership.counts(work, [row["id"] for row in rows])
    page = OrganisationsPage(
        organisations=[
            Card(url=f"{HERE}/{ORGANISATION.show(row['id'])}", name=row["name"], active=of.active, invited=of.invited)
            for row in rows
            for of in [counts.get(row["id"], Counts())]
        ],
        may_edit=visit.may("organisations.edit"),
        key=visit.fresh_key(),
    )
    return visit.page("backoffice/organisations/list.html", page, place=PLACE.name)


@post(HERE, opt=staff("organisations.edit", fresh=True))
async def admit(visit: NamedDependency[Visit]) -> Response[Any]:
    """With the person who speaks for it, by his number."""
    form = await visit.form(AdmitForm)
    phone = accounts.read_phone(form.phone)

    async def act(work: Work) -> Refusal | None:
        if isinstance(phone, Refusal):
            return phone
        owner = await accounts.person_of(work, phone)
        if owner is None:
            return NotFound()
        made = await parties.admit_organisation(work, form.name, owner, reason=form.reason)
        return made if isinstance(made, Refusal) else None

    return await acted(
        visit, "office.admit_organisation", form.key, form.reason, f"{form.name} {form.phone}", act, HERE
    )


@get(f"{HERE}/{{organisation:str}}", opt=staff("organisations.see"))
async def show_one(visit: NamedDependency[Visit], organisation: FromPath[str]) -> Response[Any]:
    found, url = read_id(ORGANISATION, organisation), f"{HERE}/{organisation}"
    async with visit.reading() as work:
        shown = await organisation_page(visit, work, found, f"{url}/statement.csv")
        grades = await membership.grades_of(work, found)
        rows = await audit.about(work, organisation)
        names = await accounts.names(work, {row["actor_id"] for row in rows})
    page = OfficePage(
        url=url, shown=shown, grades="\n".join(_written(visit, grade) for grade in grades),
        may_edit=visit.may("organisations.edit"), acts=saying.acts(rows, names), grades_key=visit.fresh_key(),
        code_key=visit.fresh_key(),
    )  # fmt: skip
    return visit.page("backoffice/organisations/page.html", page, place=PLACE.name)


@get(f"{HERE}/{{organisation:str}}/statement.csv", opt=staff("organisations.see"))
async def export(visit: NamedDependency[Visit], organisation: FromPath[str]) -> Response[Any]:
    async with visit.reading() as work:
        await parties.access_organisation(work, read_id(ORGANISATION, organisation))
        return statement_csv(await months(visit, work, read_id(ORGANISATION, organisation)))


def _written(visit: Visit, grade: Grade) -> str:
    if grade.off_minor:
        return f"{grade.least_members} {written_amount(Money(grade.off_minor, visit.market.currency))}"
    return f"{grade.least_members} {grade.off_permyriad // PERCENT}%"


def _grades(visit: Visit, text: str) -> list[Grade]:
    """Raises Refused(FieldInvalid) for a line that means nothing."""
    found: list[Grade] = []
    for line in (line.split() for line in text.splitlines() if line.strip()):
        if len(line) != 2 or len(found) >= GRADES_MAX:
            raise Refused(FieldInvalid(field="levels"))
        least = read_whole(line[0], "levels")
        if line[1].endswith("%"):
            found.append(Grade(least, off_permyriad=PERCENT * read_whole(line[1][:-1], "levels")))
        else:
            found.append(Grade(least, off_minor=read_amount(visit, line[1], "levels")))
    return found


@post(f"{HERE}/{{organisation:str}}/grades", opt=staff("organisations.edit", fresh=True))
async def set_grades(visit: NamedDependency[Visit], organisation: FromPath[str]) -> Response[Any]:
    """From the next month that is counted on."""
    found, form = read_id(ORGANISATION, organisation), await visit.form(LevelsForm)
    grades = _grades(visit, form.levels)

    async def act(work: Work) -> Refusal | None:
        await parties.access_organisation(work, found)
        return await membership.set_grades(work, found, grades, reason=form.reason)

    subject = f"{organisation} {form.levels}"
    return await acted(visit, "office.set_grades", form.key, form.reason, subject, act, f"{HERE}/{organisation}")


@post(f"{HERE}/{{organisation:str}}/code", opt=staff("organisations.edit", fresh=True))
async def renew_code(visit: NamedDependency[Visit], organisation: FromPath[str]) -> Response[Any]:
    """The one before works no more."""
    found, form = read_id(ORGANISATION, organisation), await visit.form(CodeForm)

    async def act(work: Work) -> Refusal | None:
        await parties.access_organisation(work, found)
        await membership.renew_code(work, found, reason=form.reason)
        return None

    url = f"{HERE}/{organisation}"
    return await acted(visit, "office.renew_member_code", form.key, form.reason, organisation, act, url)


@get(f"{HERE}/{{organisation:str}}/members", opt=staff("organisations.edit", fresh=True))
async def ask_members(visit: NamedDependency[Visit], organisation: FromPath[str]) -> Response[Any]:
    """Whom it brings."""
    return await lists.ask(visit, (await _lists(visit, organisation))[1])


@post(
    f"{HERE}/{{organisation:str}}/members/preview",
    opt=staff("organisations.edit", fresh=True) | TAKES_FILE,
    request_max_body_size=FILE_BODY_BYTES_MAX,
)
async def look_at_members(visit: NamedDependency[Visit], organisation: FromPath[str]) -> Response[Any]:
    """What would become of each line."""
    found, place = await _lists(visit, organisation)
    return await lists.look(visit, place, found, await visit.form(LookForm))


@post(f"{HERE}/{{organisation:str}}/members", opt=staff("organisations.edit", fresh=True))
async def bring(visit: NamedDependency[Visit], organisation: FromPath[str]) -> Response[Any]:
    """They are invited, and decide for themselves."""
    (found, place), form = await _lists(visit, organisation), await visit.form(MembersForm)
    return await lists.bring(visit, place, found, form.phones, form.key, form.reason)


async def _lists(visit: Visit, organisation: str) -> tuple[OrganisationId, lists.Place]:
    found, url = read_id(ORGANISATION, organisation), f"{HERE}/{organisation}"
    async with visit.reading() as work:
        name = (await parties.access_organisation(work, found))["name"]
    place = lists.Place(
        template="backoffice/organisations/members.html", name=name, url=f"{url}/members", back_url=url,
        verb="office.bring_members", is_told_all=True,
    )  # fmt: skip
    return found, place


HANDLERS = (show, admit, show_one, export, set_grades, renew_code, ask_members, look_at_members, bring)
