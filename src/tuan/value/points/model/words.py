"""The words of points: a lot, what is spent of it, and the entries that tell of every change. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import NewType
from uuid import UUID

from tuan.kit import ids, states
from tuan.kit.time import Instant

LotId = NewType("LotId", UUID)

LOT_ID: ids.IdKind[LotId] = ids.IdKind("lot")

ASSET = "points"
"""What the ledger calls them."""

POINTS_MAX = 1_000_000_000
"""Of one lot or one act; far above any wallet, far below BIGINT."""

RETURNED_FOR = timedelta(days=7)
"""Points that come back live at least this long, though they were nearly or already past their time."""


class Source(StrEnum):
    """Why a lot was given; `about` is the order, the tap, the act or, of what came back, the lot it came from."""

    ORDER = "order"
    CHECK_IN = "check_in"
    LEADER = "leader"
    """For opening a team that formed; `about` is the leader's own order."""
    GRANT = "grant"
    RETURNED = "returned"


SOURCES = tuple(Source)


class LotState(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"
    OVER = "over"


# Over: nothing is left of it, as it was spent, has expired or was taken back; the entries say which. What was spent comes back.
LOT = states.table(
    {
        LotState.PENDING: {LotState.ACTIVE, LotState.OVER},
        LotState.ACTIVE: {LotState.OVER},
        LotState.OVER: {LotState.ACTIVE},
    },
    start=LotState.PENDING,
)


class SpendState(StrEnum):
    HELD = "held"
    SETTLED = "settled"
    RELEASED = "released"


SPEND = states.table(
    {SpendState.HELD: {SpendState.SETTLED, SpendState.RELEASED}, SpendState.SETTLED: (), SpendState.RELEASED: ()},
    start=SpendState.HELD,
)


class EntryKind(StrEnum):
    """What happened to a lot, or to what its person owes (`owe`, `repay` and `forgive`)."""

    EARN = "earn"
    GRANT = "grant"
    ACTIVATE = "activate"
    SPEND = "spend"
    RESTORE = "restore"
    EXPIRE = "expire"
    REVERSE = "reverse"
    DEDUCT = "deduct"
    OWE = "owe"
    REPAY = "repay"
    FORFEIT = "forfeit"
    FORGIVE = "forgive"


ENTRY_KINDS = tuple(EntryKind)


@dataclass(slots=True)
class Wallet:
    """One person's points; its row is the lock of all his lots."""

    person_id: UUID
    debt: int


@dataclass(slots=True)
class Lot:
    """Points given at once, which expire at once. Of `remaining`, `held` is promised to orders that are not paid yet.

    reversed: how much of `units` was taken back because its order came back. lapsed: how much expired unspent and was not
    taken back since; nobody owes what he never could spend.
    """

    id: LotId
    person_id: UUID
    source: str
    about: UUID
    units: int
    remaining: int
    held: int
    reversed: int
    lapsed: int
    state: str
    valid_days: int
    expires_at: Instant | None

    @property
    def free(self) -> int:
        return self.remaining - self.held

    def is_spendable(self, now: Instant) -> bool:
        return self.state == LotState.ACTIVE and self.free > 0 and self.expires_at is not None and now < self.expires_at


@dataclass(slots=True)
class Spend:
    """What one order takes of one lot; of what was settled, `returned` has come back."""

    id: UUID
    order_id: UUID
    person_id: UUID
    lot_id: LotId
    units: int
    state: str
    returned: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of a wallet, booked in the ledger under its id. `change` is signed, and of `activate` it is nought."""

    id: UUID
    person_id: UUID
    lot_id: LotId | None
    kind: str
    units: int
    change: int
    about: UUID
    reason: str
