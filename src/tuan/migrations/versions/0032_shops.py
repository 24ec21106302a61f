"""How shops open, what they show, what their coupons may cost, and what they see of their customers."""

from pathlib import Path

from alembic import op

revision = "0032"
down_revision = "0030"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
