"""What each organisation bore stands on an account of its own; lists of words are read once, while others write."""

from pathlib import Path

from alembic import op

revision = "0050b"
down_revision = "0050"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
