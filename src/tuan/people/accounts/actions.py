"""Signing in by phone code, and addresses."""

import hmac
import secrets
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import phonenumbers

from tuan.kit.refusals import NotFound, Refusal
from tuan.people.accounts import model, queries, store
from tuan.people.accounts.errors import (
    Blocked,
    CodeTooSoon,
    CodeWrong,
    Erased,
    NameInvalid,
    PhoneInvalid,
    PhoneTaken,
)
from tuan.people.accounts.model import ADDRESS, PERSON, Address, AddressId, CodePurpose, PersonId
from tuan.platform import audit, housekeeping, limits, personal
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


async def make_code(
    work: Work, phone: str, secret: bytes, *, client: str, request: bytes, purpose: CodePurpose = CodePurpose.SIGN_IN
) -> str | Refusal:
    """A fresh six-digit code for this E.164 number, stored as a hash; the caller sends it after the commit.

    It opens what it was asked for (`purpose`) where it was asked for (`request`, which only that browser can repeat).
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
        work.now - model.CODE_PAUSE, purpose, request,
    )  # fmt: skip
    if not sent:
        await _give_back(work, taken)
        return CodeTooSoon(retry_after_seconds=int(model.CODE_PAUSE.total_seconds()))
    return code


async def _give_back(work: Work, buckets: Sequence[str]) -> None:
    for bucket in buckets:
        await limits.give_back(work, bucket, window_seconds=HOUR_SECONDS)


async def sign_in(
    work: Work, phone: str, code: str, secret: bytes, *, locale: str, client: str, request: bytes
) -> PersonId | Refusal:
    """The person of this number, admitted on first sign-in. A code works once; five wrong tries end it.

    Whoever is blocked hears it after a right code only.
    """
    if refusal := await use_code(work, phone, code, secret, client, request, CodePurpose.SIGN_IN):
        return refusal
    person = await admit(work, phone, name="", locale=locale)
    return Blocked() if await work.fetch_value(store.IS_BLOCKED_SQL, person) else person


async def use_code(
    work: Work, phone: str, code: str, secret: bytes, client: str, request: bytes, purpose: CodePurpose
) -> Refusal | None:
    """Use up the code.

    A wrong try is counted, so this refusal's Work is committed too. After sixty in an hour from one network address
    (`client`) it tries no more, lest it use up the codes of others.
    """
    bucket, most = f"wrong codes from {client}", model.WRONG_CODES_PER_CLIENT_AND_HOUR_MAX
    if refusal := await limits.take(work, bucket, most=most, window_seconds=HOUR_SECONDS):
        return refusal
    stored = await work.fetch_value(store.TRY_CODE_SQL, phone, work.now, purpose, request)
    is_right = stored is not None and hmac.compare_digest(stored, model.code_hash(secret, phone, code))
    if not is_right or not await work.execute(store.USE_CODE_SQL, phone):
        return CodeWrong()
    await _give_back(work, [bucket])
    return None


async def change_phone(
    work: Work, person: UUID, phone: str, code: str, secret: bytes, *, client: str, request: bytes
) -> Refusal | None:
    """The person signs in by this number from now on. The code that came to it says that it is his.

    Refused where another person has the number; that is told to nobody but whoever holds it.
    """
    if refusal := await use_code(work, phone, code, secret, client, request, CodePurpose.NEW_PHONE):
        return refusal
    return None if await work.execute(store.CHANGE_PHONE_SQL, person, phone) else PhoneTaken()


async def rename(work: Work, person: UUID, name: str) -> Refusal | None:
    """What neighbours see the first letter of."""
    kept = name.strip()
    if not 0 < len(kept) <= model.NAME_LENGTH_MAX:
        return NameInvalid(longest=model.NAME_LENGTH_MAX)
    await work.execute(store.RENAME_SQL, person, kept)
    return None


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


async def change_address(work: Work, person: UUID, address: UUID, to: Address) -> AddressId | Refusal:
    """The address says this from now on; where another one of the person's says it already, that one goes.

    Orders keep the copy they were placed with.
    """
    if refusal := to.why_not_use():
        return refusal
    await work.lock("buyers", store.LOCK_PERSON_SQL, person)
    kept = to.stripped()
    said = (kept.recipient, kept.phone, kept.region, kept.street)
    same: AddressId | None = await work.fetch_value(store.EQUAL_ADDRESS_SQL, person, *said)
    if not await work.execute(store.CHANGE_ADDRESS_SQL, person, address, *said):
        return NotFound()
    if same is not None and same != address:
        await remove_address(work, person, same)
    return AddressId(address)


async def prefer_address(work: Work, person: UUID, address: UUID) -> Refusal | None:
    """It is the usual one from now on: of those there are, the one said so last."""
    return None if await work.execute(store.PREFER_ADDRESS_SQL, person, address, work.now) else NotFound()


async def remove_address(work: Work, person: UUID, address: UUID) -> Refusal | None:
    """Orders keep their copy; somebody else's address is not found."""
    return None if await work.execute(store.REMOVE_ADDRESS_SQL, person, address, work.now) else NotFound()


