"""Reads of group buying: the only ways in for a face."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tuan.kit.pages import Page
from tuan.kit.refusals import NotFound, Refused
from tuan.kit.time import Instant
from tuan.platform.invariants import invariant
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.work import Work
from tuan.play.groupbuy import tables
from tuan.play.groupbuy.model import CampaignId, TeamState

TEAM_SQL = (
    "SELECT t.id, t.campaign_id, t.leader_id, t.state, t.size, t.held, t.taken, t.opened_at, t.deadline, t.ended_at, "
    "t.formed_by_promise, c.product_id, c.may_leave, c.promise_min, c.audience, c.units_per_order_max, c.ladder, "
    "c.leader_off_minor, c.leader_reward, c.stacks_with "
    "FROM groupbuy.teams t JOIN groupbuy.campaigns c ON c.market_id = t.market_id AND c.id = t.campaign_id "
    "WHERE t.market_id = $1 AND t.id = $2"
)
TEAMS_SQL = (
    "SELECT t.id, t.state, t.size, t.taken, t.deadline, c.product_id FROM groupbuy.teams t JOIN groupbuy.campaigns c "
    "ON c.market_id = t.market_id AND c.id = t.campaign_id WHERE t.market_id = $1 AND t.id = ANY($2::uuid[])"
)
SEATS_SQL = (
    "SELECT s.team_id, s.person_id, s.order_id, s.state, s.held_at, s.taken_at, p.name FROM groupbuy.seats s "
    "JOIN accounts.persons p ON p.market_id = s.market_id AND p.id = s.person_id "
    "WHERE s.market_id = $1 AND s.team_id = ANY($2::uuid[]) ORDER BY s.held_at, s.order_id"
)
CAMPAIGN_OF_PRODUCT_SQL = (
    "SELECT id, product_id, size, starts_at, ends_at, team_seconds, may_leave, promise_min, audience, shows_open_teams, "
    "units_per_order_max, units_per_person_max, ladder, leader_off_minor, leader_reward, stacks_with FROM groupbuy.campaigns "
    "WHERE market_id = $1 AND state = 'running' AND starts_at <= $3 AND ends_at > $3 AND product_id = ANY($2::uuid[])"
)
PRICES_SQL = (
    "SELECT campaign_id, sku_id, price_minor FROM groupbuy.campaign_prices "
    "WHERE market_id = $1 AND campaign_id = ANY($2::uuid[])"
)
ALLOTMENTS_SQL = (
    "SELECT campaign_id, sku_id, allotment_id FROM groupbuy.campaign_prices "
    "WHERE market_id = $1 AND campaign_id = ANY($2::uuid[]) AND allotment_id IS NOT NULL"
)
OPEN_TEAMS_SQL = (
    "SELECT t.id, t.campaign_id, t.size, t.held, t.taken, t.deadline, t.leader_id, p.name AS leader_name, x.product_id "
    "FROM unnest($2::uuid[]) AS x(product_id) CROSS JOIN LATERAL (SELECT g.* FROM groupbuy.campaigns c "
    "JOIN groupbuy.teams g ON g.market_id = c.market_id AND g.campaign_id = c.id WHERE c.market_id = $1 "
    "AND c.product_id = x.product_id AND c.shows_open_teams AND g.state = 'gathering' AND g.deadline > $3 "
    "AND g.held + g.taken < g.size ORDER BY g.size - g.taken, g.deadline LIMIT $4) t "
    "JOIN accounts.persons p ON p.market_id = $1 AND p.id = t.leader_id"
)
ALMOST_THERE_SQL = (
    "SELECT t.id, t.leader_id, t.size, t.taken, t.held, t.deadline, c.product_id, (SELECT min(price_minor) "
    "FROM groupbuy.campaign_prices p WHERE p.market_id = t.market_id AND p.campaign_id = c.id) AS price_minor "
    "FROM groupbuy.teams t JOIN groupbuy.campaigns c ON c.market_id = t.market_id AND c.id = t.campaign_id "
    "WHERE t.market_id = $1 AND t.state = 'gathering' AND t.deadline > $2 AND t.held + t.taken = t.size - 1 "
    "AND c.shows_open_teams ORDER BY t.deadline LIMIT $3"
)
ENDING_SOON_SQL = (
    "SELECT t.id, t.leader_id, t.size, t.taken, t.held, t.deadline, c.product_id, p.name AS leader_name, (SELECT "
    "min(price_minor) FROM groupbuy.campaign_prices x WHERE x.market_id = t.market_id AND x.campaign_id = c.id) "
    "AS price_minor FROM groupbuy.teams t JOIN groupbuy.campaigns c ON c.market_id = t.market_id "
    "AND c.id = t.campaign_id JOIN accounts.persons p ON p.market_id = t.market_id AND p.id = t.leader_id "
    "WHERE t.market_id = $1 AND t.state = 'gathering' AND t.deadline > $2 AND t.held + t.taken < t.size "
    "AND c.shows_open_teams ORDER BY t.deadline LIMIT $3"
)
EARLIER_PRICE_SQL = (
    "SELECT min(p.price_minor - c.leader_off_minor - coalesce((c.ladder->-1->>1)::bigint, 0)) FROM groupbuy.campaign_prices p JOIN groupbuy.campaigns c ON c.market_id = p.market_id "
    "AND c.id = p.campaign_id WHERE p.market_id = $1 AND p.sku_id = $2 AND c.starts_at < $4 AND c.ends_at > $3"
)
TEAM_OF_ORDER_SQL = (
    "SELECT team_id, order_id, state FROM groupbuy.seats WHERE market_id = $1 AND order_id = ANY($2::uuid[]) "
    "ORDER BY held_at"
)
ANY_CAMPAIGN_SQL = "SELECT * FROM groupbuy.campaigns WHERE market_id = $1 AND id = $2"
RUNNING_OF_SQL = (
    "SELECT product_id, id FROM groupbuy.campaigns WHERE market_id = $1 AND state = 'running' "
    "AND product_id = ANY($2::uuid[])"
)
TEAM_COUNTS_SQL = (
    "SELECT campaign_id, state, count(*) AS teams FROM groupbuy.teams "
    "WHERE market_id = $1 AND campaign_id = ANY($2::uuid[]) GROUP BY campaign_id, state"
)
ENDED_PER_DAY_SQL = (
    "SELECT width_bucket(ended_at, $2::timestamptz[]) AS day, count(*) FILTER (WHERE state = 'formed') AS formed, "
    "count(*) FILTER (WHERE state = 'lapsed') AS lapsed FROM groupbuy.teams WHERE market_id = $1 "
    "AND ended_at >= $3 AND ended_at < $4 GROUP BY 1"
)
SEATS_OF_PERSON_SQL = (
    "SELECT s.team_id, s.order_id, s.state, s.units, s.held_at, s.taken_at, t.leader_id = s.person_id AS led "
    "FROM groupbuy.seats s JOIN groupbuy.teams t ON t.market_id = s.market_id AND t.id = s.team_id "
    "JOIN orders.orders o ON o.market_id = s.market_id AND o.id = s.order_id "
    "WHERE s.market_id = $1 AND o.market_id = $1 AND o.person_id = $2 ORDER BY s.held_at, s.order_id"
)

SEATS_COUNTED_SQL = invariant(
    "I2a",
    "a team's counters equal its seats",
    "SELECT 'team ' || t.id FROM groupbuy.teams t LEFT JOIN (SELECT team_id, "
    "count(*) FILTER (WHERE state = 'held') AS held, count(*) FILTER (WHERE state = 'taken') AS taken "
    "FROM groupbuy.seats WHERE market_id = $1 GROUP BY team_id) s ON s.team_id = t.id WHERE t.market_id = $1 "
    "AND (t.held <> coalesce(s.held, 0) OR t.taken <> coalesce(s.taken, 0) OR t.held + t.taken > t.size)",
)
FORMED_SQL = invariant(
    "I9",
    "a formed team is full of distinct paying members, or keeps the seller's promise with real ones",
    "SELECT 'team ' || t.id FROM groupbuy.teams t JOIN groupbuy.campaigns c ON c.market_id = t.market_id "
    "AND c.id = t.campaign_id LEFT JOIN (SELECT s.team_id, count(DISTINCT s.person_id) AS payers "
    "FROM groupbuy.seats s JOIN orders.orders o ON o.market_id = s.market_id AND o.id = s.order_id "
    "WHERE s.market_id = $1 AND s.state = 'taken' AND o.paid_at IS NOT NULL GROUP BY s.team_id) p ON p.team_id = t.id "
    "WHERE t.market_id = $1 AND t.state = 'formed' AND coalesce(p.payers, 0) < "
    "CASE WHEN t.formed_by_promise THEN c.promise_min ELSE t.size END",
)
LED_SQL = invariant(
    "I88",
    "what was promised for leading is what the campaign of a formed team gives, to its leader and for his own order",
    "SELECT 'lot ' || l.id FROM points.lots l LEFT JOIN (SELECT s.order_id, s.person_id, (c.leader_reward->>'points')::bigint AS points "
    "FROM groupbuy.seats s JOIN groupbuy.teams t ON t.market_id = $1 AND t.id = s.team_id AND t.leader_id = s.person_id "
    "AND t.state = 'formed' JOIN groupbuy.campaigns c ON c.market_id = $1 AND c.id = t.campaign_id WHERE s.market_id = $1 "
    "AND s.state = 'taken') x ON x.order_id = l.about AND x.person_id = l.person_id AND x.points = l.units "
    "WHERE l.market_id = $1 AND l.source = 'leader' AND x.order_id IS NULL",
)
LADDER_SQL = invariant(
    "I9d",
    "whoever is in a formed team has paid the step of its ladder that was reached, and nobody else's price fell",
    "SELECT 'order ' || coalesce(d.order_id, l.order_id) FROM (SELECT s.order_id, s.units * (SELECT "
    "max((step->>1)::bigint) FROM jsonb_array_elements(c.ladder) step WHERE (step->>0)::int <= t.taken) AS off "
    "FROM groupbuy.campaigns c JOIN groupbuy.teams t ON t.market_id = c.market_id AND t.campaign_id = c.id "
    "JOIN groupbuy.seats s ON s.market_id = t.market_id AND s.team_id = t.id WHERE c.market_id = $1 "
    "AND c.ladder IS NOT NULL AND t.state = 'formed' AND s.state = 'taken') d FULL JOIN (SELECT order_id, "
    "sum(lowered_minor) AS lowered FROM orders.lines WHERE market_id = $1 AND lowered_minor > 0 GROUP BY order_id) l "
    "ON l.order_id = d.order_id WHERE coalesce(d.off, 0) <> coalesce(l.lowered, 0)",
)
LAPSED_SQL = invariant(
    "I9a",
    "every paid member of a lapsed team, and every one who left, is given back in full",
    "SELECT 'order ' || s.order_id FROM groupbuy.seats s JOIN orders.orders o ON o.market_id = s.market_id "
    "AND o.id = s.order_id WHERE s.market_id = $1 AND s.state IN ('lapsed', 'left') "
    "AND (o.state <> 'cancelled' OR o.refunded_minor <> o.total_minor) UNION ALL "
    "SELECT 'team ' || t.id FROM groupbuy.teams t JOIN groupbuy.seats s ON s.market_id = t.market_id "
    "AND s.team_id = t.id WHERE t.market_id = $1 AND t.state IN ('lapsed', 'void') AND s.state IN ('held', 'taken')",
)
SEATED_ORDERS_SQL = invariant(
    "I9b",
    "a taken seat has a paid order, in a gathering team one that gathers; nothing ships from a team that has not formed",
    "SELECT 'order ' || s.order_id FROM groupbuy.seats s JOIN orders.orders o ON o.market_id = s.market_id "
    "AND o.id = s.order_id JOIN groupbuy.teams t ON t.market_id = s.market_id AND t.id = s.team_id "
    "JOIN platform.markets m ON m.id = s.market_id WHERE s.market_id = $1 AND s.state = 'taken' AND (o.paid_at IS NULL "
    # One that was just given back gives up its seat when the fact is heard.
    "OR t.state = 'gathering' AND o.state <> 'gathering' AND NOT (o.state = 'cancelled' "
    "AND o.ended_at > clock_timestamp() + m.clock_offset - interval '10 minutes') "
    "OR t.state = 'formed' AND o.state NOT IN ('to_ship', 'shipped', 'received', 'completed', 'cancelled'))",
)
ONE_MEMBER_SQL = invariant(
    "I17a",
    "a seat and its order belong to one buyer",
    "SELECT 'order ' || s.order_id FROM groupbuy.seats s JOIN orders.orders o ON o.market_id = s.market_id "
    "AND o.id = s.order_id WHERE s.market_id = $1 AND s.person_id <> o.person_id",
)
LIMITS_COUNTED_SQL = invariant(
    "I10",
    "a person's counted units are those of his live seats and kept orders, within the campaign's limit",
    "SELECT 'limit ' || l.campaign_id || ' ' || l.person_id FROM groupbuy.limits l JOIN groupbuy.campaigns c "
    "ON c.market_id = l.market_id AND c.id = l.campaign_id LEFT JOIN (SELECT t.campaign_id, s.person_id, "
    "sum(s.units) AS units FROM groupbuy.seats s JOIN groupbuy.teams t ON t.market_id = s.market_id "
    "AND t.id = s.team_id WHERE s.market_id = $1 AND s.state IN ('held', 'taken') GROUP BY t.campaign_id, s.person_id) u "
    "ON u.campaign_id = l.campaign_id AND u.person_id = l.person_id WHERE l.market_id = $1 "
    "AND (l.units <> coalesce(u.units, 0) OR l.units > c.units_per_person_max)",
)
PROMISED_ORDERS_SQL = invariant(
    "I9c",
    "no order waits for a team that does not wait for it, longer than ten minutes",
    "SELECT 'order ' || o.id FROM orders.orders o JOIN platform.markets m ON m.id = o.market_id "
    "WHERE o.market_id = $1 AND o.release = 'on_command' AND (o.state = 'gathering' AND NOT EXISTS "
    "(SELECT FROM groupbuy.seats s WHERE s.market_id = $1 AND s.order_id = o.id AND s.state = 'taken') "
    "OR o.state = 'paid' AND o.paid_at < clock_timestamp() + m.clock_offset - interval '10 minutes')",
)
TEAMS_DUE_SQL = invariant(
    "I20a",
    "no team outlives its deadline by more than ten minutes of the database's clock",
    "SELECT 'team ' || t.id FROM groupbuy.teams t JOIN platform.markets m ON m.id = t.market_id WHERE t.market_id = $1 "
    "AND t.state = 'gathering' AND t.deadline < clock_timestamp() + m.clock_offset - interval '10 minutes'",
)


async def access_team(work: Work, team: UUID) -> Any:
    """The team with its campaign's terms, for anyone who has the link; raises Refused(NotFound)."""
    row = await work.fetch_one(TEAM_SQL, team)
    if row is None:
        raise Refused(NotFound())
    return row


