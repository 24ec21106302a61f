"""The quote: the one function that computes what a buyer pays. Its steps stand in docs/design/money.md, in this order.

A discount never takes more than is left of a line. Nothing here knows who asks.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from tuan.goods.catalog.model import SKU, Freight, FreightRule, Measure, SkuId
from tuan.kit.money import split
from tuan.kit.refusals import Refusal
from tuan.value.promotions.errors import CouponBelow, CouponNotHere, CouponsClash, CouponSpare, NoDelivery
from tuan.value.promotions.model.words import (
    COUPON,
    PERMYRIAD,
    SUPPLIERS_OWN,
    Allocation,
    CampaignPrice,
    CouponTerms,
    Points,
    PricedLine,
    PriceOffer,
    Prices,
    Quote,
    QuoteLine,
    Reason,
    Reward,
    Stacking,
    Step,
)

NO_POINTS = Points(0)


class Counting:
    """The lines while their price is made: what is left of each, and what was taken by whom."""

    def __init__(self, lines: Sequence[QuoteLine]) -> None:
        self.lines = lines
        self.left = [0] * len(lines)
        self.list_minor = [0] * len(lines)
        self.freight = [0] * len(lines)
        self.allocations: list[list[Allocation]] = [[] for _ in lines]
        self.steps: list[list[Step]] = [[] for _ in lines]

    def left_of(self, places: Sequence[int]) -> int:
        return sum(self.left[place] for place in places)

    def take(
        self, places: Sequence[int], amount_minor: int, reason: Reason, source: UUID | None, bearer: str,
        data: Mapping[str, int | str | None],
    ) -> None:  # fmt: skip
        """Take an amount from these lines, split by what is left of each."""
        for place, part in zip(places, split(amount_minor, [self.left[p] for p in places]), strict=True):
            if part:
                self.left[place] -= part
                self.allocations[place].append(Allocation(place, reason, source, bearer, part))
                self.steps[place].append(Step(reason, -part, data))

    def priced(self, place: int) -> PricedLine:
        line = self.lines[place]
        gross = self.list_minor[place] * line.units
        amount = self.left[place] + self.freight[place]
        return PricedLine(line.sku, line.units, self.list_minor[place], gross - self.left[place], self.freight[place],
                          amount, tuple(self.allocations[place]), tuple(self.steps[place]))  # fmt: skip


def quote(
    lines: Sequence[QuoteLine],
    prices: Prices,
    tier: str = "",
    coupons: Sequence[CouponTerms] = (),
    campaign: Mapping[int, CampaignPrice] | None = None,
    region: str | None = None,
    points: Points = NO_POINTS,
) -> Quote | Refusal:
    """What these lines cost, and why; or why they cannot be had so.

    coupons: those chosen, in the order chosen. campaign: by place of the line, for lines bought in one. region: of the
    address, as it is written, None while none is chosen (then freight is not in the quote yet).
    Every amount is in minor units of one currency.
    """
    campaigns = campaign or {}
    counting = count_up_to_rewards(lines, prices, tier, campaigns)
    before_coupons = list(counting.left)
    if refusal := apply_coupons(counting, coupons, open_to(lines, campaigns, Stacking.COUPON)):
        return refusal
    if region is not None and (refusal := _freight(counting, prices, region, before_coupons)):
        return refusal
    used = _pay_by_points(counting, points, open_to(lines, campaigns, Stacking.POINTS)) if points.units else 0
    priced = tuple(counting.priced(place) for place in range(len(lines)))
    return Quote(priced, sum(line.amount_minor for line in priced), used)


def count_up_to_rewards(
    lines: Sequence[QuoteLine], prices: Prices, tier: str, campaigns: Mapping[int, CampaignPrice]
) -> Counting:
    """Steps 1 to 3: everything that nobody has to choose."""
    counting = Counting(lines)
    for place in range(len(lines)):
        _price(counting, place, prices, tier, campaigns.get(place))
    if prices.rewards:
        _reward(counting, prices.rewards, open_to(lines, campaigns, Stacking.REWARD))
    return counting


def campaign_line(sku: UUID, units: int, list_minor: int, price: CampaignPrice, freight_minor: int = 0) -> PricedLine:
    """What `quote` says of one line in a campaign with nothing chosen beside it, but without the explanation.

    For a crowd that joins teams: a test holds it to the quote, which would cost each of them twenty microseconds more.
    """
    listed = max(list_minor, -(-price.amount_minor // units))
    off = listed * units - price.amount_minor
    parts = (Allocation(0, price.reason, price.source, price.bearer, off),) if off else ()
    return PricedLine(sku, units, listed, off, freight_minor, price.amount_minor + freight_minor, parts, ())


def open_to(lines: Sequence[QuoteLine], campaigns: Mapping[int, CampaignPrice], stacking: Stacking) -> list[int]:
    """The lines whose price goes with this class of discounts."""
    return [p for p in range(len(lines)) if p not in campaigns or stacking in campaigns[p].stacks_with]


def _price(counting: Counting, place: int, prices: Prices, tier: str, campaign: CampaignPrice | None) -> None:
    """Steps 1 and 2: the list price, and one price in its stead."""
    line = counting.lines[place]
    listed = prices.list_minor[line.sku]
    if campaign is None:
        chosen: list[tuple[int, Reason | None, PriceOffer]] = [(listed * line.units, None, PriceOffer(listed))]
        if limited := prices.limited.get(line.sku):
            chosen.append((limited.unit_minor * line.units, Reason.LIMITED_PRICE, limited))
        if tier and (own := prices.by_tier.get((tier, line.sku))):
            chosen.append((own.unit_minor * line.units, Reason.TIER_PRICE, own))
        amount, reason, offer = min(chosen, key=lambda one: one[0])
        source, bearer = offer.source, offer.bearer
    else:
        amount, reason, source, bearer = campaign.amount_minor, campaign.reason, campaign.source, campaign.bearer
        # A price above the list price is its own list price, since a discount is never negative.
        listed = max(listed, -(-amount // line.units))
    counting.list_minor[place] = listed
    counting.left[place] = listed * line.units
    counting.steps[place].append(Step("list_price", listed * line.units, {"unit_minor": listed, "units": line.units}))
    if reason and (off := listed * line.units - amount):
        counting.left[place] = amount
        counting.allocations[place].append(Allocation(place, reason, source, bearer, off))
        counting.steps[place].append(Step(reason, -off))
    if campaign is not None and Stacking.COUPON not in campaign.stacks_with:
        counting.steps[place].append(Step("no_coupons", 0))


def _reward(counting: Counting, rewards: Sequence[Reward], places: Sequence[int]) -> None:
    """Step 3: the reward that takes most comes first, and no line has two; of equal ones the earlier declared."""
    free = list(places)
    waiting = list(rewards)
    while waiting and free:
        found = [(_worth(counting, reward, free), reward) for reward in waiting]
        (threshold, off), best = max(found, key=lambda one: one[0][1])
        if not off:
            return
        scoped = [place for place in free if best.scope.takes(counting.lines[place])]
        counting.take(
            scoped, off, Reason.REWARD, best.id, best.bearer, {"threshold_minor": threshold, "off_minor": off}
        )
        free = [place for place in free if place not in scoped]
        waiting.remove(best)


def _worth(counting: Counting, reward: Reward, free: Sequence[int]) -> tuple[int, int]:
    """The highest threshold reached and what it takes off; (0, 0) for none."""
    has = sum(counting.left[p] for p in free if reward.scope.takes(counting.lines[p]))
    threshold, off = max((step for step in reward.steps if step[0] <= has), default=(0, 0))
    return threshold, min(off, has)


def apply_coupons(counting: Counting, coupons: Sequence[CouponTerms], places: Sequence[int]) -> Refusal | None:
    """Step 4: the seller's coupons first, then the market's, in the order given.

    A threshold is asked of what steps 1–3 left, so that one coupon never takes another's ground away: more coupons are
    never dearer.
    """
    if not coupons:
        return None
    if sum(not coupon.stacks for coupon in coupons) > 1:
        return CouponsClash()
    before = list(counting.left)
    for coupon in sorted(coupons, key=lambda c: c.bearer not in SUPPLIERS_OWN):
        scoped = [place for place in places if coupon.scope.takes(counting.lines[place])]
        has = sum(before[place] for place in scoped)
        if not has:
            return CouponNotHere(coupon=COUPON.show(coupon.id))
        if has < coupon.threshold_minor:
            return CouponBelow(coupon=COUPON.show(coupon.id), needs_minor=coupon.threshold_minor, has_minor=has)
        off = coupon.worth(counting.left_of(scoped))
        if not off:
            return CouponSpare(coupon=COUPON.show(coupon.id))
        counting.take(scoped, off, Reason.COUPON, coupon.id, coupon.bearer,
                      {"coupon": COUPON.show(coupon.id), "off_minor": off})  # fmt: skip
    return None


def _freight(counting: Counting, prices: Prices, region: str, before_coupons: Sequence[int]) -> Refusal | None:
    """Step 5: what a supplier sends by one template travels together. Free above is asked of what steps 1–3 left of it: a
    coupon never makes the sending dearer."""
    parcels: dict[tuple[UUID, Freight], list[int]] = {}
    for place, line in enumerate(counting.lines):
        template = prices.freight.get(line.sku)
        if line.fulfilment == "shipped" and template is not None:
            parcels.setdefault((line.supplier, template), []).append(place)
    for (_, template), places in parcels.items():
        lines = [counting.lines[place] for place in places]
        charge = _charge(lines, template, region, sum(before_coupons[place] for place in places))
        if isinstance(charge, Refusal):
            return charge
        if isinstance(charge, Step):
            for place in places:
                counting.steps[place].append(charge)
            continue
        measures = [_measure(line, template.measure) for line in lines]
        for place, part in zip(places, split(charge, measures), strict=True):
            counting.freight[place] = part
            counting.steps[place].append(Step("freight", part))
    return None


def _charge(lines: Sequence[QuoteLine], template: Freight, region: str, goods_minor: int) -> int | Step | Refusal:
    """What sending these lines together costs, or the step that says why it costs nothing."""
    rule = template.rule_for(region)
    if rule is None or not rule.delivers:
        return NoDelivery(region=region, sku=SKU.show(SkuId(lines[0].sku)))
    if rule.free_above_minor is not None and goods_minor >= rule.free_above_minor:
        return Step("freight_free", 0, {"free_above_minor": rule.free_above_minor})
    return freight_of(rule, sum(_measure(line, template.measure) for line in lines))


def freight_of_line(line: QuoteLine, template: Freight | None, region: str | None, goods_minor: int) -> int | Refusal:
    """What `quote` adds to one line that costs so much, for a crowd that joins teams; a test holds it to the quote."""
    if template is None or region is None or line.fulfilment != "shipped":
        return 0
    charge = _charge([line], template, region, goods_minor)
    return 0 if isinstance(charge, Step) else charge


def _measure(line: QuoteLine, measure: str) -> int:
    """Pieces, grams or cubic centimetres; what weighs nothing yet counts as one, so that there is always something to split by."""
    of_one = {Measure.PIECES: 1, Measure.WEIGHT: line.weight_grams, Measure.VOLUME: line.volume_cm3}[Measure(measure)]
    return line.units * max(of_one, 1)


def freight_of(rule: FreightRule, measure: int) -> int:
    """The first step, and each further one that is begun, in minor units."""
    beyond = max(measure - rule.first_units, 0)
    return rule.first_minor + -(-beyond // rule.next_units) * rule.next_minor


def _pay_by_points(counting: Counting, points: Points, places: Sequence[int]) -> int:
    """Step 6: points pay goods, never freight, up to their cap. How many are used: no more than what they pay needs."""
    goods = counting.left_of(places)
    paid = min(points.units * points.minor_per_hundred // 100, goods * points.cap_permyriad // PERMYRIAD)
    if not paid:
        return 0
    used = -(-paid * 100 // points.minor_per_hundred)
    counting.take(places, paid, Reason.POINTS, None, "market", {"units": used})
    return used
