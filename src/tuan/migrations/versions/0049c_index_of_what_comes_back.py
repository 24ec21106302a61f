"""An index for what shops give back to suppliers, made beside who writes."""

from pathlib import Path

from alembic import op

revision = "0049c"
down_revision = "0049b"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
