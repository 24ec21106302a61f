"""A market may have a domain of its own for its links; its row is changed by its own requests only."""

from pathlib import Path

from alembic import op

revision = "0039"
down_revision = "0036d"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
