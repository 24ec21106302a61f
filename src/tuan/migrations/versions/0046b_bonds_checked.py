"""What 0046 says of links and changes holds for those that were there already."""

from pathlib import Path

from alembic import op

revision = "0046b"
down_revision = "0046"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
