"""Links, visits, follows, and whose customer somebody is."""

from pathlib import Path

from alembic import op

revision = "0030"
down_revision = "0024d"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
