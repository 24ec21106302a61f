"""All that customs were told of goods is whole."""

from pathlib import Path

from alembic import op

revision = "0036d"
down_revision = "0036c"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
