"""Commission plans in the office: versions, what the law says of them, what they would pay, on and off."""

from itertools import groupby
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.goods import catalog
from tuan.goods.catalog.model import ShelfState
from tuan.kit.refusals import Refusal, Refused
from tuan.kit.time import Instant
from tuan.people import accounts, compliance
from tuan.platform import audit
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.play import distribution
from tuan.play.distribution.model import PLAN_ID, RATES_MAX, Phase, Version, VersionState, phase_of
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.acting import acted, read_whole
from tuan.surfaces.backoffice.commissions import words
from tuan.surfaces.backoffice.commissions.context import (
    BreachLine,
    PlanLine,
    PlanPage,
    PlansPage,
    Preview,
    RateLine,
    VersionCard,
)
from tuan.surfaces.backoffice.commissions.words import PLANS
from tuan.surfaces.backoffice.law.words import CHANNELS
from tuan.surfaces.backoffice.settlement.words import written_percent
from tuan.surfaces.storefront.cases.filing import read_number
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.policies import staff, takes_fields
from tuan.surfaces.web.problems import errors_of
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

PREVIEWED_MAX = 20
SWITCHES = ("on", "off")
FIRST = {"name": "", "line_most": "30", "budget": "", "hold_days": "8", "rows": "3"}
RATE = {"scope": "market", "object": "", "level": "1", "rate": "", "fixed": "", "where": words.EVERYWHERE}
"""The fields of a rate, each with what it says when nothing was typed."""
TermsForm = msgspec.defstruct(
    "TermsForm",
    [
        ("key", str),
        ("reason", str),
        ("more", str, ""),
        *((name, str, said) for name, said in FIRST.items()),
        *((f"{name}{row}", str, said) for row in range(RATES_MAX) for name, said in RATE.items()),
    ],
    frozen=True,
    kw_only=True,
    module=__name__,
)
"""What a version says, as it was typed: rates in percent or an amount a piece, each with scope, object and level. more: nothing
is drafted, one more row is asked for."""
FIELDS_MAX = len(TermsForm.__struct_fields__) + 10
"""Of the form, and what the policy reads of it."""


class SwitchForm(msgspec.Struct, frozen=True, kw_only=True):
    """after: on or off. since: the day from which it is to count; as soon as may be where none is typed."""

    key: str
    reason: str
    after: str
    since: str = ""


@get(PLANS, opt=staff("commissions.see"))
async def show_all(visit: NamedDependency[Visit]) -> Response[Any]:
    return await _show_all(visit)


async def _show_all(
    visit: Visit, typed: dict[str, str] | None = None, errors: dict[str, str] | None = None, status: int = 200
) -> Response[Any]:
    async with visit.reading() as work:
        rows = await distribution.plans(work)
        now = work.now
    page = PlansPage(
        places=words.places(visit),
        plans=[_plan(visit, list(of), now) for _, of in groupby(rows, key=lambda row: row["id"])],
        scopes=words.scope_choices(visit),
        wheres=words.where_choices(visit),
        may_edit=visit.may("commissions.rules"),
        key=visit.fresh_key(),
        typed=typed or FIRST,
        rows=int((typed or FIRST)["rows"]),
        rows_max=RATES_MAX,
        errors=errors or {},
    )
    return visit.page("backoffice/commissions/plans.html", page, place="commissions", status=status)


def _plan(visit: Visit, of: list[Any], now: Instant) -> PlanLine:
    """`of`: its versions, the newest first."""
    state = phase_of(of, now)
    return PlanLine(
        name=of[0]["name"],
        url=words.plan_url(of[0]["id"]),
        words=words.version_states(visit)[state],
        tone=words.VERSION_TONES.get(state, "stone"),
        made_at=of[0]["made_at"],
        versions=len(of),
        promised=saying.money(visit, sum(row["promised_minor"] for row in of)),
    )


@get(f"{PLANS}/{{plan:str}}", opt=staff("commissions.see"))
async def show(visit: NamedDependency[Visit], plan: FromPath[str]) -> Response[Any]:
    return await _show(visit, plan)


