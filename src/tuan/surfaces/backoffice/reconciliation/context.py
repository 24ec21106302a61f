"""What the place of reconciliation shows."""

from datetime import datetime

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.backoffice.saying import Chip
from tuan.surfaces.backoffice.tables import Tone


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """A provider's statement of a day: its sums, how many things differed, and whether some still do."""

    day: str
    url: str
    provider: str
    lines: int
    charged: Money
    refunded: Money
    paid_out: Money
    differences: int
    state: str
    tone: Tone


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    value: str
    label: str


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """A difference: what it is about, what we have and what they have (None where a side has nothing), how it ended."""

    id: str
    why: str
    kind: str
    provider: str
    day: str
    about: str
    ours: Money | None
    theirs: Money | None
    opened_at: datetime
    is_open: bool
    ended: str = ""
    closed_at: datetime | None = None
    key: str = ""


class ReconciliationPage(msgspec.Struct, frozen=True, kw_only=True):
    """days: the newest statements with their sums; tickets: differences in the chosen state, of the chosen day."""

    days: list[Day]
    tickets: list[Ticket]
    places: list[Chip]
    states: list[Chip]
    resolutions: list[Choice]
    can_settle: bool
    chosen_day: str = ""
    """Whose differences these are, where a day was chosen; `all_days_url` shows all."""
    all_days_url: str = ""
    csv_url: str = ""
    next_url: str | None = None
