"""Signing in by phone code, the account, its addresses."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from tuan.kit.refusals import NotFound, Refusal
from tuan.people import accounts
from tuan.people.accounts.model import ADDRESS, CODE_LIFE, PERSON, masked_phone
from tuan.people.accounts.model import Address as AddressText
from tuan.platform.work import Work
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, AddressId, Line, Listing, PersonId
from tuan.surfaces.web import sessions
from tuan.surfaces.web.once import once, remembered
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
    """Whose key or token this is; the number is masked."""

    person: PersonId
    name: Annotated[str, Meta(examples=["王小明"])]
    phone: Annotated[str, Meta(examples=["+86****8000"])]
    language: Annotated[str, Meta(examples=["zh-CN"])]


class NewAddress(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where goods are to go."""

    recipient: Annotated[Line, Meta(examples=["王小明"])]
    phone: Phone
    region: Annotated[Line, Meta(examples=["浙江省 杭州市 西湖区"])]
    street: Annotated[Line, Meta(examples=["灵隐路 2 号"])]


class Address(Struct, frozen=True, kw_only=True):
    """One of the caller's own addresses; the number is masked."""

    address: AddressId
    recipient: Annotated[str, Meta(examples=["王小明"])]
    phone: Annotated[str, Meta(examples=["138****8000"])]
    region: Annotated[str, Meta(examples=["浙江省 杭州市 西湖区"])]
    street: Annotated[str, Meta(examples=["灵隐路 2 号"])]


@operation("POST", "/sign-in/code")
async def send_code(visit: Visit, data: CodeWish) -> CodeSent | Refusal:
    """Send a sign-in code.

    At most one in half a minute and ten in an hour to a number. Takes no Idempotency-Key: a code is good once.
    """
    phone = accounts.read_phone(data.phone)
    if isinstance(phone, Refusal):
        return phone
    house = visit.front.house
    request = sessions.new_token()
    async with visit.writing() as work:
        code = await accounts.make_code(
            work, phone, house.settings.secret, client=visit.client, request=sessions.hash_of(request)
        )
    if isinstance(code, Refusal):
        return code
    await house.messages.send(phone, code)
    shown = code if house.settings.development else None
    return CodeSent(phone=phone, minutes=int(CODE_LIFE.total_seconds()) // 60, request=request, shown_code=shown)


@operation("POST", "/sign-in")
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


@operation("DELETE", "/sign-in", scope="account.write", status=204)
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
    return Account(
        person=PERSON.show(row["id"]), name=row["name"], phone=masked_phone(row["phone"] or ""), language=row["locale"]
    )


@operation("GET", "/account/addresses", scope="account.read")
async def list_addresses(visit: Visit) -> Listing[Address]:
    """The caller's newest twenty addresses."""
    async with visit.reading() as work:
        rows = await accounts.addresses_of(work, visit.person)
    return Listing([_address(row) for row in rows])


@operation("POST", "/account/addresses", scope="account.write", status=201)
async def add_address(visit: Visit, data: NewAddress, key: str) -> Address | Refusal:
    """Keep an address; one that says the same is not kept twice."""
    phone = accounts.read_phone(data.phone)
    if isinstance(phone, Refusal):
        return phone
    text = AddressText(data.recipient, data.phone, data.region, data.street)

    async def act(work: Work) -> Refusal | dict[str, Any]:
        made = await accounts.add_address(work, visit.person, text)
        return made if isinstance(made, Refusal) else {"address": ADDRESS.show(made)}

    subject = "\n".join((text.recipient, text.phone, text.region, text.street))
    outcome = await remembered(visit, "api.add_address", key, subject, act)
    if isinstance(outcome, Refusal):
        return outcome
    kept = text.stripped()
    return Address(
        address=outcome["address"], recipient=kept.recipient, phone=masked_phone(kept.phone), region=kept.region,
        street=kept.street,
    )  # fmt: skip


@operation("DELETE", "/account/addresses/{address}", scope="account.write", status=204)
async def remove_address(visit: Visit, address: AddressId, key: str) -> Refusal | None:
    """Forget an address; orders keep their copy."""
    found = read_id(ADDRESS, address)

    async def act(work: Work) -> Refusal | None:
        return await accounts.remove_address(work, visit.person, found)

    return await once(visit, "api.remove_address", key, address, act)


def _address(row: Any) -> Address:
    return Address(
        address=ADDRESS.show(row["id"]), recipient=row["recipient"], phone=masked_phone(row["phone"]),
        region=row["region"], street=row["street"],
    )  # fmt: skip


HANDLERS = (send_code, sign_in, sign_out, show_account, list_addresses, add_address, remove_address)
