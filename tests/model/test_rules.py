"""Limited prices, rewards and flash sessions: which may be launched, which clash, and what a quote is told of them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.given.models import NOON
from tuan.kit.ids import new_uuid
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.value.promotions.errors import BundleOver, BundleUneven, RuleClash, RuleInvalid
from tuan.value.promotions.model import (
    RULE,
    Bundle,
    CampaignPrice,
    Flash,
    NewRule,
    PriceOffer,
    Prices,
    Reason,
    Reward,
    Rule,
    RuleKind,
    RulePrice,
    Rules,
    Scope,
    Stacking,
)
from tuan.value.promotions.model.coupons import SCOPE_MAX
from tuan.value.promotions.model.rules import named, why_not_beside, why_not_launch_rule

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
SKU, OTHER, SELLER = new_uuid(), new_uuid(), new_uuid()
IDS = tuple(new_uuid() for _ in range(SCOPE_MAX + 1))

LIMITED = NewRule(RuleKind.LIMITED, "周末价", NOON, NOON + DAY, prices={SKU: 500})
FLASH = replace(LIMITED, kind=RuleKind.FLASH, allotments={SKU: 10}, per_order=2)
BUNDLE = NewRule(RuleKind.BUNDLE, "套餐", NOON, NOON + DAY, set_units={SKU: 1, OTHER: 2}, set_minor=900)
REWARD = NewRule(RuleKind.REWARD, "满减", NOON, NOON + DAY, steps=((1000, 100), (2000, 300)))


def steps(*some: tuple[int, int]) -> NewRule:
    return replace(REWARD, steps=some)


# ── launching ──
@pytest.mark.parametrize(
    "new",
    [
        LIMITED, FLASH, REWARD, replace(LIMITED, name="x"), replace(LIMITED, name="x" * 60),
        replace(LIMITED, starts_at=NOON + DAY - SECOND), replace(LIMITED, starts_at=NOON - DAY, ends_at=NOON + SECOND),
        replace(LIMITED, prices={SKU: 1}), replace(LIMITED, prices={SKU: AMOUNT_MINOR_MAX, OTHER: 1}),
        replace(FLASH, allotments={SKU: 1}), replace(FLASH, allotments={SKU: 1_000_000}), replace(FLASH, per_order=1),
        replace(FLASH, per_order=999), replace(LIMITED, stacks_with=tuple(Stacking)), replace(LIMITED, stacks_with=()),
        steps((1, 1)), steps((AMOUNT_MINOR_MAX, AMOUNT_MINOR_MAX)), steps((9, 1), (10, 2), (11, 3), (12, 4), (13, 5)),
        replace(REWARD, include=IDS[1:], exclude=IDS[1:]), BUNDLE, replace(BUNDLE, set_units={SKU: 2}),
        replace(BUNDLE, set_units={SKU: 99}), replace(BUNDLE, set_units=dict.fromkeys(IDS[:10], 1)), replace(BUNDLE, set_minor=1),
        replace(BUNDLE, set_minor=AMOUNT_MINOR_MAX),
    ],
)  # fmt: skip
def test_a_rule_within_its_bounds_is_launched(new: NewRule) -> None:
    assert why_not_launch_rule(new, NOON) is None


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (replace(LIMITED, kind="gift", prices={}), "kind"), (replace(LIMITED, name=" "), "name"),
        (replace(LIMITED, name="x" * 61), "name"), (replace(LIMITED, starts_at=NOON + DAY), "ends_at"),
        (replace(LIMITED, starts_at=NOON - DAY, ends_at=NOON), "ends_at"), (replace(LIMITED, prices={}), "prices"),
        (replace(FLASH, prices={}, allotments={}), "prices"), (replace(REWARD, prices={SKU: 1}), "prices"),
        (replace(LIMITED, prices={SKU: 0}), "prices"), (replace(LIMITED, prices={SKU: AMOUNT_MINOR_MAX + 1}), "prices"),
        (replace(FLASH, allotments={}), "allotments"), (replace(LIMITED, allotments={SKU: 1}), "allotments"),
        (replace(FLASH, allotments={OTHER: 1}), "allotments"), (replace(FLASH, allotments={SKU: 0}), "allotments"),
        (replace(FLASH, allotments={SKU: 1_000_001}), "allotments"), (replace(FLASH, per_order=0), "per_order"),
        (replace(FLASH, per_order=1000), "per_order"), (replace(LIMITED, stacks_with=("points", "luck")), "stacks_with"),
        (steps(), "steps"), (replace(LIMITED, steps=((1000, 100),)), "steps"), (steps((5, 6)), "steps"), (steps((5, 0)), "steps"),
        (steps((AMOUNT_MINOR_MAX + 1, 1)), "steps"), (steps((10, 1), (10, 2)), "steps"), (steps((10, 2), (11, 2)), "steps"),
        (steps((9, 1), (10, 2), (11, 3), (12, 4), (13, 5), (14, 6)), "steps"), (steps((10, 3), (9, 4)), "steps"),
        (replace(BUNDLE, set_units={SKU: 1}), "set_units"), (replace(BUNDLE, set_units={}), "set_units"),
        (replace(BUNDLE, set_units={SKU: 100}), "set_units"), (replace(BUNDLE, set_units={SKU: 2, OTHER: 0}), "set_units"),
        (replace(BUNDLE, set_units=dict.fromkeys(IDS[:11], 1)), "set_units"), (replace(REWARD, set_units={SKU: 2}), "set_units"),
        (replace(BUNDLE, set_minor=None), "set_minor"), (replace(BUNDLE, set_minor=AMOUNT_MINOR_MAX + 1), "set_minor"),
        (replace(BUNDLE, set_minor=0), "set_minor"), (replace(REWARD, set_minor=1), "set_minor"),
        (replace(REWARD, include=IDS), "include"), (replace(REWARD, exclude=IDS), "include"),
    ],
)  # fmt: skip
def test_a_rule_out_of_its_bounds_says_where(new: NewRule, field: str) -> None:
    assert why_not_launch_rule(new, NOON) == RuleInvalid(field=field)


# ── beside others ──
def running(kind: RuleKind = RuleKind.LIMITED, **more: Any) -> Rule:
    prices = () if kind == RuleKind.REWARD else (RulePrice(OTHER, 300, None), RulePrice(SKU, 400, None))
    return replace(
        Rule(RULE.new(), kind, "旧", None, "market", NOON, NOON + DAY, 9, ("points",), (), (), (), prices), **more
    )


CLASH = RuleClash(name="旧")


@pytest.mark.parametrize(
    ("new", "other", "clashes"),
    [
        (LIMITED, running(), True), (LIMITED, running(prices=(RulePrice(OTHER, 1, None),)), False),
        (LIMITED, running(RuleKind.FLASH), False), (FLASH, running(RuleKind.FLASH), True),
        (LIMITED, running(starts_at=NOON + DAY, ends_at=NOON + 2 * DAY), False),
        (LIMITED, running(starts_at=NOON - DAY, ends_at=NOON), False),
        (LIMITED, running(starts_at=NOON - DAY, ends_at=NOON + SECOND), True),
        (REWARD, running(RuleKind.REWARD), True), (REWARD, running(RuleKind.REWARD, supplier_id=SELLER), False),
        (replace(REWARD, supplier=SELLER), running(RuleKind.REWARD, supplier_id=SELLER), True),
        (replace(REWARD, include=(SKU,)), running(RuleKind.REWARD), True),
        (REWARD, running(RuleKind.REWARD, covers=[str(SKU)]), True),
        (replace(REWARD, include=(SKU,)), running(RuleKind.REWARD, covers=[str(OTHER)]), False),
        (replace(REWARD, include=(SKU,)), running(RuleKind.REWARD, covers=[str(OTHER), str(SKU)]), True),
    ],
)  # fmt: skip
def test_two_rules_of_a_kind_for_the_same_goods_at_the_same_time_clash(
    new: NewRule, other: Rule, clashes: bool
) -> None:
    assert why_not_beside(new, [other]) == (CLASH if clashes else None)


def test_bundles_of_the_same_set_clash_and_one_of_others_does_not() -> None:
    same, other = ((OTHER, 2), (SKU, 1)), ((OTHER, 1), (SKU, 1))
    assert why_not_beside(BUNDLE, [running(RuleKind.BUNDLE, set_lines=same)]) == CLASH
    assert why_not_beside(BUNDLE, [running(RuleKind.BUNDLE, set_lines=other)]) is None


def test_a_rule_says_which_bundle_it_is_and_whether_it_is_sold_now() -> None:
    rule = running(RuleKind.BUNDLE, set_minor=900, set_lines=((SKU, 1),), bearer="shop", stacks_with=["coupon"])
    told = Bundle(rule.id, "旧", 900, ((SKU, 1),), 9, "shop", frozenset(("coupon",)), True)
    assert rule.bundle(NOON) == told == rule.bundle(NOON + DAY - SECOND)
    closed = replace(told, is_open=False)
    assert (
        rule.bundle(NOON - SECOND) == closed == rule.bundle(NOON + DAY) == replace(rule, is_running=False).bundle(NOON)
    )
    assert Rules(bundles=[told]).bundles == {rule.id: told}
    assert told.why_not_buy(9) is None and told.why_not_buy(10) == BundleUneven(most=9)
    assert closed.why_not_buy(1) == BundleOver()


def test_a_tiers_price_is_borne_by_the_market() -> None:
    rules = Rules(tier_of={SELLER: "gold"}, tier_prices={("gold", SKU): 70})
    assert rules.tier_of == {SELLER: "gold"} and rules.by_tier == {("gold", SKU): PriceOffer(70, "market")}
    assert rules.prices({SKU: 100}, {}).by_tier == rules.by_tier and Rules().tier_of == {}


def test_every_other_rule_is_asked() -> None:
    harmless = [running(RuleKind.FLASH, name="a"), running(prices=(), name="b")]
    assert why_not_beside(LIMITED, [*harmless, running()]) == CLASH
    assert why_not_beside(LIMITED, harmless) is why_not_beside(LIMITED, []) is None


# ── what a quote is told ──
def test_rules_are_sorted_by_what_they_do_to_a_price() -> None:
    limited, pool = running(bearer="supplier", prices=(RulePrice(SKU, 400, None),)), new_uuid()
    flash = running(RuleKind.FLASH, prices=(RulePrice(OTHER, 300, pool),), per_order=3, stacks_with=("coupon",))
    reward = running(RuleKind.REWARD, supplier_id=SELLER, bearer="shop", steps=[[1000, 100], [2000, 300]], covers=[str(SKU)],
                     leaves_out=[str(OTHER)])  # fmt: skip
    rules = Rules([limited, flash, reward])
    assert rules.limited == {SKU: PriceOffer(400, "supplier", limited.id)}
    assert rules.flash == {OTHER: Flash(flash.id, 300, pool, 3, "market", frozenset(("coupon",)))}
    scope = Scope(frozenset((SKU,)), frozenset((OTHER,)), SELLER)
    assert rules.rewards == [Reward(reward.id, ((1000, 100), (2000, 300)), scope, "shop")]
    assert rules.allotments() == {pool}
    assert rules.prices({SKU: 500}, {}) == Prices({SKU: 500}, rules.limited, rewards=tuple(rules.rewards))
    assert rules.flash[OTHER].price(2) == CampaignPrice(
        Reason.FLASH_PRICE, 600, flash.id, "market", frozenset(("coupon",))
    )


def test_ids_are_stored_in_one_order() -> None:
    assert named({UUID(int=2), UUID(int=1)}) == [str(UUID(int=1)), str(UUID(int=2))]
