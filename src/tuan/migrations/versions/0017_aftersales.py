"""Giving back single lines and units: what of a line went back, and cases that are asked for, answered and ended."""

from pathlib import Path

from alembic import op

revision = "0017"
down_revision = "0018"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
