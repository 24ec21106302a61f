"""Members by a list, as an organisation's own desk and the office bring them: a look at each line, then the same in earnest."""

import asyncio
from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar import Response

from tuan.kit.refusals import Refusal, Refused
from tuan.platform import audit
from tuan.platform.sheets import SheetError, read_sheet
from tuan.platform.work import Work
from tuan.surfaces.storefront.organising.context import ListedLine, ListPage
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.once import remembered
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import read_file
from tuan.surfaces.web.visits import Visit
from tuan.value import membership
from tuan.value.membership.model import LINES_MAX, Looked, RefusedLine, WhyNot

SAID_MAX = 40
BY_ITSELF = "the organisation's own list"
"""What the book of acts says where no staff has to say why."""


class LookForm(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers, one per line; or a table whose first column has them."""

    phones: str = ""
    content: str = ""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a list is brought. is_told_all: staff read which of the known agreed or left, and say why they bring it; the
    organisation reads how many are known (decision 73)."""

    template: str
    name: str
    url: str
    back_url: str
    verb: str
    is_told_all: bool


def said_in(text: str) -> dict[int, str]:
    """By line what stands before its first comma; a line without anything is none."""
    lines = enumerate(text.splitlines(), start=1)
    return {number: line.partition(",")[0].strip()[:SAID_MAX] for number, line in lines if line.strip()}


def _of_table(content: str) -> str:
    """The same of a table, each line in its place: of what else stands there nothing is carried on.

    A heading, which has no digit, becomes an empty line.
    """
    rows = read_sheet(read_file(content, "content"))
    lines = [(row[0].strip()[:SAID_MAX].replace(",", " ") or ",") if any(map(str.strip, row)) else "" for row in rows]
    if lines and not any(letter.isdigit() for letter in "".join(rows[0])):
        lines[0] = ""
    return "\n".join(" ".join(line.split()) for line in lines)


def told(looked: Looked, *, is_told_all: bool) -> Looked:
    return looked if is_told_all else looked.as_told()


def words_of(visit: Visit, why_not: WhyNot) -> str:
    """Why a line invites nobody, for a person."""
    return {
        WhyNot.NO_NUMBER: visit.gettext("There is no number in this line."),
        WhyNot.NOT_A_PHONE: visit.gettext("That is no phone number."),
        WhyNot.NAMED_BEFORE: visit.gettext("The same number stands in a line before."),
        WhyNot.ALREADY_INVITED: visit.gettext("Already invited."),
        WhyNot.ALREADY_MEMBER: visit.gettext("Already a member."),
        WhyNot.HAS_LEFT: visit.gettext("Has left, and may come back by the code."),
        WhyNot.KNOWN: visit.gettext("Already known."),
    }[why_not]


async def ask(visit: Visit, place: Place) -> Response[Any]:
    return _page(visit, place)


async def look(visit: Visit, place: Place, organisation: UUID, form: LookForm) -> Response[Any]:
    """What would become of each line. Nobody is invited here, and nothing of the list is kept."""
    try:
        text = form.phones if form.phones.strip() else await asyncio.to_thread(_of_table, form.content)
    except SheetError as error:
        return _page(visit, place, error=visit.gettext(str(error)))
    said = said_in(text)
    if not 0 < len(said) <= LINES_MAX:
        return _page(visit, place, error=visit.gettext("Between 1 and %(most)s lines.", most=LINES_MAX))
    async with visit.reading() as work:
        looked, _ = await membership.look_at_list(work, organisation, said)
    phones = "\n".join(line.partition(",")[0] or line[:1] for line in text.splitlines())
    return _shown(visit, place, "look", told(looked, is_told_all=place.is_told_all), said, phones=phones)


async def bring(visit: Visit, place: Place, organisation: UUID, phones: str, key: str, reason: str) -> Response[Any]:
    """Invite them, in one transaction: each line is judged again. Sent twice it is done once."""
    said = said_in(phones)

    async def act(work: Work) -> Refusal | dict[str, Any]:
        if refusal := audit.why_not_reason(reason):
            return refusal
        looked = await membership.invite(work, organisation, said, "csv", reason=reason)
        return looked if isinstance(looked, Refusal) else kept(told(looked, is_told_all=place.is_told_all))

    outcome = await remembered(visit, place.verb, key, f"{organisation} {phones} {reason}", act)
    if isinstance(outcome, Refusal):
        return refuse(visit, outcome, Step(label=visit.gettext("Back"), url=place.url))
    return _shown(visit, place, "done", restored(outcome), said)


def kept(looked: Looked) -> dict[str, Any]:
    """An outcome as it is remembered: how many and which lines, no number."""
    return {"invited": len(looked.new), "refused": [[line.number, line.why_not] for line in looked.refused]}


def restored(outcome: Mapping[str, Any]) -> Looked:
    refused = tuple(RefusedLine(number, WhyNot(why_not)) for number, why_not in outcome["refused"])
    return Looked(("",) * outcome["invited"], refused)


def _shown(
    visit: Visit,
    place: Place,
    stage: Literal["look", "done"],
    looked: Looked,
    said: Mapping[int, str],
    *,
    phones: str = "",
) -> Response[Any]:
    refused = [
        ListedLine(number=line.number, said=said[line.number], why_not=words_of(visit, line.why_not), code=line.why_not)
        for line in looked.refused
    ]
    return _page(visit, place, stage, invited=len(looked.new), known=looked.known(), refused=refused, phones=phones)


def _page(visit: Visit, place: Place, stage: Any = "ask", *, error: str = "", **shown: Any) -> Response[Any]:
    if error and visit.wants_json:
        raise Refused(FieldInvalid(field="phones"))
    page = ListPage(
        name=place.name, url=place.url, back_url=place.back_url, key=visit.fresh_key(), stage=stage, error=error,
        lines_max=LINES_MAX, asks_reason=place.is_told_all, **shown,
    )  # fmt: skip
    where = "organisations" if place.is_told_all else "me"
    return visit.page(place.template, page, place=where, status=422 if error else 200)
