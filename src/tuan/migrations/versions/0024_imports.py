"""Files that a shop brings along and what each of their lines does; goods that are not taken back without a reason."""

from pathlib import Path

from alembic import op

revision = "0024"
down_revision = "0020b"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
