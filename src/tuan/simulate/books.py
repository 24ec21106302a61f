"""The auditor's own books: who there is, what was offered, asked and answered, and what a step has tried."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.platform.gateways.payment import Notice

PAID = ("transfer", "split", "direct")
"""By transfers; also by splits of what buyers paid; or directly: a market of one seller, whose own account takes the money."""


@dataclass(frozen=True, slots=True)
class Buyer:
    number: int
    id: UUID
    address: UUID
    region: str
    """Where it is, as it is written."""


@dataclass(slots=True)
class Ware:
    """A SKU with its supplier and its price of this moment, in minor units."""

    number: int
    sku: UUID
    product: UUID
    supplier: UUID
    price_minor: int
    is_listed: bool = True


@dataclass(frozen=True, slots=True)
class Terms:
    """A campaign as its seller launched it; it never changes."""

    number: int
    id: UUID
    product: UUID
    prices: dict[UUID, int]
    aside: dict[UUID, int]
    size: int
    team_seconds: int
    pay_seconds: int
    units_per_order_max: int
    units_per_person_max: int | None
    audience: str
    late_policy: str
    may_leave: bool
    promise_min: int | None
    ends_at: Instant
    takes_coupons: bool


@dataclass(frozen=True, slots=True)
class PayoutBook:
    """An account that a supplier named: by what number the provider knows it, and whether somebody checked it."""

    number: int
    supplier: UUID
    payee: str
    is_checked: bool
    is_split: bool = False
    """Whether it is paid from payments that the provider splits, and not by a transfer."""


@dataclass(slots=True)
class Asked:
    """One call of a verb: the command (or the arguments of a plain verb), and the answer unless it is not known."""

    verb: str
    command: Any
    answer: Any = None
    is_known: bool = False

    @property
    def code(self) -> str:
        """The code of a refusal, else nothing."""
        return self.answer.code if isinstance(self.answer, Refusal) else ""


@dataclass(slots=True)
class Account:
    """What one step did, for the auditor and for whoever reads why it went wrong."""

    number: int
    began: Instant
    title: str = ""
    asked: list[Asked] = field(default_factory=list)
    is_race: bool = False
    """Whether the calls ran at once, so that any order of them is lawful."""
    worked: bool = False
    """Whether the worker was at work: facts delivered, what is due done."""
    is_cut_off: bool = False
    """Whether a call ended without an answer."""
    notes: list[str] = field(default_factory=list)

    def cut_off(self, error: BaseException) -> None:
        self.is_cut_off = True
        self.notes.append(type(error).__name__)

    def line(self) -> str:
        told = ", ".join(filter(None, [*(f"{a.verb}: {_told(a)}" for a in self.asked), *self.notes]))
        return f"{self.number:>4}  {self.title}" + (f"  [{told}]" if told else "")


def _told(asked: Asked) -> str:
    if not asked.is_known:
        return "no answer"
    return asked.code or (type(asked.answer).__name__ if asked.answer is not None else "done")


@dataclass(frozen=True, slots=True)
class Kind:
    """Coupons as they are given: an amount off or a share of 10,000 with a cap; of one supplier's goods or of all."""

    number: int
    template: UUID
    supplier: UUID | None
    off_minor: int
    off_permyriad: int
    cap_minor: int | None
    threshold_minor: int
    stacks: bool
    per_person: int


@dataclass(slots=True)
class Part:
    """So many units of one SKU in an order: what its goods and its sending cost, what of the price the market bears, the coupons that
    took from it, and what of it went back since."""

    units: int
    goods_minor: int
    freight_minor: int = 0
    borne_minor: int = 0
    coupons: frozenset[UUID] = frozenset()
    back_units: int = 0
    back_goods: int = 0
    back_freight: int = 0
    fee_minor: int | None = None
    """The market's, once its money was shared out."""

    @property
    def amount_minor(self) -> int:
        return self.goods_minor + self.freight_minor

    @property
    def back_minor(self) -> int:
        return self.back_goods + self.back_freight

    @property
    def left(self) -> int:
        return self.units - self.back_units

    def all_back(self) -> None:
        self.back_units, self.back_goods, self.back_freight = self.units, self.goods_minor, self.freight_minor


