"""What customs ask of goods from abroad, and which lines are of such."""

from pathlib import Path

from alembic import op

revision = "0036c"
down_revision = "0037"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
