"""What was settled and is given back after all, and how long a defect may be claimed."""

from pathlib import Path

from alembic import op

revision = "0024d"
down_revision = "0022d"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