async def block(work: Work, person: UUID, *, reason: str) -> Refusal | None:
    """From now on this person neither signs in nor buys, and is signed out everywhere. Audited; his orders go on."""
    return await _set_blocked(work, person, True, reason)


async def unblock(work: Work, person: UUID, *, reason: str) -> Refusal | None:
    """He may sign in and buy again. Audited."""
    return await _set_blocked(work, person, False, reason)


async def _set_blocked(work: Work, person: UUID, after: bool, reason: str) -> Refusal | None:
    row = await _lock_living(work, person)
    if isinstance(row, Refusal):
        return row
    if after == (row["blocked_at"] is not None):
        return None
    await work.execute(store.SET_BLOCKED_SQL, person, work.now if after else None)
    if after:
        await housekeeping.end_sessions(work, person)
    await audit.record(work, "accounts.block" if after else "accounts.unblock", PERSON.show(person), reason=reason,
                       before={"blocked": not after}, after={"blocked": after})  # fmt: skip
    return None


async def unmask(work: Work, person: UUID, *, reason: str) -> Any:
    """The row of `access_person`, with everything in it readable: who looked, and why, is audited; or NotFound, Erased."""
    row = await _lock_living(work, person)
    if isinstance(row, Refusal):
        return row
    await audit.record(work, "accounts.unmask", PERSON.show(person), reason=reason, before={}, after={})
    return await queries.access_person(work, person)


async def export_person(work: Work, person: UUID, *, reason: str) -> dict[str, Any] | Refusal:
    """All that is kept about him, by module, as JSON can say it. Audited: what is handed out has left the house."""
    row = await _lock_living(work, person)
    if isinstance(row, Refusal):
        return row
    told = await personal.tell_all(work, person)
    await audit.record(work, "accounts.export_person", PERSON.show(person), reason=reason, before={},
                       after={"parts": sorted(told)})  # fmt: skip
    return {"person": PERSON.show(person), "exported_at": work.now.isoformat(), **told}


async def erase_person(work: Work, person: UUID, *, reason: str) -> Refusal | None:
    """Forget who he was. What stays is that he was there, and what the law has kept: his orders, until their time is over.

    Refused while something of his is still under way; asking twice is asking once. Audited, without what is forgotten.
    """
    row = await _lock_living(work, person)
    if isinstance(row, Refusal):
        return None if isinstance(row, Erased) else row
    done = await personal.forget_all(work, person)
    if isinstance(done, Refusal):
        return done
    await audit.record(work, "accounts.erase_person", PERSON.show(person), reason=reason, before={}, after=done)
    return None


async def forget(work: Work, person: UUID) -> dict[str, int]:
    """This module's part of forgetting: name, number, addresses, codes and sessions are gone for good."""
    phone = await work.fetch_value(store.PHONE_SQL, person)
    if phone is not None:
        await work.execute(store.ERASE_CODES_SQL, phone)
        await limits.forget(work, f"code {phone}")
    addresses = await work.execute(store.ERASE_ADDRESSES_SQL, person)
    sessions = await housekeeping.end_sessions(work, person)
    devices = await work.execute(store.ERASE_DEVICES_SQL, person)
    await work.execute(store.ERASE_PERSON_SQL, person, work.now)
    return {"addresses": addresses, "sessions": sessions, "devices": devices}


async def _lock_living(work: Work, person: UUID) -> Any:
    """The locked row, NotFound, or Erased."""
    rows = await work.lock("buyers", store.LOCK_WHOLE_PERSON_SQL, person)
    if not rows:
        return NotFound()
    return Erased() if rows[0]["erased_at"] is not None else rows[0]
