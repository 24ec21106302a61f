"""Who buyers are to customs, sealed, and for whom orders with goods from abroad are declared."""

from pathlib import Path

from alembic import op

revision = "0042"
down_revision = "0041b"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
