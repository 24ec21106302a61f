"""Wanting a shop: what it takes, asking for it, taking the question back. Nothing is paid and nothing bought for it."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from tuan.kit.refusals import Refusal
from tuan.people import parties, sharing, training
from tuan.people.parties.model import SHOP as SHOP_ID
from tuan.people.sharing.model import PAGE, read_code
from tuan.people.training.model import CourseState
from tuan.platform.work import Work
from tuan.play import shops
from tuan.play.shops.model import APPLICATION_ID, ApplicationState, Apply, Opening, Task, Terms
from tuan.surfaces.storefront.growing import course_url
from tuan.surfaces.storefront.opening.context import OpeningPage, TaskLine
from tuan.surfaces.web import shares
from tuan.surfaces.web.once import remembered
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SIGNED_IN
from tuan.surfaces.web.problems import errors_of, refuse
from tuan.surfaces.web.visits import Visit

TEMPLATE = "storefront/opening/page.html"
HERE, DESK = "/shops/new", "/desk/shop"


class ApplicationForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    name: str
    words: str = ""
    by: str = ""


class WithdrawalForm(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing but the form's own token."""


class AppliedBody(msgspec.Struct, frozen=True, kw_only=True):
    """What asking gave, for programs; `shop` where it opened at once."""

    application: str
    url: str
    shop: str | None = None


@get(HERE, opt=SIGNED_IN)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    """The form, or how the application stands; who has a shop goes on to its desk. Who came by a shop's link, be it named
    here or this visit's share, was invited by that shop."""
    by = visit.query.get("by") or shares.share_of(visit) or ""
    inviter = await inviting_shop(visit, by)
    async with visit.reading() as work:
        if await parties.shop_of(work, visit.person) is not None and not visit.wants_json:
            return visit.go_on(DESK)
        page = await _page(work, visit, visit.fresh_key(), by, inviter)
    return visit.page(TEMPLATE, page, place="me")


@post("/shops/applications", opt=SIGNED_IN)
async def apply_for_shop(visit: NamedDependency[Visit]) -> Response[Any]:
    """Ask for a shop. What can be mended is shown again with what was typed."""
    form = await visit.form(ApplicationForm)
    inviter = await inviting_shop(visit, form.by)
    outcome = await send_application(visit, form.key, Apply(visit.person, form.name, form.words, inviter))
    if not isinstance(outcome, Refusal):
        return visit.go_on(outcome.url, outcome, status=201)
    if visit.wants_json or outcome.code != "shops.application_invalid":
        return refuse(visit, outcome, Step(label=visit.gettext("How it stands"), url=HERE))
    async with visit.reading() as work:
        page = await _page(work, visit, form.key, form.by, inviter)
    errors = errors_of(visit, outcome, str(outcome.data["field"]))
    page = msgspec.structs.replace(page, name=form.name, words=form.words, errors=errors)
    return visit.page(TEMPLATE, page, place="me", status=outcome.status)


async def send_application(visit: Visit, key: str, asked: Apply) -> AppliedBody | Refusal:
    """Ask once per key; what it gave, told to people and programs alike."""

    async def act(work: Work) -> Refusal | dict[str, Any]:
        applied = await shops.apply_for_shop(work, asked)
        if isinstance(applied, Refusal):
            return applied
        shop = SHOP_ID.show(applied.shop) if applied.shop else None
        return {"application": APPLICATION_ID.show(applied.application), "shop": shop}

    subject = f"{asked.name} {asked.words} {asked.inviter}"
    done = await remembered(visit, "web.apply_for_shop", key, subject, act)
    return done if isinstance(done, Refusal) else AppliedBody(url=DESK if done["shop"] else HERE, **done)


@post("/shops/applications/withdrawal", opt=SIGNED_IN)
async def withdraw(visit: NamedDependency[Visit]) -> Response[Any]:
    """He wants no shop after all."""
    await visit.form(WithdrawalForm)
    async with visit.writing() as work:
        outcome = await shops.withdraw_application(work, visit.person)
    if outcome is not None:
        return refuse(visit, outcome, Step(label=visit.gettext("How it stands"), url=HERE))
    return visit.go_on(HERE)


async def inviting_shop(visit: Visit, by: str) -> UUID | None:
    """The shop whose link this code is of; None where it is none's, or opens nothing any more. Who looked at a
    shop's page was not invited."""
    code = read_code(by) if by else None
    if code is None:
        return None
    link = await visit.front.house.lanes.read(sharing.read_links, visit.market.id, code)
    return link.shop_id if link is not None and link.channel != PAGE else None


async def _page(work: Work, visit: Visit, key: str, by: str, inviter: UUID | None) -> OpeningPage:
    terms, row = await shops.terms(work), await shops.application_of(work, visit.person)
    shop = (await parties.shop_cards(work, [inviter])).get(inviter) if inviter else None
    course = await course_line(work, visit, terms)
    page = OpeningPage(
        course=course,
        opening=terms.opening,  # type: ignore[arg-type]
        state="none",
        key=key,
        member_days=terms.member_days,
        by=by if shop is not None else "",
        inviter=shop.name if shop is not None else "",
    )
    if row is None or row["state"] == ApplicationState.OPENED:
        return page
    waits = row["state"] == ApplicationState.WAITING
    left = await shops.left_to_do(work, terms, visit.person, row["words"]) if waits else []
    return msgspec.structs.replace(
        page,
        state=row["state"],
        name=row["name"],
        words=row["words"],
        why=row["why"],
        tasks=[task_line(visit, task, terms, course) for task in left],
    )


def task_line(visit: Visit, task: Task, terms: Terms, course: TaskLine | None) -> TaskLine:
    """What is to be done, as one sentence."""
    if task == Task.WORDS:
        return TaskLine(words=visit.gettext("Tell in twenty letters or more what your shop is about."))
    if task == Task.COURSE and course is not None:
        return course
    return TaskLine(words=visit.gettext("Be with us for %(days)s days first.", days=terms.member_days))


async def course_line(work: Work, visit: Visit, terms: Terms) -> TaskLine | None:
    """The course that the market asks for; without a way there while it is taught no more."""
    if terms.opening != Opening.TASKS or terms.course is None:
        return None
    row = await training.access_course(work, terms.course)
    words = visit.gettext("Pass the questions of the course %(title)s.", title=row["title"])
    return TaskLine(words=words, url=course_url(terms.course) if row["state"] == CourseState.OPEN else "")


HANDLERS = (show, apply_for_shop, withdraw)
