"""The channel that a commission came about in, how long before they count changed terms are told, and which alarms ring."""

from pathlib import Path

from alembic import op

revision = "0047"
down_revision = "0044b"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
