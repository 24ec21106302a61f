"""Prices at which things were really sold, by day, made from the orders that were sent."""

from pathlib import Path

from alembic import op

revision = "0012c"
down_revision = "0012b"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
