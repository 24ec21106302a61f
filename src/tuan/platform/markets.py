"""Markets: one operator's tenancy each. Made by the owner of the installation, found by host name."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import asyncpg

from tuan.platform.work import MarketId, Work

MAKE_SQL = (
    "INSERT INTO platform.markets (name, host, kind, currency, time_zone, created_at) "
    "VALUES ($1, $2, $3, $4, $5, clock_timestamp()) ON CONFLICT (host) DO UPDATE SET name = excluded.name RETURNING id"
)
FIND_SQL = "SELECT id, name, host, kind, currency, time_zone, link_host FROM platform.markets WHERE host = $1"
ANSWERING_SQL = f"{FIND_SQL} OR link_host = $1"
ALL_SQL = "SELECT id, name, host, kind, currency, time_zone, link_host FROM platform.markets ORDER BY id"
HOSTS_SQL = "SELECT host, link_host FROM platform.markets WHERE id = $1"
LOCK_HOSTS_SQL = f"{HOSTS_SQL} FOR NO KEY UPDATE"
SET_LINK_HOST_SQL = "UPDATE platform.markets SET link_host = $2 WHERE id = $1"
MOVE_CLOCK_SQL = "UPDATE platform.markets SET clock_offset = clock_offset + $2 WHERE id = $1 AND kind <> 'live'"


async def make(
    connection: Any, *, name: str, host: str, kind: str, currency: str, time_zone: str = "Asia/Shanghai"
) -> MarketId:
    """The market of this host, made if it is not there; asking twice is asking once."""
    return MarketId(await connection.fetchval(MAKE_SQL, name, host, kind, currency, time_zone))


async def find(pool: asyncpg.Pool, host: str) -> Any | None:
    return await pool.fetchrow(FIND_SQL, host)


async def find_answering(pool: asyncpg.Pool, host: str) -> Any | None:
    """The market that this name leads to: as its host, or as its own domain for links."""
    return await pool.fetchrow(ANSWERING_SQL, host)


async def everything(pool: asyncpg.Pool) -> Sequence[Any]:
    return await pool.fetch(ALL_SQL)


async def move_clock(connection: Any, market: MarketId, by: timedelta) -> None:
    """Move the clock of a test or replay market; a live market's clock is the database's, always."""
    if await connection.execute(MOVE_CLOCK_SQL, market, by) != "UPDATE 1":
        raise PermissionError("the clock of a live market does not move")


async def hosts(work: Work) -> Any:
    """This market's host, and its own domain for links (link_host, None where it has none)."""
    return await work.fetch_one(HOSTS_SQL)


async def lock_hosts(work: Work) -> Any:
    """The same, until this transaction ends."""
    (row,) = await work.lock("staff", LOCK_HOSTS_SQL)
    return row


async def set_link_host(work: Work, host: str | None) -> bool:
    """False where this name leads to another market already, or to one that is being made in this moment.

    The database decides: it waits for whoever wants the same, which no look beforehand could do. Nothing else of this
    transaction is lost when it says no.
    """
    try:
        async with work.connection.transaction():
            await work.execute(SET_LINK_HOST_SQL, host)
    except (asyncpg.UniqueViolationError, asyncpg.ExclusionViolationError):
        return False
    return True
