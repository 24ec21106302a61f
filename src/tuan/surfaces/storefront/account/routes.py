"""Signing in by phone code, one's own page, one's addresses."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from tuan.kit.refusals import Refusal, TooMany
from tuan.people import accounts, parties
from tuan.people.accounts.model import CODE_LIFE, masked_phone
from tuan.surfaces.storefront import addressing, showing
from tuan.surfaces.storefront.account.context import AddressesPage, MePage, SignInPage
from tuan.surfaces.storefront.parts import AddressDraft
from tuan.surfaces.web import sessions
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.policies import PUBLIC, SIGNED_IN
from tuan.surfaces.web.problems import errors_of, refuse
from tuan.surfaces.web.reading import local_path
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders
from tuan.trade.orders.model import OrderState

S = OrderState
SIGN_IN = "storefront/account/sign_in.html"
ADDRESSES = "storefront/account/addresses.html"
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


class AddressForm(msgspec.Struct, frozen=True, kw_only=True):
    name: str = ""
    phone: str = ""
    region: str = ""
    street: str = ""
    next: str = "/me"

    @property
    def draft(self) -> AddressDraft:
        return AddressDraft(name=self.name, phone=self.phone, region=self.region, street=self.street)


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
        code = await accounts.make_code(work, phone, visit.front.house.settings.secret, client=visit.client)
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
    async with visit.writing() as work:
        secret = visit.front.house.settings.secret
        code, locale = form.code.strip(), visit.words.tag
        person = await accounts.sign_in(work, phone, code, secret, locale=locale, client=visit.client)
        if not isinstance(person, Refusal):
            row = await accounts.access_person(work, person)
            token = await sessions.begin(work, person, row["locale"])
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
    page = MePage(
        face=showing.face(person["id"], person["name"]),
        name=person["name"],
        phone=masked_phone(person["phone"] or ""),
        addresses=[showing.address(row) for row in addresses],
        to_pay_count=counts.get(S.PLACED, 0),
        gathering_count=counts.get(S.PAID, 0) + counts.get(S.GATHERING, 0),
        on_the_way_count=counts.get(S.TO_SHIP, 0) + counts.get(S.SHIPPED, 0),
        desk_url="/desk/orders" if supplier else None,
    )
    return visit.page("storefront/account/page.html", page, place="me")


@get("/me/addresses", opt=SIGNED_IN)
async def addresses(visit: NamedDependency[Visit]) -> Response[Any]:
    return await _addresses(visit, AddressForm(next=local_path(visit.query.get("next", "/me"), "/me")), {}, 200)


@post("/me/addresses", opt=SIGNED_IN)
async def add_address(visit: NamedDependency[Visit]) -> Response[Any]:
    """Keep an address; one that is there already is not kept twice."""
    form = await visit.form(AddressForm)
    if errors := addressing.wrong_fields(visit, form.draft):
        if visit.wants_json:
            return refuse(visit, FieldInvalid(field=next(iter(errors))))
        return await _addresses(visit, form, errors, 422)
    async with visit.writing() as work:
        await addressing.keep(work, visit.person, form.draft)
    return visit.go_on(local_path(form.next, "/me"), status=201)


async def _addresses(visit: Visit, form: AddressForm, errors: dict[str, str], status: int) -> Response[Any]:
    async with visit.reading() as work:
        rows = await accounts.addresses_of(work, visit.person)
    page = AddressesPage(
        addresses=[showing.address(row) for row in rows],
        draft=form.draft,
        next_url=local_path(form.next, "/me"),
        errors=errors,
    )
    return visit.page(ADDRESSES, page, place="me", status=status)


def _ask_again(visit: Visit, step: SignInPage, refusal: Refusal, field: str) -> Response[Any]:
    if visit.wants_json:
        return refuse(visit, refusal)
    page = msgspec.structs.replace(step, errors=errors_of(visit, refusal, field))
    return visit.page(SIGN_IN, page, place="me", status=refusal.status)


HANDLERS = (ask_phone, send_code, sign_in, sign_out, me, addresses, add_address)
