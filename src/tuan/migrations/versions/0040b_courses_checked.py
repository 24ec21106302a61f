"""The course that a market asks for is one of its own."""

from pathlib import Path

from alembic import op

revision = "0040b"
down_revision = "0040"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
