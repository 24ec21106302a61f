"""Who works in the office: members, their roles, and what a role allows."""

from collections.abc import Iterable
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.people import accounts, staff
from tuan.people.accounts.model import PERSON, masked_phone
from tuan.people.staff.model import OWNER, PERMISSIONS, Enrolment, MemberState, allowed_by
from tuan.platform.work import Work
from tuan.surfaces.backoffice.staff.context import (
    EnrolmentPage,
    MemberCard,
    MemberPage,
    RoleCard,
    RolePage,
    StaffPage,
)
from tuan.surfaces.backoffice.staff.drawing import qr_code
from tuan.surfaces.backoffice.staff.words import permission_words
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.policies import staff as members_only
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

PLACE = Place(name="staff", label="Staff", url="/office/staff", permission="staff.see", icon="team")
EDIT = members_only("staff.edit", fresh=True)
FIELDS = {permission: permission.replace(".", "_") for permission in sorted(PERMISSIONS)}
"""By permission the name of its box in a form."""


class AdmitForm(msgspec.Struct, frozen=True, kw_only=True):
    phone: str
    name: str = ""
    role: str
    reason: str


class RolesForm(msgspec.Struct, frozen=True, kw_only=True):
    role: str
    reason: str


class ReasonForm(msgspec.Struct, frozen=True, kw_only=True):
    reason: str


RoleForm = msgspec.defstruct(
    "RoleForm", [("reason", str), *((field, str, "") for field in FIELDS.values())], frozen=True, kw_only=True
)
"""One box per permission; what is not ticked is not sent."""


@get("/office/staff", opt=members_only("staff.see"))
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        members, roles = await _members(work), await staff.roles(work)
    page = StaffPage(members=members, roles=[_role(visit, row) for row in roles], may_edit=visit.may("staff.edit"))
    return visit.page("backoffice/staff/page.html", page, place=PLACE.name)


@post("/office/staff", opt=EDIT)
async def admit(visit: NamedDependency[Visit]) -> Response[Any]:
    """Admit whoever has this number; how he gets in is shown here once."""
    form = await visit.form(AdmitForm)
    phone = accounts.read_phone(form.phone)
    if isinstance(phone, Refusal):
        return refuse(visit, phone)
    secret = visit.front.house.settings.secret
    async with visit.writing() as work:
        person = await accounts.admit(work, phone, name=form.name.strip()[:40], locale=visit.words.tag)
        told = await staff.admit_member(
            work, person, secret, roles=[form.role], reason=form.reason, issuer=visit.market.name
        )
        if isinstance(told, Refusal):
            raise Refused(told)  # a person who becomes no member was not admitted for it
    return _tell(visit, form.name, phone, told)


@get("/office/staff/{person:str}", opt=members_only("staff.see"))
async def show_member(visit: NamedDependency[Visit], person: FromPath[str]) -> Response[Any]:
    found = read_id(PERSON, person)
    async with visit.reading() as work:
        card = next((one for one in await _members(work) if one.person == PERSON.show(found)), None)
        if card is None:
            raise Refused(NotFound())
        phone = (await accounts.access_person(work, found))["phone"]
        roles = {row["name"]: allowed_by(row["name"], row["permissions"]) for row in await staff.roles(work)}
    page = MemberPage(
        member=card,
        phone=masked_phone(phone or ""),
        permissions=_allowed(visit, frozenset[str]().union(*(roles[name] for name in card.roles))),
        other_roles=[name for name in roles if name not in card.roles],
        may_edit=visit.may("staff.edit"),
    )
    return visit.page("backoffice/staff/member.html", page, place=PLACE.name)


@post("/office/staff/{person:str}/roles", opt=EDIT)
async def give_role(visit: NamedDependency[Visit], person: FromPath[str]) -> Response[Any]:
    form = await visit.form(RolesForm)
    return await _act(visit, staff.give_role, person, form.role, reason=form.reason)


@post("/office/staff/{person:str}/roles/taken", opt=EDIT)
async def take_role(visit: NamedDependency[Visit], person: FromPath[str]) -> Response[Any]:
    form = await visit.form(RolesForm)
    return await _act(visit, staff.take_role, person, form.role, reason=form.reason)


@post("/office/staff/{person:str}/block", opt=EDIT)
async def block(visit: NamedDependency[Visit], person: FromPath[str]) -> Response[Any]:
    form = await visit.form(ReasonForm)
    return await _act(visit, staff.block_member, person, reason=form.reason)