async def teams_by_id(work: Work, teams: Collection[UUID]) -> dict[UUID, Any]:
    """Rows of id, state, size, taken, deadline, product_id by id."""
    return {row["id"]: row for row in await work.fetch(TEAMS_SQL, list(teams))}


async def seats_of(work: Work, teams: Collection[UUID]) -> dict[UUID, list[Any]]:
    """Seats with the member's name, oldest first; faces mask the names."""
    found: dict[UUID, list[Any]] = {team: [] for team in teams}
    for row in await work.fetch(SEATS_SQL, list(teams)):
        found[row["team_id"]].append(row)
    return found


async def campaigns_of(work: Work, products: Collection[UUID]) -> dict[UUID, Any]:
    """The running campaign of each product that has one."""
    return {row["product_id"]: row for row in await work.fetch(CAMPAIGN_OF_PRODUCT_SQL, list(products), work.now)}


async def prices_of(work: Work, campaigns: Collection[UUID]) -> dict[UUID, dict[UUID, int]]:
    """Team prices by campaign and SKU, in minor units."""
    found: dict[UUID, dict[UUID, int]] = {campaign: {} for campaign in campaigns}
    for row in await work.fetch(PRICES_SQL, list(campaigns)):
        found[row["campaign_id"]][row["sku_id"]] = row["price_minor"]
    return found


