"""Which coupons to choose: the ones that leave least to pay. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

from tuan.kit.refusals import Refusal
from tuan.value.promotions.model.quoting import Counting, apply_coupons, count_up_to_rewards, open_to
from tuan.value.promotions.model.words import (
    SUPPLIERS_OWN,
    CampaignPrice,
    CouponId,
    CouponTerms,
    Prices,
    QuoteLine,
    Stacking,
)

EXACT_MAX = 5
"""Up to so many usable coupons every choice in every order is tried: 5 coupons have 326 of them."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """coupons in the order to choose them, what they save, and the most that any other choice could save beyond that."""

    coupons: tuple[CouponId, ...]
    saves_minor: int
    missed_minor_max: int
    refused: Mapping[CouponId, Refusal]
    """Coupons that cannot be used here at all, and why."""


def suggest(
    lines: Sequence[QuoteLine],
    prices: Prices,
    tier: str = "",
    wallet: Sequence[CouponTerms] = (),
    campaign: Mapping[int, CampaignPrice] | None = None,
) -> Suggestion:
    """The best choice from a wallet. Exact up to EXACT_MAX usable coupons; of more, exact among those that save most alone.

    Alone a coupon saves at least what it saves beside others, so all others together could not save more than the sum
    of what they save alone: `missed_minor_max`, 0 where the answer is exact. Freight does not depend on coupons, and
    points that every line takes pay the same share of what is left, so neither changes which choice is best.
    """
    ground = count_up_to_rewards(lines, prices, tier, campaign or {})
    places = open_to(lines, campaign or {}, Stacking.COUPON)
    alone: dict[CouponId, int] = {}
    refused: dict[CouponId, Refusal] = {}
    for coupon in wallet:
        outcome = _saves(ground, (coupon,), places)
        if isinstance(outcome, Refusal):
            refused[coupon.id] = outcome
        else:
            alone[coupon.id] = outcome
    usable = sorted((c for c in wallet if c.id in alone), key=lambda c: -alone[c.id])
    tried, others = usable[:EXACT_MAX], usable[EXACT_MAX:]
    best: tuple[CouponTerms, ...] = ()
    saves = 0
    for choice in _choices(tried):
        outcome = _saves(ground, choice, places)
        if not isinstance(outcome, Refusal) and (outcome, -len(choice)) > (saves, -len(best)):
            best, saves = choice, outcome
    missed = sum(alone[c.id] for c in others)
    return Suggestion(tuple(c.id for c in best), saves, missed, refused)


def _choices(coupons: Sequence[CouponTerms]) -> Iterator[tuple[CouponTerms, ...]]:
    """Every selection in every order; the seller's stand before the market's anyway, so only such orders are given."""
    for size in range(1, len(coupons) + 1):
        for choice in permutations(coupons, size):
            ranks = [coupon.bearer not in SUPPLIERS_OWN for coupon in choice]
            if ranks == sorted(ranks):
                yield choice


def _saves(ground: Counting, coupons: Sequence[CouponTerms], places: Sequence[int]) -> int | Refusal:
    trial = Counting(ground.lines)
    trial.left = list(ground.left)
    if refusal := apply_coupons(trial, coupons, places):
        return refusal
    return sum(ground.left) - sum(trial.left)
