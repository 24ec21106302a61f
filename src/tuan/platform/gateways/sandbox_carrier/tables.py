"""The sandbox carrier's own books: another company's database in miniature, never joined with ours."""

from sqlalchemy.dialects import postgresql as pg

from tuan.platform.gateways.sandbox_carrier.way import Habit
from tuan.platform.schema import (
    BOOL,
    INSTANT,
    INT,
    TEXT,
    UUID,
    check,
    column,
    index,
    market_table,
    references,
    unique,
)

waybills = market_table(
    "sandbox_carrier",
    "waybills",
    column("parcel_id", UUID),
    column("tracking", TEXT),
    column("announced_at", INSTANT),
    column("habits", pg.ARRAY(TEXT), default="'{}'"),
    column("doubts", INT, default="0"),
    check("habits_known", f"habits <@ ARRAY[{', '.join(repr(str(habit)) for habit in Habit)}]"),
    unique("tracking"),
    key=("parcel_id",),
)

letters = market_table(
    "sandbox_carrier",
    "letters",
    column("id", UUID),
    column("copy", INT),
    column("parcel_id", UUID),
    column("url", TEXT),
    column("body", TEXT),
    column("is_signed_right", BOOL),
    column("tries", INT, default="0"),
    column("due_at", INSTANT, null=True),
    column("delivered_at", INSTANT, null=True),
    check("delivered_is_not_due", "delivered_at IS NULL OR due_at IS NULL"),
    index("letters_due_idx", "due_at", where="due_at IS NOT NULL"),
    index("letters_parcel_idx", "parcel_id"),
    references(waybills, "parcel_id", to=("parcel_id",)),
    key=("id", "copy"),
    relay=("market_id, due_at", "due_at IS NOT NULL"),
)
