"""A shop's league: the ranking of the season that runs, the seasons before it."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import NotFound, Refused
from tuan.people.parties.model import SHOP as SHOP_ID
from tuan.platform.work import Work
from tuan.play import leagues
from tuan.play.leagues.model import SEASON_ID, Result, band_of
from tuan.surfaces.desks.league.context import LeaguePage, Ranked, Season
from tuan.surfaces.storefront.growing import benefit_words
from tuan.surfaces.storefront.showing import amount
from tuan.surfaces.web.policies import SHOP
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

HERE = "/desk/shop/league"


@get(HERE, opt=SHOP)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    """The latest season of the shop."""
    return await _show(visit, None)


@get(f"{HERE}/{{season:str}}", opt=SHOP)
async def show_season(visit: NamedDependency[Visit], season: FromPath[str]) -> Response[Any]:
    """One of the shop's seasons; of others nothing is told."""
    return await _show(visit, read_id(SEASON_ID, season))


async def _show(visit: Visit, season: UUID | None) -> Response[Any]:
    shop = visit.shop
    assert shop is not None
    async with visit.reading() as work:
        page = await league_page(work, visit, shop.id, season)
    page = msgspec.structs.replace(page, name=shop.name, is_open=shop.is_open)
    return visit.page("desks/league/page.html", page, place="me")


async def league_page(work: Work, visit: Visit, shop: UUID, season: UUID | None) -> LeaguePage:
    """season: None for the latest one. Raises Refused(NotFound) for one in which the shop did not play."""
    mine, coming = await leagues.seasons_of(work, shop), await leagues.next_season(work)
    found = next((row for row in mine if season in (None, row["id"])), None)
    if found is None and season is not None:
        raise Refused(NotFound())
    page = LeaguePage(
        shop=SHOP_ID.show(shop), name="", is_open=True, url=f"/shop/{SHOP_ID.show(shop)}",
        coming=coming["name"] if coming else "", coming_at=coming["starts_at"] if coming else None,
        earlier=[_season(visit, row) for row in mine if found is None or row["id"] != found["id"]],
    )  # fmt: skip
    return page if found is None else await _with_ranking(work, visit, shop, found, page)


async def _with_ranking(work: Work, visit: Visit, shop: UUID, found: Any, page: LeaguePage) -> LeaguePage:
    rows = await leagues.ranking(work, found["id"], found["league"])
    sizes = {row["league"]: row["shops"] for row in await leagues.league_sums(work, found["id"])}
    league, own = found["league"], len(rows)
    rising, falling = leagues.chances(found, sizes.get(league - 1, 0), own, sizes.get(league + 1, 0))
    return msgspec.structs.replace(
        page,
        season=found["name"],
        state=found["state"],
        league=league,
        leagues=len(sizes),
        ends_at=found["ends_at"],
        closes_at=found["closes_at"],
        is_over=found["ends_at"] <= work.now,
        rank=found["rank"],
        result=found["result"] or "",
        rising=rising,
        falling=falling,
        ranking=[_ranked(visit, row, shop, rising, own - falling) for row in rows],
        benefits=benefit_words(visit, found["benefits"]),
    )


def _ranked(visit: Visit, row: Any, shop: UUID, last_up: int, last_stay: int) -> Ranked:
    is_own = row["shop_id"] == shop
    zone = "up" if row["rank"] <= last_up else "stay" if row["rank"] <= last_stay else "down"
    by_result = {Result.PROMOTED: "up", Result.STAYED: "stay", Result.RELEGATED: "down"}
    return Ranked(
        rank=row["rank"],
        name=row["name"],
        band=amount(visit, band_of(row["score_minor"])),
        score=amount(visit, row["score_minor"]) if is_own else None,
        zone=by_result.get(row["result"], zone),
        is_own=is_own,
    )


def _season(visit: Visit, row: Any) -> Season:
    return Season(
        url=f"{HERE}/{SEASON_ID.show(row['id'])}",
        name=row["name"],
        state=row["state"],
        league=row["league"],
        rank=row["rank"],
        score=amount(visit, row["score_minor"]),
        result=row["result"] or "",
        ends_at=row["ends_at"],
    )


HANDLERS = (show, show_season)
