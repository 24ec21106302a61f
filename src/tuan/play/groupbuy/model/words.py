"""The words of group buying: states, campaigns, teams, seats. Pure."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import NewType
from uuid import UUID

from tuan.goods.supply.model import AllotmentId
from tuan.kit import ids, states
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.play.groupbuy.errors import CampaignOver, TeamFull, TeamNotOpen, TeamOver
from tuan.play.groupbuy.model.ladder import Ladder, deepest
from tuan.value.promotions.model import Stacking

CampaignId = NewType("CampaignId", UUID)
TeamId = NewType("TeamId", UUID)

CAMPAIGN_ID: ids.IdKind[CampaignId] = ids.IdKind("camp")
TEAM_ID: ids.IdKind[TeamId] = ids.IdKind("team")

SIZE_MAX = 1000
POINTS_ONLY = frozenset((Stacking.POINTS.value,))
STACKABLE = (Stacking.REWARD, Stacking.COUPON, Stacking.POINTS)
"""What a campaign may let go with its price."""
TEAM_SECONDS_MAX = 30 * 86_400

CAPTURE_GRACE = timedelta(seconds=3)
"""A team lapses this long after its deadline, so that a payment made in time is heard of first."""

PENDING_PATIENCE = timedelta(minutes=2)
"""A team waits this long past its deadline for the outcome of payments that were under way."""


class CampaignState(StrEnum):
    RUNNING = "running"
    ENDED = "ended"


class TeamState(StrEnum):
    OPENING = "opening"
    GATHERING = "gathering"
    FORMED = "formed"
    LAPSED = "lapsed"
    VOID = "void"


class SeatState(StrEnum):
    HELD = "held"
    TAKEN = "taken"
    RELEASED = "released"
    LEFT = "left"
    LAPSED = "lapsed"


class Audience(StrEnum):
    ALL = "all"
    NEWCOMERS = "newcomers"


class LatePolicy(StrEnum):
    """Where a payment goes that crossed the deadline, after its own team (if a seat is free) was tried."""

    ANOTHER_TEAM = "another_team"
    NEW_TEAM = "new_team"
    REFUND = "refund"


AUDIENCES = tuple(Audience)
LATE_POLICIES = tuple(LatePolicy)

CAMPAIGN = states.table(
    {CampaignState.RUNNING: {CampaignState.ENDED}, CampaignState.ENDED: ()}, start=CampaignState.RUNNING
)

# A team is visible once its opener has paid: opening → gathering at that capture, and the deadline runs from there.
TEAM = states.table(
    {
        TeamState.OPENING: {TeamState.GATHERING, TeamState.VOID},
        TeamState.GATHERING: {TeamState.FORMED, TeamState.LAPSED},
        TeamState.FORMED: (),
        TeamState.LAPSED: (),
        TeamState.VOID: (),
    },
    start=TeamState.OPENING,
)

# A seat is held at placement and taken at payment. A released one can be taken again by a payment that comes late.
SEAT = states.table(
    {
        SeatState.HELD: {SeatState.TAKEN, SeatState.RELEASED},
        SeatState.TAKEN: {SeatState.LEFT, SeatState.LAPSED},
        SeatState.RELEASED: {SeatState.TAKEN},
        SeatState.LEFT: (),
        SeatState.LAPSED: (),
    },
    start=SeatState.HELD,
)


@dataclass(frozen=True, slots=True)
class Price:
    price_minor: int
    allotment_id: AllotmentId | None


@dataclass(frozen=True, slots=True)
class Campaign:
    """A seller's offer. It never changes while it runs; a revision is a new campaign, so teams keep their terms."""

    id: CampaignId
    product_id: UUID
    state: str
    size: int
    starts_at: Instant
    ends_at: Instant
    team_seconds: int
    pay_seconds: int
    units_per_order_max: int
    units_per_person_max: int | None
    audience: str
    late_policy: str
    may_leave: bool
    promise_min: int | None
    prices: dict[UUID, Price] = field(default_factory=dict)
    ladder: Ladder = ()
    """Steps above the first: from so many members on, so much less for a unit (in minor units)."""
    leader_off_minor: int = 0
    """What whoever opens a team pays less for a unit."""
    stacks_with: frozenset[str] = POINTS_ONLY
    """The classes of discounts that go with the team's price."""

    @property
    def has_limits(self) -> bool:
        """Whether buying takes the lock row of campaign and person."""
        return self.units_per_person_max is not None or self.audience == Audience.NEWCOMERS

    def unit_minor(self, sku: UUID, *, leads: bool) -> int:
        """What a unit costs when the seat is taken; a ladder begins with its dearest price."""
        return self.prices[sku].price_minor - (self.leader_off_minor if leads else 0)

    @property
    def deepest_minor(self) -> int:
        """The most that may come back for a unit when a team closes."""
        return deepest(self.ladder)

    def why_not_open(self, now: Instant) -> Refusal | None:
        if self.state != CampaignState.RUNNING or not self.starts_at <= now < self.ends_at:
            return CampaignOver()
        return None


@dataclass(slots=True)
class Seat:
    team_id: TeamId
    order_id: UUID
    person_id: UUID
    units: int
    state: str
    held_at: Instant
    taken_at: Instant | None = None
    before: str = ""

    @property
    def is_live(self) -> bool:
        return self.state in (SeatState.HELD, SeatState.TAKEN)


@dataclass(slots=True)
class Team:
    id: TeamId
    campaign_id: CampaignId
    leader_id: UUID
    state: str
    size: int
    held: int
    taken: int
    opened_at: Instant
    deadline: Instant | None
    ended_at: Instant | None = None
    formed_by_promise: bool = False
    before: str = ""

    @property
    def free(self) -> int:
        return self.size - self.held - self.taken

    @property
    def is_over(self) -> bool:
        return self.state in (TeamState.FORMED, TeamState.LAPSED, TeamState.VOID)

    def why_not_join(self, now: Instant) -> Refusal | None:
        if self.state == TeamState.OPENING:
            return TeamNotOpen()
        if self.is_over or (self.deadline is not None and now >= self.deadline):
            return TeamOver()
        return None if self.free else TeamFull()

    def pay_by(self, now: Instant, campaign: Campaign) -> Instant:
        """A seat is kept for a short while, and never past the deadline."""
        soon = now + timedelta(seconds=campaign.pay_seconds)
        return soon if self.deadline is None else min(soon, self.deadline)


@dataclass(slots=True)
class Limit:
    """The lock row of one person in one campaign: units he has or had kept there."""

    campaign_id: CampaignId
    person_id: UUID
    units: int
