"""Saved views: a name for an address of a table, kept by the one who uses it."""

from typing import Any, Literal

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency

from tuan.people import staff
from tuan.surfaces.backoffice.doors.routes import office_path
from tuan.surfaces.web.policies import staff as members_only
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.visits import OFFICE, Visit


class ViewForm(msgspec.Struct, frozen=True, kw_only=True):
    place: str
    name: str
    query: str = ""
    act: Literal["keep", "drop"] = "keep"
    next: str = OFFICE


@post("/office/views", opt=members_only())
async def keep(visit: NamedDependency[Visit]) -> Response[Any]:
    """Keep the view under this name, or forget what is kept under it."""
    form = await visit.form(ViewForm)
    refusal = None
    async with visit.writing() as work:
        if form.act == "drop":
            await staff.drop_view(work, visit.person, form.place, form.name)
        else:
            refusal = await staff.keep_view(work, visit.person, form.place, form.name, form.query)
    return refuse(visit, refusal) if refusal else visit.go_on(office_path(form.next))


HANDLERS = (keep,)
