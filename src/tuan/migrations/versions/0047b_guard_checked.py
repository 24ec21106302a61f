"""What 0047 says of commissions and versions holds for those that were there already."""

from pathlib import Path

from alembic import op

revision = "0047b"
down_revision = "0047"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
