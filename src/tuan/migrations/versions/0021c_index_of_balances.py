"""The index that finds an order by its balance, made beside whatever is written meanwhile."""

from pathlib import Path

from alembic import op

revision = "0021c"
down_revision = "0021b"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
