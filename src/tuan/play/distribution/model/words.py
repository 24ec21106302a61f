"""The words of distribution: plans in versions, and what a shop is paid for a line that it recommended. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

from tuan.kit import ids, states
from tuan.kit.time import Instant
from tuan.people.compliance.model import Channel, check_level
from tuan.trade.orders.model import CHANNELS

PlanId = NewType("PlanId", UUID)
CommissionId = NewType("CommissionId", UUID)

PLAN_ID: ids.IdKind[PlanId] = ids.IdKind("plan")
COMMISSION_ID: ids.IdKind[CommissionId] = ids.IdKind("comm")

BASIS_POINTS = 10_000
DEPTHS = (1, 2)
"""1 is the shop that sold, 2 the shop that invited it. There is no third, here and in the tables."""
NAME_MAX = 60
RATES_MAX = 200
HOLD_DAYS_MAX = 120
SINCE_DAYS_MAX = 366
"""How far ahead a version may be switched on."""
APPEAL_LENGTHS = range(5, 1001)

CHANNEL_OF = {
    "web": Channel.WEB,
    "page": Channel.WEB,
    "word": Channel.WEB,
    "wechat_h5": Channel.WECHAT_H5,
    "wechat_mp": Channel.WECHAT_MP,
    "poster": Channel.WECHAT_H5,
    "parcel": Channel.WECHAT_H5,
}
"""Of CHANNELS, by the channel of the link that brought an order. What is scanned opens in whatever scans it, so that the strictest
place counts that it may be opened in; a share word is pasted into the market's own page."""


class Scope(StrEnum):
    """What a rate is for; the narrowest one that fits a line counts, from the last to the first."""

    MARKET = "market"
    CATEGORY = "category"
    PRODUCT = "product"
    SKU = "sku"
    CAMPAIGN = "campaign"


SCOPES = tuple(Scope)
WIDTH = {scope: place for place, scope in enumerate(SCOPES)}


@dataclass(frozen=True, slots=True)
class Rate:
    """What is paid to whom: rate_bp of the goods' money in ten-thousandths, or fixed_minor for each unit.

    object_id: the category, product, SKU or campaign; None for the whole market. channels: through which it is paid.
    """

    scope: str
    object_id: UUID | None
    depth: int
    rate_bp: int = 0
    fixed_minor: int = 0
    channels: frozenset[Channel] = frozenset(CHANNELS)


def channels_asked(linked: Channel, bought_in: Channel) -> tuple[Channel, ...]:
    """Whose owners are asked of an order: of its link's channel, and of the place where its buyer was. The open web adds nothing:
    whoever does not say where he is, is there."""
    return (linked,) if bought_in in (linked, Channel.WEB) else (linked, bought_in)


def channels_of(depth: int) -> frozenset[Channel]:
    """Every channel whose owner lets this level be paid: what a rate says that was written before rates named theirs."""
    return frozenset(channel for channel in CHANNELS if check_level(channel, depth) is None)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a version of a plan says. line_most_bp: of a line's goods, all that is paid on it. budget_minor: of the whole
    version, None without an end. hold_days: from receipt until it is the shop's to claim."""

    rates: tuple[Rate, ...]
    line_most_bp: int = 3000
    budget_minor: int | None = None
    hold_days: int = 8


class VersionState(StrEnum):
    DRAFT = "draft"
    ON = "on"
    OFF = "off"


VERSION = states.table(
    {
        VersionState.DRAFT: {VersionState.ON, VersionState.OFF},
        VersionState.ON: {VersionState.OFF},
        VersionState.OFF: (),
    },
    start=VersionState.DRAFT,
)
"""A version that was on is never on again, so that what stood at a moment can be read for ever. Terms that pay less are told
before they count: what is on stands from its time on, and what is off stands until its time."""


class Phase(StrEnum):
    """How a version stands at a moment."""

    DRAFT = "draft"
    COMING = "coming"
    ON = "on"
    ENDING = "ending"
    """It stands, and it is told until when."""
    OFF = "off"


def phase_at(state: str, since: Instant | None, until: Instant | None, at: Instant) -> Phase:
    """How a version with these times stands at this moment."""
    if since is None:
        return Phase.DRAFT if state == VersionState.DRAFT else Phase.OFF
    if until is not None and until <= max(at, since):
        return Phase.OFF
    if at < since:
        return Phase.COMING
    return Phase.ON if until is None else Phase.ENDING


def phase_of(rows: Sequence[Mapping[str, Any]], at: Instant) -> Phase:
    """How a plan stands, by its versions, the newest first: as the one that stands, else as one that is coming, else the newest."""
    found = [phase_at(row["state"], row["since"], row["until"], at) for row in rows]
    return next((one for one in (Phase.ON, Phase.ENDING, Phase.COMING) if one in found), found[0])


