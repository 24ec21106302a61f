"""Signing in by phone code, the account, where it is signed in."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from tuan.kit.refusals import NotFound, Refusal
from tuan.people import accounts, parties
from tuan.people.accounts.model import CODE_LIFE, NAME_LENGTH_MAX, PERSON, CodePurpose, masked_phone
from tuan.people.parties.model import SUPPLIER
from tuan.platform.work import Work
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, Listing, PersonId, SessionId, SupplierId
from tuan.surfaces.web import sessions
from tuan.surfaces.web.once import once
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

Phone = Annotated[
    str, Meta(description="A mainland number, or one with its country code.", max_length=40, pattern=NO_NUL,
              examples=["13012345678"])
]  # fmt: skip


Request = Annotated[
    str, Meta(description="Ties the code to whom it was sent for: it opens nothing without it.", max_length=80,
              pattern=NO_NUL, examples=["n6l2Vw0c4m1tq3v7c7r2pWq8mS1b4n5g6h7j8k9l0Ab"])
]  # fmt: skip


class CodeWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To whom a sign-in code is to be sent."""

    phone: Phone


class CodeSent(Struct, frozen=True, kw_only=True):
    """A code is on its way. `shown_code` is the code itself in development, where no message is really sent."""

    phone: Annotated[str, Meta(examples=["+8613012345678"])]
    minutes: Annotated[int, Meta(examples=[5])]
    request: Request
    shown_code: Annotated[str, Meta(examples=["482913"])] | None = None


class SignIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The number and the code that was sent to it."""

    phone: Phone
    request: Request
    code: Annotated[str, Meta(max_length=20, pattern=NO_NUL, examples=["482913"])]


class Token(Struct, frozen=True, kw_only=True):
    """Send it as `Authorization: Bearer …`; it lives for so many days after its last use."""

    token: Annotated[str, Meta(examples=["pXb0m1Jt0jq0tq3v7c7r2pWq8mS1b4n5g6h7j8k9l0A"])]
    days: Annotated[int, Meta(examples=[30])]
    person: PersonId


class Account(Struct, frozen=True, kw_only=True):
    """Whose key or token this is; the number is masked. `supplier`: the one whose goods the person may keep."""

    person: PersonId
    name: Annotated[str, Meta(examples=["王小明"])]
    phone: Annotated[str, Meta(examples=["+86****8000"])]
    language: Annotated[str, Meta(examples=["zh-CN"])]
    supplier: SupplierId | None


class NewName(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the person is called; others see its first letter."""

    name: Annotated[str, Meta(min_length=1, max_length=NAME_LENGTH_MAX, pattern=NO_NUL, examples=["王小明"])]


