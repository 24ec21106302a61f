"""Reads of leagues: what shops sold, where they stand and why, seasons and their ranks, who moved."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from tuan.kit.pages import Page
from tuan.kit.refusals import NotFound, Refused
from tuan.kit.time import Instant
from tuan.people import parties, training
from tuan.people.parties.model import BENEFITS
from tuan.platform.invariants import invariant
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.work import Work
from tuan.play.leagues import model, store, tables
from tuan.play.leagues.model import Lack, LevelTable, Sales, Seed, Service
from tuan.trade.aftersales.model import FAULTS

OF_OTHERS = (
    "FROM orders.attributions a JOIN parties.shops s ON s.market_id = a.market_id AND s.id = a.shop_id "
    "JOIN orders.orders o ON o.market_id = a.market_id AND o.id = a.order_id AND o.person_id <> s.owner_id"
)
PAID = "o.state NOT IN ('placed', 'deposited', 'closed', 'forfeited', 'cancelled')"
SALES_SQL = (
    "SELECT shop_id, coalesce(sum(net) FILTER (WHERE is_kept), 0)::bigint AS kept_minor, "
    "coalesce(sum(net) FILTER (WHERE NOT is_kept), 0)::bigint AS coming_minor, max(paid_at) FILTER (WHERE is_kept AND net > 0) AS kept_at, "
    "max(paid_at) FILTER (WHERE net > 0) AS reached_at FROM (SELECT a.shop_id, o.paid_at, o.state = 'completed' AS is_kept, "
    "l.amount_minor - l.freight_minor - l.refunded_minor + l.refunded_freight_minor AS net "
    f"{OF_OTHERS} JOIN orders.lines l ON l.market_id = a.market_id AND l.order_id = a.order_id AND l.number = a.line_number "
    f"WHERE a.market_id = $1 AND a.shop_id = ANY($2::uuid[]) AND o.paid_at >= $3 AND o.paid_at < $4 AND {PAID} "
    "AND NOT EXISTS (SELECT FROM distribution.commissions c WHERE c.market_id = a.market_id AND c.order_id = a.order_id "
    "AND c.line_number = a.line_number AND c.depth = 1 AND c.state IN ('held', 'void'))) x GROUP BY shop_id"
)
"""A sale whose commission is held, or was found to be none, waits outside (decision 0072)."""
SERVICE_SQL = (
    "SELECT shop_id, count(DISTINCT order_id) AS orders, count(DISTINCT (order_id, number)) FILTER (WHERE is_fault) AS faults, "
    "count(DISTINCT (order_id, number)) FILTER (WHERE is_silent) AS unanswered FROM (SELECT a.shop_id, a.order_id, c.number, "
    "c.reason = ANY($4::text[]) AND c.outcome IN ('given_back', 'replaced') AS is_fault, EXISTS (SELECT FROM aftersales.messages m "
    "WHERE m.market_id = c.market_id AND m.order_id = c.order_id AND m.case_number = c.number AND m.side = 'nobody' "
    f"AND m.act IN ('agreed', 'received')) AS is_silent {OF_OTHERS} LEFT JOIN aftersales.case_lines k ON k.market_id = a.market_id "
    "AND k.order_id = a.order_id AND k.line_number = a.line_number AND k.case_number > 0 LEFT JOIN aftersales.cases c "
    "ON c.market_id = k.market_id AND c.order_id = k.order_id AND c.number = k.case_number "
    "WHERE a.market_id = $1 AND a.shop_id = ANY($2::uuid[]) AND o.paid_at >= $3) x GROUP BY shop_id"
)
CHANGES_SQL = (
    "SELECT c.id, c.from_level, c.to_level, c.version, c.reasons, c.at, t.levels FROM leagues.changes c "
    "JOIN leagues.level_tables t ON t.market_id = c.market_id AND t.version = c.version "
    "WHERE c.market_id = $1 AND c.shop_id = $2 ORDER BY c.id DESC LIMIT $3"
)
CHANGES_SHOWN_MAX = 50
ALL_SHOPS_SQL = "SELECT id FROM parties.shops WHERE market_id = $1 AND state = 'open' ORDER BY id LIMIT $2"
SHOPS_MAX = 100_000
"""Of one season."""
SHOP_SQL = "SELECT id, name, owner_id FROM parties.shops WHERE market_id = $1 AND id = $2"
SEASON_SQL = f"SELECT {store.SEASON_COLUMNS} FROM leagues.seasons WHERE market_id = $1 AND id = $2"
SEASONS_OF_SQL = (
    "SELECT s.id, s.name, s.state, s.starts_at, s.ends_at, s.closes_at, s.moved, s.benefits, s.closed_at, e.league, e.rank, "
    "e.score_minor, e.result FROM leagues.entries e JOIN leagues.seasons s ON s.market_id = e.market_id AND s.id = e.season_id "
    "WHERE e.market_id = $1 AND e.shop_id = $2 ORDER BY s.starts_at DESC, s.id DESC LIMIT 50"
)
NEXT_SEASON_SQL = "SELECT id, name, starts_at, ends_at FROM leagues.seasons WHERE market_id = $1 AND state = 'planned' ORDER BY starts_at LIMIT 1"
LAST_CLOSED_SQL = "SELECT id, name, ends_at FROM leagues.seasons WHERE market_id = $1 AND state = 'closed' ORDER BY ends_at DESC, id DESC LIMIT 1"
NAMES_SQL = "SELECT id, name FROM parties.shops WHERE market_id = $1 AND id = ANY($2::uuid[])"
RANKING_SQL = (
    "SELECT e.shop_id, p.name, e.league, e.rank, e.score_minor, e.seeded_minor, e.result FROM leagues.entries e "
    "JOIN parties.shops p ON p.market_id = e.market_id AND p.id = e.shop_id WHERE e.market_id = $1 AND e.season_id = $2 "
    "AND ($3::int IS NULL OR e.league = $3) ORDER BY e.league, e.rank LIMIT $4"
)
RANKING_MAX = 2000
SIZES_SQL = (
    "SELECT league, count(*) AS shops, sum(score_minor)::bigint AS score_minor, count(*) FILTER (WHERE result = 'promoted') AS rose, "
    "count(*) FILTER (WHERE result = 'relegated') AS fell FROM leagues.entries WHERE market_id = $1 AND season_id = $2 "
    "GROUP BY league ORDER BY league"
)
MOVED_SQL = (
    "SELECT to_level > from_level AS rose, to_level, count(*) AS shops FROM leagues.changes WHERE market_id = $1 AND at >= $2 "
    "GROUP BY 1, 2 ORDER BY 1 DESC, 2"
)
LEVEL_COUNTS_SQL = (
    "SELECT level, count(*) AS shops FROM leagues.standings WHERE market_id = $1 GROUP BY level ORDER BY level"
)
KNOWN = ", ".join(f"'{word}'" for word in BENEFITS)
"""A table or a season of before may name a word that nothing stands behind any more (decision 0087)."""
EVERY_WON_SQL = (
    "SELECT s.shop_id, w.word FROM leagues.standings s JOIN leagues.level_tables t ON t.market_id = s.market_id AND t.version = s.version "
    "CROSS JOIN LATERAL jsonb_array_elements_text(t.levels->s.level->'benefits') w(word) WHERE s.market_id = $1 "
    "UNION SELECT e.shop_id, w.word FROM leagues.seasons n JOIN leagues.entries e ON e.market_id = n.market_id AND e.season_id = n.id "
    "CROSS JOIN LATERAL jsonb_array_elements_text(n.benefits) w(word) WHERE n.market_id = $1 AND n.id = (SELECT l.id FROM leagues.seasons l "
    "WHERE l.market_id = $1 AND l.state = 'closed' ORDER BY l.ends_at DESC, l.id DESC LIMIT 1) "
    "AND (e.result = 'promoted' OR e.league = 1 AND e.rank <= n.moved) AND e.score_minor > 0"
)
"""What each shop has won: by its stored level in the table it was counted by, and in the last season that was closed."""
WON_SQL = f"SELECT shop_id, word FROM ({EVERY_WON_SQL}) won WHERE shop_id = ANY($2::uuid[]) AND word = ANY($3::text[])"
SOMETHING_WON_SQL = "SELECT shop_id FROM leagues.entries WHERE market_id = $1 AND season_id = $2 UNION SELECT shop_id FROM parties.benefits WHERE market_id = $1"

STANDS_SQL = invariant(
    "I74",
    "a shop's level is where its last change took it, and the lowest where there was none",
    "SELECT 'shop ' || s.shop_id FROM leagues.standings s LEFT JOIN (SELECT DISTINCT ON (shop_id) market_id, shop_id, to_level "
    "FROM leagues.changes WHERE market_id = $1 ORDER BY shop_id, id DESC) c ON c.market_id = s.market_id AND c.shop_id = s.shop_id "
    "WHERE s.market_id = $1 AND s.level <> coalesce(c.to_level, 0)",
)
RANKED_SQL = invariant(
    "I75",
    "in each league of a season ranks run from one without a gap and scores fall along them; a closed season has a result for everybody, "
    "and as many rise into a league as fall out of it",
    "SELECT 'season ' || season_id || ', league ' || league FROM (SELECT e.season_id, e.league, e.rank, e.score_minor, "
    "row_number() OVER w AS place, lag(e.score_minor) OVER w AS above, s.state, e.result FROM leagues.entries e "
    "JOIN leagues.seasons s ON s.market_id = e.market_id AND s.id = e.season_id WHERE e.market_id = $1 "
    "WINDOW w AS (PARTITION BY e.season_id, e.league ORDER BY e.rank)) x WHERE rank <> place OR score_minor > above "
    "OR (state = 'closed') <> (result IS NOT NULL) UNION ALL SELECT 'season ' || u.season_id || ', leagues ' || u.league || ' and ' "
    "|| u.league + 1 FROM (SELECT season_id, league, count(*) FILTER (WHERE result = 'relegated') AS fell FROM leagues.entries "
    "WHERE market_id = $1 GROUP BY season_id, league) u LEFT JOIN (SELECT season_id, league, count(*) FILTER (WHERE result = 'promoted') "
    "AS rose FROM leagues.entries WHERE market_id = $1 GROUP BY season_id, league) l ON l.season_id = u.season_id "
    "AND l.league = u.league + 1 WHERE u.fell <> coalesce(l.rose, 0)",
)
HOLDS_SQL = invariant(
    "I82",
    "a shop holds what its stored level and the last closed season let it win, and nothing else",
    "SELECT 'shop ' || coalesce(b.shop_id, won.shop_id) || ', ' || coalesce(b.word, won.word) FROM (SELECT shop_id, word FROM parties.benefits "
    f"WHERE market_id = $1) b FULL JOIN (SELECT shop_id, word FROM ({EVERY_WON_SQL}) every WHERE word IN ({KNOWN})) won "
    "ON won.shop_id = b.shop_id AND won.word = b.word WHERE b.shop_id IS NULL OR won.shop_id IS NULL",
)


class Standing(msgspec.Struct, frozen=True):
    """Where a shop stands by what is counted now: its place in the table, what it lacks for the next level."""

    version: int
    table: LevelTable
    level: int
    sales: Sales
    service: Service
    rights: frozenset[str]
    lacks: list[Lack]
    """Of the next level, all that it asks for; empty at the top."""


# ── what is counted ──
async def kept_sales(work: Work, shops: Collection[UUID], since: Instant, until: Instant) -> dict[UUID, Sales]:
    """What these shops sold to others in orders paid from `since` to before `until`; shops without sales are not in it.

    Own purchases of whoever answers for the shop are none, nor are sales whose commission is held.
    """
    rows = await work.fetch(SALES_SQL, list(shops), since, until)
    return {row["shop_id"]: Sales(*list(row.values())[1:]) for row in rows}


async def service_counts(work: Work, shops: Collection[UUID], since: Instant) -> dict[UUID, Service]:
    """How the orders were served that others placed through these shops and paid since then."""
    rows = await work.fetch(SERVICE_SQL, list(shops), since, list(FAULTS))
    return {row["shop_id"]: Service(*list(row.values())[1:]) for row in rows}


# ── levels ──
async def level_table(work: Work) -> tuple[int, LevelTable] | None:
    """The level table that holds now, with its version; None where the market has none."""
    return await store.load_table(work)


async def access_shop(work: Work, shop: UUID) -> Any:
    """Row of id, name, owner_id; raises Refused(NotFound)."""
    row = await work.fetch_one(SHOP_SQL, shop)
    if row is None:
        raise Refused(NotFound())
    return row


async def standing_of(work: Work, shop: UUID) -> Standing | None:
    """Counted at this moment; the stored level follows within the hour. None where the market has no levels."""
    row, found = await access_shop(work, shop), await store.load_table(work)
    if found is None:
        return None
    (version, table), owner = found, row["owner_id"]
    since = work.now - timedelta(days=table.days)
    sales = (await kept_sales(work, [shop], since, work.now)).get(shop, Sales())
    service = (await service_counts(work, [shop], since)).get(shop, Service())
    rights = (await training.rights_of(work, [owner])).get(owner, frozenset())
    level = model.level_of(table, sales, service, rights)
    lacks = model.lacks(table.levels[level + 1], sales, service, rights) if level + 1 < len(table.levels) else []
    return Standing(version, table, level, sales, service, rights, lacks)


async def changes_of(work: Work, shop: UUID) -> list[Any]:
    """Rows of id, from_level, to_level, version, reasons, at, levels (of that version): how a shop came where it stands."""
    return await work.fetch(CHANGES_SQL, shop, CHANGES_SHOWN_MAX)


def reasons_of(row: Any) -> list[Lack]:
    """Why a level changed."""
    return msgspec.convert(row["reasons"], type=list[Lack])


def name_in(row: Any, level: int) -> str:
    """What a level was called in the table of a change's row; empty where that table had none at this place."""
    levels = store.levels_of(row["levels"])
    return levels[level].name if level < len(levels) else ""


