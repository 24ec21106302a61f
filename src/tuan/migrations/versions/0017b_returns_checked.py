"""What 0017 asks of new rows holds for the old ones too."""

from pathlib import Path

from alembic import op

revision = "0017b"
down_revision = "0017"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
