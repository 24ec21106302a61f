"""Reports to an authority: made of what every module can tell, signed, kept byte for byte, and taken along."""

from datetime import date, timedelta
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import Refusal, Refused
from tuan.kit.time import day_of
from tuan.people import accounts, compliance
from tuan.people.compliance.model import REPORT
from tuan.platform.sealed import fingerprint, key_of
from tuan.platform.work import Work
from tuan.play import distribution
from tuan.surfaces.backoffice.acting import acted
from tuan.surfaces.backoffice.law import words
from tuan.surfaces.backoffice.law.context import Report, ReportsPage
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

HERE = f"{words.HERE}/reports"
A_QUARTER = timedelta(days=91)


class ReportForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str
    from_day: str
    until_day: str


@get(HERE, opt=staff("law.see"))
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    """Reports that were made, and the key that signs them."""
    async with visit.reading() as work:
        rows, today = await compliance.reports(work), day_of(work.now, work.market.time_zone)
        names = await accounts.names(work, {row["made_by"] for row in rows})
    page = ReportsPage(
        places=words.places(visit),
        reports=[
            Report(
                url=f"{HERE}/{REPORT.show(row['id'])}/archive", from_day=row["from_day"], until_day=row["until_day"],
                made_by=names.get(row["made_by"], ""), made_at=row["made_at"], sha256=row["sha256"],
                size=f"{-(-row['size'] // 1024)} KiB",
            )
            for row in rows
        ],
        may_report=visit.may("law.report"),
        fingerprint=fingerprint(key_of(visit.front.house.settings.secret, visit.market.id).public_key()),
        from_day=(today - A_QUARTER).isoformat(),
        until_day=today.isoformat(),
        key=visit.fresh_key(),
    )  # fmt: skip
    return visit.page("backoffice/law/reports.html", page, place="law")


@post(HERE, opt=staff("law.report", fresh=True))
async def make(visit: NamedDependency[Visit]) -> Response[Any]:
    """Make one of these days; it is kept, and can be taken as often as it is asked for."""
    form = await visit.form(ReportForm)
    from_day, until_day = _day(form.from_day, "from_day"), _day(form.until_day, "until_day")

    async def act(work: Work) -> Refusal | None:
        secret = visit.front.house.settings.secret
        made = await distribution.make_report(
            work, secret, from_day, until_day, market=visit.market.name, reason=form.reason
        )
        return made if isinstance(made, Refusal) else None

    return await acted(visit, "office.make_report", form.key, form.reason, f"{from_day} {until_day}", act, HERE)


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(FieldInvalid(field=field)) from None


@get(f"{HERE}/{{report:str}}/archive", opt=staff("law.report", fresh=True))
async def take(visit: NamedDependency[Visit], report: FromPath[str]) -> Response[Any]:
    """The archive as it was made."""
    found = read_id(REPORT, report)
    async with visit.reading() as work:
        archive = await compliance.access_archive(work, found)
    headers = {"Content-Disposition": f'attachment; filename="{report}.zip"'}
    return Response(content=archive, media_type="application/zip", headers=headers)


HANDLERS = (show, make, take)
