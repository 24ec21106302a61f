"""What is counted of each supplier."""

from pathlib import Path

from alembic import op

revision = "0036b"
down_revision = "0036"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
