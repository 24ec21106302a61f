"""Who recommended each line, decided when it was placed."""

from pathlib import Path

from alembic import op

revision = "0033"
down_revision = "0031c"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
