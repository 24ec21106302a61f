"""All SQL that writes group buying."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any
from uuid import UUID

from tuan.platform import bulk
from tuan.platform.remembered import Remembered
from tuan.platform.work import Work
from tuan.play.groupbuy import tables
from tuan.play.groupbuy.facts import TeamFormed, TeamLapsed
from tuan.play.groupbuy.model import (
    Audience,
    Campaign,
    CampaignId,
    CampaignState,
    Limit,
    Price,
    Seat,
    Team,
    Teams,
    TeamState,
    read_ladder,
)
from tuan.trade import orders

INSERT_CAMPAIGNS = bulk.insert(
    tables.campaigns, "id", "product_id", "state", "size", "starts_at", "ends_at", "team_seconds", "pay_seconds",
    "units_per_order_max", "units_per_person_max", "audience", "late_policy", "may_leave", "shows_open_teams",
    "promise_min", "revises_id", "ladder", "leader_off_minor", "leader_reward", "stacks_with", on_conflict="ON CONFLICT DO NOTHING RETURNING id",
)  # fmt: skip
INSERT_PRICES = bulk.insert(tables.campaign_prices, "campaign_id", "sku_id", "price_minor", "allotment_id")
INSERT_TEAMS = bulk.insert(
    tables.teams,
    "id",
    "campaign_id",
    "leader_id",
    "state",
    "size",
    "held",
    "taken",
    "opened_at",
    "deadline",
    "ended_at",
    apart=True,
)
SAVE_TEAMS = bulk.move(
    tables.teams, key=["id"],
    columns=["leader_id", "held", "taken", "deadline", "ended_at", "formed_by_promise"],
)  # fmt: skip
INSERT_SEATS = bulk.insert(tables.seats, "team_id", "order_id", "person_id", "units", "state", "held_at", "taken_at")
MOVE_SEATS = bulk.move(tables.seats, key=["team_id", "order_id"], columns=["taken_at"])
MAKE_LIMITS = bulk.insert(tables.limits, "campaign_id", "person_id", "units", on_conflict="ON CONFLICT DO NOTHING")
SAVE_LIMITS = bulk.update(tables.limits, key=["campaign_id", "person_id"], columns=["units"])
ADD_TO_LIMITS = bulk.update(tables.limits, key=["campaign_id", "person_id"], columns=[], add=["units"])

CAMPAIGNS_SQL = (
    "SELECT id, product_id, state, size, starts_at, ends_at, team_seconds, pay_seconds, units_per_order_max, "
    "units_per_person_max, audience, late_policy, may_leave, promise_min, ladder, leader_off_minor, stacks_with FROM groupbuy.campaigns "
    "WHERE market_id = $1 AND id = ANY($2::uuid[])"
)
LED_SQL = (
    "SELECT s.order_id, s.person_id, (c.leader_reward->>'points')::bigint AS points, NOT EXISTS (SELECT FROM orders.lines l "
    "WHERE l.market_id = s.market_id AND l.order_id = s.order_id AND l.returned_units < l.units) AS is_returned FROM groupbuy.seats s "
    "JOIN groupbuy.teams t ON t.market_id = $1 AND t.id = s.team_id AND t.leader_id = s.person_id AND t.state = 'formed' "
    "JOIN groupbuy.campaigns c ON c.market_id = $1 AND c.id = t.campaign_id AND c.leader_reward IS NOT NULL "
    "WHERE s.market_id = $1 AND s.state = 'taken' AND (s.order_id = ANY($2::uuid[]) OR s.team_id = ANY($3::uuid[]))"
)
PRICES_SQL = (
    "SELECT campaign_id, sku_id, price_minor, allotment_id FROM groupbuy.campaign_prices "
    "WHERE market_id = $1 AND campaign_id = ANY($2::uuid[])"
)
RUNNING_SQL = (
    "SELECT id FROM groupbuy.campaigns WHERE market_id = $1 AND state = 'running' AND id = ANY($2::uuid[]) "
    "ORDER BY id FOR KEY SHARE"
)
"""The same lock that a team's foreign key takes anyway; ending takes the row FOR UPDATE, so one waits for the other."""
LOCK_CAMPAIGN_SQL = "SELECT id FROM groupbuy.campaigns WHERE market_id = $1 AND id = $2 FOR UPDATE"
END_CAMPAIGN_SQL = (
    "UPDATE groupbuy.campaigns SET state = 'ended' WHERE market_id = $1 AND state = 'running' AND id = $2"
)
IS_SOLD_SQL = (
    "SELECT true FROM groupbuy.campaign_prices p JOIN groupbuy.campaigns c ON c.market_id = p.market_id AND c.id = p.campaign_id "
    "WHERE p.market_id = $1 AND p.sku_id = $2 AND (c.state = 'running' OR EXISTS (SELECT FROM groupbuy.teams t "
    "WHERE t.market_id = p.market_id AND t.campaign_id = c.id AND t.state = 'gathering')) LIMIT 1"
)
IS_RUNNING_SQL = "SELECT true FROM groupbuy.campaigns WHERE market_id = $1 AND state = 'running' AND product_id = $2"
LOCK_BUYERS_SQL = (
    "SELECT id FROM accounts.persons WHERE market_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR NO KEY UPDATE"
)
LOCK_LIMITS_SQL = (
    "SELECT l.campaign_id, l.person_id, l.units FROM groupbuy.limits l JOIN unnest($2::uuid[], $3::uuid[]) "
    "AS u(campaign_id, person_id) ON l.campaign_id = u.campaign_id AND l.person_id = u.person_id "
    "WHERE l.market_id = $1 ORDER BY l.campaign_id, l.person_id FOR UPDATE OF l"
)
CAMPAIGNS_OF_TEAMS_SQL = "SELECT id, campaign_id FROM groupbuy.teams WHERE market_id = $1 AND id = ANY($2::uuid[])"
LOCK_TEAMS_SQL = (
    "SELECT id, campaign_id, leader_id, state, size, held, taken, opened_at, deadline, ended_at, formed_by_promise, "
    "state AS before FROM groupbuy.teams WHERE market_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR UPDATE"
)
SEATS_SQL = (
    "SELECT team_id, order_id, person_id, units, state, held_at, taken_at, state AS before FROM groupbuy.seats "
    "WHERE market_id = $1 AND team_id = ANY($2::uuid[])"
)
SEATS_OF_PERSONS_SQL = f"{SEATS_SQL} AND person_id = ANY($3::uuid[]) AND state IN ('held', 'taken')"
SEATED_SQL = "SELECT DISTINCT team_id, person_id FROM groupbuy.seats WHERE market_id = $1 AND team_id = ANY($2::uuid[])"
SEATS_OF_ORDERS_SQL = (
    "SELECT s.order_id, s.team_id, s.state, t.campaign_id, t.deadline, s.person_id, o.holds_stock, o.paid_at FROM groupbuy.seats s "
    "JOIN groupbuy.teams t ON t.market_id = s.market_id AND t.id = s.team_id "
    "JOIN orders.orders o ON o.market_id = s.market_id AND o.id = s.order_id "
    "WHERE s.market_id = $1 AND s.order_id = ANY($2::uuid[]) ORDER BY s.held_at"
)
HELD_BY_SQL = (
    "SELECT order_id FROM groupbuy.seats WHERE market_id = $1 AND team_id = $2 AND person_id = $3 AND state = 'held'"
)
OPEN_TEAMS_OF_SQL = (
    "SELECT t.id FROM unnest($2::uuid[]) AS c(id) CROSS JOIN LATERAL (SELECT g.id FROM groupbuy.teams g "
    "WHERE g.market_id = $1 AND g.campaign_id = c.id AND g.state = 'gathering' AND g.held + g.taken < g.size "
    "AND g.deadline > $3 ORDER BY g.deadline LIMIT $4) t"
)
DUE_TEAMS_SQL = (
    "SELECT id FROM groupbuy.teams WHERE market_id = $1 AND state = 'gathering' AND deadline <= $2 "
    "AND get_byte(uuid_send(id), 15) % $4 = $5 ORDER BY deadline, id LIMIT $3"
)


