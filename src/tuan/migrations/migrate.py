"""Bring a database to the newest migration while the previous release still serves (docs/design/migrations.md).

Alembic writes the SQL, asyncpg runs it, each revision in a transaction of its own; one that makes indexes CONCURRENTLY,
which no transaction allows, statement by statement.
"""

import asyncio
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

LOCK_SQL = "SELECT pg_try_advisory_lock(hashtext('tuan migrations'))"
ROLES_SQL = "SELECT count(*) FROM pg_roles WHERE rolname IN ('tuan_app', 'tuan_relay')"

LOCK_SECONDS = 2
"""Whoever waits for a table's lock lets nobody past: rather give up soon and try again than hold up every order."""
TRIES_MAX = 30
PAUSE_SECONDS_MAX = 5.0
OTHERS_SECONDS_MAX = 600
POLL_SECONDS = 0.1
CONCURRENTLY = re.compile(r"\bCONCURRENTLY\b")

Say = Callable[[str], None]


class MigrationError(Exception):
    """The database cannot be brought up; the text says what to do."""


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


@dataclass(frozen=True, slots=True)
class Step:
    """One revision on the way, as SQL that ends by noting it."""

    revision: str
    sql: str

    @property
    def is_concurrent(self) -> bool:
        return bool(CONCURRENTLY.search(self.sql))

    def statements(self) -> list[str]:
        """Its statements one by one, for SQL without a semicolon inside any, as making indexes is."""
        plain = "\n".join(line for line in self.sql.splitlines() if not line.startswith("--"))
        return [statement.strip() for statement in plain.split(";") if statement.strip()]


def steps(current: str | None) -> list[Step]:
    """What leads from `current` (None: an empty database) to the head, in order."""
    script = scripts()
    ahead = [one.revision for one in script.iterate_revisions("head", current or "base")]
    found = []
    for revision in reversed(ahead):
        found.append(Step(revision, _sql(script, current, revision)))
        current = revision
    return found


def _sql(script: ScriptDirectory, before: str | None, revision: str) -> str:
    buffer = io.StringIO()
    with EnvironmentContext(
        script.__dict__.get("config") or Config(), script, fn=lambda at, _context: script._upgrade_revs(revision, at),
        as_sql=True, starting_rev=before, destination_rev=revision, output_buffer=buffer,
    ):  # fmt: skip
        script.run_env()
    return buffer.getvalue().replace("BEGIN;", "").replace("COMMIT;", "")


async def migrate(owner_url: str, *, say: Say = lambda _: None) -> tuple[str | None, str | None]:
    """Run what is missing as the owner; (revision before, revision now). Two at once wait for each other.

    Raises MigrationError; what was done until then is done, and the next call goes on from there.
    """
    connection = await asyncpg.connect(owner_url, server_settings={"lock_timeout": f"{LOCK_SECONDS}s"})
    try:
        if await connection.fetchval(ROLES_SQL) != 2:
            raise MigrationError("The roles tuan_app and tuan_relay are missing. As superuser: CREATE ROLE tuan_app LOGIN "
                                 "PASSWORD '…'; CREATE ROLE tuan_relay LOGIN PASSWORD '…';")  # fmt: skip
        await _be_alone(connection)
        known = await connection.fetchval("SELECT to_regclass('public.alembic_version')")
        before = await connection.fetchval("SELECT version_num FROM alembic_version") if known else None
        if before and before not in {revision.revision for revision in scripts().walk_revisions()}:
            raise MigrationError(
                f"The database is at {before}, which this version does not know. Install the newer Tuan that made it."
            )
        for step in steps(before):
            await _insist(connection, step, say)
        return before, scripts().get_current_head()
    finally:
        await connection.close()


async def _be_alone(connection: asyncpg.Connection) -> None:
    """Wait until no other migrates, by asking again: who waited inside a statement would hold up a CONCURRENTLY."""
    for _ in range(int(OTHERS_SECONDS_MAX / POLL_SECONDS)):
        if await connection.fetchval(LOCK_SQL):
            return
        await asyncio.sleep(POLL_SECONDS)
    raise MigrationError("Another migration has been running for ten minutes. Wait for it, or look what holds it up.")


async def _insist(connection: asyncpg.Connection, step: Step, say: Say) -> None:
    """Try a step until it gets its locks; in between everybody who waited behind it is let through."""
    for attempt in range(TRIES_MAX):
        try:
            return await apply(connection, step)
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
            if not attempt:
                say(f"Migration {step.revision} waits for a lock; trying again.")
        await asyncio.sleep(min(PAUSE_SECONDS_MAX, 0.1 * 2**attempt))
    raise MigrationError(
        f"Migration {step.revision} did not get its locks in {TRIES_MAX} tries: some transaction stays open. Nothing "
        "of it was done. Find who holds the lock (docs/handbook/upgrade.md), then run `tuan migrate` again."
    )


async def apply(connection: asyncpg.Connection, step: Step) -> None:
    """Run one step: whole or not at all, or, where it is concurrent, from its beginning again when it broke off."""
    if not step.is_concurrent:
        async with connection.transaction():
            await connection.execute(step.sql)
        return
    await connection.execute("SET lock_timeout = 0")  # it waits for transactions, and nobody waits for it
    try:
        for statement in step.statements():
            await connection.execute(statement)
    finally:
        await connection.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
