"""What was recalled before fits the wider rule."""

from pathlib import Path

from alembic import op

revision = "0039c"
down_revision = "0039b"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
