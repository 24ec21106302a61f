"""A supplier's figures: the same reports as the office's, over his own orders only."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.surfaces.backoffice.insight.routes import csv_file
from tuan.surfaces.backoffice.insight.viewing import csv_rows, show_all, show_one
from tuan.surfaces.web.policies import SUPPLIER
from tuan.surfaces.web.visits import Visit
from tuan.voice.insight.model import Viewer

URL = "/desk/insight"


def _viewer(visit: Visit) -> Viewer:
    assert visit.supplier is not None
    return Viewer(supplier=visit.supplier)


@get(URL, opt=SUPPLIER)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        page = await show_all(visit, work, _viewer(visit), URL)
    return visit.page("desks/insight/list.html", page)


@get(f"{URL}/{{report:str}}", opt=SUPPLIER)
async def show_report(visit: NamedDependency[Visit], report: FromPath[str]) -> Response[Any]:
    async with visit.reading() as work:
        page = await show_one(visit, work, report, _viewer(visit), URL)
    return visit.page("desks/insight/page.html", page)


@get(f"{URL}/{{report:str}}/table.csv", opt=SUPPLIER)
async def export(visit: NamedDependency[Visit], report: FromPath[str]) -> Response[Any]:
    async with visit.reading() as work:
        rows = await csv_rows(visit, work, report, _viewer(visit))
    return csv_file(report, rows)


HANDLERS = (show, show_report, export)
