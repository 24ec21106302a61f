"""Withdrawals are in a known state with its times: old rows are read once, while others write."""

from pathlib import Path

from alembic import op

revision = "0044b"
down_revision = "0044"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
