"""One's name, and the number one signs in by; a new number has to show that it is one's own."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from tuan.kit.refusals import Refusal, TooMany
from tuan.people import accounts
from tuan.people.accounts.model import CodePurpose, masked_name, masked_phone
from tuan.surfaces.storefront.devices.routes import device_of
from tuan.surfaces.storefront.profile.context import ProfilePage
from tuan.surfaces.web import sessions
from tuan.surfaces.web.policies import SIGNED_IN
from tuan.surfaces.web.problems import errors_of, refuse
from tuan.surfaces.web.visits import Visit

HERE = "/me/profile"


class NameForm(msgspec.Struct, frozen=True, kw_only=True):
    name: str


class NewPhoneForm(msgspec.Struct, frozen=True, kw_only=True):
    new_phone: str


class ConfirmForm(msgspec.Struct, frozen=True, kw_only=True):
    new_phone: str
    code: str


@get("/me/profile", opt=SIGNED_IN)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    return await _page(visit)


@post("/me/profile/name", opt=SIGNED_IN)
async def rename(visit: NamedDependency[Visit]) -> Response[Any]:
    form = await visit.form(NameForm)
    async with visit.writing() as work:
        refusal = await accounts.rename(work, visit.person, form.name)
    return await _again(visit, refusal, "name", name=form.name) if refusal else visit.go_on("/me")


@post("/me/profile/phone/code", opt=SIGNED_IN)
async def send_code(visit: NamedDependency[Visit]) -> Response[Any]:
    """A code to the new number, good for this change only."""
    form = await visit.form(NewPhoneForm)
    phone = accounts.read_phone(form.new_phone)
    if isinstance(phone, Refusal):
        return await _again(visit, phone, "new_phone", new_phone=form.new_phone)
    house = visit.front.house
    async with visit.writing() as work:
        code = await accounts.make_code(
            work, phone, house.settings.secret, client=visit.client, request=visit.request_mark,
            purpose=CodePurpose.NEW_PHONE,
        )  # fmt: skip
    if isinstance(code, Refusal):
        return await _again(visit, code, "new_phone", new_phone=phone)
    await house.messages.send(phone, code)
    return await _page(visit, step="code", new_phone=phone, shown_code=code if house.settings.development else None)


@post("/me/profile/phone", opt=SIGNED_IN)
async def change_phone(visit: NamedDependency[Visit]) -> Response[Any]:
    """With a new number all other sessions end, and this one gets a new token; a wrong try is counted."""
    form = await visit.form(ConfirmForm)
    phone = accounts.read_phone(form.new_phone)
    if isinstance(phone, Refusal):
        return await _again(visit, phone, "new_phone", new_phone=form.new_phone)
    async with visit.writing() as work:
        refusal = await accounts.change_phone(
            work, visit.person, phone, form.code.strip(), visit.front.house.settings.secret, client=visit.client,
            request=visit.request_mark,
        )  # fmt: skip
        if refusal is None:
            token = await sessions.begin_alone(work, visit.person, visit.words.tag, device=device_of(visit))
    if refusal is not None:
        return await _again(visit, refusal, "code", step="code", new_phone=phone)
    visit.keep_token(token)
    return visit.go_on("/me")


async def _again(visit: Visit, refusal: Refusal, field: str, **filled: Any) -> Response[Any]:
    if visit.wants_json or (isinstance(refusal, TooMany) and field == "code"):
        return refuse(visit, refusal)
    return await _page(visit, status=refusal.status, errors=errors_of(visit, refusal, field), **filled)


async def _page(visit: Visit, *, status: int = 200, **filled: Any) -> Response[Any]:
    async with visit.reading() as work:
        person = await accounts.access_person(work, visit.person)
    known = {"name": person["name"], "phone": masked_phone(person["phone"] or "")} | filled
    page = ProfilePage(shown_name=masked_name(person["name"]), **known)
    return visit.page("storefront/profile/page.html", page, place="me", status=status)


HANDLERS = (show, rename, send_code, change_phone)
