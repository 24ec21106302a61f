"""What others bore of goods that go back after they were settled goes back to them."""

from pathlib import Path

from alembic import op

revision = "0039b"
down_revision = "0039"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
