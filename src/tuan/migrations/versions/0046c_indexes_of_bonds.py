"""An index for bindings that run out, made beside who writes."""

from pathlib import Path

from alembic import op

revision = "0046c"
down_revision = "0046b"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