_terms: Remembered[Campaign] = Remembered(10_000)
_campaign_of: Remembered[UUID] = Remembered(100_000)


async def load_campaigns(work: Work, campaigns: Collection[UUID]) -> dict[CampaignId, Campaign]:
    """Campaigns with their prices. All but their state never changes, so they are neither locked nor read twice; whoever
    needs the state asks RUNNING_SQL."""

    async def read(missing: list[UUID]) -> dict[UUID, Campaign]:
        rows = await work.fetch(CAMPAIGNS_SQL, missing)  # before their prices: a campaign is launched with all of them
        prices: dict[UUID, dict[UUID, Price]] = {}
        for row in await work.fetch(PRICES_SQL, missing):
            prices.setdefault(row["campaign_id"], {})[row["sku_id"]] = Price(row["price_minor"], row["allotment_id"])
        return {row["id"]: _campaign(row, prices.get(row["id"], {})) for row in rows}

    found = await _terms.get(work.market.id, set(campaigns), read)
    return {CampaignId(one): campaign for one, campaign in found.items()}


def _campaign(row: Any, prices: dict[UUID, Price]) -> Campaign:
    terms = {**row, "ladder": read_ladder(row["ladder"]), "stacks_with": frozenset(row["stacks_with"])}
    return Campaign(**terms, prices=prices)


