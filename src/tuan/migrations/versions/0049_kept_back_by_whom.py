"""Goods are kept back from shops by their supplier, by the market, or by both."""

from pathlib import Path

from alembic import op

revision = "0049"
down_revision = "0048b"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
