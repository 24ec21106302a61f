"""A market may have a merchant: the one supplier whose own accounts take the buyers' money."""

from pathlib import Path

from alembic import op

revision = "0053"
down_revision = "0051b"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
