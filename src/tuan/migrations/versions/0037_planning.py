"""Simulations of campaigns and plans."""

from pathlib import Path

from alembic import op

revision = "0037"
down_revision = "0035"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
