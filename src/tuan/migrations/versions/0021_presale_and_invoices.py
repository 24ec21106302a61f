"""Presales with a deposit and a balance, and invoices."""

from pathlib import Path

from alembic import op

revision = "0021"
down_revision = "0017c"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
