"""Sets of bundles in carts, beside the lines."""

from pathlib import Path

from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
