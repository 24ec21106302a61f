"""What 0021 asks of new rows holds for the old ones too."""

from pathlib import Path

from alembic import op

revision = "0021b"
down_revision = "0021"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
