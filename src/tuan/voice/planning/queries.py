"""Reads of simulations, the market's own graph, and what must be true."""

from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from tuan.kit.pages import Page
from tuan.kit.refusals import NotFound, Refused
from tuan.platform.invariants import invariant
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.work import Work
from tuan.voice.planning import tables
from tuan.voice.planning.model import Graph, Run, Terms, World, from_edges, made_graph

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
