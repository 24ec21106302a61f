"""What 0031 says of links holds for those that were there already."""

from pathlib import Path

from alembic import op

revision = "0031b"
down_revision = "0031"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
