"""A link may be of a packet of coupons."""

from pathlib import Path

from alembic import op

revision = "0031"
down_revision = "0034"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
