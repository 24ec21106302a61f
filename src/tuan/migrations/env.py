"""Alembic's entry: only ever writes SQL (`as_sql`), which `migrate` runs by asyncpg; there is one driver in the house."""

from alembic import context

from tuan.platform.schema import metadata

# Named parameters: with the driver's own style every % in a migration would be written twice.
context.configure(
    dialect_name="postgresql", dialect_opts={"paramstyle": "named"}, target_metadata=metadata, literal_binds=True
)
with context.begin_transaction():
    context.run_migrations()
