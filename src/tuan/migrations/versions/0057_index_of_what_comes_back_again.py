"""The index of 0049c once more: where that was run before 0056 its signs of per cent were doubled, and it met no query."""

from pathlib import Path

from alembic import op

revision = "0057"
down_revision = "0056b"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text())
