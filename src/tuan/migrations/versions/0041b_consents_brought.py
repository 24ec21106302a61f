"""What persons let shops see before the ledger of consents heard of it is brought over, with its times."""

from pathlib import Path

from alembic import op

revision = "0041b"
down_revision = "0041"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
