"""Indexes that carry the sorts of the office, made beside who writes."""

from pathlib import Path

from alembic import op

revision = "0014b"
down_revision = "0014"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
