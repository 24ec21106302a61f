"""All SQL that writes leagues, and what is read to decide."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from tuan.platform import bulk
from tuan.platform.work import Work
from tuan.play.leagues import tables
from tuan.play.leagues.model import Entry, Level, LevelTable, NewSeason, SeasonId, SeasonState

INSERT_TABLES = bulk.insert(tables.level_tables, "version", "levels", "days", "set_at")
TABLE_SQL = "SELECT version, levels, days FROM leagues.level_tables WHERE market_id = $1 ORDER BY version DESC LIMIT 1"
START_ROUND_SQL = (
    "INSERT INTO leagues.rounds (market_id, due_at) VALUES ($1, $2) ON CONFLICT (market_id) DO UPDATE SET after_shop_id = NULL, "
    "due_at = excluded.due_at"
)
LOCK_ROUND_SQL = "SELECT after_shop_id, due_at FROM leagues.rounds WHERE market_id = $1 FOR UPDATE"
NEXT_ROUND_SQL = "UPDATE leagues.rounds SET after_shop_id = $2, due_at = $3 WHERE market_id = $1"
SHOPS_AFTER_SQL = (
    "SELECT id, owner_id FROM parties.shops WHERE market_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3"
)
SHOPS_OF_SQL = "SELECT id, owner_id FROM parties.shops WHERE market_id = $1 AND owner_id = ANY($2::uuid[]) ORDER BY id"
STANDINGS_SQL = "SELECT shop_id, level, version, kept_minor, service FROM leagues.standings WHERE market_id = $1 AND shop_id = ANY($2::uuid[])"
WRITE_STANDINGS = bulk.insert(
    tables.standings, "shop_id", "level", "version", "kept_minor", "service", "counted_at",
    on_conflict="ON CONFLICT (market_id, shop_id) DO UPDATE SET level = excluded.level, version = excluded.version, "
    "kept_minor = excluded.kept_minor, service = excluded.service, counted_at = excluded.counted_at",
)  # fmt: skip
INSERT_CHANGES = bulk.insert(
    tables.changes, "id", "shop_id", "from_level", "to_level", "version", "reasons", "at"
)  # fmt: skip

SEASON_COLUMNS = "id, name, state, starts_at, ends_at, closes_at, size, moved, benefits, counted_at, closed_at"
LOCK_SEASON_SQL = f"SELECT {SEASON_COLUMNS} FROM leagues.seasons WHERE market_id = $1 AND id = $2 FOR UPDATE"
LOCK_PLANS_SQL = "SELECT id, starts_at, closes_at FROM leagues.seasons WHERE market_id = $1 AND state IN ('planned', 'running') ORDER BY id FOR UPDATE"
INSERT_SEASON_SQL = (
    "INSERT INTO leagues.seasons (market_id, id, name, state, starts_at, ends_at, closes_at, size, moved, benefits) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
)
MOVE_SEASON_SQL = (
    "UPDATE leagues.seasons SET state = $3, closed_at = $4 WHERE market_id = $1 AND id = $2 AND state = $5"
)
COUNTED_SQL = "UPDATE leagues.seasons SET counted_at = $3 WHERE market_id = $1 AND id = $2"
DUE_SQL = (
    "SELECT id FROM leagues.seasons WHERE market_id = $1 AND (state = 'planned' AND starts_at <= $2 OR state = 'running' "
    "AND (closes_at <= $2 OR counted_at IS NULL OR counted_at <= $3)) ORDER BY starts_at, id"
)
LAST_SQL = "SELECT id, moved FROM leagues.seasons WHERE market_id = $1 AND state = 'closed' ORDER BY ends_at DESC, id DESC LIMIT 1"
ENTRIES_SQL = "SELECT shop_id, league, score_minor, reached_at FROM leagues.entries WHERE market_id = $1 AND season_id = $2 ORDER BY shop_id"
INSERT_ENTRIES = bulk.insert(tables.entries, "season_id", "shop_id", "league", "seeded_minor", "rank")
SCORE_ENTRIES = bulk.update(
    tables.entries, key=("season_id", "shop_id"), columns=("score_minor", "reached_at", "rank", "result")
)


@dataclass(slots=True)
class TableRow:
    version: int
    levels: Any
    days: int
    set_at: Any


@dataclass(slots=True)
class StandingRow:
    shop_id: UUID
    level: int
    version: int
    kept_minor: int
    service: int
    counted_at: Any


@dataclass(slots=True)
class ChangeRow:
    id: UUID
    shop_id: UUID
    from_level: int
    to_level: int
    version: int
    reasons: Any
    at: Any


@dataclass(slots=True)
class EntryRow:
    season_id: UUID
    shop_id: UUID
    league: int
    seeded_minor: int
    rank: int


@dataclass(slots=True)
class ScoreRow:
    season_id: UUID
    shop_id: UUID
    score_minor: int
    reached_at: Any
    rank: int
    result: str | None


async def load_table(work: Work) -> tuple[int, LevelTable] | None:
    """The level table that holds now, with its version; None where the market has none."""
    row = await work.fetch_one(TABLE_SQL)
    return None if row is None else (row["version"], LevelTable(levels_of(row["levels"]), row["days"]))


def levels_of(stored: Any) -> tuple[Level, ...]:
    """Levels as they were stored."""
    return msgspec.convert(stored, type=tuple[Level, ...])


async def lock_round(work: Work) -> Any | None:
    """Where the recount of this market stands; whoever counts levels holds it, so that no change is told twice."""
    rows = await work.lock("campaigns", LOCK_ROUND_SQL)
    return rows[0] if rows else None


async def shops_after(work: Work, shop: UUID | None, limit: int) -> list[Any]:
    """Rows of id, owner_id: shops in the order of their ids."""
    return await work.fetch(SHOPS_AFTER_SQL, shop, limit)


async def shops_of(work: Work, owners: Collection[UUID]) -> list[Any]:
    """Rows of id, owner_id: the shops of these people."""
    return await work.fetch(SHOPS_OF_SQL, list(owners))


async def standings(work: Work, shops: Collection[UUID]) -> dict[UUID, Any]:
    """Rows of shop_id, level, version, kept_minor, service by shop."""
    return {row["shop_id"]: row for row in await work.fetch(STANDINGS_SQL, list(shops))}


async def lock_season(work: Work, season: UUID) -> Any | None:
    """The season's row; two who would begin or close it follow each other."""
    rows = await work.lock("campaigns", LOCK_SEASON_SQL, season)
    return rows[0] if rows else None


