"""Signing in by phone code, and one's own page."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from tuan.kit.refusals import Refusal, TooMany
from tuan.people import accounts, parties
from tuan.people.accounts.model import CODE_LIFE, masked_phone
from tuan.surfaces.storefront import showing
from tuan.surfaces.storefront.account.context import MePage, SignInPage
from tuan.surfaces.storefront.devices.routes import device_of
from tuan.surfaces.web import sessions, shares
from tuan.surfaces.web.browsers import browser_of
from tuan.surfaces.web.policies import PUBLIC, SIGNED_IN
from tuan.surfaces.web.problems import errors_of, refuse
from tuan.surfaces.web.reading import local_path
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders
from tuan.trade.orders.model import OrderState
from tuan.value import points

S = OrderState
SIGN_IN = "storefront/account/sign_in.html"
CODE_SENT_ALREADY = "accounts.code_too_soon"


class CodeForm(msgspec.Struct, frozen=True, kw_only=True):
    phone: str
    next: str = "/"


class SignInForm(msgspec.Struct, frozen=True, kw_only=True):
    phone: str
    code: str
    next: str = "/"


class EmptyForm(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing but the form's own token."""


@get("/sign-in", opt=PUBLIC)
async def ask_phone(visit: NamedDependency[Visit]) -> Response[Any]:
    next_url = local_path(visit.query.get("next", "/"), "/")
    if visit.session is not None and not visit.wants_json:
        return visit.go_on(next_url)
    return visit.page(SIGN_IN, SignInPage(step="phone", next_url=next_url), place="me")


@post("/sign-in/code", opt=PUBLIC)
async def send_code(visit: NamedDependency[Visit]) -> Response[Any]:
    """Send a code and ask for it on the page that answers: a phone number does not belong into an address."""
    form = await visit.form(CodeForm)
    next_url = local_path(form.next, "/")
    phone = accounts.read_phone(form.phone)
    if isinstance(phone, Refusal):
        return _ask_again(visit, SignInPage(step="phone", phone=form.phone, next_url=next_url), phone, "phone")
    async with visit.writing() as work:
        secret = visit.front.house.settings.secret
        code = await accounts.make_code(work, phone, secret, client=visit.client, request=visit.request_mark)
    step = SignInPage(step="code", phone=phone, next_url=next_url)
    if isinstance(code, Refusal):
        if code.code == CODE_SENT_ALREADY:
            return _ask_again(visit, step, code, "code")
        return refuse(visit, code)
    await visit.front.house.messages.send(phone, code)
    shown = code if visit.front.house.settings.development else None
    minutes = int(CODE_LIFE.total_seconds()) // 60
    return visit.page(SIGN_IN, msgspec.structs.replace(step, shown_code=shown, code_minutes=minutes), place="me")


@post("/sign-in", opt=PUBLIC)
async def sign_in(visit: NamedDependency[Visit]) -> Response[Any]:
    """A wrong try is counted, so its transaction is committed too. The session gets a new token."""
    form = await visit.form(SignInForm)
    next_url = local_path(form.next, "/")
    phone = accounts.read_phone(form.phone)
    if isinstance(phone, Refusal):
        return _ask_again(visit, SignInPage(step="phone", phone=form.phone, next_url=next_url), phone, "phone")
    came_by = await shares.shared_link(visit)
    async with visit.writing() as work:
        secret = visit.front.house.settings.secret
        code, locale = form.code.strip(), visit.words.tag
        person = await accounts.sign_in(
            work, phone, code, secret, locale=locale, client=visit.client, request=visit.request_mark
        )
        if not isinstance(person, Refusal):
            row = await accounts.access_person(work, person)
            if visit.session is not None:
                await sessions.end(work, visit.token)
            token = await sessions.begin(work, person, row["locale"], device=device_of(visit))
            await accounts.note_device(work, person, browser_of(visit))
            await shares.meet_shop(work, person, came_by)
    if isinstance(person, TooMany):
        return refuse(visit, person)
    if isinstance(person, Refusal):
        return _ask_again(visit, SignInPage(step="code", phone=phone, next_url=next_url), person, "code")
    visit.keep_token(token)
    return visit.go_on(next_url)


@post("/sign-out", opt=PUBLIC)
async def sign_out(visit: NamedDependency[Visit]) -> Response[Any]:
    await visit.form(EmptyForm)
    if visit.session is not None:
        async with visit.writing() as work:
            await sessions.end(work, visit.token)
    visit.keep_token(sessions.new_token())
    return visit.go_on("/")


@get("/me", opt=SIGNED_IN)
async def me(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        person = await accounts.access_person(work, visit.person)
        addresses = await accounts.addresses_of(work, visit.person)
        counts = await orders.counts_of(work, visit.person)
        supplier = await parties.supplier_of(work, visit.person)
        shop = await parties.shop_of(work, visit.person)
        wallet = await points.balance(work, visit.person)
    page = MePage(
        face=showing.face(person["id"], person["name"]),
        name=person["name"],
        phone=masked_phone(person["phone"] or ""),
        addresses=showing.addresses(addresses),
        to_pay_count=counts.get(S.PLACED, 0),
        gathering_count=counts.get(S.PAID, 0) + counts.get(S.GATHERING, 0),
        on_the_way_count=counts.get(S.TO_SHIP, 0) + counts.get(S.SHIPPED, 0),
        points=wallet.spendable,
        desk_url="/desk/orders" if supplier else None,
        shop=shop.name if shop else "",
    )
    return visit.page("storefront/account/page.html", page, place="me")


def _ask_again(visit: Visit, step: SignInPage, refusal: Refusal, field: str) -> Response[Any]:
    if visit.wants_json:
        return refuse(visit, refusal)
    page = msgspec.structs.replace(step, errors=errors_of(visit, refusal, field))
    return visit.page(SIGN_IN, page, place="me", status=refusal.status)


HANDLERS = (ask_phone, send_code, sign_in, sign_out, me)