async def level_counts(work: Work) -> dict[int, int]:
    """How many shops stand on each level."""
    return {row["level"]: row["shops"] for row in await work.fetch(LEVEL_COUNTS_SQL)}


async def level_moves(work: Work, since: Instant) -> list[Any]:
    """Rows of rose, to_level, shops: how many rose and fell to each level since then."""
    return await work.fetch(MOVED_SQL, since)


async def benefits_of(work: Work, shop: UUID) -> frozenset[str]:
    """The words that a shop's stored level gives it, and those that it won in the last season that was closed."""
    return (await parties.benefits_of(work, [shop])).get(shop, frozenset())


async def won_by(work: Work, shops: Collection[UUID]) -> dict[UUID, set[str]]:
    """What each of these shops has won by how it stands now, all of them in it."""
    found: dict[UUID, set[str]] = {shop: set() for shop in shops}
    for row in await work.fetch(WON_SQL, list(shops), list(BENEFITS)):
        found[row["shop_id"]].add(row["word"])
    return found


async def touched_by(work: Work, season: UUID) -> list[UUID]:
    """The shops whose benefits may change when this season closes: who played in it, and who holds any."""
    return [row["shop_id"] for row in await work.fetch(SOMETHING_WON_SQL, season)]


# ── seasons ──
async def grouping(
    work: Work, starts_at: Instant, ends_at: Instant, size: int
) -> tuple[list[list[UUID]], dict[UUID, int]]:
    """The leagues of a season that begins then, as they would be now, and what each shop kept in as long a time before it."""
    shops = [row["id"] for row in await work.fetch(ALL_SHOPS_SQL, SHOPS_MAX)]
    until = min(starts_at, work.now)
    sales = await kept_sales(work, shops, until - (ends_at - starts_at), until)
    seeds = [Seed(shop, sales.get(shop, Sales()).kept_minor) for shop in shops]
    last, moved = await store.last_closed(work)
    return model.group(last, moved, seeds, size), {seed.shop_id: seed.kept_minor for seed in seeds}


