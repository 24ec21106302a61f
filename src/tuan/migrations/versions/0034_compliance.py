"""The law that a market chose, signatures, consents, what was measured and reported."""

from pathlib import Path

from alembic import op

revision = "0034"
down_revision = "0032b"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
