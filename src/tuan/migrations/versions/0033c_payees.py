"""Shops are paid out as suppliers are."""

from pathlib import Path

from alembic import op

revision = "0033c"
down_revision = "0033b"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
