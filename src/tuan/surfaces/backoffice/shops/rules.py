"""The market's rules of shops: how one opens, and how somebody becomes its customer. Neither names a shop or a person."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from tuan.kit.refusals import Refusal, Refused
from tuan.people import sharing, training
from tuan.people.sharing.model import BindRule, BindTerms
from tuan.people.training.model import COURSE_ID
from tuan.platform.work import Work
from tuan.play import shops
from tuan.play.shops.model import Terms
from tuan.surfaces.backoffice.acting import acted, read_whole
from tuan.surfaces.backoffice.shops import words
from tuan.surfaces.backoffice.shops.context import RulesPage
from tuan.surfaces.backoffice.tables import Choice
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

HERE = "/office/shops/rules"


class OpeningForm(msgspec.Struct, frozen=True, kw_only=True):
    """course: empty for none."""

    key: str
    reason: str
    opening: str
    member_days: str
    course: str = ""


class BindForm(msgspec.Struct, frozen=True, kw_only=True):
    """valid_days: empty for ever."""

    key: str
    reason: str
    rule: str
    valid_days: str = ""
    protected_days: str = "0"


@get(HERE, opt=staff("shops.see"))
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        terms, bind = await shops.terms(work), await sharing.bind_terms(work)
        courses = {one.course_id: one.content.title for one in await training.taught(work)}
        is_over = terms.course is not None and terms.course not in courses
        if terms.course is not None and is_over:
            courses[terms.course] = (await training.access_course(work, terms.course))["title"]
    openings, rules = words.openings(visit), words.bind_rules(visit)
    page = RulesPage(
        places=words.places(visit, "rules"),
        openings=[Choice(value=one, label=said, is_chosen=one == terms.opening) for one, said in openings.items()],
        member_days=str(terms.member_days),
        courses=[
            Choice(value=COURSE_ID.show(one), label=title, is_chosen=one == terms.course)
            for one, title in courses.items()
        ],
        is_course_over=is_over,
        binds=[Choice(value=one, label=said, is_chosen=one == bind.rule) for one, said in rules.items()],
        valid_days="" if bind.valid_days is None else str(bind.valid_days),
        protected_days=str(bind.protected_days),
        may_rule=visit.may("shops.rules"),
        keys=[visit.fresh_key(), visit.fresh_key()],
    )
    return visit.page("backoffice/shops/rules.html", page, place="shops")


@post(f"{HERE}/opening", opt=staff("shops.rules", fresh=True))
async def set_opening(visit: NamedDependency[Visit]) -> Response[Any]:
    """For applications from now on, and those that wait."""
    form = await visit.form(OpeningForm)
    course = read_id(COURSE_ID, form.course) if form.course else None
    terms = Terms(form.opening, read_whole(form.member_days, "member_days"), course)

    async def act(work: Work) -> Refusal | None:
        return await shops.set_terms(work, terms, reason=form.reason)

    return await acted(visit, "office.shop_terms", form.key, form.reason, repr(terms), act, HERE)


@post(f"{HERE}/binding", opt=staff("shops.rules", fresh=True))
async def set_binding(visit: NamedDependency[Visit]) -> Response[Any]:
    """For visits from now on; nobody's customer is moved by it."""
    form = await visit.form(BindForm)
    if form.rule not in tuple(BindRule):
        raise Refused(FieldInvalid(field="rule"))
    valid = read_whole(form.valid_days, "valid_days") if form.valid_days.strip() else None
    terms = BindTerms(BindRule(form.rule), valid, read_whole(form.protected_days, "protected_days"))

    async def act(work: Work) -> Refusal | None:
        return await sharing.set_bind_terms(work, terms, reason=form.reason)

    return await acted(visit, "office.bind_terms", form.key, form.reason, repr(terms), act, HERE)


HANDLERS = (show, set_opening, set_binding)
