"""A link is a shop's page's own or somebody's who was forgotten, and a binding may have run out."""

from pathlib import Path

from alembic import op

revision = "0046"
down_revision = "0043"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
