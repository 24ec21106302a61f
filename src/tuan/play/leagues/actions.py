"""The verbs of leagues: setting levels, counting shops anew, planning, beginning, counting and closing seasons."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from tuan.kit.ids import new_uuid
from tuan.kit.refusals import NotFound, Refusal
from tuan.people import parties, training
from tuan.platform import audit
from tuan.platform.work import Work
from tuan.play.leagues import facts, model, queries, store
from tuan.play.leagues.errors import SeasonBegun, SeasonClash, SeasonNotDue
from tuan.play.leagues.model import SEASON_ID, Entry, LevelTable, NewSeason, Sales, SeasonId, SeasonState, Service

COUNTED_EVERY = timedelta(hours=1)
"""Levels; a pass of training counts at once."""
SCORED_EVERY = timedelta(minutes=10)


# ── levels ──
async def set_levels(work: Work, table: LevelTable, *, reason: str) -> int | Refusal:
    """The levels from now on; every shop is counted anew by them within the hour. The version of the table. Audited."""
    if refusal := audit.why_not_reason(reason) or model.why_not_table(table):
        return refusal
    await work.execute(store.START_ROUND_SQL, work.now)
    before = await store.load_table(work)
    version, levels = (before[0] if before else 0) + 1, msgspec.to_builtins(table.levels)
    await work.write(store.INSERT_TABLES, [store.TableRow(version, levels, table.days, work.now)])
    await audit.record(
        work, "leagues.set_levels", f"level table {version}", reason=reason,
        before={"levels": msgspec.to_builtins(before[1].levels) if before else []},
        after={"levels": levels, "days": table.days},
    )  # fmt: skip
    return version


async def recount_due(work: Work, *, limit: int) -> int:
    """Count the next shops anew; how many. After the last one the round rests until it is due again."""
    row, found = await store.lock_round(work), await store.load_table(work)
    if row is None or found is None or row["due_at"] > work.now:
        return 0
    shops = await store.shops_after(work, row["after_shop_id"], limit)
    await _recount(work, shops, *found)
    is_last = len(shops) < limit
    due_at = work.now + COUNTED_EVERY if is_last else work.now
    await work.execute(store.NEXT_ROUND_SQL, None if is_last else shops[-1]["id"], due_at)
    return len(shops)


async def recount_of(work: Work, owners: Collection[UUID]) -> None:
    """Count the shops of these people anew, because they have learned something."""
    row, found = await store.lock_round(work), await store.load_table(work)
    if row is not None and found is not None:
        await _recount(work, await store.shops_of(work, owners), *found)


async def _recount(work: Work, shops: Collection[Any], version: int, table: LevelTable) -> None:
    ids, since = [row["id"] for row in shops], work.now - timedelta(days=table.days)
    if not ids:
        return
    sales = await queries.kept_sales(work, ids, since, work.now)
    service = await queries.service_counts(work, ids, since)
    rights = await training.rights_of(work, {row["owner_id"] for row in shops})
    before = await store.standings(work, ids)
    standings: list[store.StandingRow] = []
    changes: list[store.ChangeRow] = []
    for row in shops:
        shop = row["id"]
        sold, served = sales.get(shop, Sales()), service.get(shop, Service())
        has = rights.get(row["owner_id"], frozenset())
        level, was = model.level_of(table, sold, served, has), before[shop]["level"] if shop in before else 0
        standings.append(store.StandingRow(shop, level, version, sold.kept_minor, model.service_of(served), work.now))
        if level != was:
            reasons = model.reasons(table, was, level, sold, served, has)
            changes.append(
                store.ChangeRow(new_uuid(), shop, was, level, version, msgspec.to_builtins(reasons), work.now)
            )
    await work.write(store.WRITE_STANDINGS, standings)
    await work.write(store.INSERT_CHANGES, changes)
    await parties.set_benefits(work, await queries.won_by(work, ids))


# ── seasons ──
async def plan_season(work: Work, new: NewSeason, *, reason: str) -> SeasonId | Refusal:
    """A season that begins by itself. None begins before the one before it is closed. Audited."""
    if refusal := audit.why_not_reason(reason) or model.why_not_plan(new, work.now):
        return refusal
    closes_at = new.ends_at + timedelta(days=new.settling_days)
    planned = await work.lock("campaigns", store.LOCK_PLANS_SQL)
    if any(row["starts_at"] < closes_at and new.starts_at < row["closes_at"] for row in planned):
        return SeasonClash()
    season = SEASON_ID.new()
    await store.add_season(work, season, new, closes_at)
    await audit.record(
        work, "leagues.plan_season", SEASON_ID.show(season), reason=reason, before={},
        after={"name": new.name, "size": new.size, "moved": new.moved, "benefits": list(new.benefits)},
    )  # fmt: skip
    return season


async def call_off(work: Work, season: UUID, *, reason: str) -> Refusal | None:
    """A season that has not begun does not take place. Audited."""
    if refusal := audit.why_not_reason(reason):
        return refusal
    row = await store.lock_season(work, season)
    if row is None:
        return NotFound()
    if not await store.move_season(work, season, SeasonState.PLANNED, SeasonState.CALLED_OFF):
        return SeasonBegun()
    await audit.record(work, "leagues.call_off", SEASON_ID.show(season), reason=reason, before={"state": row["state"]},
                       after={"state": SeasonState.CALLED_OFF})  # fmt: skip
    return None


async def follow_seasons(work: Work) -> int:
    """Begin, score and close what is due; how many."""
    due = await work.fetch(store.DUE_SQL, work.now, work.now - SCORED_EVERY)
    for row in due:
        await _follow(work, row["id"])
    return len(due)


async def _follow(work: Work, season: UUID) -> None:
    row = await store.lock_season(work, season)
    if row is None:
        return
    if row["state"] == SeasonState.PLANNED:
        await _begin(work, row)
    elif row["state"] == SeasonState.RUNNING and row["closes_at"] <= work.now:
        await _close(work, row)
    elif row["state"] == SeasonState.RUNNING:
        await _score(work, row, is_final=False)


async def close_season(work: Work, season: UUID) -> Refusal | None:
    """Its last scores, ranks and results, once; closing it again changes nothing."""
    row = await store.lock_season(work, season)
    if row is None:
        return NotFound()
    if row["state"] == SeasonState.CLOSED:
        return None
    if row["state"] != SeasonState.RUNNING or row["closes_at"] > work.now:
        return SeasonNotDue()
    await _close(work, row)
    return None


async def _begin(work: Work, row: Any) -> None:
    leagues, seeded = await queries.grouping(work, row["starts_at"], row["ends_at"], row["size"])
    await store.move_season(work, row["id"], SeasonState.PLANNED, SeasonState.RUNNING)
    await store.add_entries(work, row["id"], leagues, seeded)


async def _close(work: Work, row: Any) -> None:
    if not await store.move_season(work, row["id"], SeasonState.RUNNING, SeasonState.CLOSED):
        return
    await _score(work, row, is_final=True)
    # Who counts levels meanwhile waits, and then sees what was won here.
    await store.lock_round(work)
    await parties.set_benefits(work, await queries.won_by(work, await queries.touched_by(work, row["id"])))
    work.tell(facts.SeasonClosed(season=row["id"]))


async def _score(work: Work, row: Any, *, is_final: bool) -> None:
    """While goods may go back, what is coming counts beside what is kept; at the end only what is kept does."""
    entries = await store.entries_of(work, row["id"])
    sales = await queries.kept_sales(work, [entry.shop_id for entry in entries], row["starts_at"], row["ends_at"])
    scored = [_scored(entry, sales.get(entry.shop_id, Sales()), is_final) for entry in entries]
    ended = model.results(scored, row["moved"])
    await work.write(store.SCORE_ENTRIES, list(_score_rows(row["id"], scored, ended, is_final)))
    await work.execute(store.COUNTED_SQL, row["id"], work.now)


def _scored(entry: Entry, sales: Sales, is_final: bool) -> Entry:
    score = sales.kept_minor if is_final else sales.all_minor
    reached_at = sales.kept_at if is_final else sales.reached_at
    return replace(entry, score_minor=score, reached_at=reached_at if score else None)


def _score_rows(
    season: UUID, scored: Iterable[Entry], ended: dict[UUID, tuple[int, model.Result]], is_final: bool
) -> Iterable[store.ScoreRow]:
    for entry in scored:
        rank, result = ended[entry.shop_id]
        said = result if is_final else None
        yield store.ScoreRow(season, entry.shop_id, entry.score_minor, entry.reached_at, rank, said)
