"""Rules that stand for a while: limited prices, rewards from a threshold on, flash sessions. Rows with a validity. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType
from uuid import UUID

from tuan.goods.catalog.model import Freight
from tuan.kit import ids, states
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.value.promotions.errors import RuleClash, RuleInvalid
from tuan.value.promotions.model.bundles import LINES_MAX, Bundle
from tuan.value.promotions.model.bundles import UNITS_MAX as SET_UNITS_MAX
from tuan.value.promotions.model.coupons import NAME_MAX, SCOPE_MAX
from tuan.value.promotions.model.words import CampaignPrice, PriceOffer, Prices, Reason, Reward, Scope, Stacking

RuleId = NewType("RuleId", UUID)

RULE: ids.IdKind[RuleId] = ids.IdKind("rule")

TierId = NewType("TierId", UUID)

TIER: ids.IdKind[TierId] = ids.IdKind("tier")

STEPS_MAX = 5
UNITS_MAX = 1_000_000
PER_ORDER_MAX = 999


class RuleKind(StrEnum):
    """限时价, 满减, 秒杀, 套餐."""

    LIMITED = "limited"
    REWARD = "reward"
    FLASH = "flash"
    BUNDLE = "bundle"


class RuleState(StrEnum):
    RUNNING = "running"
    ENDED = "ended"


RULE_KINDS = tuple(RuleKind)
RULE_STATES = states.table({RuleState.RUNNING: {RuleState.ENDED}, RuleState.ENDED: ()}, start=RuleState.RUNNING)
STACKINGS = tuple(Stacking)
TIERS_BEARER = "market"
"""The market gives its people their tiers, so it pays for what their prices are below the list price."""


@dataclass(frozen=True, slots=True)
class NewRule:
    """A rule to launch. Rewards have steps (threshold, off) and a scope; prices have minor units by SKU; a flash session also
    the units set aside by SKU, the most of one order, and what its price goes with; a bundle the units of one set by SKU, its
    price, and the most sets of one order. supplier: None for the market's own."""

    kind: str
    name: str
    starts_at: Instant
    ends_at: Instant
    supplier: UUID | None = None
    prices: Mapping[UUID, int] = field(default_factory=dict)
    allotments: Mapping[UUID, int] = field(default_factory=dict)
    per_order: int = PER_ORDER_MAX
    stacks_with: tuple[str, ...] = (Stacking.POINTS,)
    steps: tuple[tuple[int, int], ...] = ()
    include: tuple[UUID, ...] = ()
    exclude: tuple[UUID, ...] = ()
    set_units: Mapping[UUID, int] = field(default_factory=dict)
    set_minor: int | None = None


def why_not_launch_rule(new: NewRule, now: Instant) -> Refusal | None:
    """The first field that does not fit, by name."""
    has_prices = new.kind in (RuleKind.LIMITED, RuleKind.FLASH)
    rising = all(a[0] < b[0] and a[1] < b[1] for a, b in zip(new.steps, new.steps[1:], strict=False))
    units, is_bundle = new.allotments.values(), new.kind == RuleKind.BUNDLE
    wrong = {
        "kind": new.kind not in RULE_KINDS,
        "name": not 0 < len(new.name.strip()) <= NAME_MAX,
        "ends_at": not new.starts_at < new.ends_at or new.ends_at <= now,
        "prices": has_prices != bool(new.prices) or any(not 0 < p <= AMOUNT_MINOR_MAX for p in new.prices.values()),
        "allotments": (new.kind == RuleKind.FLASH) != bool(new.allotments)
        or (new.kind == RuleKind.FLASH and new.allotments.keys() != new.prices.keys())
        or any(not 0 < u <= UNITS_MAX for u in units),
        "per_order": not 0 < new.per_order <= PER_ORDER_MAX,
        "stacks_with": not set(new.stacks_with) <= set(STACKINGS),
        "steps": (new.kind == RuleKind.REWARD) != bool(new.steps)
        or len(new.steps) > STEPS_MAX
        or not rising
        or any(not 0 < off <= threshold <= AMOUNT_MINOR_MAX for threshold, off in new.steps),
        "include": len(new.include) > SCOPE_MAX or len(new.exclude) > SCOPE_MAX,
        "set_units": is_bundle != (sum(new.set_units.values()) > 1)
        or len(new.set_units) > LINES_MAX
        or any(not 0 < u <= SET_UNITS_MAX for u in new.set_units.values()),
        "set_minor": is_bundle != (new.set_minor is not None)
        or (new.set_minor is not None and not 0 < new.set_minor <= AMOUNT_MINOR_MAX),
    }
    name = next((name for name, bad in wrong.items() if bad), None)
    return RuleInvalid(field=name) if name else None


