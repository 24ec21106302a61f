"""Coupons: templates that people take from, and the coupons they hold, as loaded sets. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import NewType
from uuid import UUID

from tuan.kit import ids, states
from tuan.kit.holds import HoldEndedTwice
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import Instant
from tuan.people.compliance.model import Channel, Trigger, check_reward
from tuan.value.promotions.errors import (
    CouponLocked,
    CouponOver,
    CouponSpent,
    NewcomersOnly,
    NotInChannel,
    NotOffered,
    TakenAll,
    TakenEnough,
    TakenToday,
    TemplateInvalid,
)
from tuan.value.promotions.model.words import BEARERS, PERMYRIAD, CouponId, CouponTerms, Scope

TemplateId = NewType("TemplateId", UUID)

TEMPLATE: ids.IdKind[TemplateId] = ids.IdKind("ctpl")

NAME_MAX = 60
CODE_MAX = 32
TOTAL_MAX = 100_000_000
PER_PERSON_MAX = 100
FRIENDS_MAX = 20
VALID_SECONDS_MAX = 366 * 86_400
SCOPE_MAX = 400
A_DAY = timedelta(days=1)


class Way(StrEnum):
    """How a coupon is come by: in the coupon centre, for a code, from the house, or with friends."""

    CENTRE = "centre"
    CODE = "code"
    GRANTED = "granted"
    FRIENDS = "friends"


class TemplateState(StrEnum):
    RUNNING = "running"
    ENDED = "ended"


class CouponState(StrEnum):
    LOCKED = "locked"
    FREE = "free"
    OFFERED = "offered"
    HELD = "held"
    USED = "used"


WAYS = tuple(Way)

TEMPLATE_STATES = states.table(
    {TemplateState.RUNNING: {TemplateState.ENDED}, TemplateState.ENDED: ()}, start=TemplateState.RUNNING
)

# Locked until enough friends took theirs; others begin free. Offered while a gift of it waits for whoever has its link. Held by a checkout until it is paid; a used one comes back
# when every line it was used on was given back. That it has expired is said by its times, not by a state.
COUPON_STATES = states.table(
    {
        CouponState.LOCKED: {CouponState.FREE},
        CouponState.FREE: {CouponState.HELD, CouponState.OFFERED},
        CouponState.OFFERED: {CouponState.FREE},
        CouponState.HELD: {CouponState.USED, CouponState.FREE},
        CouponState.USED: {CouponState.FREE},
    },
    start=CouponState.LOCKED,
)


@dataclass(frozen=True, slots=True)
class NewTemplate:
    """Terms of a coupon to give away. An amount off, or a share (of 10,000) with a cap; valid until an instant or for so many
    seconds from taking. total: None for as many as are wanted. friends: how many have to take theirs before the first's opens.
    """

    name: str
    starts_at: Instant
    ends_at: Instant
    off_minor: int = 0
    off_permyriad: int = 0
    cap_minor: int | None = None
    threshold_minor: int = 0
    supplier: UUID | None = None
    include: tuple[UUID, ...] = ()
    exclude: tuple[UUID, ...] = ()
    stacks: bool = False
    way: str = Way.CENTRE
    code: str | None = None
    newcomers: bool = False
    friends: int = 0
    valid_until: Instant | None = None
    valid_seconds: int | None = None
    total: int | None = None
    per_person: int = 1
    per_day: int | None = None
    giftable: bool = False
    friends_new: bool = False
    """Only friends who have never bought open it."""
    gather_seconds: int | None = None
    """The time friends have, from when it is taken; None: as long as it is valid."""
    bearer: str | None = None
    """Who pays for it; None: the supplier whose it is, else the market."""


def why_not_launch_template(new: NewTemplate, now: Instant) -> Refusal | None:
    """The first field that does not fit, by name."""
    lasts = new.valid_seconds is not None and 0 < new.valid_seconds <= VALID_SECONDS_MAX
    wrong = {
        "name": not 0 < len(new.name.strip()) <= NAME_MAX,
        "off_minor": not 0 <= new.off_minor <= AMOUNT_MINOR_MAX or bool(new.off_minor) == bool(new.off_permyriad),
        "off_permyriad": not 0 <= new.off_permyriad <= PERMYRIAD,
        "cap_minor": new.cap_minor is not None and (not 0 < new.cap_minor <= AMOUNT_MINOR_MAX or bool(new.off_minor)),
        "threshold_minor": not 0 <= new.threshold_minor <= AMOUNT_MINOR_MAX,
        "ends_at": not new.starts_at < new.ends_at or new.ends_at <= now,
        "valid_until": (new.valid_until is None) != lasts or (new.valid_until or new.ends_at) < new.ends_at,
        "way": new.way not in WAYS,
        "code": (new.way == Way.CODE) != bool(new.code) or len(new.code or "") > CODE_MAX,
        "friends": (new.way == Way.FRIENDS) != (0 < new.friends <= FRIENDS_MAX),
        "friends_new": new.friends_new and new.way != Way.FRIENDS,
        "gather_seconds": new.gather_seconds is not None
        and (new.way != Way.FRIENDS or not 0 < new.gather_seconds <= VALID_SECONDS_MAX),
        "total": new.total is not None and not 0 < new.total <= TOTAL_MAX,
        "per_person": not 0 < new.per_person <= PER_PERSON_MAX,
        "per_day": new.per_day is not None and not 0 < new.per_day <= PER_PERSON_MAX,
        "bearer": new.bearer is not None and (new.bearer not in BEARERS or new.supplier is not None),
        "include": len(new.include) > SCOPE_MAX or len(new.exclude) > SCOPE_MAX,
    }
    field = next((name for name, bad in wrong.items() if bad), None)
    return TemplateInvalid(field=field) if field else None


def why_not_in(way: str, channel: str) -> Refusal | None:
    """Whether coupons of this way are given in this channel. One that friends open is given for bringing them."""
    breach = check_reward(Channel(channel), Trigger.RECRUIT) if way == Way.FRIENDS else None
    return NotInChannel(channel=channel, rule=str(breach.rule), article=breach.article) if breach else None


@dataclass(slots=True)
class Template:
    """What is given away, as it is stored. `taken` counts its coupons."""

    id: TemplateId
    name: str
    supplier_id: UUID | None
    bearer: str
    off_minor: int
    off_permyriad: int
    cap_minor: int | None
    threshold_minor: int
    covers: Sequence[str]
    leaves_out: Sequence[str]
    stacks: bool
    way: str
    newcomers: bool
    friends: int
    starts_at: Instant
    ends_at: Instant
    valid_until: Instant | None
    valid_seconds: int | None
    total: int | None
    taken: int
    per_person: int
    per_day: int | None
    state: str
    giftable: bool = False
    friends_new: bool = False
    gather_seconds: int | None = None

    def scope(self) -> Scope:
        return Scope(frozenset(map(UUID, self.covers)), frozenset(map(UUID, self.leaves_out)), self.supplier_id)

    def terms(self, coupon: CouponId) -> CouponTerms:
        return CouponTerms(coupon, self.off_minor, self.off_permyriad, self.cap_minor, self.threshold_minor,
                           self.scope(), self.bearer, self.stacks)  # fmt: skip

    def why_not_offer(self, now: Instant) -> Refusal | None:
        if self.state != TemplateState.RUNNING or not self.starts_at <= now < self.ends_at:
            return NotOffered()
        return None if self.total is None or self.taken < self.total else TakenAll()

    def why_not_have(self, person: UUID, in_all: int, in_a_day: int, old_customers: Collection[UUID]) -> Refusal | None:
        """Whether one more is within the share of a person who has had so many, however he comes by it."""
        if self.newcomers and person in old_customers:
            return NewcomersOnly()
        if in_all >= self.per_person:
            return TakenEnough(most=self.per_person)
        if self.per_day is not None and in_a_day >= self.per_day:
            return TakenToday(most=self.per_day)
        return None


@dataclass(slots=True)
class Coupon:
    """Somebody's. `about` is the checkout that holds or used it; `lines` are those it takes from, `lines_back` those of them
    that were given back whole."""

    id: CouponId
    template_id: TemplateId
    person_id: UUID
    state: str
    taken_at: Instant
    valid_from: Instant
    valid_until: Instant
    friends_missing: int = 0
    about: UUID | None = None
    lines: int = 0
    lines_back: int = 0
    number: int = 1
    open_until: Instant | None = None
    """Until when friends may open it; None: as long as it is valid."""
    before: str = ""


@dataclass(frozen=True, slots=True)
class CouponHold:
    """A coupon kept for one checkout."""

    coupon: CouponId
    about: UUID


class Coupons:
    """Locked coupons with the terms they came with; a checkout holds them, its payment settles them."""

    def __init__(self, coupons: Iterable[Coupon], templates: Mapping[UUID, Template] | None = None) -> None:
        self.rows = {coupon.id: coupon for coupon in coupons}
        self.templates = templates or {}
        self.changed: dict[CouponId, Coupon] = {}

    def why_not_use(
        self, coupon: UUID, person: UUID, now: Instant, old_customers: Iterable[UUID] = ()
    ) -> Refusal | None:
        """Somebody else's is not found; then whether it is valid, free, and for whom."""
        row = self.rows.get(CouponId(coupon))
        if row is None or row.person_id != person:
            return NotFound()
        if row.state == CouponState.LOCKED:
            return CouponLocked(friends=row.friends_missing)
        if not row.valid_from <= now < row.valid_until:
            return CouponOver()
        if self.templates[row.template_id].newcomers and person in old_customers:
            return NewcomersOnly()
        return self.why_not_hold(coupon)

    def why_not_hold(self, coupon: UUID, about: UUID | None = None) -> Refusal | None:
        """Free, or with this checkout already (a late payment of several orders comes once for each)."""
        row = self.rows.get(CouponId(coupon))
        if row is None:
            return NotFound()
        is_there = about is not None and row.about == about
        return None if row.state == CouponState.FREE or is_there else CouponSpent()

    @staticmethod
    def spent() -> Refusal:
        """What is said of a coupon that is used or kept elsewhere."""
        return CouponSpent()

    def terms(self, coupon: UUID) -> CouponTerms:
        row = self.rows[CouponId(coupon)]
        return self.templates[row.template_id].terms(row.id)

    def hold(self, coupon: UUID, about: UUID, lines: int) -> CouponHold:
        assert self.why_not_hold(coupon) is None
        row = self.rows[CouponId(coupon)]
        row.about, row.lines, row.lines_back = about, lines, 0
        self._move(row, CouponState.HELD)
        return CouponHold(row.id, about)

    def settle(self, hold: CouponHold) -> None:
        """Its checkout was paid."""
        self._move(self._held(hold), CouponState.USED)

    def release(self, hold: CouponHold) -> None:
        """Its checkout ended unpaid; it is free again, as long as it is valid."""
        self._free(self._held(hold))

    def give_back(self, hold: CouponHold, lines: int = 1) -> bool:
        """So many more of its lines were given back whole; with the last one it is free again. Whether it is."""
        row = self.rows[hold.coupon]
        if row.state != CouponState.USED or row.about != hold.about or row.lines_back + lines > row.lines:
            raise HoldEndedTwice(f"{hold.coupon} {row.state}")
        row.lines_back += lines
        self._touch(row)
        if row.lines_back == row.lines:
            self._free(row)
            return True
        return False

    def help_open(self, coupon: CouponId) -> None:
        """A friend took his, and the last of them opens it; one who comes later gets his all the same."""
        row = self.rows[coupon]
        if row.state == CouponState.LOCKED:
            self._touch(row)
            row.friends_missing -= 1
            if not row.friends_missing:
                self._move(row, CouponState.FREE)

    def offer(self, coupon: CouponId) -> None:
        """It waits for whoever has the link of its gift."""
        self._move(self.rows[coupon], CouponState.OFFERED)

    def withdraw(self, coupon: CouponId) -> None:
        """Nobody took it; its owner can use it again."""
        self._move(self.rows[coupon], CouponState.FREE)

    def hand_over(self, coupon: CouponId, person: UUID, number: int) -> None:
        """Somebody else's from now on: the `number`-th of its kind that he has had."""
        row = self.rows[coupon]
        self._move(row, CouponState.FREE)
        row.person_id, row.number = person, number

    def _held(self, hold: CouponHold) -> Coupon:
        row = self.rows[hold.coupon]
        if row.state != CouponState.HELD or row.about != hold.about:
            raise HoldEndedTwice(f"{hold.coupon} {row.state}")
        return row

    def _free(self, row: Coupon) -> None:
        row.about, row.lines, row.lines_back = None, 0, 0
        self._move(row, CouponState.FREE)

    def _touch(self, row: Coupon) -> None:
        if row.id not in self.changed:
            row.before = row.state
            self.changed[row.id] = row

    def _move(self, row: Coupon, after: CouponState) -> None:
        self._touch(row)
        COUPON_STATES.check(row.state, after)
        row.state = after


NO_COUPONS = Coupons([])