async def allotments_of(work: Work, campaigns: Collection[UUID]) -> dict[UUID, dict[UUID, UUID]]:
    """Set-aside units by campaign and SKU, as the allotment's id; SKUs sold from the free stock are left out."""
    found: dict[UUID, dict[UUID, UUID]] = {campaign: {} for campaign in campaigns}
    for row in await work.fetch(ALLOTMENTS_SQL, list(campaigns)):
        found[row["campaign_id"]][row["sku_id"]] = row["allotment_id"]
    return found


async def list_open_teams(work: Work, products: Collection[UUID], *, per_product: int = 3) -> dict[UUID, list[Any]]:
    """Teams that can be joined, fewest free seats first."""
    found: dict[UUID, list[Any]] = {product: [] for product in products}
    for row in await work.fetch(OPEN_TEAMS_SQL, list(products), work.now, per_product):
        found[row["product_id"]].append(row)
    return found


async def almost_there(work: Work, *, most: int = 8) -> list[Any]:
    """Teams with one free seat, the one that ends first in front."""
    return await work.fetch(ALMOST_THERE_SQL, work.now, most)


async def ending_soon(work: Work, *, most: int = 4) -> list[Any]:
    """Open teams whose time runs out first, with the leader's name."""
    return await work.fetch(ENDING_SOON_SQL, work.now, most)


