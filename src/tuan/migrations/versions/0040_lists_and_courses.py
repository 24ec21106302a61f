"""Numbers of organisations' lists that wait for whoever comes by them; a course that a shop asks for before it opens."""

from pathlib import Path

from alembic import op

revision = "0040"
down_revision = "0039c"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