async def campaigns_of(work: Work, teams: Collection[UUID]) -> dict[UUID, UUID]:
    """The campaign of each team that there is."""

    async def read(missing: list[UUID]) -> dict[UUID, UUID]:
        return {row["id"]: row["campaign_id"] for row in await work.fetch(CAMPAIGNS_OF_TEAMS_SQL, missing)}

    return await _campaign_of.get(work.market.id, set(teams), read)


async def load_for_seating(
    work: Work, opens: Collection[tuple[UUID, UUID]], joins: Collection[tuple[UUID, UUID]]
) -> Teams:
    """What seating decides against, locked: (campaign, person) of each who opens, (team, person) of each who joins.

    A campaign that teams are opened on is locked against ending; a team that is joined outlives its campaign's end.
    """
    campaign_of = await campaigns_of(work, {team for team, _ in joins}) if joins else {}
    opening = {campaign for campaign, _ in opens}
    campaigns = await load_campaigns(work, opening | set(campaign_of.values()))
    pairs = set(opens) | {(campaign_of[team], person) for team, person in joins if team in campaign_of}
    limits, old = await _lock_persons(work, campaigns, pairs)
    if opening:
        await _lock_running(work, campaigns, opening)
    teams, seats = [], []
    if campaign_of:
        teams = await _lock_teams(work, campaign_of)
        seats = await work.fetch(SEATS_OF_PERSONS_SQL, list(campaign_of), list({person for _, person in joins}))
    return Teams(campaigns.values(), teams, (Seat(*row.values()) for row in seats), limits, old)


async def _lock_persons(
    work: Work, campaigns: dict[CampaignId, Campaign], pairs: Collection[tuple[UUID, UUID]]
) -> tuple[list[Limit], set[UUID]]:
    """Each buyer locked against himself: his limit row and, where only newcomers may buy, the person; who has bought."""
    newcomers = {
        person for campaign, person in pairs
        if campaign in campaigns and campaigns[CampaignId(campaign)].audience == Audience.NEWCOMERS
    }  # fmt: skip
    old: set[UUID] = set()
    if newcomers:
        await work.lock("buyers", LOCK_BUYERS_SQL, list(newcomers))
        old = await orders.have_bought(work, newcomers)
    return await _lock_limits(work, campaigns, pairs), old


async def load_teams(work: Work, teams: Collection[UUID], *, late: Collection[Any] = ()) -> Teams:
    """Teams with all their seats, locked in id order, after the limit rows of whoever sits there.

    late: rows of SEATS_OF_ORDERS_SQL of late payers, who may open a team: their campaigns are locked against ending, and
    where only newcomers may buy the payers against themselves.
    """
    wanted = list(set(teams))
    campaign_of = await campaigns_of(work, wanted)
    campaigns = await load_campaigns(work, campaign_of.values())
    newcomers = [r for r in late if campaigns[CampaignId(r["campaign_id"])].audience == Audience.NEWCOMERS]
    old = await _old_customers(work, newcomers)
    limited = [t for t, c in campaign_of.items() if campaigns[CampaignId(c)].units_per_person_max is not None]
    limits: list[Limit] = []
    if limited:
        seated = await work.fetch(SEATED_SQL, limited)
        limits = await _lock_limits(work, campaigns, {(campaign_of[r["team_id"]], r["person_id"]) for r in seated})
    if opening := {row["campaign_id"] for row in late}:
        await _lock_running(work, campaigns, opening)
    locked = await _lock_teams(work, wanted)
    seats = await work.fetch(SEATS_SQL, wanted)
    return Teams(campaigns.values(), locked, (Seat(*row.values()) for row in seats), limits, old)


