"""An organisation's own desk: its members by number, its code, and what it bore month by month."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency

from tuan.kit.refusals import NotFound, Refused
from tuan.people import parties
from tuan.platform.work import Work
from tuan.surfaces.storefront.organising.viewing import months, organisation_page, statement_csv
from tuan.surfaces.web.policies import SIGNED_IN
from tuan.surfaces.web.visits import Visit

HERE = "/desk/organisation"


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


async def _own(visit: Visit, work: Work) -> UUID:
    found = await parties.organisation_of(work, visit.person)
    if found is None:
        raise Refused(NotFound())
    return found


HANDLERS = (show, export)
