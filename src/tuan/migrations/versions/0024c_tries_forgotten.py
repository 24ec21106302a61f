"""What became of deliveries to webhooks is forgotten after a while."""

from pathlib import Path

from alembic import op

revision = "0024c"
down_revision = "0023b"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
