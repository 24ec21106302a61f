"""Markets: one operator's tenancy each. Made by the owner of the installation, found by host name."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import asyncpg

from tuan.platform.work import MarketId

MAKE_SQL = (
    "INSERT INTO platform.markets (name, host, kind, currency, time_zone, created_at) "
    "VALUES ($1, $2, $3, $4, $5, clock_timestamp()) ON CONFLICT (host) DO UPDATE SET name = excluded.name RETURNING id"
)
FIND_SQL = "SELECT id, name, host, kind, currency, time_zone FROM platform.markets WHERE host = $1"
ALL_SQL = "SELECT id, name, host, kind, currency, time_zone FROM platform.markets ORDER BY id"
MOVE_CLOCK_SQL = "UPDATE platform.markets SET clock_offset = clock_offset + $2 WHERE id = $1 AND kind <> 'live'"


async def make(
    connection: Any, *, name: str, host: str, kind: str, currency: str, time_zone: str = "Asia/Shanghai"
) -> MarketId:
    """The market of this host, made if it is not there; asking twice is asking once."""
    return MarketId(await connection.fetchval(MAKE_SQL, name, host, kind, currency, time_zone))


async def find(pool: asyncpg.Pool, host: str) -> Any | None:
    return await pool.fetchrow(FIND_SQL, host)


async def everything(pool: asyncpg.Pool) -> Sequence[Any]:
    return await pool.fetch(ALL_SQL)


async def move_clock(connection: Any, market: MarketId, by: timedelta) -> None:
    """Move the clock of a test or replay market; a live market's clock is the database's, always."""
    if await connection.execute(MOVE_CLOCK_SQL, market, by) != "UPDATE 1":
        raise PermissionError("the clock of a live market does not move")
