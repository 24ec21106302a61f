"""That a buyer's place is a known one is read once, while others write."""

from pathlib import Path

from alembic import op

revision = "0056b"
down_revision = "0056"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
