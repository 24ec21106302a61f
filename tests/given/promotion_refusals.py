"""Scenarios of what promotions refuse; they join the table of all."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from tests.given.houses import Place
from tests.given.quotes import one_line
from tests.given.refusals import Act, gives
from tuan.kit.refusals import Refusal
from tuan.value.promotions.errors import CouponBelow, CouponNotHere, CouponsClash, CouponSpare, NoDelivery
from tuan.value.promotions.model import COUPON, CouponTerms, Freight, FreightRule, Quote, Scope, quote


def asking(*chosen: CouponTerms) -> Callable[[], Awaitable[Quote | Refusal]]:
    """The quote of one line of 1,000 with these coupons."""
    lines, prices = one_line(1000)
    freight = {lines[0].supplier: Freight((FreightRule(delivers=False),))}

    async def ask() -> Quote | Refusal:
        return quote(lines, replace(prices, freight=freight), "", chosen, region="54")

    return ask


def off(amount_minor: int, **terms: Any) -> CouponTerms:
    return CouponTerms(COUPON.new(), off_minor=amount_minor, **terms)


@gives(CouponBelow)
async def _(place: Place) -> Act:
    return asking(off(10, threshold_minor=1001))


@gives(CouponNotHere)
async def _(place: Place) -> Act:
    return asking(off(10, scope=Scope(frozenset((COUPON.new(),)))))


@gives(CouponsClash)
async def _(place: Place) -> Act:
    return asking(off(10, stacks=False), off(10, stacks=False))


@gives(CouponSpare)
async def _(place: Place) -> Act:
    return asking(off(1000), off(1))


@gives(NoDelivery)
async def _(place: Place) -> Act:
    return asking()
