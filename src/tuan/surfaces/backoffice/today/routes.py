"""The start page of the office: what needs a hand now."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from tuan.surfaces.backoffice.today.context import TodayPage
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.visits import Visit

PLACE = Place(name="today", label="Today", url="/office", icon="home")


@get("/office", opt=staff())
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    assert visit.staff is not None
    return visit.page("backoffice/today/page.html", TodayPage(name=visit.staff.name), place=PLACE.name)


HANDLERS = (show,)
