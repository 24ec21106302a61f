"""Reads of simulations, the market's own graph, and what must be true."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from tuan.kit.pages import Page
from tuan.kit.refusals import NotFound, Refused
from tuan.people import compliance
from tuan.people.compliance.model import Breach, Rule
from tuan.platform.invariants import invariant
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.work import Work
from tuan.play import distribution
from tuan.play.distribution.model import CHANNELS, DEPTHS, Version, VersionState, pay_for_one
from tuan.voice.planning import tables
from tuan.voice.planning.model import (
    Graph,
    Legality,
    MixOf,
    Piece,
    Run,
    Terms,
    World,
    from_edges,
    legality,
    made_graph,
)

OWN_EDGES_SQL = """
SELECT DISTINCT least(one, other) AS one, greatest(one, other) AS other
FROM (
  SELECT t.leader_id AS one, s.person_id AS other
  FROM groupbuy.seats s
  JOIN groupbuy.teams t ON t.market_id = s.market_id AND t.id = s.team_id
  WHERE s.market_id = $1
  UNION ALL
  SELECT b.person_id, h.owner_id
  FROM sharing.bindings b
  JOIN parties.shops h ON h.market_id = b.market_id AND h.id = b.shop_id
  WHERE b.market_id = $1
  UNION ALL
  SELECT f.person_id, h.owner_id
  FROM sharing.follows f
  JOIN parties.shops h ON h.market_id = f.market_id AND h.id = f.shop_id
  WHERE f.market_id = $1
) known
WHERE one <> other
ORDER BY one, other
LIMIT $2
"""
EDGES_MAX = 50_000
MIX_SQL = """
SELECT l.sku_id, k.product_id, p.category_id, sum(l.units)::bigint AS weight,
  div(sum(l.amount_minor + l.later_minor - l.freight_minor), sum(l.units))::bigint AS price_minor
FROM orders.orders o
JOIN orders.lines l ON l.market_id = o.market_id AND l.order_id = o.id
JOIN catalog.skus k ON k.market_id = l.market_id AND k.id = l.sku_id
JOIN catalog.products p ON p.market_id = k.market_id AND p.id = k.product_id
WHERE o.market_id = $1 AND o.placed_at >= $2 AND o.state NOT IN ('placed', 'closed')
  AND NOT EXISTS (SELECT FROM shops.withheld w WHERE w.market_id = p.market_id AND w.product_id = p.id)
GROUP BY l.sku_id, k.product_id, p.category_id
HAVING sum(l.amount_minor + l.later_minor - l.freight_minor) >= sum(l.units)
ORDER BY weight DESC, l.sku_id
LIMIT $3
"""
SHELF_SQL = """
SELECT k.id AS sku_id, k.product_id, p.category_id, 1::bigint AS weight, k.price_minor
FROM catalog.products p
JOIN catalog.skus k ON k.market_id = p.market_id AND k.product_id = p.id
WHERE p.market_id = $1 AND p.state = 'listed' AND k.retired_at IS NULL AND k.price_minor > 0
  AND NOT EXISTS (SELECT FROM shops.withheld w WHERE w.market_id = p.market_id AND w.product_id = p.id)
ORDER BY p.listed_at, k.id
LIMIT $2
"""
"""Of what shops may recommend: on what is kept back from them a plan pays nothing."""
MIX_TIME = timedelta(days=365)
PIECES_MAX = 300
"""Kinds of goods in a mix: what is bought most, since a market's long tail pays little."""
JOB_SQL = (
    "SELECT id, name, state, terms, edges, wanted, done, runs, made_by, made_at, ended_at FROM planning.jobs "
    "WHERE market_id = $1 AND id = $2"
)
RUNS_KEPT_SQL = invariant(
    "I72",
    "a simulation has kept as many runs as it says",
    "SELECT 'simulation ' || id FROM planning.jobs WHERE market_id = $1 AND jsonb_array_length(runs) <> done",
)


async def own_edges(work: Work) -> list[list[int]]:
    """Who knows whom in this market, as pairs of numbers from 0 on: who sat in a team with its leader, who is the customer of
    a shop or follows it, at most EDGES_MAX of them. Nobody can be told from his number."""
    numbers: dict[UUID, int] = {}
    rows = await work.fetch(OWN_EDGES_SQL, EDGES_MAX)
    return [[numbers.setdefault(row[end], len(numbers)) for end in ("one", "other")] for row in rows]


