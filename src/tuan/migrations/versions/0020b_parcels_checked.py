"""What 0020 said of rows that were there already, checked beside who writes."""

from pathlib import Path

from alembic import op

revision = "0020b"
down_revision = "0020"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
