"""A person's own data: a copy of all of it, or to be forgotten. Both take a code that came to his own number."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from tuan.kit.refusals import Refusal
from tuan.people import accounts
from tuan.people.accounts.model import CodePurpose, masked_phone
from tuan.platform.work import Work
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, PersonId
from tuan.surfaces.api.v1.accounts import CodeSent, Request, send
from tuan.surfaces.storefront.data.routes import PURPOSES, REASON
from tuan.surfaces.web import sessions
from tuan.surfaces.web.visits import Visit


class DataWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the code is to open."""

    asked: Annotated[Literal["copy", "erasure"], Meta(examples=["copy"])]


class DataCode(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The code that was sent for it."""

    request: Request
    code: Annotated[str, Meta(max_length=20, pattern=NO_NUL, examples=["482913"])]


class OwnData(Struct, frozen=True, kw_only=True):
    """All that is kept about a person, by the module that keeps it."""

    person: PersonId
    exported_at: datetime
    parts: Annotated[dict[str, Any], Meta(examples=[{"accounts": {"person": {"name": "王小明"}}}])]


@operation("POST", "/account/data/code", scope="account.write", is_single=True)
async def send_data_code(visit: Visit, data: DataWish) -> CodeSent | Refusal:
    """Send a code to the person's own number, good for this act only. The number is masked in the answer."""
    async with visit.reading() as work:
        phone = await _own_phone(work, visit)
    sent = await send(visit, phone, PURPOSES[data.asked])
    if isinstance(sent, Refusal):
        return sent
    return CodeSent(phone=masked_phone(phone), minutes=sent.minutes, request=sent.request, shown_code=sent.shown_code)


@operation("POST", "/account/data/copy", scope="account.write", is_single=True)
async def copy_data(visit: Visit, data: DataCode) -> OwnData | Refusal:
    """Everything that is kept about the person. Takes no Idempotency-Key: a code works once."""
    async with visit.writing() as work:
        found: Any = await _try_code(work, visit, data, CodePurpose.COPY)
        if found is None:
            found = await accounts.export_person(work, visit.person, reason=REASON)
    if isinstance(found, Refusal):
        return found
    person, exported_at = found.pop("person"), found.pop("exported_at")
    return OwnData(person=person, exported_at=datetime.fromisoformat(exported_at), parts=found)


@operation("POST", "/account/data/erasure", scope="account.write", status=204, is_single=True)
async def erase_data(visit: Visit, data: DataCode) -> Refusal | None:
    """Forget who the person was, for good: tokens and keys of his end with it.

    Refused while something of his is still under way. Takes no Idempotency-Key: a code works once.
    """
    async with visit.writing() as work:
        refusal = await _try_code(work, visit, data, CodePurpose.ERASURE)
    if refusal is None:
        async with visit.writing() as work:
            refusal = await accounts.erase_person(work, visit.person, reason=REASON)
    return refusal


async def _own_phone(work: Work, visit: Visit) -> str:
    return (await accounts.access_person(work, visit.person))["phone"] or ""


async def _try_code(work: Work, visit: Visit, data: DataCode, purpose: CodePurpose) -> Refusal | None:
    """A wrong try is counted, so its Work is committed."""
    return await accounts.use_code(
        work, await _own_phone(work, visit), data.code.strip(), visit.front.house.settings.secret, visit.client,
        sessions.hash_of(data.request), purpose,
    )  # fmt: skip


HANDLERS = (send_data_code, copy_data, erase_data)
