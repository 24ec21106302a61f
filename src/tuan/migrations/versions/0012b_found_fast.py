"""Indexes for sessions of a person and products without words, made beside who writes."""

from pathlib import Path

from alembic import op

revision = "0012b"
down_revision = "0012"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