async def access_simulation(work: Work, simulation: UUID) -> Any:
    """One with everything it has. Raises Refused(NotFound)."""
    row = await work.fetch_one(JOB_SQL, simulation)
    if row is None:
        raise Refused(NotFound())
    return row


async def simulations(work: Work, wanted: Wanted) -> Page[Any]:
    """Simulations, the newest first."""
    j = tables.jobs
    query = sa.select(j.c.id, j.c.name, j.c.state, j.c.wanted, j.c.done, j.c.made_by, j.c.made_at, j.c.ended_at).where(
        j.c.market_id == work.market.id
    )
    return await list_rows(work, query, wanted, sorts={"newest": j.c.id}, key=j.c.id)


async def with_plan(work: Work, terms: Terms) -> Terms:
    """The terms with what this version of a plan says: what it pays for each piece of the market's own mix, by its rates, fixed
    amounts and cap, in the channel that is paid best, as if it were on; its time and its budget. The mix is empty where there are no goods. A rate for one
    campaign is not in it: whoever buys of a shop buys alone. The law is the market's own. Raises Refused(NotFound) where there
    is no such version."""
    assert terms.plan is not None
    _, versions = await distribution.access_plan(work, terms.plan)
    version = next((one for one in versions if one.number == terms.version), None)
    if version is None:
        raise Refused(NotFound())
    stands = Version(
        version.plan_id, version.number, VersionState.ON, replace(version.terms, budget_minor=None), work.now, None
    )
    rows, of = await work.fetch(MIX_SQL, work.now - MIX_TIME, PIECES_MAX), MixOf.ORDERS
    if not rows:
        rows, of = await work.fetch(SHELF_SQL, PIECES_MAX), MixOf.SHELF
    pieces = tuple(_piece(row, stands, work) for row in rows)
    law = await compliance.profile_of(work)
    return replace(
        terms,
        mix_of=of,
        mix=pieces,
        hold_days=version.terms.hold_days,
        budget_minor=version.left_minor,
        profile=law.code,
    )


def _piece(row: Any, stands: Version, work: Work) -> Piece:
    """It pays what it pays in the channel that is paid best: a simulation says what the version may come to cost."""
    goods = (row["sku_id"], row["product_id"], row["category_id"], row["price_minor"])
    paid = max(
        (pay_for_one(*goods, [stands], work.now, channel) for channel in CHANNELS), key=lambda of: sum(of.values())
    )
    first, second = (paid.get(depth, 0) for depth in DEPTHS)
    return Piece(price_minor=row["price_minor"], weight=row["weight"], pays=(first, second))


async def breaches_of(work: Work, terms: Terms) -> list[Breach] | None:
    """What the law of this market says now of the version that was simulated; None where two rates were."""
    if terms.plan is None:
        return None
    _, versions = await distribution.access_plan(work, terms.plan)
    version = next(one for one in versions if one.number == terms.version)
    found = await distribution.breaches_of(work, version.terms)
    return [Breach(Rule(rule), 0, article) for rule, article in dict.fromkeys((one.rule, one.article) for one in found)]


def legality_of(row: Any, judged: Sequence[Breach] | None) -> Legality:
    """What stands against the plan of a row, and what the simulated market would show the law; judged: of `breaches_of`."""
    terms = terms_of(row)
    found = legality(terms, graph_of(row), runs_of(row))
    return found if judged is None else replace(found, breaches=tuple(judged))


def terms_of(row: Any) -> Terms:
    """What a row asks for."""
    return msgspec.convert(row["terms"], type=Terms)


def runs_of(row: Any) -> list[Run]:
    """What each run of a row has given, in their order."""
    return [Run(*values) for values in msgspec.convert(row["runs"], type=list[list[int]])]


def graph_of(row: Any) -> Graph:
    """The graph that a row is played on; made anew from its seed unless it is the market's own."""
    terms = terms_of(row)
    if terms.world is not World.OWN:
        return made_graph(terms)
    edges = msgspec.convert(row["edges"], type=list[tuple[int, int]])
    return from_edges(1 + max(max(pair) for pair in edges), edges)
