"""A withdrawal that was paid may come back."""

from pathlib import Path

from alembic import op

revision = "0044"
down_revision = "0046c"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
