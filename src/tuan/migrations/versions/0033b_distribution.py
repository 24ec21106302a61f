"""Commission plans in versions, and what shops are promised."""

from pathlib import Path

from alembic import op

revision = "0033b"
down_revision = "0033"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
