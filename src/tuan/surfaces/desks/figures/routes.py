"""A shop's figures: what it sold and what its links brought, its own only."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from tuan.surfaces.backoffice.insight.viewing import csv_of, show_all, show_one
from tuan.surfaces.web.policies import SHOP
from tuan.surfaces.web.visits import Visit
from tuan.voice.insight.model import Viewer

URL = "/desk/shop/insight"


def _viewer(visit: Visit) -> Viewer:
    assert visit.shop is not None
    return Viewer(shop=visit.shop.id)


@get(URL, opt=SHOP)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        page = await show_all(visit, work, _viewer(visit), URL)
    return visit.page("desks/figures/list.html", page, place="me")


@get(f"{URL}/{{report:str}}", opt=SHOP)
async def show_report(visit: NamedDependency[Visit], report: FromPath[str]) -> Response[Any]:
    async with visit.reading() as work:
        page = await show_one(visit, work, report, _viewer(visit), URL)
    return visit.page("desks/figures/page.html", page, place="me")


@get(f"{URL}/{{report:str}}/table.csv", opt=SHOP)
async def export(visit: NamedDependency[Visit], report: FromPath[str]) -> Stream:
    return await csv_of(visit, report, _viewer(visit))


HANDLERS = (show, show_report, export)
