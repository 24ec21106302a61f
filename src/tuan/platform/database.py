"""Pools of asyncpg connections, one per role and use; the only place that opens a connection."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import msgspec

from tuan.platform.bulk import Json

RETRIED_SQLSTATES = frozenset({"40001", "40P01", "55P03"})
"""Serialization failure, deadlock, lock not available: the transaction changed nothing and may simply run again."""

LOST_CONNECTION = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    ConnectionError,
    TimeoutError,
)
"""The database went away, or never answered. Of the system's errors only these: a file that is missing is a mistake of ours."""

NOT_LET_IN = (
    OSError,
    asyncpg.CannotConnectNowError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.ClientConfigurationError,
)
"""The database is not there, or does not let this role in: for the operator to mend."""


class OutOfTouch(ConnectionError):
    """No connection came about: its socket, host or network is not there."""


def may_run_again(error: BaseException) -> bool:
    """Whether the transaction that raised this has changed nothing for sure, so that it may simply be run again."""
    return getattr(error, "sqlstate", None) in RETRIED_SQLSTATES


_SERVER_SETTINGS = {"lock_timeout": "5s", "statement_timeout": "60s", "timezone": "UTC", "jit": "off"}

BY_KEY = {
    "enable_seqscan": "off",
    "random_page_cost": "1",
    "cpu_tuple_cost": "1",
    "cpu_index_tuple_cost": "1",
    "plan_cache_mode": "force_generic_plan",
}
"""Every statement of a request or a lane finds its rows by key, so reading a row is what costs. Without statistics (they
come a minute late) the planner takes a market for one in two hundred of a table and would rather walk through all of it,
by any index that starts with it, than look up ten keys. A generic plan pays for planning once per connection."""

BY_SET = {"enable_nestloop": "off", "statement_timeout": "0"}
"""`tuan check` reads whole tables, whether or not they have statistics yet."""


async def _prepare(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec(
        "jsonb",
        encoder=Json.of,
        decoder=msgspec.json.decode,
        schema="pg_catalog",
    )


async def connect(*args: Any, **settings: Any) -> Any:
    """A connection as `asyncpg.connect` makes it; whatever keeps the system from it is told as OutOfTouch."""
    try:
        return await asyncpg.connect(*args, **settings)
    except OSError as error:
        raise OutOfTouch(str(error)) from error


async def _keep(_connection: asyncpg.Connection) -> None:
    """Nothing to undo between two users of a connection: settings, locks and cursors are the transaction's, always."""


async def open_pool(url: str, *, least: int, most: int, name: str, plans: Mapping[str, str] = BY_KEY) -> asyncpg.Pool:
    """A pool whose connections decode jsonb, plan as told and give up on a lock after five seconds."""
    return await asyncpg.create_pool(
        url,
        min_size=least,
        max_size=most,
        connect=connect,
        init=_prepare,
        reset=_keep,
        server_settings={**_SERVER_SETTINGS, **plans, "application_name": f"tuan {name}"},
        command_timeout=None if plans is BY_SET else 90,
    )


@dataclass(slots=True)
class Database:
    """The pools of one process: `requests` for reads and plain verbs, `lanes` reserved for lanes and the relay's Works."""

    requests: asyncpg.Pool
    lanes: asyncpg.Pool

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str, *, requests: int = 8, lanes: int = 6) -> AsyncIterator["Database"]:
        first = await open_pool(url, least=1, most=requests, name="requests")
        second = await open_pool(url, least=1, most=lanes, name="lanes")
        try:
            yield cls(first, second)
        finally:
            for pool in (first, second):
                pool.terminate()


async def refuse_strong_role(pool: asyncpg.Pool) -> None:
    """Raise PermissionError if this role could get around row-level security; `serve` and `worker` ask at start."""
    row: Any = await pool.fetchrow(
        "SELECT rolsuper, rolbypassrls, pg_has_role(current_user, d.datdba, 'member') AS owns "
        "FROM pg_roles, pg_database d WHERE rolname = current_user AND d.datname = current_database()"
    )
    if row["rolsuper"] or row["rolbypassrls"] or row["owns"]:
        raise PermissionError(
            "The server must not run as superuser or owner of the database: give TUAN_DATABASE_URL the role tuan_app."
        )
