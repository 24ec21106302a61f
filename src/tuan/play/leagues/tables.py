"""Levels in versions, where each shop stands and how it came there; seasons with who plays in which league."""

from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.people.parties.tables import shops
from tuan.platform.schema import (
    BIGINT,
    INSTANT,
    INT,
    JSONB,
    TEXT,
    UUID,
    check,
    column,
    index,
    market_table,
    one_of,
    references,
)
from tuan.play.leagues.model import SEASON, Result

level_tables = market_table(
    "leagues",
    "level_tables",
    column("version", INT),
    column("levels", JSONB),
    column("days", INT),
    column("set_at", INSTANT),
    check("counted", "version >= 1 AND days >= 1"),
    key=("version",),
    append_only=True,
)

rounds = market_table(
    "leagues",
    "rounds",
    column("after_shop_id", UUID, null=True),
    column("due_at", INSTANT),
    key=(),
    relay=("market_id, due_at", "true"),
)

standings = market_table(
    "leagues",
    "standings",
    column("shop_id", UUID),
    column("level", INT),
    column("version", INT),
    column("kept_minor", BIGINT),
    column("service", INT),
    column("counted_at", INSTANT),
    check("counted", "level >= 0 AND kept_minor >= 0 AND service BETWEEN 0 AND 1000"),
    references(shops, "shop_id"),
    references(level_tables, "version", to=("version",)),
    key=("shop_id",),
)

changes = market_table(
    "leagues",
    "changes",
    column("id", UUID),
    column("shop_id", UUID),
    column("from_level", INT),
    column("to_level", INT),
    column("version", INT),
    column("reasons", JSONB),
    column("at", INSTANT),
    check("moved", "from_level <> to_level AND from_level >= 0 AND to_level >= 0"),
    index("changes_shop_idx", "shop_id", "id"),
    index("changes_at_idx", "at"),
    references(shops, "shop_id"),
    references(level_tables, "version", to=("version",)),
    key=("id",),
    append_only=True,
)

seasons = market_table(
    "leagues",
    "seasons",
    column("id", UUID),
    column("name", TEXT),
    column("state", TEXT),
    column("starts_at", INSTANT),
    column("ends_at", INSTANT),
    column("closes_at", INSTANT),
    column("size", INT),
    column("moved", INT),
    column("benefits", JSONB),
    column("counted_at", INSTANT, null=True),
    column("closed_at", INSTANT, null=True),
    one_of("state", tuple(SEASON.moves)),
    check("in_order", "starts_at < ends_at AND ends_at < closes_at"),
    check("closed_has_time", "(state = 'closed') = (closed_at IS NOT NULL)"),
    check("sized", "size >= 2 AND moved BETWEEN 0 AND size"),
    index("seasons_starts_idx", "starts_at"),
    key=("id",),
    relay=("market_id, state, starts_at, closes_at, counted_at", "state IN ('planned', 'running')"),
)

entries = market_table(
    "leagues",
    "entries",
    column("season_id", UUID),
    column("shop_id", UUID),
    column("league", INT),
    column("seeded_minor", BIGINT),
    column("score_minor", BIGINT, default="0"),
    column("reached_at", INSTANT, null=True),
    column("rank", INT),
    column("result", TEXT, null=True),
    one_of("result", tuple(Result)),
    check("placed", "league >= 1 AND rank >= 1"),
    check("scored", f"score_minor BETWEEN 0 AND {AMOUNT_MINOR_MAX} AND (score_minor = 0 OR reached_at IS NOT NULL)"),
    index("entries_league_idx", "season_id", "league", "rank"),
    references(seasons, "season_id"),
    references(shops, "shop_id"),
    key=("season_id", "shop_id"),
)
