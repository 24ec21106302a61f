"""A withdrawal may be split from what buyers paid by its account's provider; one account per organisation; a leader's reward."""

from pathlib import Path

from alembic import op

revision = "0050"
down_revision = "0049c"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
