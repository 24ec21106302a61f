"""Organisations, their members and the benefits that they bear."""

from pathlib import Path

from alembic import op

revision = "0035"
down_revision = "0036b"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