async def search_seasons(work: Work, wanted: Wanted) -> Page[Any]:
    """Seasons of the market, the latest first."""
    s = tables.seasons
    query = sa.select(
        s.c.id, s.c.name, s.c.state, s.c.starts_at, s.c.ends_at, s.c.closes_at, s.c.size, s.c.moved, s.c.benefits
    ).where(s.c.market_id == work.market.id)
    return await list_rows(work, query, wanted, sorts={"starts": s.c.starts_at}, key=s.c.id)


async def access_season(work: Work, season: UUID) -> Any:
    """A season's row; raises Refused(NotFound)."""
    row = await work.fetch_one(SEASON_SQL, season)
    if row is None:
        raise Refused(NotFound())
    return row


async def next_season(work: Work) -> Any | None:
    """Row of id, name, starts_at, ends_at: the season that is planned next, if any."""
    return await work.fetch_one(NEXT_SEASON_SQL)


async def last_closed_season(work: Work) -> Any | None:
    """Row of id, name, ends_at: the season that was closed last, if any."""
    return await work.fetch_one(LAST_CLOSED_SQL)


async def shop_names(work: Work, shops: Collection[UUID]) -> dict[UUID, str]:
    """What these shops are called."""
    return {row["id"]: row["name"] for row in await work.fetch(NAMES_SQL, list(shops))}


async def seasons_of(work: Work, shop: UUID) -> list[Any]:
    """A shop's seasons with its league, rank, score and result in each, the latest first."""
    return await work.fetch(SEASONS_OF_SQL, shop)


async def ranking(work: Work, season: UUID, league: int | None = None) -> list[Any]:
    """Rows of shop_id, name, league, rank, score_minor, seeded_minor, result: of one league, or of all."""
    return await work.fetch(RANKING_SQL, season, league, RANKING_MAX)


async def league_sums(work: Work, season: UUID) -> list[Any]:
    """Rows of league, shops, score_minor, rose, fell: the leagues of a season."""
    return await work.fetch(SIZES_SQL, season)


def chances(row: Any, upper: int, own: int, lower: int) -> tuple[int, int]:
    """How many of a league of `own` shops would rise and fall at most; upper, lower: shops of its neighbours, 0 for none."""
    return min(row["moved"], upper // 2, own // 2), min(row["moved"], lower // 2, own // 2)
