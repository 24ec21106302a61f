"""One's own data: a copy of all of it, or to be forgotten. Both ask for a code that came to one's own number."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from tuan.kit.refusals import Refusal
from tuan.people import accounts
from tuan.people.accounts.model import CodePurpose, masked_phone
from tuan.platform.work import Work
from tuan.surfaces.storefront.data.context import Act, DataPage
from tuan.surfaces.web import sessions
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.policies import SIGNED_IN
from tuan.surfaces.web.problems import errors_of, refuse
from tuan.surfaces.web.visits import Visit

TEMPLATE = "storefront/data/page.html"
PURPOSES: dict[Act, CodePurpose] = {"copy": CodePurpose.COPY, "erasure": CodePurpose.ERASURE}
ACTS: dict[str, Act] = {"copy": "copy", "erasure": "erasure"}
REASON = "asked for by the person"


class ActForm(msgspec.Struct, frozen=True, kw_only=True):
    asked: str = ""


class CodeForm(msgspec.Struct, frozen=True, kw_only=True):
    code: str


@get("/me/data", opt=SIGNED_IN)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    return visit.page(TEMPLATE, DataPage(), place="me")


@post("/me/data/code", opt=SIGNED_IN)
async def send_code(visit: NamedDependency[Visit]) -> Response[Any]:
    """A code to the person's own number, good for this act only."""
    form = await visit.form(ActForm)
    act = ACTS.get(form.asked)
    if act is None:
        return refuse(visit, FieldInvalid(field="asked"))
    house = visit.front.house
    async with visit.writing() as work:
        phone = await _own_phone(work, visit)
        code = await accounts.make_code(
            work, phone, house.settings.secret, client=visit.client, request=visit.request_mark, purpose=PURPOSES[act]
        )
    if isinstance(code, Refusal):
        return refuse(visit, code)
    await house.messages.send(phone, code)
    shown = code if house.settings.development else None
    return visit.page(TEMPLATE, DataPage(act=act, phone=masked_phone(phone), shown_code=shown), place="me")


@post("/me/data/copy", opt=SIGNED_IN)
async def copy(visit: NamedDependency[Visit]) -> Response[Any]:
    """All that is kept about the person, as a file."""
    form = await visit.form(CodeForm)
    async with visit.writing() as work:
        found: Any = await _try_code(work, visit, form.code, CodePurpose.COPY)
        if found is None:
            found = await accounts.export_person(work, visit.person, reason=REASON)
    if isinstance(found, Refusal):
        return await _again(visit, "copy", found)
    return visit.json(found, headers={"Content-Disposition": 'attachment; filename="tuan.json"'})


@post("/me/data/erasure", opt=SIGNED_IN)
async def erase(visit: NamedDependency[Visit]) -> Response[Any]:
    """Forgotten and signed out everywhere; what is still under way has to end first, and says so."""
    form = await visit.form(CodeForm)
    async with visit.writing() as work:
        refusal = await _try_code(work, visit, form.code, CodePurpose.ERASURE)
    if refusal is None:
        async with visit.writing() as work:
            refusal = await accounts.erase_person(work, visit.person, reason=REASON)
    if refusal is not None:
        return await _again(visit, "erasure", refusal)
    visit.keep_token(sessions.new_token())
    return visit.go_on("/")


async def _own_phone(work: Work, visit: Visit) -> str:
    return (await accounts.access_person(work, visit.person))["phone"] or ""


async def _try_code(work: Work, visit: Visit, code: str, purpose: CodePurpose) -> Refusal | None:
    secret = visit.front.house.settings.secret
    phone = await _own_phone(work, visit)
    return await accounts.use_code(work, phone, code.strip(), secret, visit.client, visit.request_mark, purpose)


async def _again(visit: Visit, act: Act, refusal: Refusal) -> Response[Any]:
    if visit.wants_json or refusal.code != "accounts.code_wrong":
        return refuse(visit, refusal)
    async with visit.reading() as work:
        phone = await _own_phone(work, visit)
    page = DataPage(act=act, phone=masked_phone(phone), errors=errors_of(visit, refusal, "code"))
    return visit.page(TEMPLATE, page, place="me", status=refusal.status)


HANDLERS = (show, send_code, copy, erase)
