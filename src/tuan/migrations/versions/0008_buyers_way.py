"""The usual address, and codes bound to their purpose and their request."""

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0006"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
