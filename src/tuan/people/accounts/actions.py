"""Signing in by phone code, and addresses."""

import hmac
import secrets
from collections.abc import Sequence
from uuid import UUID

import phonenumbers

from tuan.kit.refusals import NotFound, Refusal
from tuan.people.accounts import model, queries, store
from tuan.people.accounts.errors import CodeTooSoon, CodeWrong, PhoneInvalid
from tuan.people.accounts.model import ADDRESS, PERSON, Address, AddressId, PersonId
from tuan.platform import limits
from tuan.platform.work import Work

DEFAULT_REGION = "CN"
HOUR_SECONDS = 3600
NEWCOMERS = {"zh-CN": "街坊", "en": "Neighbour", "es": "Vecino"}
"""How somebody is called who has not said his name; never a part of his number."""


def read_phone(text: str) -> str | PhoneInvalid:
    """The number in E.164, read as a mainland number when it has no country code."""
    try:
        number = phonenumbers.parse(text, DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return PhoneInvalid()
    if not text.isascii() or not phonenumbers.is_valid_number(number):
        return PhoneInvalid()
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


async def make_code(work: Work, phone: str, secret: bytes, *, client: str) -> str | Refusal:
    """A fresh six-digit code for this E.164 number, stored as a hash; the caller sends it after the commit.

    Refused within half a minute of the last one and after ten in an hour, whoever asks; and after sixty in an hour
    to whomever, asked for from one network address (`client`). Only codes that are sent count: asking in vain, however
    often, keeps nobody from signing in.
    """
    buckets = {
        f"code {phone}": model.CODES_PER_HOUR_MAX,
        f"codes from {client}": model.CODES_PER_CLIENT_AND_HOUR_MAX,
    }
    taken: list[str] = []
    for bucket, most in buckets.items():
        if refusal := await limits.take(work, bucket, most=most, window_seconds=HOUR_SECONDS):
            await _give_back(work, taken)
            return refusal
        taken.append(bucket)
    code = f"{secrets.randbelow(10**model.CODE_LENGTH):0{model.CODE_LENGTH}d}"
    digest = model.code_hash(secret, phone, code)
    sent = await work.fetch_value(
        store.SEND_CODE_SQL, phone, digest, model.CODE_TRIES, work.now + model.CODE_LIFE, work.now,
        work.now - model.CODE_PAUSE,
    )  # fmt: skip
    if not sent:
        await _give_back(work, taken)
        return CodeTooSoon(retry_after_seconds=int(model.CODE_PAUSE.total_seconds()))
    return code


async def _give_back(work: Work, buckets: Sequence[str]) -> None:
    for bucket in buckets:
        await limits.give_back(work, bucket, window_seconds=HOUR_SECONDS)


async def sign_in(work: Work, phone: str, code: str, secret: bytes, *, locale: str, client: str) -> PersonId | Refusal:
    """The person of this number, admitted on first sign-in. A code works once; five wrong tries end it.

    A wrong try is counted, so this refusal's Work is committed too. After sixty in an hour from one network address
    (`client`) it tries no more, lest it use up the codes of others.
    """
    bucket, most = f"wrong codes from {client}", model.WRONG_CODES_PER_CLIENT_AND_HOUR_MAX
    if refusal := await limits.take(work, bucket, most=most, window_seconds=HOUR_SECONDS):
        return refusal
    if wrong := await _why_not_code(work, phone, code, secret):
        return wrong
    await _give_back(work, [bucket])
    return await admit(work, phone, name="", locale=locale)


async def _why_not_code(work: Work, phone: str, code: str, secret: bytes) -> CodeWrong | None:
    """Try the code, and use it up if it is right."""
    stored = await work.fetch_value(store.TRY_CODE_SQL, phone, work.now)
    if stored is None or not hmac.compare_digest(stored, model.code_hash(secret, phone, code)):
        return CodeWrong()
    return None if await work.execute(store.USE_CODE_SQL, phone) else CodeWrong()


async def admit(work: Work, phone: str, *, name: str, locale: str) -> PersonId:
    """The person of this number, made if there is none; asking twice is asking once."""
    fresh = store.PersonRow(PERSON.new(), phone, name or NEWCOMERS.get(locale, NEWCOMERS["en"]), locale, work.now)
    await work.execute(store.INSERT_PERSONS.sql, *store.INSERT_PERSONS.arrays([fresh]))
    person: PersonId = await work.fetch_value(queries.PERSON_BY_PHONE_SQL, phone)
    return person


async def admit_many(work: Work, persons: Sequence[tuple[UUID, str]]) -> None:
    """Persons without a phone, by (id, name), for imports and replays; those that are there stay as they are."""
    rows = [store.PersonRow(person, None, name, "zh-CN", work.now) for person, name in persons]
    await work.execute(store.INSERT_PERSONS.sql, *store.INSERT_PERSONS.arrays(rows))


async def add_address(work: Work, person: UUID, address: Address) -> AddressId | Refusal:
    """This person's address that says the same, added if there is none; refused when a field is empty or too long.

    The person's row is locked, so that a form sent twice at once is one address, and hence one command.
    """
    if refusal := address.why_not_use():
        return refusal
    await work.lock("buyers", store.LOCK_PERSON_SQL, person)
    kept = address.stripped()
    same: AddressId | None = await work.fetch_value(
        store.EQUAL_ADDRESS_SQL, person, kept.recipient, kept.phone, kept.region, kept.street
    )
    if same is not None:
        return same
    new = store.NewAddress(ADDRESS.new(), person, kept.recipient, kept.phone, kept.region, kept.street, work.now)
    await work.write(store.INSERT_ADDRESSES, [new])
    return AddressId(new.id)


async def remove_address(work: Work, person: UUID, address: UUID) -> Refusal | None:
    """Orders keep their copy; somebody else's address is not found."""
    return None if await work.execute(store.REMOVE_ADDRESS_SQL, person, address, work.now) else NotFound()
