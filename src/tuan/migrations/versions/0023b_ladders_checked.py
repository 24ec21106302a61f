"""What 0023 asks of new rows holds for the old ones too."""

from pathlib import Path

from alembic import op

revision = "0023b"
down_revision = "0023"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
