"""What 0032 asks of new shops holds for the old ones too."""

from pathlib import Path

from alembic import op

revision = "0032b"
down_revision = "0032"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
