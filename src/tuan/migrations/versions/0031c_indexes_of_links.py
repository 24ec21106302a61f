"""Indexes for the lists of links, made beside who writes."""

from pathlib import Path

from alembic import op

revision = "0031c"
down_revision = "0031b"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
