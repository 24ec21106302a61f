"""Carts over several suppliers, freight templates, what a SKU weighs and how many one person may buy, remarks."""

from pathlib import Path

from alembic import op

revision = "0020"
down_revision = "0021c"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
