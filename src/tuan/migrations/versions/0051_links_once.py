"""Of links that end and were made twice by two taps in one moment the one that was opened less ends a moment later."""

from pathlib import Path

from alembic import op

revision = "0051"
down_revision = "0050c"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
