"""A capture keeps a mark of who paid, and a commission is held where that is whoever paid for the shop's owner."""

from pathlib import Path

from alembic import op

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