@dataclass(slots=True)
class Version:
    """A plan as it stands from `since` to `until`; promised_minor: what of its budget is promised or paid."""

    plan_id: PlanId
    number: int
    state: str
    terms: Terms
    since: Instant | None
    until: Instant | None
    promised_minor: int = 0

    def stood(self, at: Instant) -> bool:
        return self.since is not None and self.since <= at and (self.until is None or at < self.until)

    def phase(self, at: Instant) -> Phase:
        return phase_at(self.state, self.since, self.until, at)

    @property
    def left_minor(self) -> int | None:
        """What may still be promised; None without an end."""
        budget = self.terms.budget_minor
        return None if budget is None else max(budget - self.promised_minor, 0)


class CommissionState(StrEnum):
    PENDING = "pending"
    HELD = "held"
    MATURED = "matured"
    REVERSED = "reversed"
    VOID = "void"


C = CommissionState
COMMISSION = states.table(
    {
        C.PENDING: {C.HELD, C.MATURED, C.REVERSED},
        C.HELD: {C.PENDING, C.VOID, C.REVERSED},
        C.MATURED: (),
        C.REVERSED: (),
        C.VOID: (),
    },
    start=C.PENDING,
)
"""Pending: promised, or settled and still within its time. Held: somebody looks at it. Matured: the shop's to claim, and
lowered after that by what goes back. Reversed: all of it went back before. Void: it was no sale to a customer."""


class Why(StrEnum):
    """What a commission is held for."""

    SAME_ADDRESS = "same_address"
    """The goods go where the shop's owner lives."""
    SAME_DEVICE = "same_device"
    """Buyer and owner have signed in on one device."""
    SAME_ACCOUNT = "same_account"
    """What the buyer earns elsewhere is paid to the shop's own account."""
    SAME_PAYER = "same_payer"
    """The goods were paid from an account that has paid for the shop's owner."""
    RING = "ring"
    """The shop's owner, or somebody he buys from, buys from the buyer's shop."""
    LOOKED_AT = "looked_at"
    """Somebody of the market wants to look at it."""


WHYS = tuple(Why)


@dataclass(slots=True)
class Commission:
    """What one shop is promised of one line. amount_minor: of the whole line; kept_minor: of what is left of it.

    landed_minor: what was settled of it, None until then. matures_at: from when it may be the shop's, known once it was settled.
    """

    id: CommissionId
    order_id: UUID
    line_number: int
    depth: int
    shop_id: UUID
    plan_id: PlanId
    version: int
    rate_bp: int
    fixed_minor: int
    goods_minor: int
    amount_minor: int
    kept_minor: int
    state: str
    held_for: str | None
    accrued_at: Instant
    landed_minor: int | None = None
    matures_at: Instant | None = None
    ended_at: Instant | None = None
    before: str = ""
    channel: Channel = Channel.WEB

    @property
    def kind(self) -> str:
        """What its cut is called where it is settled."""
        return f"commission_{self.depth}"


@dataclass(frozen=True, slots=True)
class Withheld:
    """A level that is paid nothing of a line because of a channel that was asked. article: of the channel's owner, who forbids
    it; "" where the plan does not hold there."""

    id: UUID
    order_id: UUID
    line_number: int
    depth: int
    shop_id: UUID
    plan_id: PlanId
    version: int
    channel: Channel
    article: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Lowering:
    """So much of a commission went back, and why; debt_minor: of it, what its shop had been paid out already."""

    id: UUID
    commission_id: CommissionId
    amount_minor: int
    debt_minor: int
    why: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Seller:
    """A shop as far as it may be paid."""

    shop_id: UUID
    owner_id: UUID
    is_open: bool


Leg = tuple[UUID, UUID]
"""Who bought, and who answers for the shop that he bought by."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that speaks against a real sale by this shop; of a ring the purchases that it is made of."""

    order_id: UUID
    shop_id: UUID
    why: Why
    legs: tuple[Leg, ...] = ()


@dataclass(frozen=True, slots=True)
class Sold:
    """A line that a shop recommended, as it was paid. goods_minor: without freight; room_minor: what settlement lets be promised.

    sellers: by depth, the shop that sold and the one that invited it. flags: what speaks against a real sale, by shop.
    channel: of the link that brought the order; the market's own page where none did. bought_in: where its buyer was.
    """

    order_id: UUID
    line_number: int
    buyer_id: UUID
    placed_at: Instant
    sku_id: UUID
    product_id: UUID
    category_id: UUID
    campaigns: frozenset[UUID]
    units: int
    goods_minor: int
    back_minor: int
    room_minor: int
    sellers: Mapping[int, Seller]
    flags: Mapping[UUID, Why] = field(default_factory=dict)
    channel: Channel = Channel.WEB
    bought_in: Channel = Channel.WEB

    def fits(self, rate: Rate) -> bool:
        if rate.scope == Scope.CAMPAIGN:
            return rate.object_id in self.campaigns
        of = {Scope.CATEGORY: self.category_id, Scope.PRODUCT: self.product_id, Scope.SKU: self.sku_id}
        return rate.scope == Scope.MARKET or rate.object_id == of.get(Scope(rate.scope))