async def earlier_price(work: Work, sku: UUID, begins: Instant, ends: Instant) -> int | None:
    """The lowest team price at which a campaign sold this SKU between two instants and before the second, in minor units."""
    price: int | None = await work.fetch_value(EARLIER_PRICE_SQL, sku, begins, ends)
    return price


async def teams_of_orders(work: Work, orders: Collection[UUID]) -> dict[UUID, Any]:
    """The team each order sits in now (or sat in last)."""
    return {row["order_id"]: row for row in await work.fetch(TEAM_OF_ORDER_SQL, list(orders))}


async def access_campaign(work: Work, campaign: UUID) -> Any:
    """A campaign in whatever state with all its terms; raises Refused(NotFound)."""
    row = await work.fetch_one(ANY_CAMPAIGN_SQL, campaign)
    if row is None:
        raise Refused(NotFound())
    return row


async def running_on(work: Work, products: Collection[UUID]) -> dict[UUID, CampaignId]:
    """The campaign that keeps another from being launched, by product: running, whether its time has come, is or is over."""
    return {row["product_id"]: row["id"] for row in await work.fetch(RUNNING_OF_SQL, list(products))}


async def team_counts(work: Work, campaigns: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    """Number of teams by campaign and state; states that no team is in are left out."""
    found: dict[UUID, dict[str, int]] = {campaign: {} for campaign in campaigns}
    for row in await work.fetch(TEAM_COUNTS_SQL, list(campaigns)):
        found[row["campaign_id"]][row["state"]] = row["teams"]
    return found


async def list_campaigns(work: Work, wanted: Wanted, *, state: str = "", product: UUID | None = None) -> Page[Any]:
    """Campaigns, sorted by `new`, `starts_at` or `ends_at`; rows of id, product_id, state, size, starts_at, ends_at."""
    c = tables.campaigns
    query = sa.select(c.c.id, c.c.product_id, c.c.state, c.c.size, c.c.starts_at, c.c.ends_at).where(
        c.c.market_id == work.market.id
    )
    if state:
        query = query.where(c.c.state == state)
    if product:
        query = query.where(c.c.product_id == product)
    sorts = {"new": c.c.id, "starts_at": c.c.starts_at, "ends_at": c.c.ends_at}
    return await list_rows(work, query, wanted, sorts=sorts, key=c.c.id)


async def list_teams(work: Work, wanted: Wanted, *, state: str = "", campaign: UUID | None = None) -> Page[Any]:
    """Teams, sorted by `opened_at`, those that gather also by `deadline`; rows of id, campaign_id, product_id, leader_id,
    state, size, held, taken, opened_at, deadline, ended_at."""
    t, c = tables.teams, tables.campaigns
    query = (
        sa.select(t.c.id, t.c.campaign_id, c.c.product_id, t.c.leader_id, t.c.state, t.c.size, t.c.held, t.c.taken,
                  t.c.opened_at, t.c.deadline, t.c.ended_at)
        .join(c, sa.and_(c.c.market_id == t.c.market_id, c.c.id == t.c.campaign_id))
        .where(t.c.market_id == work.market.id)
    )  # fmt: skip
    if state:
        query = query.where(t.c.state == state)
    if campaign:
        query = query.where(t.c.campaign_id == campaign)
    sorts: dict[str, sa.ColumnElement[Any]] = {"opened_at": t.c.id}  # an id begins with the time it was made at
    if state == TeamState.GATHERING:  # others need not have one, and the index has only these
        sorts["deadline"] = t.c.deadline
    return await list_rows(work, query, wanted, sorts=sorts, key=t.c.id)


async def ended_per_day(work: Work, days: Sequence[Instant]) -> list[tuple[int, int]]:
    """(teams formed, teams lapsed) of each stretch between two of these instants, in their order."""
    rows = await work.fetch(ENDED_PER_DAY_SQL, list(days[:-1]), days[0], days[-1])
    found = {row["day"]: (row["formed"], row["lapsed"]) for row in rows}
    return [found.get(day, (0, 0)) for day in range(1, len(days))]


async def told_of(work: Work, person: UUID) -> list[dict[str, Any]]:
    """What this module keeps about a person: his seats, and which teams he led."""
    return [dict(row) for row in await work.fetch(SEATS_OF_PERSON_SQL, person)]