async def _show(
    visit: Visit,
    plan: str,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response[Any]:
    found = read_id(PLAN_ID, plan)
    async with visit.reading() as work:
        name, versions = await distribution.access_plan(work, found)
        profile = await compliance.profile_of(work)
        cards = [await _card(visit, work, one) for one in reversed(versions)]
        previews = await _previews(visit, work, versions[-1])
        acts = await audit.about(work, f"{PLAN_ID.show(found)} v{versions[-1].number}")
        names = await accounts.names(work, {act["actor_id"] for act in acts})
    page = PlanPage(
        name=name,
        url=words.plan_url(found),
        profile=profile.code,
        notice_days=profile.notice_days,
        versions=cards,
        previews=previews,
        scopes=words.scope_choices(visit),
        wheres=words.where_choices(visit),
        may_edit=visit.may("commissions.rules"),
        key=visit.fresh_key(),
        acts=saying.acts(acts, names),
        typed=typed or FIRST,
        rows=int((typed or FIRST)["rows"]),
        rows_max=RATES_MAX,
        errors=errors or {},
    )
    return visit.page("backoffice/commissions/plan.html", page, place="commissions", status=status)


async def _card(visit: Visit, work: Work, one: Version) -> VersionCard:
    names = await words.names_of(work, one.terms.rates)
    phase, is_draft = one.phase(work.now), one.state == VersionState.DRAFT
    breaches = await distribution.breaches_of(work, one.terms) if phase != Phase.OFF else []
    unsigned = await distribution.to_sign(work, one.terms) if is_draft else {}
    of = {(r.scope, r.object_id): words.shown(r, names) for r in one.terms.rates}
    may_edit = visit.may("commissions.rules")
    return VersionCard(
        number=one.number,
        state=phase,
        words=words.version_states(visit)[phase],
        tone=words.VERSION_TONES.get(phase, "stone"),
        since=one.since,
        until=one.until,
        hold_days=one.terms.hold_days,
        line_most=written_percent(one.terms.line_most_bp),
        budget=None if one.terms.budget_minor is None else saying.money(visit, one.terms.budget_minor),
        promised=saying.money(visit, one.promised_minor),
        rates=[
            RateLine(
                scope=words.scopes(visit)[r.scope],
                of=words.shown(r, names),
                level=r.depth,
                pays=words.pays(visit, r),
                where=words.where(visit, r),
            )
            for r in one.terms.rates
        ],
        breaches=[
            BreachLine(
                words=words.rules(visit).get(b.rule, b.rule),
                article=b.article,
                of=of[b.scope, b.object_id],
                channel=visit.gettext(CHANNELS[b.channel]) if b.channel else "",
            )
            for b in breaches
        ],
        to_sign=list(unsigned.values()),
        simulate_url=words.simulate_url(one) if is_draft and visit.may("planner.see") else "",
        may_switch_on=may_edit and is_draft,
        may_switch_off=may_edit and one.state == VersionState.ON,
        keys=[visit.fresh_key() for _ in range(2)],
    )


async def _previews(visit: Visit, work: Work, newest: Version) -> list[Preview]:
    """What the newest version would pay for one unit of what is listed."""
    listed = await catalog.everything(
        work, Wanted("title", is_descending=False, size=PREVIEWED_MAX), state=ShelfState.LISTED
    )
    stands = _as_if_on(newest, work)
    paid = await distribution.pay_of(work, [stands], [row["id"] for row in listed.items])
    return [
        Preview(title=row["title"], pays=[_range(visit, level, of) for level, of in sorted(paid[row["id"]].items())])
        for row in listed.items
        if row["id"] in paid
    ]


def _as_if_on(newest: Version, work: Work) -> Version:
    """The version as if it stood now."""
    return Version(newest.plan_id, newest.number, VersionState.ON, newest.terms, work.now, None)


def _range(visit: Visit, level: int, of: distribution.Shown) -> str:
    least, most = (visit.words.money_text(saying.money(visit, minor)) for minor in (of.least_minor, of.most_minor))
    said = least if least == most else f"{least} – {most}"
    return said if level == 1 else visit.gettext("level 2: %(amount)s", amount=said)


async def _typed(visit: Visit) -> dict[str, str]:
    """What was typed, with the number of rows that the form shows next."""
    said: dict[str, str] = msgspec.structs.asdict(await visit.form(TermsForm))
    rows = max(read_whole(said["rows"], "rows"), 1) + bool(said["more"])
    return {**said, "rows": str(min(rows, RATES_MAX))}


@post(PLANS, opt=staff("commissions.rules", fresh=True) | takes_fields(FIELDS_MAX))
async def draft(visit: NamedDependency[Visit]) -> Response[Any]:
    """A plan with its first version; it pays nobody before it is switched on."""
    typed = await _typed(visit)
    if typed["more"]:
        return await _show_all(visit, typed)
    try:
        terms = words.read_terms(visit, typed)
    except Refused as refused:
        if visit.wants_json:
            raise
        field = str(refused.refusal.data.get("field", "rates"))
        return await _show_all(visit, typed, errors_of(visit, refused.refusal, field), 422)

    async def act(work: Work) -> Refusal | None:
        made = await distribution.draft_plan(work, typed["name"], terms, reason=typed["reason"])
        return made if isinstance(made, Refusal) else None

    return await acted(
        visit, "office.draft_plan", typed["key"], typed["reason"], f"{typed['name']} {terms}", act, PLANS
    )


@post(f"{PLANS}/{{plan:str}}/versions", opt=staff("commissions.rules", fresh=True) | takes_fields(FIELDS_MAX))
async def draft_version(visit: NamedDependency[Visit], plan: FromPath[str]) -> Response[Any]:
    """Another version; what stands goes on standing."""
    found, typed = read_id(PLAN_ID, plan), await _typed(visit)
    if typed["more"]:
        return await _show(visit, plan, typed)
    try:
        terms = words.read_terms(visit, typed)
    except Refused as refused:
        if visit.wants_json:
            raise
        field = str(refused.refusal.data.get("field", "rates"))
        return await _show(visit, plan, typed, errors_of(visit, refused.refusal, field), 422)

    async def act(work: Work) -> Refusal | None:
        made = await distribution.draft_version(work, found, terms, reason=typed["reason"])
        return made if isinstance(made, Refusal) else None

    return await acted(
        visit, "office.draft_version", typed["key"], typed["reason"], f"{plan} {terms}", act, words.plan_url(found)
    )


@post(f"{PLANS}/{{plan:str}}/versions/{{number:str}}/state", opt=staff("commissions.rules", fresh=True))
async def switch(visit: NamedDependency[Visit], plan: FromPath[str], number: FromPath[str]) -> Response[Any]:
    """Switch a version on, from a day on that the law lets be, or off."""
    found, of, form = read_id(PLAN_ID, plan), read_number(number), await visit.form(SwitchForm)
    if form.after not in SWITCHES:
        raise Refused(FieldInvalid(field="after"))

    async def act(work: Work) -> Refusal | None:
        if form.after == "off":
            return await distribution.switch_off(work, found, of, reason=form.reason)
        since = words.read_since(work, form.since)
        return await distribution.switch_on(work, found, of, reason=form.reason, since=since)

    subject = f"{plan} {of} {form.after} {form.since}"
    return await acted(visit, "office.switch_plan", form.key, form.reason, subject, act, words.plan_url(found))


HANDLERS = (show_all, show, draft, draft_version, switch)
