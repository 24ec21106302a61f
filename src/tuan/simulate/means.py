"""The auditor's own reckoning of what something costs with coupons, sending and points: the price, who bears it, and why not."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from tuan.simulate.books import Books, Kind, Part, Terms

HUNDRED_MINOR, CAP_PERMYRIAD, EARN_PER_MINOR, VALID_DAYS = 37, 5_000, 100, 9
"""What a hundred points are worth, how much of the goods they pay, for how much money there is one, and how long it lives."""
LADDER = (60, 140)
PERMYRIAD = 10_000


class Way(NamedTuple):
    """Sending: so many units for so much, each further step begun for so much more, nothing from this much of goods on."""

    first: int
    cost: int
    step: int
    more: int
    free: int | None


NEAR, FAR = "浙江省 杭州市 西湖区", "新疆维吾尔自治区 喀什地区 喀什市"
WAYS = (
    {NEAR: Way(2, 310, 1, 170, 6_000), FAR: Way(1, 907, 2, 333, None)},
    {NEAR: Way(3, 253, 2, 99, 4_500)},
)
"""By supplier and place; the second supplier sends nothing far away."""


@dataclass(frozen=True, slots=True)
class Bill:
    """What each SKU costs, and how many points each supplier's order is paid with."""

    parts: dict[UUID, Part]
    points: dict[UUID, int]

    @property
    def total_minor(self) -> int:
        return sum(part.amount_minor for part in self.parts.values())

    @property
    def used(self) -> int:
        return sum(self.points.values())


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """By weight, rounded down; the largest remainders get one more each until nothing is left, of equal ones the first."""
    whole = sum(weights) or 1
    ranks = sorted(range(len(weights)), key=lambda place: -(amount * weights[place] % whole))
    rest = amount - sum(amount * weight // whole for weight in weights)
    return [amount * weight // whole + (ranks.index(place) < rest) for place, weight in enumerate(weights)]


def kept_of(whole: int, done: int, of: int) -> int:
    """What is left of it when so much of so much is back."""
    return whole * (of - done) // of


def bill_of(
    books: Books, items: Sequence[tuple[UUID, int]], chosen: Sequence[tuple[UUID, Kind]], points: int, region: str,
    terms: Terms | None = None,
) -> Bill | tuple[str, dict[str, Any]]:  # fmt: skip
    """The price of these goods, or the refusal's code and what it must say. `chosen`: coupons in the order named; `terms`: of the
    campaign, for a seat in a team."""
    wanted: Counter[UUID] = Counter()
    for sku, units in items:
        wanted[sku] += units
    prices = terms.prices if terms else {sku: ware.price_minor for sku, ware in books.wares.items()}
    left = {sku: prices[sku] * units for sku, units in wanted.items()}
    borne: Counter[UUID] = Counter()
    used_on: dict[UUID, set[UUID]] = {sku: set() for sku in left}
    if sum(not kind.stacks for _, kind in chosen) > 1:
        return "promotions.coupons_clash", {}
    before = dict(left)
    for coupon, kind in sorted(chosen, key=lambda one: one[1].supplier is None):
        goes = terms is None or terms.takes_coupons
        some = [sku for sku in left if goes and kind.supplier in (None, books.wares[sku].supplier)]
        has, rest = sum(before[sku] for sku in some), sum(left[sku] for sku in some)
        off = min(kind.off_minor or rest * kind.off_permyriad // PERMYRIAD, kind.cap_minor or rest, rest)
        if not has:
            return "promotions.coupon_not_here", {}
        if has < kind.threshold_minor:
            return "promotions.coupon_below", {"needs_minor": kind.threshold_minor, "has_minor": has}
        if not off:
            return "promotions.coupon_spare", {}
        for sku, part in zip(some, split(off, [left[sku] for sku in some]), strict=True):
            left[sku] -= part
            borne[sku] += part * (kind.supplier is None)
            used_on[sku] |= {coupon} if part else set()
    freight = _sending(books, wanted, before, region)
    if freight is None:
        return "promotions.no_delivery", {"region": region}
    paid = min(points * HUNDRED_MINOR // 100, sum(left.values()) * CAP_PERMYRIAD // PERMYRIAD)
    used = -(-paid * 100 // HUNDRED_MINOR)
    if points * HUNDRED_MINOR // 100 > paid:
        return "points.too_many", {"most": used}
    by_supplier: dict[UUID, int] = {}
    for sku, part in zip(left, split(paid, list(left.values())), strict=True):
        supplier = books.wares[sku].supplier
        left[sku], borne[sku] = left[sku] - part, borne[sku] + part
        by_supplier[supplier] = by_supplier.get(supplier, 0) + part
    parts = {sku: Part(wanted[sku], left[sku], freight[sku], borne[sku], frozenset(used_on[sku])) for sku in left}
    return Bill(parts, dict(zip(by_supplier, split(used, list(by_supplier.values())), strict=True)))


def _sending(books: Books, wanted: Counter[UUID], goods: dict[UUID, int], region: str) -> dict[UUID, int] | None:
    """What sending costs, by SKU; None where one of the suppliers does not send. Free from what the goods cost before coupons."""
    freight: dict[UUID, int] = {}
    for supplier in dict.fromkeys(books.wares[sku].supplier for sku in wanted):
        some = [sku for sku in wanted if books.wares[sku].supplier == supplier]
        way = WAYS[books.suppliers.index(supplier)].get(region)
        if way is None:
            return None
        beyond = -(-max(sum(wanted[sku] for sku in some) - way.first, 0) // way.step)
        is_free = way.free is not None and sum(goods[sku] for sku in some) >= way.free
        cost = 0 if is_free else way.cost + beyond * way.more
        freight |= dict(zip(some, split(cost, [wanted[sku] for sku in some]), strict=True))
    return freight
