"""Giving a coupon to many persons: their numbers typed or in a table, a dry run with a reason per line, then the same in earnest."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.people import accounts
from tuan.platform import audit
from tuan.platform.sheets import SheetError, read_sheet
from tuan.platform.work import Work
from tuan.surfaces.backoffice.promotions.context import GrantLine, GrantsPage
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.once import remembered
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import TAKES_FILE, staff
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import FILE_BODY_BYTES_MAX, read_file, read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders
from tuan.value import promotions
from tuan.value.promotions.model import TEMPLATE, TemplateId

PAGE = "backoffice/promotions/grants.html"
LINES_MAX = 2000
SAID_MAX = 40
NAMED_BEFORE = "named_before"
"""Of a line whose person stands in one before it; that is no refusal, since he has his coupon by that one."""
URL = "/office/promotions/coupons/{template:str}/grants"


class LookForm(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers, one per line; or a table whose first column has them."""

    phones: str = ""
    content: str = ""


class GrantForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str
    phones: str


@get(URL, opt=staff("promotions.give", fresh=True))
async def ask(visit: NamedDependency[Visit], template: FromPath[str]) -> Response[Any]:
    """Whom to give it to."""
    return await _page(visit, read_id(TEMPLATE, template))


@post(
    f"{URL}/preview", opt=staff("promotions.give", fresh=True) | TAKES_FILE, request_max_body_size=FILE_BODY_BYTES_MAX
)
async def look(visit: NamedDependency[Visit], template: FromPath[str]) -> Response[Any]:
    """What would happen to each line. Nothing is given here."""
    found, form = read_id(TEMPLATE, template), await visit.form(LookForm)
    try:
        said = _said(form.phones) if form.phones.strip() else _of_table(form.content)
    except SheetError as error:
        return await _page(visit, found, error=visit.gettext(str(error)), status=422)
    if not 0 < len(said) <= LINES_MAX:
        return await _page(
            visit, found, error=visit.gettext("Between 1 and %(most)s lines.", most=LINES_MAX), status=422
        )
    async with visit.reading() as work:
        given, refused = await preview_lines(visit, work, found, said)
    return await _page(visit, found, "look", refused, given, phones="\n".join(said))


@post(URL, opt=staff("promotions.give", fresh=True))
async def give(visit: NamedDependency[Visit], template: FromPath[str]) -> Response[Any]:
    """Give it, in one transaction: each line is judged again, and says what became of it. Sent twice it gives once."""
    found, form = read_id(TEMPLATE, template), await visit.form(GrantForm)
    said = _said(form.phones)
    if not 0 < len(said) <= LINES_MAX:
        raise Refused(FieldInvalid(field="phones"))

    async def act(work: Work) -> Refusal | dict[str, Any]:
        if refusal := audit.why_not_reason(form.reason):
            return refusal
        given, refused = await grant_lines(visit, work, found, said, reason=form.reason)
        return {"given": given, "refused": msgspec.to_builtins(refused)}

    outcome = await remembered(visit, "office.grant_coupons", form.key, f"{template} {form.phones} {form.reason}", act)
    if isinstance(outcome, Refusal):
        return refuse(visit, outcome, Step(label=visit.gettext("Back"), url=_url(found)))
    return await _page(visit, found, "done", msgspec.convert(outcome["refused"], list[GrantLine]), outcome["given"])


async def preview_lines(
    visit: Visit, work: Work, template: TemplateId, said: Sequence[str]
) -> tuple[int, list[GrantLine]]:
    """How many of these numbers would be given a coupon now, and the others with the reason. Nothing is given."""
    persons, refused = await _read(visit, work, said)
    outcomes = await orders.preview_grants(work, template, [person for _, person in persons])
    return _judged(visit, said, persons, outcomes, refused)


async def grant_lines(
    visit: Visit, work: Work, template: TemplateId, said: Sequence[str], *, reason: str
) -> tuple[int, list[GrantLine]]:
    """The same in earnest, each line judged again."""
    persons, refused = await _read(visit, work, said)
    outcomes = await orders.grant_coupons(work, template, [person for _, person in persons], reason=reason)
    return _judged(visit, said, persons, outcomes, refused)


def _judged(
    visit: Visit,
    said: Sequence[str],
    persons: Sequence[tuple[int, UUID]],
    outcomes: Sequence[Any],
    refused: list[GrantLine],
) -> tuple[int, list[GrantLine]]:
    """`refused`: the lines that name nobody; those that were refused join them."""
    why = {number: one for (number, _), one in zip(persons, outcomes, strict=True) if isinstance(one, Refusal)}
    found = [*refused, *(_line(visit, number, said, one) for number, one in why.items())]
    return len(persons) - len(why), sorted(found, key=lambda line: line.number)


def _url(template: UUID) -> str:
    return f"/office/promotions/coupons/{TEMPLATE.show(TemplateId(template))}/grants"


def _said(text: str) -> list[str]:
    return [line.strip()[:SAID_MAX] for line in text.splitlines() if line.strip()]


def _of_table(content: str) -> list[str]:
    """The first column, without a heading that has no digit in it."""
    rows = [row[0].strip()[:SAID_MAX] for row in read_sheet(read_file(content, "content")) if row and row[0].strip()]
    return rows[1:] if rows and not any(letter.isdigit() for letter in rows[0]) else rows


async def _read(visit: Visit, work: Work, said: Sequence[str]) -> tuple[list[tuple[int, UUID]], list[GrantLine]]:
    """(line, person) of those that name one, each person once; the others with the reason."""
    read = {number: accounts.read_phone(line) for number, line in enumerate(said, start=1)}
    known = await accounts.persons_of(work, [phone for phone in read.values() if isinstance(phone, str)])
    persons: list[tuple[int, UUID]] = []
    refused: list[GrantLine] = []
    seen: set[UUID] = set()
    for number, phone in read.items():
        person = known.get(phone) if isinstance(phone, str) else None
        if isinstance(phone, Refusal):
            refused.append(_line(visit, number, said, phone))
        elif person is None:
            why = visit.gettext("Nobody here has this number.")
            refused.append(GrantLine(number=number, said=said[number - 1], why_not=why, code=NotFound.code))
        elif person in seen:
            why = visit.gettext("The same person stands in a line before.")
            refused.append(GrantLine(number=number, said=said[number - 1], why_not=why, code=NAMED_BEFORE))
        else:
            seen.add(person)
            persons.append((number, person))
    return persons, refused


def _line(visit: Visit, number: int, said: Sequence[str], why: Refusal) -> GrantLine:
    words = visit.words.told(why, visit.market.currency).happened
    return GrantLine(number=number, said=said[number - 1], why_not=words, code=why.code)


async def _page(
    visit: Visit, template: UUID, stage: Any = "ask", refused: Sequence[GrantLine] = (), given: int = 0,
    *, phones: str = "", error: str = "", status: int = 200,
) -> Response[Any]:  # fmt: skip
    if error and visit.wants_json:
        raise Refused(FieldInvalid(field="phones"))
    async with visit.reading() as work:
        found = await promotions.access_template(work, template)
    page = GrantsPage(
        title=found.name,
        url=_url(template),
        back_url=f"/office/promotions/coupons/{TEMPLATE.show(found.id)}",
        key=visit.fresh_key(),
        stage=stage,
        phones=phones,
        error=error,
        lines_max=LINES_MAX,
        given=given,
        refused=list(refused),
    )
    return visit.page(PAGE, page, place="promotions", status=status)


HANDLERS = (ask, look, give)
