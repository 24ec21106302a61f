"""Bring a database to the newest migration. Alembic writes the SQL, asyncpg runs it in one transaction."""

import io
from pathlib import Path

import asyncpg
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

LOCK_SQL = "SELECT pg_advisory_xact_lock(hashtext('tuan migrations'))"
ROLES_SQL = "SELECT count(*) FROM pg_roles WHERE rolname IN ('tuan_app', 'tuan_relay')"


class MigrationError(Exception):
    """The database cannot be brought up; the text says what to do."""


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def upgrade_sql(current: str | None) -> str:
    """The SQL from `current` (None: an empty database) to the head; empty when there is nothing to do."""
    script, buffer = scripts(), io.StringIO()
    head = script.get_current_head()
    if current == head or head is None:
        return ""
    with EnvironmentContext(
        script.__dict__.get("config") or Config(), script, fn=lambda rev, _context: script._upgrade_revs(head, rev),
        as_sql=True, starting_rev=current, destination_rev=head, output_buffer=buffer,
    ):  # fmt: skip
        script.run_env()
    return buffer.getvalue().replace("BEGIN;", "").replace("COMMIT;", "")


async def migrate(owner_url: str) -> tuple[str | None, str | None]:
    """Run what is missing as the owner; (revision before, revision now). Two at once wait for each other."""
    connection = await asyncpg.connect(owner_url, server_settings={"lock_timeout": "10s"})
    try:
        if await connection.fetchval(ROLES_SQL) != 2:
            raise MigrationError("The roles tuan_app and tuan_relay are missing. As superuser: CREATE ROLE tuan_app LOGIN "
                                 "PASSWORD '…'; CREATE ROLE tuan_relay LOGIN PASSWORD '…';")  # fmt: skip
        async with connection.transaction():
            await connection.execute(LOCK_SQL)
            known = await connection.fetchval("SELECT to_regclass('public.alembic_version')")
            before = await connection.fetchval("SELECT version_num FROM alembic_version") if known else None
            if before and before not in {revision.revision for revision in scripts().walk_revisions()}:
                raise MigrationError(
                    f"The database is at {before}, which this version does not know. Install the newer Tuan that made it."
                )
            sql = upgrade_sql(before)
            if sql:
                await connection.execute(sql)
        return before, scripts().get_current_head()
    finally:
        await connection.close()
