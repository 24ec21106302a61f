"""Levels and seasons in the office: the ladder of levels, seasons planned with their leagues shown first, who rose and fell."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.pages import Page
from tuan.kit.refusals import Refusal, Refused
from tuan.platform.work import Work
from tuan.play import leagues
from tuan.play.leagues.model import SEASON_ID, SeasonState, why_not_plan
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.acting import acted, written_instant
from tuan.surfaces.backoffice.leagues.context import (
    League,
    LeaguesPage,
    LeagueSum,
    LevelCount,
    LevelsPage,
    NewSeasonPage,
    SeasonPage,
    TypedSeason,
)
from tuan.surfaces.backoffice.leagues.forms import LevelsForm, PlanForm, read_season, read_table, written_rows
from tuan.surfaces.backoffice.tables import Cell, Column, Filter, Tone, table_page, wanted
from tuan.surfaces.storefront.growing import benefit_names, benefit_words
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

PLACE = Place(
    name="leagues", label="Levels and leagues", url="/office/leagues", permission="leagues.see", icon="formed"
)
HERE = "/office/leagues"
SEASON = f"{HERE}/seasons/{{season:str}}"
COLUMNS = (
    Column("name", "Season"),
    Column("state", "State"),
    Column("starts", "Begins"),
    Column("ends", "Ends"),
    Column("closes", "Ranks final"),
    Column("size", "Shops in a league", is_number=True),
)
RANKING = (
    Column("league", "League", is_number=True),
    Column("rank", "Rank", is_number=True),
    Column("shop", "Shop"),
    Column("score", "Score", is_number=True),
    Column("seeded", "Kept before", is_number=True),
    Column("result", "Result"),
)
NO_FILTERS: tuple[Filter, ...] = ()
S = SeasonState
TONES: dict[str, Tone] = {S.PLANNED: "amber", S.RUNNING: "leaf", S.CLOSED: "stone", S.CALLED_OFF: "stone"}
SHOPS_SHOWN = 5
MOVES = timedelta(days=30)
DAY = timedelta(days=1)


class ActForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str


def _states(visit: Visit) -> dict[str, str]:
    return {
        S.PLANNED: visit.gettext("Planned"),
        S.RUNNING: visit.gettext("Running"),
        S.CLOSED: visit.gettext("Season settled"),
        S.CALLED_OFF: visit.gettext("Called off"),
    }


@get(HERE, opt=staff("leagues.see"))
async def show_all(visit: NamedDependency[Visit]) -> Response[Any]:
    """Seasons, and who moved: by level in thirty days, by league in the season that was closed last."""
    async with visit.reading() as work:
        rows = await leagues.search_seasons(work, wanted(visit, COLUMNS))
        levels = await _levels(work)
        last = await leagues.last_closed_season(work)
        sums = await leagues.league_sums(work, last["id"]) if last else []

    def cells(row: Any) -> list[Cell]:
        return [
            Cell(text=row["name"], url=_url(row["id"])),
            Cell(text=_states(visit)[row["state"]], tone=TONES[row["state"]]),
            *(Cell(at=row[name]) for name in ("starts_at", "ends_at", "closes_at")),
            Cell(text=str(row["size"]), is_number=True),
        ]

    page = LeaguesPage(
        table=table_page(visit, PLACE, COLUMNS, NO_FILTERS, rows, cells),
        levels=levels,
        last=last["name"] if last else "",
        last_url=_url(last["id"]) if last else "",
        sums=[_sum(visit, row) for row in sums],
        insight_url="/office/insight" if visit.may("insight.see") else "",
        may_edit=visit.may("leagues.edit"),
    )
    return visit.page("backoffice/leagues/list.html", page, place=PLACE.name)


async def _levels(work: Work) -> list[LevelCount]:
    found, counts = await leagues.level_table(work), await leagues.level_counts(work)
    moves = await leagues.level_moves(work, work.now - MOVES)
    moved = {(row["rose"], row["to_level"]): row["shops"] for row in moves}
    return [
        LevelCount(
            name=level.name,
            shops=counts.get(place, 0),
            rose=moved.get((True, place), 0),
            fell=moved.get((False, place), 0),
        )
        for place, level in enumerate(found[1].levels if found else ())
    ]


def _sum(visit: Visit, row: Any) -> LeagueSum:
    score = saying.money(visit, row["score_minor"])
    return LeagueSum(number=row["league"], shops=row["shops"], score=score, rose=row["rose"], fell=row["fell"])


def _url(season: UUID) -> str:
    return f"{HERE}/seasons/{SEASON_ID.show(season)}"


# ── levels ──
@get(f"{HERE}/levels", opt=staff("leagues.see"))
async def show_levels(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        found = await leagues.level_table(work)
    page = LevelsPage(
        version=found[0] if found else 0,
        days=found[1].days if found else 90,
        rows=written_rows(visit, found[1].levels if found else ()),
        benefits=list(benefit_names(visit).items()),
        may_edit=visit.may("leagues.edit"),
        key=visit.fresh_key(),
    )
    return visit.page("backoffice/leagues/levels.html", page, place=PLACE.name)


@post(f"{HERE}/levels", opt=staff("leagues.edit"))
async def set_levels(visit: NamedDependency[Visit]) -> Response[Any]:
    """The levels from now on; every shop is counted anew by them."""
    form = msgspec.structs.asdict(await visit.form(LevelsForm))
    table = read_table(visit, form)

    async def act(work: Work) -> Refusal | None:
        outcome = await leagues.set_levels(work, table, reason=form["reason"])
        return outcome if isinstance(outcome, Refusal) else None

    return await acted(visit, "office.set_levels", form["key"], form["reason"], repr(table), act, f"{HERE}/levels")


# ── seasons ──
@get(f"{HERE}/new", opt=staff("leagues.edit"))
async def wizard(visit: NamedDependency[Visit]) -> Response[Any]:
    """The terms, then the leagues that would come of them. Nothing changes here."""
    async with visit.reading() as work:
        now = work.now
        draft = TypedSeason(starts_at=written_instant(visit, now + DAY), ends_at=written_instant(visit, now + 29 * DAY))
        said = {name: visit.query[name].strip() for name in TypedSeason.__struct_fields__ if name in visit.query}
        typed = msgspec.structs.replace(draft, **said)
        page = NewSeasonPage(typed=typed, benefits=list(benefit_names(visit).items()))
        if visit.query.get("look"):
            page = await _preview(visit, work, page)
    return visit.page("backoffice/leagues/new.html", page, place=PLACE.name)


async def _preview(visit: Visit, work: Work, page: NewSeasonPage) -> NewSeasonPage:
    refusal: Refusal | None
    try:
        new = read_season(visit, page.typed)
        refusal = why_not_plan(new, work.now)
    except Refused as refused:
        refusal = refused.refusal
    if refusal is not None:
        told = visit.words.told(refusal, visit.market.currency)
        return msgspec.structs.replace(page, refused=" ".join((told.happened, told.advice)))
    grouped = await leagues.grouping(work, new.starts_at, new.ends_at, new.size)
    shown = await _leagues(visit, work, *grouped)
    return msgspec.structs.replace(page, leagues=shown, is_ready=True, key=visit.fresh_key())


async def _leagues(visit: Visit, work: Work, grouped: Sequence[Sequence[UUID]], kept: dict[UUID, int]) -> list[League]:
    names = await leagues.shop_names(work, [shop for league in grouped for shop in league[:SHOPS_SHOWN]])
    return [
        League(
            number=number,
            shops=[names.get(shop, "") for shop in league[:SHOPS_SHOWN]],
            count=len(league),
            most=saying.money(visit, max(kept[shop] for shop in league)),
            least=saying.money(visit, min(kept[shop] for shop in league)),
        )
        for number, league in enumerate(grouped, start=1)
    ]


@post(f"{HERE}/seasons", opt=staff("leagues.edit"))
async def plan(visit: NamedDependency[Visit]) -> Response[Any]:
    """A season that begins by itself."""
    form = await visit.form(PlanForm)
    new = read_season(visit, form)

    async def act(work: Work) -> Refusal | None:
        outcome = await leagues.plan_season(work, new, reason=form.reason)
        return outcome if isinstance(outcome, Refusal) else None

    return await acted(visit, "office.plan_season", form.key, form.reason, repr(new), act, HERE)


@get(SEASON, opt=staff("leagues.see"))
async def show(visit: NamedDependency[Visit], season: FromPath[str]) -> Response[Any]:
    """A season with every league's ranking; of a planned one the leagues as they would be now."""
    found = read_id(SEASON_ID, season)
    async with visit.reading() as work:
        row = await leagues.access_season(work, found)
        rows, sums = await leagues.ranking(work, found), await leagues.league_sums(work, found)
        shown: list[League] = []
        is_planned = row["state"] == S.PLANNED
        if is_planned:
            grouped = await leagues.grouping(work, row["starts_at"], row["ends_at"], row["size"])
            shown = await _leagues(visit, work, *grouped)
        may_edit, is_due = visit.may("leagues.edit"), row["closes_at"] <= work.now
    here = msgspec.structs.replace(PLACE, url=_url(found))
    page = SeasonPage(
        name=row["name"],
        url=_url(found),
        state=row["state"],
        state_words=_states(visit)[row["state"]],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        closes_at=row["closes_at"],
        size=row["size"],
        moved=row["moved"],
        benefits=benefit_words(visit, row["benefits"]),
        sums=[_sum(visit, one) for one in sums],
        leagues=shown,
        table=table_page(visit, here, RANKING, NO_FILTERS, Page(rows), lambda one: _ranked(visit, one)),
        may_edit=may_edit and is_planned,
        may_close=may_edit and row["state"] == S.RUNNING and is_due,
        keys={act: visit.fresh_key() for act in ("call_off", "close")},
    )
    return visit.page("backoffice/leagues/season.html", page, place=PLACE.name)


