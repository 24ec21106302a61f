"""What shops may see of their customers is written in the ledger of consents too, with what was ticked."""

from pathlib import Path

from alembic import op

revision = "0041"
down_revision = "0040b"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