async def _lock_running(work: Work, campaigns: dict[CampaignId, Campaign], opening: Collection[UUID]) -> None:
    """Lock these against ending and set their state, whatever is remembered of it: who read it may have been rolled back."""
    running = {row["id"] for row in await work.lock("campaigns", RUNNING_SQL, list(opening))}
    for one in opening:
        if (campaign := campaigns.get(CampaignId(one))) is not None:
            state = CampaignState.RUNNING if one in running else CampaignState.ENDED
            campaigns[campaign.id] = replace(campaign, state=state)


async def _old_customers(work: Work, late: Collection[Any]) -> set[UUID]:
    """Late payers who have bought besides the order that was paid late, locked against buying at this moment."""
    if not late:
        return set()
    persons = {row["person_id"] for row in late}
    await work.lock("buyers", LOCK_BUYERS_SQL, list(persons))
    return await orders.have_bought(work, persons, besides=[row["order_id"] for row in late])


async def _lock_limits(
    work: Work, campaigns: dict[CampaignId, Campaign], pairs: Collection[tuple[UUID, UUID]]
) -> list[Limit]:
    """Lock rows are made where they are missing; a campaign without limits has none."""
    wanted = sorted(
        (c, p) for c, p in pairs if c in campaigns and campaigns[CampaignId(c)].units_per_person_max is not None
    )
    if not wanted:
        return []
    fresh = [Limit(CampaignId(c), p, 0) for c, p in wanted]
    await work.execute(MAKE_LIMITS.sql, *MAKE_LIMITS.arrays(fresh))
    rows = await work.lock("limits", LOCK_LIMITS_SQL, [c for c, _ in wanted], [p for _, p in wanted])
    return [Limit(*row.values()) for row in rows]


async def _lock_teams(work: Work, teams: Collection[UUID]) -> list[Team]:
    return [Team(*row.values()) for row in await work.lock("teams", LOCK_TEAMS_SQL, list(set(teams)))]


async def save_teams(work: Work, teams: Teams) -> None:
    """Write what changed, tell what ended, wake whoever watches."""
    await work.write(INSERT_TEAMS, teams.new_teams)
    await work.write(SAVE_TEAMS, list(teams.moved_teams.values()))
    await work.write(MOVE_SEATS, list(teams.moved_seats.values()))  # seats are freed before others take their place
    await work.write(INSERT_SEATS, teams.new_seats)
    await work.write(SAVE_LIMITS, list(teams.touched_limits.values()))
    # Rare, and locked late: a sum that is added needs no reading, and a deadlock would only be tried again.
    await work.write(ADD_TO_LIMITS, [Limit(c, p, units) for (c, p), units in sorted(teams.uncounted.items())])
    for team in teams.ended:
        if team.state == TeamState.FORMED:
            work.tell(TeamFormed(team=team.id))
        elif team.state == TeamState.LAPSED:
            work.tell(TeamLapsed(team=team.id))
    for changed in (*teams.new_teams, *teams.moved_teams.values()):
        work.notify(f"team:{changed.id.hex}")


async def insert_campaigns(work: Work, rows: list[Any], prices: list[Any]) -> set[UUID]:
    """The campaigns that were stored; one whose product has a running campaign is not."""
    if not rows:
        return set()
    stored = {row["id"] for row in await work.fetch(INSERT_CAMPAIGNS.sql, *INSERT_CAMPAIGNS.arrays(rows))}
    await work.write(INSERT_PRICES, [price for price in prices if price.campaign_id in stored])
    return stored
