"""Real payment providers: letters that are heard once, and the statements that our books are compared with."""

from pathlib import Path

from alembic import op

revision = "0018"
down_revision = "0016"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
