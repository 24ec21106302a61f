"""Suppliers who come by themselves, what they propose to show, and parcels with their carriers."""

from pathlib import Path

from alembic import op

revision = "0036"
down_revision = "0038b"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
