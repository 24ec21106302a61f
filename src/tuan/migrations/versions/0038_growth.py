"""Courses with their versions, what people read, tried and passed."""

from pathlib import Path

from alembic import op

revision = "0038"
down_revision = "0033e"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