@dataclass(frozen=True, slots=True)
class RulePrice:
    sku_id: UUID
    price_minor: int
    allotment_id: UUID | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A running rule, with the prices of the SKUs that were asked for."""

    id: RuleId
    kind: str
    name: str
    supplier_id: UUID | None
    bearer: str
    starts_at: Instant
    ends_at: Instant
    per_order: int
    stacks_with: Sequence[str]
    steps: Sequence[Sequence[int]]
    covers: Sequence[str]
    leaves_out: Sequence[str]
    prices: tuple[RulePrice, ...] = ()
    set_minor: int | None = None
    set_lines: tuple[tuple[UUID, int], ...] = ()
    is_running: bool = True

    def bundle(self, now: Instant) -> Bundle:
        """The rule as the bundle it is."""
        assert self.set_minor is not None
        is_open = self.is_running and self.starts_at <= now < self.ends_at
        return Bundle(self.id, self.name, self.set_minor, self.set_lines, self.per_order, self.bearer,
                      frozenset(self.stacks_with), is_open)  # fmt: skip


def why_not_beside(new: NewRule, others: Iterable[Rule]) -> Refusal | None:
    """Whether a rule of the same kind is for the same goods at the same time; nobody could say which of them counts.

    Rewards clash where one seller has two whose named goods meet (none named: all of his); prices where they share a SKU;
    bundles where they have the same set.
    """
    for other in others:
        if other.kind != new.kind or not (new.starts_at < other.ends_at and other.starts_at < new.ends_at):
            continue
        if new.kind == RuleKind.REWARD:
            mine, theirs = set(new.include), set(map(UUID, other.covers))
            meets = other.supplier_id == new.supplier and (not mine or not theirs or bool(mine & theirs))
        elif new.kind == RuleKind.BUNDLE:
            meets = dict(other.set_lines) == dict(new.set_units)
        else:
            meets = any(price.sku_id in new.prices for price in other.prices)
        if meets:
            return RuleClash(name=other.name)
    return None


@dataclass(frozen=True, slots=True)
class Flash:
    """A SKU in a flash session: the price of a unit, where its units lie, and the most of one order."""

    rule: RuleId
    unit_minor: int
    allotment_id: UUID
    per_order: int
    bearer: str
    stacks_with: frozenset[str]

    def price(self, units: int) -> CampaignPrice:
        return CampaignPrice(Reason.FLASH_PRICE, self.unit_minor * units, self.rule, self.bearer, self.stacks_with)


@dataclass(frozen=True, slots=True)
class PriceNow:
    """The price of a unit that stands for a while, as pages show it; `units` and `left` of a flash session's, None else."""

    unit_minor: int
    starts_at: Instant
    ends_at: Instant
    units: int | None = None
    left: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What pages show of the SKUs asked for: the lowest price of each for a while, and the bundles that have some of them."""

    prices: Mapping[UUID, PriceNow]
    bundles: tuple[Bundle, ...] = ()


class Rules:
    """What stands right now for the SKUs asked for; bundles and tiers where some were named or a buyer has one.

    tier_of: the tier of each person that is in one. tier_prices: minor units of one by tier and SKU.
    """

    def __init__(
        self,
        rules: Iterable[Rule] = (),
        bundles: Iterable[Bundle] = (),
        tier_of: Mapping[UUID, str] | None = None,
        tier_prices: Mapping[tuple[str, UUID], int] | None = None,
    ) -> None:
        self.bundles = {bundle.id: bundle for bundle in bundles}
        self.tier_of = tier_of or {}
        self.by_tier = {place: PriceOffer(unit, TIERS_BEARER) for place, unit in (tier_prices or {}).items()}
        self.limited: dict[UUID, PriceOffer] = {}
        self.flash: dict[UUID, Flash] = {}
        self.rewards: list[Reward] = []
        for rule in rules:
            if rule.kind == RuleKind.REWARD:
                scope = Scope(
                    frozenset(map(UUID, rule.covers)), frozenset(map(UUID, rule.leaves_out)), rule.supplier_id
                )
                steps = tuple((threshold, off) for threshold, off in rule.steps)
                self.rewards.append(Reward(rule.id, steps, scope, rule.bearer))
            for price in rule.prices:
                if price.allotment_id is None:
                    self.limited[price.sku_id] = PriceOffer(price.price_minor, rule.bearer, rule.id)
                else:
                    self.flash[price.sku_id] = Flash(rule.id, price.price_minor, price.allotment_id, rule.per_order,
                                                     rule.bearer, frozenset(rule.stacks_with))  # fmt: skip

    def allotments(self) -> set[UUID]:
        return {flash.allotment_id for flash in self.flash.values()}

    def prices(self, list_minor: Mapping[UUID, int], freight: Mapping[UUID, Freight]) -> Prices:
        return Prices(list_minor, self.limited, self.by_tier, rewards=tuple(self.rewards), freight=freight)


NO_RULES = Rules()


def named(ids_of: Collection[UUID]) -> list[str]:
    """Ids as they are stored in JSON, in one order."""
    return sorted(str(one) for one in ids_of)
