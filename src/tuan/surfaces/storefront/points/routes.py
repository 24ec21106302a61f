"""One's points: how many, what is pending, what ends soon, why each came or went; and one tap a day for some more."""

from datetime import timedelta
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from tuan.kit.refusals import Refusal, Refused
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.play import loyalty
from tuan.play.loyalty import Ladder, NoCheckIn
from tuan.surfaces.storefront import showing
from tuan.surfaces.storefront.points.context import CheckInPage, Day, Ending, Entry, PointsPage
from tuan.surfaces.storefront.points.words import entry_words, order_path
from tuan.surfaces.web.once import once
from tuan.surfaces.web.policies import SIGNED_IN
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.visits import Visit
from tuan.value import points

ENDING_WITHIN = timedelta(days=30)
ENTRIES_PER_PAGE = 20
HERE, CHECK_IN = "/me/points", "/me/check-in"


class TapForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str


@get(HERE, opt=SIGNED_IN)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        has = await points.balance(work, visit.person)
        terms = await points.load_terms(work)
        ending = await points.expiring(work, visit.person, work.now + ENDING_WITHIN)
        wanted = Wanted(after=visit.query.get("page"), size=ENTRIES_PER_PAGE)
        found = await points.entries(work, visit.person, wanted)
        rewards = await loyalty.ladder(work)
    page = PointsPage(
        spendable=has.spendable,
        held=has.held,
        pending=has.pending,
        debt=has.debt,
        worth=showing.amount(visit, terms.worth(has.spendable)) if terms.spend_permyriad else None,
        ending=[Ending(units=row["units"], at=row["expires_at"]) for row in ending],
        entries=[_entry(visit, row) for row in found.items],
        gives_check_in=bool(rewards),
        next_url=visit.url_with(page=found.next_key) if found.next_key else None,
    )
    return visit.page("storefront/points/page.html", page, place="me")


def _entry(visit: Visit, row: Any) -> Entry:
    return Entry(
        words=entry_words(visit, row), at=row["at"], units=row["units"], change=row["change"], reason=row["reason"],
        url=order_path(row),
    )  # fmt: skip


@get(CHECK_IN, opt=SIGNED_IN)
async def show_ladder(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        ladder = await loyalty.ladder_of(work, visit.person)
        has = await points.balance(work, visit.person)
    if not ladder.rewards:
        raise Refused(NoCheckIn())
    page = CheckInPage(
        days=days_of(ladder),
        streak=ladder.streak if ladder.is_done else ladder.streak - 1,
        is_done=ladder.is_done,
        spendable=has.spendable,
        key=visit.fresh_key(),
        given=ladder.given,
    )
    return visit.page("storefront/points/check_in.html", page, place="me")


def days_of(ladder: Ladder) -> list[Day]:
    """The ladder's days, those climbed in this round marked."""
    reached = ladder.step + ladder.is_done
    return [
        Day(number=place + 1, reward=reward,
            state="done" if place < reached else "today" if place == ladder.step else "ahead")
        for place, reward in enumerate(ladder.rewards)
    ]  # fmt: skip


@post(CHECK_IN, opt=SIGNED_IN)
async def check_in(visit: NamedDependency[Visit]) -> Response[Any]:
    """The tap; the second one of a day is told what the first gave."""
    form = await visit.form(TapForm)

    async def act(work: Work) -> Refusal | None:
        outcome = await loyalty.check_in(work, visit.person)
        return outcome if isinstance(outcome, Refusal) else None

    refusal = await once(visit, "store.check_in", form.key, "", act)
    return refuse(visit, refusal) if refusal else visit.go_on(CHECK_IN)


HANDLERS = (show, show_ladder, check_in)
