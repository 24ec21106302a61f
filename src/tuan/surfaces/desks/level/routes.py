"""A shop's level: where it stands, what the next one asks for, how it came here."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from tuan.people import training
from tuan.people.parties.model import BENEFITS
from tuan.people.parties.model import SHOP as SHOP_ID
from tuan.platform.work import Work
from tuan.play import leagues
from tuan.play.leagues.model import Lack, Level, service_of
from tuan.surfaces.desks.level.context import Gain, LevelPage, Moved, Need, Rung
from tuan.surfaces.desks.level.words import need_of
from tuan.surfaces.storefront.growing import benefit_effects, benefit_names, benefit_words, course_url, right_words
from tuan.surfaces.storefront.showing import amount
from tuan.surfaces.web.policies import SHOP
from tuan.surfaces.web.visits import Visit


@get("/desk/shop/level", opt=SHOP)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    shop = visit.shop
    assert shop is not None
    async with visit.reading() as work:
        page = await _page(work, visit, shop.id)
    page = msgspec.structs.replace(page, name=shop.name, is_open=shop.is_open)
    return visit.page("desks/level/page.html", page, place="me")


async def _page(work: Work, visit: Visit, shop: UUID) -> LevelPage:
    stands = await leagues.standing_of(work, shop)
    history = [_moved(visit, row) for row in await leagues.changes_of(work, shop)]
    has = await leagues.benefits_of(work, shop)
    levels = stands.table.levels if stands else ()
    here = stands.level if stands else 0
    return LevelPage(
        name="",
        is_open=True,
        shop=SHOP_ID.show(shop),
        url=f"/shop/{SHOP_ID.show(shop)}",
        rungs=[_rung(visit, level, place, here) for place, level in enumerate(levels)],
        days=stands.table.days if stands else 0,
        level=levels[here].name if levels else "",
        next_level=levels[here + 1].name if here + 1 < len(levels) else "",
        kept=amount(visit, stands.sales.kept_minor if stands else 0),
        coming=amount(visit, stands.sales.coming_minor if stands else 0),
        service=service_of(stands.service) if stands else 0,
        orders=stands.service.orders if stands else 0,
        faults=stands.service.faults if stands else 0,
        unanswered=stands.service.unanswered if stands else 0,
        needs=await _needs(work, visit, stands.lacks if stands else []),
        benefits=_gains(visit, has),
        next_gives=_gains(visit, set().union(*(one.benefits for one in levels[here + 1 : here + 2])) - has),
        history=history,
    )


def _gains(visit: Visit, benefits: Collection[str]) -> list[Gain]:
    names, effects = benefit_names(visit), benefit_effects(visit)
    return [Gain(name=names[word], words=effects[word]) for word in BENEFITS if word in benefits]


async def _needs(work: Work, visit: Visit, lacks: list[Lack]) -> list[Need]:
    """What the next level asks for, with the course that teaches what has to be learned."""
    courses = await training.courses_unlocking(work, [one.word for one in lacks if one.word])
    by_right = {row["word"]: row for row in reversed(courses)}
    found = []
    for lack in lacks:
        need, course = need_of(visit, lack), by_right.get(lack.word)
        if course is not None and not lack.is_met:
            need = msgspec.structs.replace(need, course=course["title"], course_url=course_url(course["id"]))
        found.append(need)
    return found


def _rung(visit: Visit, level: Level, place: int, here: int) -> Rung:
    return Rung(
        name=level.name,
        state="done" if place < here else "here" if place == here else "ahead",
        sales=amount(visit, level.sales_minor),
        service=level.service,
        rights=right_words(visit, level.rights),
        benefits=benefit_words(visit, level.benefits),
    )


def _moved(visit: Visit, row: Any) -> Moved:
    return Moved(
        rose=row["to_level"] > row["from_level"],
        before=leagues.name_in(row, row["from_level"]),
        after=leagues.name_in(row, row["to_level"]),
        needs=[need_of(visit, one) for one in leagues.reasons_of(row)],
        at=row["at"],
    )


HANDLERS = (show,)