@dataclass(slots=True)
class OrderBook:
    """An order by the auditor's own reckoning; parts by SKU."""

    number: int
    total_minor: int
    campaign: UUID | None
    parts: dict[UUID, Part]
    points: int = 0
    was_closed: bool = False
    shared_at: Instant | None = None
    """When its money was shared out."""
    is_direct: bool = False
    """Whether the seller's own account took the buyers' money then, so that his share was with him already."""

    @property
    def back_minor(self) -> int:
        return sum(part.back_minor for part in self.parts.values())

    @property
    def measure(self) -> tuple[int, int]:
        """How much of the goods is back, and of how much: in money, or in units where they cost none."""
        some = self.parts.values()
        if of := sum(part.goods_minor for part in some):
            return sum(part.back_goods for part in some), of
        return sum(part.back_units for part in some), sum(part.units for part in some)


@dataclass(slots=True)
class CaseBook:
    """What is asked about units of an order, by the auditor's own reckoning. `parts`: (SKU, units, goods, sending) in minor units.

    keeps: less money than the units are worth, so that none is given up. heard: who has spoken since the operator was called;
    perhaps_heard: of whom that is not known.
    """

    kind: str
    parts: list[tuple[UUID, int, int, int]]
    keeps: bool = False
    came_back: bool = False
    heard: set[str] = field(default_factory=set)
    perhaps_heard: set[str] = field(default_factory=set)

    @property
    def worth_minor(self) -> int:
        return sum(goods + freight for _, _, goods, freight in self.parts)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a command did: the orders or the attempt it made. Without an answer it was found, not told."""

    command: Any
    made: frozenset[UUID]
    answer: Any = None


@dataclass(slots=True)
class Books:
    """Everything the auditor remembers from one step to the next."""

    began: Instant
    paid: str = "transfer"
    """How sellers are paid here, one of `PAID`."""
    people: list[Buyer] = field(default_factory=list)
    suppliers: list[UUID] = field(default_factory=list)
    category: UUID | None = None
    """Where all of it is found."""
    wares: dict[UUID, Ware] = field(default_factory=dict)
    campaigns: dict[UUID, Terms] = field(default_factory=dict)
    orders: dict[UUID, OrderBook] = field(default_factory=dict)
    cases: dict[tuple[UUID, int], CaseBook] = field(default_factory=dict)
    """By (order, number)."""
    gone: Counter[UUID] = field(default_factory=Counter)
    """Units that have left the house, by SKU."""
    teams: dict[UUID, int] = field(default_factory=dict)
    """Number by team, in the order they came."""
    accounts: dict[UUID, PayoutBook] = field(default_factory=dict)
    withdrawals: dict[UUID, int] = field(default_factory=dict)
    """Number by withdrawal, in the order they came."""
    repaid_minor: int = 0
    """What of a direct seller's shares paid a debt of his, and so did not stay with him."""
    repaid_by_hand: int = 0
    """Of that: of orders that cost their buyers nothing."""
    asked_before: dict[UUID, int] = field(default_factory=dict)
    """What its supplier had asked for on the same day of the market before, by withdrawal."""
    kinds: dict[UUID, Kind] = field(default_factory=dict)
    """Coupons that are given, by template."""
    coupons: dict[UUID, int] = field(default_factory=dict)
    """Number by coupon, in the order they came."""
    keyed: list[tuple[Instant, Asked]] = field(default_factory=list)
    """Commands with a key, to be repeated, and when they were asked."""
    bag: list[Notice] = field(default_factory=list)
    """Notices on their way from the provider to us."""
    received: Counter[UUID] = field(default_factory=Counter)
    heard: set[str] = field(default_factory=set)
    """The provider's transactions that we said we had taken in: acknowledged money."""
    effects: dict[tuple[str, UUID, str], Effect] = field(default_factory=dict)
    """What a command did, by (verb, actor, key): asking again must answer the same."""

    def name_of(self, id: UUID) -> str:
        """A short name that does not depend on ids."""
        for kind, numbers in (
            ("team", self.teams),
            ("withdrawal", self.withdrawals),
            ("supplier", {one: n for n, one in enumerate(self.suppliers)}),
            ("order", {o: b.number for o, b in self.orders.items()}),
        ):
            if id in numbers:
                return f"{kind}{numbers[id]}"
        found = next((f"person{p.number}" for p in self.people if p.id == id), None)
        return found or next((f"ware{w.number}" for w in self.wares.values() if w.sku == id), str(id))
