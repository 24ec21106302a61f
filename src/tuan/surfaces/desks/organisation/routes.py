"""An organisation's own desk: its members by number and by list, its code, and what it bore month by month."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from tuan.kit.refusals import NotFound, Refused
from tuan.people import parties
from tuan.platform.work import Work
from tuan.surfaces.storefront.organising import lists
from tuan.surfaces.storefront.organising.lists import LookForm
from tuan.surfaces.storefront.organising.viewing import months, organisation_page, statement_csv
from tuan.surfaces.web.policies import SIGNED_IN, TAKES_FILE
from tuan.surfaces.web.reading import FILE_BODY_BYTES_MAX
from tuan.surfaces.web.visits import Visit

HERE = "/desk/organisation"


class MembersForm(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers, one per line."""

    key: str
    phones: str


@get(HERE, opt=SIGNED_IN)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    """For who speaks for one; others find nothing."""
    async with visit.reading() as work:
        page = await organisation_page(visit, work, await _own(visit, work), f"{HERE}.csv")
    return visit.page("desks/organisation/page.html", page, place="me")


@get(f"{HERE}.csv", opt=SIGNED_IN)
async def export(visit: NamedDependency[Visit]) -> Response[Any]:
    """The statement as a table."""
    async with visit.reading() as work:
        return statement_csv(await months(visit, work, await _own(visit, work)))


@get(f"{HERE}/members", opt=SIGNED_IN)
async def ask_members(visit: NamedDependency[Visit]) -> Response[Any]:
    """Whom it brings."""
    return await lists.ask(visit, (await _lists(visit))[1])


@post(f"{HERE}/members/preview", opt=SIGNED_IN | TAKES_FILE, request_max_body_size=FILE_BODY_BYTES_MAX)
async def look_at_members(visit: NamedDependency[Visit]) -> Response[Any]:
    """What would become of each line."""
    found, place = await _lists(visit)
    return await lists.look(visit, place, found, await visit.form(LookForm))


@post(f"{HERE}/members", opt=SIGNED_IN)
async def bring(visit: NamedDependency[Visit]) -> Response[Any]:
    """They are invited, and decide for themselves."""
    form, (found, place) = await visit.form(MembersForm), await _lists(visit)
    return await lists.bring(visit, place, found, form.phones, form.key, lists.BY_ITSELF)


async def _lists(visit: Visit) -> tuple[UUID, lists.Place]:
    async with visit.reading() as work:
        found = await _own(visit, work)
        name = (await parties.access_organisation(work, found))["name"]
    place = lists.Place(
        template="desks/organisation/list.html", name=name, url=f"{HERE}/members", back_url=HERE,
        verb="desk.bring_members", is_told_all=False,
    )  # fmt: skip
    return found, place


async def _own(visit: Visit, work: Work) -> UUID:
    found = await parties.organisation_of(work, visit.person)
    if found is None:
        raise Refused(NotFound())
    return found


HANDLERS = (show, export, ask_members, look_at_members, bring)
