"""The audit: who changed what, when and why, and whether the trail is whole."""

from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.response import Stream

from tuan.kit.pages import Page
from tuan.people import accounts, staff
from tuan.people.accounts.model import PERSON
from tuan.platform import audit
from tuan.platform.lists import Wanted
from tuan.platform.work import SYSTEM, Work
from tuan.surfaces.backoffice.audit.context import AuditPage, ChainState
from tuan.surfaces.backoffice.tables import Cell, Column, Filter, chosen, csv_of, table_page, wanted
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.policies import staff as members_only
from tuan.surfaces.web.visits import Visit

PLACE = Place(name="audit", label="Audit", url="/office/audit", permission="audit.see", icon="formed")
COLUMNS = (
    Column("at", "When", sort="at"),
    Column("actor", "Who"),
    Column("action", "What"),
    Column("subject", "On what"),
    Column("reason", "Reason"),
    Column("change", "Before → after"),
)
FILTERS = (Filter("action", "What"), Filter("subject", "On what"), Filter("actor", "Who (number of a person)"))


@get("/office/audit", opt=members_only("audit.see"))
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    return await _show(visit)


@get("/office/audit/chain", opt=members_only("audit.see"))
async def check_chain(visit: NamedDependency[Visit]) -> Response[Any]:
    """Compute the chain anew and say whether it is whole."""
    async with visit.reading() as work:
        found = await audit.chain(work)
    return await _show(visit, ChainState(sealed_count=found.sealed, waiting_count=found.waiting, broken=found.broken))


@get("/office/audit.csv", opt=members_only("audit.see", "exports.make", fresh=True))
async def export(visit: NamedDependency[Visit]) -> Stream:
    async def fetch(work: Work, page: Wanted) -> Page[Any]:
        found = await _trail(visit, work, page)
        names = await _names(work, found.items)
        return Page([(row, names) for row in found.items], found.next_key, found.count)

    return await csv_of(visit, "audit", COLUMNS, fetch, lambda pair: _cells(visit, *pair))


async def _show(visit: Visit, chain: ChainState | None = None) -> Response[Any]:
    async with visit.reading() as work:
        rows = await _trail(visit, work, wanted(visit, COLUMNS))
        names = await _names(work, rows.items)
        views = await staff.views(work, visit.person, PLACE.name)
    table = table_page(
        visit, PLACE, COLUMNS, FILTERS, rows, lambda row: _cells(visit, row, names), views, csv_path="/office/audit.csv"
    )
    return visit.page("backoffice/audit/page.html", AuditPage(table=table, chain=chain), place=PLACE.name)


async def _trail(visit: Visit, work: Work, page: Wanted) -> Page[Any]:
    said = chosen(visit, FILTERS)
    actor = PERSON.parse(said["actor"]) or SYSTEM if "actor" in said else None
    return await audit.trail(work, page, action=said.get("action", ""), subject=said.get("subject", ""), actor=actor)


async def _names(work: Work, rows: Any) -> dict[Any, str]:
    return await accounts.names(work, {row["actor_id"] for row in rows})


def _cells(visit: Visit, row: Any, names: dict[Any, str]) -> list[Cell]:
    actor, subject = PERSON.show(row["actor_id"]), row["subject"]
    return [
        Cell(at=row["at"]),
        Cell(text=names.get(row["actor_id"]) or visit.gettext("the house"), url=_only(actor=actor)),
        Cell(text=row["action"]),
        Cell(text=subject, url=_only(subject=subject)),
        Cell(text=row["reason"]),
        Cell(text=change(row["before"], row["after"])),
    ]


def _only(**fields: str) -> str:
    return f"{PLACE.url}?{urlencode(fields)}"


def change(before: dict[str, Any], after: dict[str, Any]) -> str:
    """What was changed, by name: what it was and what it is."""
    names = dict.fromkeys((*before, *after))
    return "; ".join(f"{name}: {_said(before.get(name))} → {_said(after.get(name))}" for name in names)


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value is None else str(value)


HANDLERS = (show, check_chain, export)