def _ranked(visit: Visit, row: Any) -> list[Cell]:
    results = {
        "promoted": visit.gettext("risen"),
        "stayed": visit.gettext("stayed"),
        "relegated": visit.gettext("fallen"),
    }
    return [
        Cell(text=str(row["league"]), is_number=True),
        Cell(text=str(row["rank"]), is_number=True),
        Cell(text=row["name"]),
        Cell(amount=saying.money(visit, row["score_minor"]), is_number=True),
        Cell(amount=saying.money(visit, row["seeded_minor"]), is_number=True),
        Cell(text=results.get(row["result"], "")),
    ]


@post(f"{SEASON}/calling-off", opt=staff("leagues.edit"))
async def call_off(visit: NamedDependency[Visit], season: FromPath[str]) -> Response[Any]:
    """A season that has not begun does not take place."""
    found, form = read_id(SEASON_ID, season), await visit.form(ActForm)

    async def act(work: Work) -> Refusal | None:
        return await leagues.call_off(work, found, reason=form.reason)

    return await acted(visit, "office.call_off_season", form.key, form.reason, season, act, _url(found))


@post(f"{SEASON}/closing", opt=staff("leagues.edit"))
async def close(visit: NamedDependency[Visit], season: FromPath[str]) -> Response[Any]:
    """Its time is over: final ranks, once. It happens by itself; this is for whoever does not want to wait."""
    found, form = read_id(SEASON_ID, season), await visit.form(ActForm)

    async def act(work: Work) -> Refusal | None:
        return await leagues.close_season(work, found)

    return await acted(visit, "office.close_season", form.key, form.reason, season, act, _url(found))


HANDLERS = (show_all, show_levels, set_levels, wizard, plan, show, call_off, close)
