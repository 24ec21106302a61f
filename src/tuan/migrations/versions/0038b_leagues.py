"""Levels of shops, how each came where it stands; seasons in leagues."""

from pathlib import Path

from alembic import op

revision = "0038b"
down_revision = "0038"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
