"""Ladder teams, what leaders get, what goes with a team's price, and money that comes back because the price fell."""

from pathlib import Path

from alembic import op

revision = "0023"
down_revision = "0022b"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
