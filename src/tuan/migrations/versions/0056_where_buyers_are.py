"""Who recommended a line says where its buyer was."""

from pathlib import Path

from alembic import op

revision = "0056"
down_revision = "0055"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
