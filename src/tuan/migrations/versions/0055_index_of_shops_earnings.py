"""An index for what came to a shop, by its time, made beside who writes."""

from pathlib import Path

from alembic import op

revision = "0055"
down_revision = "0054c"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
