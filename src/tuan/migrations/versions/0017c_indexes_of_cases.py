"""Indexes for the lists of cases, made beside who writes."""

from pathlib import Path

from alembic import op

revision = "0017c"
down_revision = "0017b"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
