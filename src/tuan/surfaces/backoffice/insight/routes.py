"""Figures in the office: every report of the market, drawn, as a table, as CSV, and with the query that makes it."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from tuan.surfaces.backoffice.insight.viewing import csv_of, show_all, show_one
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.visits import Visit
from tuan.voice.insight.model import Viewer

URL = "/office/insight"
PLACE = Place(name="insight", label="Figures", url=URL, permission="insight.see", icon="star")
MARKET = Viewer()


@get(URL, opt=staff("insight.see"))
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        page = await show_all(visit, work, MARKET, URL)
    return visit.page("backoffice/insight/list.html", page, place=PLACE.name)


@get(f"{URL}/{{report:str}}", opt=staff("insight.see"))
async def show_report(visit: NamedDependency[Visit], report: FromPath[str]) -> Response[Any]:
    async with visit.reading() as work:
        page = await show_one(visit, work, report, MARKET, URL)
    return visit.page("backoffice/insight/page.html", page, place=PLACE.name)


@get(f"{URL}/{{report:str}}/table.csv", opt=staff("insight.see"))
async def export(visit: NamedDependency[Visit], report: FromPath[str]) -> Stream:
    return await csv_of(visit, report, MARKET)


HANDLERS = (show, show_report, export)