@post("/office/staff/{person:str}/unblock", opt=EDIT)
async def unblock(visit: NamedDependency[Visit], person: FromPath[str]) -> Response[Any]:
    form = await visit.form(ReasonForm)
    return await _act(visit, staff.unblock_member, person, reason=form.reason)


@post("/office/staff/{person:str}/enrolment", opt=EDIT)
async def renew(visit: NamedDependency[Visit], person: FromPath[str]) -> Response[Any]:
    """Let somebody in anew who lost his password or his telephone; shown once."""
    form, found = await visit.form(ReasonForm), read_id(PERSON, person)
    secret = visit.front.house.settings.secret
    async with visit.writing() as work:
        told = await staff.renew_member(work, found, secret, reason=form.reason, issuer=visit.market.name)
        if isinstance(told, Refusal):
            return refuse(visit, told)
        row = await accounts.access_person(work, found)
    return _tell(visit, row["name"], row["phone"] or "", told)


@get("/office/roles/{role:str}", opt=EDIT)
async def show_role(visit: NamedDependency[Visit], role: FromPath[str]) -> Response[Any]:
    """The permissions of a role, to be ticked; one that is not there yet has none."""
    async with visit.reading() as work:
        kept: list[str] = next((row["permissions"] for row in await staff.roles(work) if row["name"] == role), [])
    allowed = allowed_by(role, kept)
    words, labels = permission_words(visit), {one.name: visit.gettext(one.label) for one in visit.front.rail}
    places: dict[str, list[tuple[str, str, bool]]] = {label: [] for label in labels.values()}
    for permission, field in FIELDS.items():
        label = labels.get(permission.partition(".")[0], visit.gettext("More"))
        places.setdefault(label, []).append((words[permission], field, permission in allowed))
    page = RolePage(name=role, places=[(label, boxes) for label, boxes in places.items() if boxes])
    return visit.page("backoffice/staff/role.html", page, place=PLACE.name)


@post("/office/roles/{role:str}", opt=EDIT)
async def set_role(visit: NamedDependency[Visit], role: FromPath[str]) -> Response[Any]:
    form: Any = await visit.form(RoleForm)
    permissions = [permission for permission, field in FIELDS.items() if getattr(form, field)]
    async with visit.writing() as work:
        refusal = await staff.set_role(work, role, permissions, reason=form.reason)
    return refuse(visit, refusal) if refusal else visit.go_on(PLACE.url)


async def _act(visit: Visit, verb: Any, person: str, *args: Any, reason: str) -> Response[Any]:
    """Run a verb on a member; doing it twice is doing it once."""
    found = read_id(PERSON, person)
    async with visit.writing() as work:
        refusal = await verb(work, found, *args, reason=reason)
    return refuse(visit, refusal) if refusal else visit.go_on(f"{PLACE.url}/{person}")


def _tell(visit: Visit, name: str, phone: str, told: Enrolment) -> Response[Any]:
    page = EnrolmentPage(
        name=name,
        phone=masked_phone(phone),
        password=told.password,
        key=told.key,
        uri=told.uri,
        code=qr_code(told.uri),
    )
    return visit.page("backoffice/staff/enrolment.html", page, place=PLACE.name)


async def _members(work: Work) -> list[MemberCard]:
    rows = await staff.members(work)
    names = await accounts.names(work, [row["person_id"] for row in rows])
    return [
        MemberCard(
            person=PERSON.show(row["person_id"]),
            name=names[row["person_id"]],
            url=f"{PLACE.url}/{PERSON.show(row['person_id'])}",
            roles=row["roles"],
            is_active=row["state"] == MemberState.ACTIVE,
            has_first_password=row["has_first_password"],
            admitted_at=row["admitted_at"],
        )
        for row in rows
    ]


def _allowed(visit: Visit, permissions: Iterable[str]) -> list[str]:
    words = permission_words(visit)
    return [words[one] for one in sorted(permissions)]


def _role(visit: Visit, row: Any) -> RoleCard:
    name = row["name"]
    return RoleCard(
        name=name,
        url=f"/office/roles/{name}",
        permissions=_allowed(visit, allowed_by(name, row["permissions"])),
        members_count=row["members"],
        is_fixed=name == OWNER,
    )


HANDLERS = (show, admit, show_member, give_role, take_role, block, unblock, renew, show_role, set_role)
