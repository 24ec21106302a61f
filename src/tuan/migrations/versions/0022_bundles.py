"""Bundles and tiers; gifts of coupons, and who helped to open one; runs that grant coupons."""

from pathlib import Path

from alembic import op

revision = "0022"
down_revision = "0024b"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
