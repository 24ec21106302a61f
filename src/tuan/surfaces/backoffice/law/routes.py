"""The law in the office: which one counts, what was measured of the market, and what rings."""

from datetime import timedelta
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from tuan.kit.refusals import Refusal
from tuan.kit.time import day_of
from tuan.people import accounts, compliance
from tuan.people.compliance.model import PROFILES, Metrics, alarms
from tuan.platform import audit
from tuan.platform.work import Work
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.acting import acted
from tuan.surfaces.backoffice.law import checking, reporting, signing, words
from tuan.surfaces.backoffice.law.charting import charts, retail_words
from tuan.surfaces.backoffice.law.context import LawPage, Ringing
from tuan.surfaces.backoffice.tables import Choice
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.visits import Visit

PLACE = Place(name="law", label="The law", url=words.HERE, permission="law.see", icon="kept")
DAYS_SHOWN = 30


class ProfileForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str
    profile: str


@get(words.HERE, opt=staff("law.see"))
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    """The law that counts, what rings, and the last month."""
    async with visit.reading() as work:
        today = day_of(work.now, work.market.time_zone)
        profile = await compliance.profile_of(work)
        days = await compliance.metrics_of(work, today - timedelta(days=DAYS_SHOWN), today)
        since = {row["alarm"]: row["began_at"] for row in await compliance.ringing(work)}
        rows = await audit.about(work, "profile")
        names = await accounts.names(work, {row["actor_id"] for row in rows})
    last = days[-1] if days else None
    page = LawPage(
        places=words.places(visit),
        profile=profile.code,
        profiles=[Choice(value=code, label=code, is_chosen=code == profile.code) for code in PROFILES],
        may_choose=visit.may("law.edit"),
        day=last.day if last else None,
        ringing=[
            Ringing(words=visit.gettext(words.ALARMS[alarm]), article=article, since=since.get(alarm))
            for alarm, article in (alarms(last, profile) if last else [])
        ],
        unmeasured=_unmeasured(visit, last),
        figures=_figures(visit, last) if last else [],
        charts=charts(visit, days),
        acts=saying.acts(rows, names),
        key=visit.fresh_key(),
    )
    return visit.page("backoffice/law/page.html", page, place=PLACE.name)


def _unmeasured(visit: Visit, last: Metrics | None) -> list[str]:
    """What of the last day nobody has counted, so that nobody takes silence for peace."""
    missing = []
    if last is None or last.chains is None:
        missing.append(visit.gettext("Chains have not been counted."))
    if last is None or last.pay is None:
        missing.append(visit.gettext("Commissions have not been counted."))
    return missing


def _figures(visit: Visit, last: Metrics) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if last.chains:
        found += [
            (visit.gettext("Levels of the longest chain"), str(last.chains.longest)),
            (visit.gettext("People of the widest chain"), str(last.chains.widest)),
            (visit.gettext("Shops"), str(last.chains.shops)),
        ]
    if last.pay:
        paid = visit.words.money_text(saying.money(visit, last.pay.recruits_minor))
        found += [
            (visit.gettext("Share of retail"), retail_words(last.pay)),
            (visit.gettext("Paid for recruits"), paid),
            (visit.gettext("Plans that are refused"), str(last.unlawful_plans)),
        ]
    return found


@post(f"{words.HERE}/profile", opt=staff("law.edit", fresh=True))
async def choose(visit: NamedDependency[Visit]) -> Response[Any]:
    """From now on this law counts."""
    form = await visit.form(ProfileForm)

    async def act(work: Work) -> Refusal | None:
        return await compliance.choose_profile(work, form.profile, reason=form.reason)

    return await acted(visit, "office.choose_profile", form.key, form.reason, form.profile, act, words.HERE)


HANDLERS = (show, choose, *checking.HANDLERS, *signing.HANDLERS, *reporting.HANDLERS)
