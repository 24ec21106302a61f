"""Gifts of coupons, who helped to open one, and until when friends may."""

from pathlib import Path

from alembic import op

revision = "0022c"
down_revision = "0021d"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
