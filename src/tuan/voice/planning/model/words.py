"""What is simulated, what one run of it gives, and where a stored simulation stands. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType
from uuid import UUID

from tuan.kit import ids, states
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import Refusal
from tuan.people.compliance.model import PROFILES
from tuan.voice.planning.errors import TermsInvalid

SimulationId = NewType("SimulationId", UUID)
SIMULATION: ids.IdKind[SimulationId] = ids.IdKind("sim")


class What(StrEnum):
    CAMPAIGN = "campaign"
    """Teams at a team price: which form, and what that costs."""
    PLAN = "plan"
    """Shops who share, and people who buy of them: what a commission plan pays, to whom, and whether it may."""


class World(StrEnum):
    WATTS_STROGATZ = "watts_strogatz"
    KLEINBERG = "kleinberg"
    OWN = "own"
    """The market's own: who sat in a team with whom, who follows whose shop, who is whose customer."""


class JobState(StrEnum):
    DUE = "due"
    DONE = "done"


JOB = states.table({JobState.DUE: {JobState.DONE}, JobState.DONE: ()}, start=JobState.DUE)

PERMYRIAD = 10_000


class MixOf(StrEnum):
    """Where a mix of goods is from."""

    ORDERS = "orders"
    """What was paid in the last year, by option, at what a piece of it cost on the average."""
    SHELF = "shelf"
    """Nobody has bought yet: everything on the shelf, one piece of each at its price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One kind of goods: what a piece of it costs, how often it is bought beside the others, and what a plan pays for it by
    level, within its cap, in minor units."""

    price_minor: int
    weight: int
    pays: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is to be simulated; amounts in minor units, rates and shares in ten-thousandths.

    opened: teams that are opened, or links that shops share. appeal: how strongly goods attract, 10,000 as in the data that the
    chances were fitted to. passed_on: how many times an invitation is passed on, 1 reaches friends only. rate_one, rate_two: of
    a kept line, for the shop that sold and for whoever invited that shop. plan, version: a plan's own version, by whose rates
    each piece of `mix` is paid instead; budget_minor: of a run, all that it may promise, None without an end.
    """

    what: What = What.CAMPAIGN
    world: World = World.WATTS_STROGATZ
    people: int = 2_000
    friends: int = 10
    rewired: int = 1_000
    opened: int = 200
    size: int = 2
    price_minor: int = 990
    single_minor: int = 1_990
    leader_off_minor: int = 0
    appeal: int = PERMYRIAD
    passed_on: int = 1
    shops: int = 500
    rate_one: int = 0
    rate_two: int = 0
    profile: str = "CN"
    is_signed: bool = False
    hold_days: int = 15
    runs: int = 100
    seed: int = 1
    plan: UUID | None = None
    version: int = 0
    mix_of: MixOf | None = None
    mix: tuple[Piece, ...] = ()
    budget_minor: int | None = None

    @property
    def pays_shops(self) -> bool:
        return self.plan is not None or self.rate_one + self.rate_two > 0

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What may be bought: the mix, or goods at one price and its two rates."""
        pays = (self.price_minor * self.rate_one // PERMYRIAD, self.price_minor * self.rate_two // PERMYRIAD)
        return self.mix or (Piece(price_minor=self.price_minor, weight=1, pays=pays),)


BOUNDS: dict[str, tuple[int, int]] = {
    "people": (10, 20_000),
    "friends": (2, 50),
    "rewired": (0, PERMYRIAD),
    "opened": (1, 5_000),
    "size": (2, 1_000),
    "price_minor": (1, AMOUNT_MINOR_MAX),
    "single_minor": (1, AMOUNT_MINOR_MAX),
    "leader_off_minor": (0, AMOUNT_MINOR_MAX),
    "appeal": (0, 10 * PERMYRIAD),
    "passed_on": (1, 4),
    "shops": (1, PERMYRIAD),
    "rate_one": (0, PERMYRIAD),
    "rate_two": (0, PERMYRIAD),
    "hold_days": (0, 365),
    "runs": (1, 1_000),
    "seed": (0, 2**31 - 1),
    "version": (0, 2**31 - 1),
}
"""Least and most of each number that may be asked for."""
WORK_MAX = 40_000_000
"""People asked in all runs together, at most; about a minute of one core."""


def why_not_simulate(terms: Terms) -> Refusal | None:
    """A number out of its bounds, an odd ring, a plan's version for teams, a profile that there is not, a team price above the
    single one, or too much work."""
    for name, (least, most) in BOUNDS.items():
        if not least <= getattr(terms, name) <= most:
            return TermsInvalid(field=name)
    if terms.world is not World.OWN and terms.friends >= terms.people:
        return TermsInvalid(field="friends")
    if terms.world is World.WATTS_STROGATZ and terms.friends % 2:
        return TermsInvalid(field="friends")
    if (terms.plan is None) != (terms.version == 0) or (terms.plan is not None and terms.what is not What.PLAN):
        return TermsInvalid(field="plan")
    if terms.profile not in PROFILES:
        return TermsInvalid(field="profile")
    if terms.single_minor < terms.price_minor or terms.leader_off_minor > terms.price_minor:
        return TermsInvalid(field="price_minor" if terms.single_minor < terms.price_minor else "leader_off_minor")
    if work_of(terms) > WORK_MAX:
        return TermsInvalid(field="runs")
    return None


def work_of(terms: Terms) -> int:
    """At most so many people are asked; nobody is asked more often in a team than he has friends there."""
    once: int = min(terms.friends**terms.passed_on, terms.people * terms.friends)
    return terms.runs * terms.opened * once


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one run. Money in minor units.

    joined: paid seats in teams that formed, or what was bought of shops. lapsed_seats: paid and given back. discount: what the
    team price left out against the single price. first, second: commissions of level 1 and 2. earners: shops that were paid.
    top: what the ten of them that earned most got. weighted: the sum of place times income, the smallest first.
    outside: kept sales of shops to people who have none; recommended: to everybody.
    """

    formed: int
    lapsed: int
    joined: int
    lapsed_seats: int
    captured_minor: int
    refunded_minor: int
    discount_minor: int
    leader_off_minor: int
    first_minor: int
    second_minor: int
    top_minor: int
    earners: int
    weighted: int
    outside_minor: int
    recommended_minor: int

    @property
    def kept_minor(self) -> int:
        return self.captured_minor - self.refunded_minor

    @property
    def commission_minor(self) -> int:
        return self.first_minor + self.second_minor

    @property
    def cost_minor(self) -> int:
        """What the campaign and the plan cost whoever bears them."""
        return self.discount_minor + self.leader_off_minor + self.commission_minor