class NewPhone(SignIn, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The new number, and the code that was sent to it for this."""


class Device(Struct, frozen=True, kw_only=True):
    """A place where the person is signed in. `device` is empty where it did not say what it is; programs do not."""

    session: SessionId
    device: Annotated[str, Meta(examples=["Safari · iPhone"])]
    begun_at: datetime | None
    used_at: Annotated[datetime, Meta(description="To the day.")]
    is_this: Annotated[bool, Meta(description="It is the token of this request.")]


@operation("POST", "/sign-in/code", is_single=True)
async def send_code(visit: Visit, data: CodeWish) -> CodeSent | Refusal:
    """Send a sign-in code.

    At most one in half a minute and ten in an hour to a number. Takes no Idempotency-Key: a code is good once.
    """
    phone = accounts.read_phone(data.phone)
    if isinstance(phone, Refusal):
        return phone
    return await send(visit, phone, CodePurpose.SIGN_IN)


@operation("POST", "/sign-in", is_single=True)
async def sign_in(visit: Visit, data: SignIn) -> Token | Refusal:
    """Sign in with the code, and get a token.

    The person of the number, admitted on the first sign-in. A wrong try is counted. Takes no Idempotency-Key: a code
    works once.
    """
    phone = accounts.read_phone(data.phone)
    if isinstance(phone, Refusal):
        return phone
    async with visit.writing() as work:
        secret, locale = visit.front.house.settings.secret, visit.words.tag
        person = await accounts.sign_in(
            work, phone, data.code.strip(), secret, locale=locale, client=visit.client,
            request=sessions.hash_of(data.request),
        )  # fmt: skip
        if isinstance(person, Refusal):
            return person
        row = await accounts.access_person(work, person)
        token = await sessions.begin(work, person, row["locale"])
    return Token(token=token, days=sessions.LIFE.days, person=PERSON.show(person))


@operation("DELETE", "/sign-in", scope="account.write", status=204, is_single=True)
async def sign_out(visit: Visit) -> Refusal | None:
    """End the token that this request carries. A key is not ended here: its maker revokes it."""
    if not visit.token:
        return NotFound()
    async with visit.writing() as work:
        await sessions.end(work, visit.token)
    return None


@operation("GET", "/account", scope="account.read")
async def show_account(visit: Visit) -> Account:
    """Whose key or token this is."""
    async with visit.reading() as work:
        row = await accounts.access_person(work, visit.person)
        supplier = await parties.supplier_of(work, visit.person)
    return Account(
        person=PERSON.show(row["id"]), name=row["name"], phone=masked_phone(row["phone"] or ""),
        language=row["locale"], supplier=SUPPLIER.show(supplier) if supplier else None,
    )  # fmt: skip


@operation("PUT", "/account/name", scope="account.write", status=204)
async def rename(visit: Visit, data: NewName, key: str) -> Refusal | None:
    """Change the person's name."""

    async def act(work: Work) -> Refusal | None:
        return await accounts.rename(work, visit.person, data.name)

    return await once(visit, "api.rename", key, data.name, act)


@operation("POST", "/account/phone/code", scope="account.write", is_single=True)
async def send_phone_code(visit: Visit, data: CodeWish) -> CodeSent | Refusal:
    """Send a code to a new number, good for changing to it and for nothing else."""
    phone = accounts.read_phone(data.phone)
    return phone if isinstance(phone, Refusal) else await send(visit, phone, CodePurpose.NEW_PHONE)


@operation("PUT", "/account/phone", scope="account.write", status=204, is_single=True)
async def change_phone(visit: Visit, data: NewPhone) -> Refusal | None:
    """Sign in by this number from now on; everywhere but here one is signed out.

    A wrong try is counted. Takes no Idempotency-Key: a code works once.
    """
    phone = accounts.read_phone(data.phone)
    if isinstance(phone, Refusal):
        return phone
    async with visit.writing() as work:
        refusal = await accounts.change_phone(
            work, visit.person, phone, data.code.strip(), visit.front.house.settings.secret, client=visit.client,
            request=sessions.hash_of(data.request),
        )  # fmt: skip
        if refusal is None:
            await sessions.end_others(work, visit.person, visit.token)
    return refusal


@operation("GET", "/account/sessions", scope="account.read")
async def list_sessions(visit: Visit) -> Listing[Device]:
    """Where the person is signed in, fifty places at most, the one used last first."""
    async with visit.reading() as work:
        seen = await sessions.of_person(work, visit.person, visit.token)
    return Listing([
        Device(session=sessions.SESSION.show(one.id), device=one.device, begun_at=one.begun_at, used_at=one.used_at,
               is_this=one.is_this)
        for one in seen
    ])  # fmt: skip


@operation("DELETE", "/account/sessions/{session}", scope="account.write", status=204)
async def end_session(visit: Visit, session: SessionId, key: str) -> Refusal | None:
    """Sign out there."""
    found = read_id(sessions.SESSION, session)

    async def act(work: Work) -> Refusal | None:
        return await sessions.end_one(work, visit.person, found)

    return await once(visit, "api.end_session", key, session, act)


@operation("DELETE", "/account/sessions", scope="account.write", status=204)
async def end_other_sessions(visit: Visit, key: str) -> Refusal | None:
    """Sign out everywhere but here: the token of this request stays, and so do keys."""

    async def act(work: Work) -> None:
        await sessions.end_others(work, visit.person, visit.token)

    return await once(visit, "api.end_other_sessions", key, "", act)


async def send(visit: Visit, phone: str, purpose: CodePurpose) -> CodeSent | Refusal:
    """A code to this number (E.164), good for one purpose, with the text that ties it to whoever asked."""
    house, request = visit.front.house, sessions.new_token()
    async with visit.writing() as work:
        code = await accounts.make_code(
            work, phone, house.settings.secret, client=visit.client, request=sessions.hash_of(request), purpose=purpose
        )
    if isinstance(code, Refusal):
        return code
    await house.messages.send(phone, code)
    shown = code if house.settings.development else None
    return CodeSent(phone=phone, minutes=int(CODE_LIFE.total_seconds()) // 60, request=request, shown_code=shown)


HANDLERS = (
    send_code,
    sign_in,
    sign_out,
    show_account,
    rename,
    send_phone_code,
    change_phone,
    list_sessions,
    end_session,
    end_other_sessions,
)
