"""Indexes for a shop's day and for customers whose birthday is near, made beside who writes."""

from pathlib import Path

from alembic import op

revision = "0048b"
down_revision = "0048"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
