"""An index for what was promised to a shop, made beside who writes."""

from pathlib import Path

from alembic import op

revision = "0050c"
down_revision = "0050b"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
