"""A notice of the sandbox goes on under the trace of what it tells."""

from pathlib import Path

from alembic import op

revision = "0013"
down_revision = "0019"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
