"""Promotions: coupon templates, coupons, rules for a while; which coupon took what from an order."""

from pathlib import Path

from alembic import op

revision = "0015"
down_revision = "0014b"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
