"""Invoices, and the red ones that take back what went back."""

from pathlib import Path

from alembic import op

revision = "0021d"
down_revision = "0024c"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
