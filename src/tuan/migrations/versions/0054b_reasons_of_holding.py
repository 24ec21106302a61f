"""The longer list of what a commission is held for is read once, while others write."""

from pathlib import Path

from alembic import op

revision = "0054b"
down_revision = "0054"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
