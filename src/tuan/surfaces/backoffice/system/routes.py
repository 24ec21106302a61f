"""The system in the office: what waits and for how long, what must always be true, what it runs on."""

import platform as machine
from importlib.metadata import version
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from tuan.kit.refusals import Refusal, Refused
from tuan.platform import invariants, waiting
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.system.context import Consumer, Fact, Intent, Law, SystemPage, Version
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Place, Step
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.visits import Visit

PLACE = Place(name="system", label="System", url="/office/system", permission="system.see", icon="clock")
MEGABYTE = 1 << 20


class RetryForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    consumer: str
    fact: str
    reason: str


@get("/office/system", opt=staff("system.see"))
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    return await _show(visit, with_laws=False)


@get("/office/system/check", opt=staff("system.see"))
async def check(visit: NamedDependency[Visit]) -> Response[Any]:
    """The same with every invariant of this market, asked now."""
    return await _show(visit, with_laws=True)


async def _show(visit: Visit, *, with_laws: bool) -> Response[Any]:
    oldest = Wanted(is_descending=False, after=visit.query.get("page"))
    async with visit.reading() as work:
        database = await waiting.database(work)
        consumers, intents = await waiting.consumers(work), await waiting.intents(work)
        facts = await waiting.facts(work, oldest)
        laws = await invariants.breaches(work) if with_laws else None
    page = SystemPage(
        versions=[
            Version(name="Tuan", value=version("tuan")),
            Version(name="Python", value=machine.python_version()),
            Version(name="PostgreSQL", value=database["version"]),
            Version(name=visit.gettext("Size of the database"), value=f"{database['size_bytes'] // MEGABYTE} MB"),
        ],
        consumers=[
            Consumer(name=c["consumer"], waiting=c["waiting"], parked=c["parked"], oldest=c["oldest"], tries=c["tries"])
            for c in consumers
        ],
        intents=[
            Intent(name=name, waiting=i["waiting"], stuck=i["stuck"], oldest=i["oldest"], tries=i["tries"] or 0)
            for name, i in intents
        ],
        facts=[_fact(visit, row) for row in facts.items],
        next_url=visit.url_with(page=facts.next_key) if facts.next_key else None,
        laws=None if laws is None else [_law(name, lines) for name, lines in laws.items()],
        can_retry=visit.may("system.retry"),
    )
    return visit.page("backoffice/system/page.html", page, place=PLACE.name)


def _fact(visit: Visit, row: Any) -> Fact:
    return Fact(
        consumer=row["consumer"],
        fact=str(row["fact_id"]),
        name=row["name"] or "",
        told_at=row["told_at"],
        tries=row["tries"],
        is_parked=row["parked_at"] is not None,
        key=visit.fresh_key(),
    )


def _law(named: str, lines: list[str]) -> Law:
    name, _, text = named.partition(": ")
    return Law(name=name, text=text, breaches=lines)


@post("/office/system/facts", opt=staff("system.retry"))
async def try_again(visit: NamedDependency[Visit]) -> Response[Any]:
    """Hand one fact up anew."""
    form = await visit.form(RetryForm)
    back = Step(label=visit.gettext("Back to the system"), url=PLACE.url)
    if refusal := saying.why_not(form.reason):
        return refuse(visit, refusal, back)
    fact = _read_fact(form.fact)

    async def act(work: Work) -> Refusal | None:
        return await waiting.try_again(work, form.consumer, fact, reason=form.reason.strip())

    outcome = await once(visit, "office.try_again", form.key, f"{form.consumer} {fact}", act)
    return visit.go_on(back.url) if outcome is None else refuse(visit, outcome, back)


def _read_fact(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused(FieldInvalid(field="fact")) from None


HANDLERS = (show, check, try_again)
