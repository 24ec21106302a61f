"""What a shop has won stands beside its name, from what levels and the last season give now."""

from pathlib import Path

from alembic import op

revision = "0048"
down_revision = "0047b"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
