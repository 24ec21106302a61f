"""What finds a shop's accounts and withdrawals, made beside whatever is written meanwhile."""

from pathlib import Path

from alembic import op

revision = "0033e"
down_revision = "0033d"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
