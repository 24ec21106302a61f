"""The doors of the office: signing in with password and code, confirming with a code, one's own password, signing out."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from tuan.kit.refusals import Refusal, TooMany
from tuan.people import accounts, staff
from tuan.surfaces.backoffice.doors.context import DoorPage
from tuan.surfaces.web import sessions
from tuan.surfaces.web.policies import PUBLIC
from tuan.surfaces.web.policies import staff as members_only
from tuan.surfaces.web.problems import errors_of, refuse
from tuan.surfaces.web.reading import local_path
from tuan.surfaces.web.visits import OFFICE, Visit, is_of_office

SIGN_IN = "backoffice/doors/sign_in.html"
CONFIRM = "backoffice/doors/confirm.html"
PASSWORD = "backoffice/doors/password.html"
BEFORE_PASSWORD = members_only() | {"first_password": True}


class SignInForm(msgspec.Struct, frozen=True, kw_only=True):
    phone: str
    password: str
    code: str
    next: str = OFFICE


class ConfirmForm(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    next: str = OFFICE


class PasswordForm(msgspec.Struct, frozen=True, kw_only=True):
    password: str
    again: str
    next: str = OFFICE


class EmptyForm(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing but the form's own token."""


def office_path(text: str) -> str:
    """A path of the office to go on to; anything else leads to its start page."""
    path = local_path(text, OFFICE)
    return path if is_of_office(path.partition("?")[0]) else OFFICE


@get("/office/sign-in", opt=PUBLIC)
async def ask_sign_in(visit: NamedDependency[Visit]) -> Response[Any]:
    return visit.page(SIGN_IN, DoorPage(next_url=office_path(visit.query.get("next", OFFICE))))


@post("/office/sign-in", opt=PUBLIC)
async def sign_in(visit: NamedDependency[Visit]) -> Response[Any]:
    """A wrong try is counted, so its transaction is committed too. The session gets a token of its own."""
    form = await visit.form(SignInForm)
    page = DoorPage(next_url=office_path(form.next), phone=form.phone)
    phone = accounts.read_phone(form.phone)
    if isinstance(phone, Refusal):
        return _again(visit, SIGN_IN, page, phone)
    secret, code = visit.front.house.settings.secret, form.code.replace(" ", "")
    async with visit.writing() as work:
        token = await staff.sign_in(work, phone, form.password, code, secret, client=visit.client)
        if not isinstance(token, Refusal):
            await staff.sign_out(work, visit.token)  # whoever signs in anew leaves no session behind
    if isinstance(token, Refusal):
        return _again(visit, SIGN_IN, page, token)
    visit.keep_token(token)
    return visit.go_on(page.next_url)


@get("/office/confirm", opt=members_only())
async def ask_code(visit: NamedDependency[Visit]) -> Response[Any]:
    return visit.page(CONFIRM, DoorPage(next_url=office_path(visit.query.get("next", OFFICE))))


@post("/office/confirm", opt=members_only())
async def confirm(visit: NamedDependency[Visit]) -> Response[Any]:
    """Good for five minutes. A wrong code is counted, so its transaction is committed too."""
    form = await visit.form(ConfirmForm)
    page = DoorPage(next_url=office_path(form.next))
    secret, code = visit.front.house.settings.secret, form.code.replace(" ", "")
    async with visit.writing() as work:
        refusal = await staff.confirm(work, visit.token, visit.person, code, secret)
    return _again(visit, CONFIRM, page, refusal) if refusal else visit.go_on(page.next_url)


@get("/office/password", opt=BEFORE_PASSWORD)
async def ask_password(visit: NamedDependency[Visit]) -> Response[Any]:
    return visit.page(PASSWORD, DoorPage(next_url=office_path(visit.query.get("next", OFFICE))))


@post("/office/password", opt=BEFORE_PASSWORD | {"fresh": True})
async def set_password(visit: NamedDependency[Visit]) -> Response[Any]:
    """Whoever has just signed in, or confirmed, may say his new password; typed twice, since nobody sees it."""
    form = await visit.form(PasswordForm)
    page = DoorPage(next_url=office_path(form.next))
    async with visit.writing() as work:
        refusal = await staff.set_password(work, visit.token, visit.person, form.password, form.again)
    return _again(visit, PASSWORD, page, refusal) if refusal else visit.go_on(page.next_url)


@post("/office/sign-out", opt=PUBLIC)
async def sign_out(visit: NamedDependency[Visit]) -> Response[Any]:
    await visit.form(EmptyForm)
    async with visit.writing() as work:
        await staff.sign_out(work, visit.token)
    visit.keep_token(sessions.new_token())
    return visit.go_on(f"{OFFICE}/sign-in")


def _again(visit: Visit, template: str, page: DoorPage, refusal: Refusal) -> Response[Any]:
    if visit.wants_json or isinstance(refusal, TooMany):
        return refuse(visit, refusal)
    wrong = errors_of(visit, refusal, "wrong")["wrong"]
    return visit.page(template, msgspec.structs.replace(page, wrong=wrong), status=refusal.status)


HANDLERS = (ask_sign_in, sign_in, ask_code, confirm, ask_password, set_password, sign_out)
