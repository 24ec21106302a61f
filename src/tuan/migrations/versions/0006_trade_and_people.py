"""What the office needs of trade and people: blocked and erased persons, settled quarantine, lists by state and day."""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
