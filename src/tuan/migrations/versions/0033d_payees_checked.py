"""Each account and each withdrawal is of one payee: old rows are read once, while others write."""

from pathlib import Path

from alembic import op

revision = "0033d"
down_revision = "0033c"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