async def add_season(work: Work, season: SeasonId, new: NewSeason, closes_at: Any) -> None:
    await work.execute(
        INSERT_SEASON_SQL, season, new.name.strip(), SeasonState.PLANNED, new.starts_at, new.ends_at, closes_at,
        new.size, new.moved, list(new.benefits),
    )  # fmt: skip


async def move_season(work: Work, season: UUID, before: SeasonState, after: SeasonState) -> bool:
    """Whether it stood there until now."""
    closed_at = work.now if after is SeasonState.CLOSED else None
    return bool(await work.execute(MOVE_SEASON_SQL, season, after, closed_at, before))


async def last_closed(work: Work) -> tuple[list[Entry], int]:
    """The entries of the last season that was closed, and how many moved in it; none before the first."""
    row = await work.fetch_one(LAST_SQL)
    return ([], 0) if row is None else (await entries_of(work, row["id"]), row["moved"])


async def entries_of(work: Work, season: UUID) -> list[Entry]:
    """Every entry of a season."""
    return [Entry(*row.values()) for row in await work.fetch(ENTRIES_SQL, season)]


async def add_entries(work: Work, season: UUID, leagues: Sequence[Sequence[UUID]], seeded: dict[UUID, int]) -> None:
    """Each shop at its place in its league."""
    rows = [
        EntryRow(season, shop, number, seeded[shop], rank)
        for number, league in enumerate(leagues, start=1)
        for rank, shop in enumerate(league, start=1)
    ]
    await work.write(INSERT_ENTRIES, rows)
