"""Alembic's entry: only ever writes SQL (`as_sql`), which `migrate` runs by asyncpg; there is one driver in the house."""

from alembic import context

from tuan.platform.schema import metadata

context.configure(dialect_name="postgresql", target_metadata=metadata, literal_binds=True)
with context.begin_transaction():
    context.run_migrations()
