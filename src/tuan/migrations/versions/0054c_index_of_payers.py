"""An index for who else was paid for from one account, made beside who writes."""

from pathlib import Path

from alembic import op

revision = "0054c"
down_revision = "0054b"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
