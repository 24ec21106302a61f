"""The sandbox provider as a twin of a real one: notices that it owes, switches of a charge, refunds with a currency."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
