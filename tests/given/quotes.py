"""Baskets, prices and coupons for the quote, one by one and by chance."""

from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from tuan.goods.catalog.model import MEASURES
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import Refusal
from tuan.value.promotions.model import (
    COUPON,
    EVERYTHING,
    CouponTerms,
    Freight,
    FreightRule,
    Points,
    Prices,
    Quote,
    QuoteLine,
    Reward,
    Scope,
)

SUPPLIERS = [new_uuid() for _ in range(2)]
CATEGORIES = [new_uuid() for _ in range(2)]
PRODUCTS = [new_uuid() for _ in range(3)]
HERE = "33"


def line(units: int = 1, *, supplier: UUID = SUPPLIERS[0], weight: int = 0, **more: Any) -> QuoteLine:
    product, category = more.get("product", PRODUCTS[0]), more.get("category", CATEGORIES[0])
    return QuoteLine(new_uuid(), units, product, category, supplier, weight_grams=weight,
                     volume_cm3=more.get("volume", 0))  # fmt: skip


def one_line(price_minor: int, units: int = 1, weight: int = 0) -> tuple[list[QuoteLine], Prices]:
    one = line(units, weight=weight)
    return [one], Prices({one.sku: price_minor})


def priced(outcome: Quote | Refusal) -> Quote:
    assert isinstance(outcome, Quote), outcome
    return outcome


lines = st.builds(
    line,
    st.integers(1, 4),
    supplier=st.sampled_from(SUPPLIERS),
    weight=st.integers(0, 3000),
    volume=st.integers(0, 3000),
    product=st.sampled_from(PRODUCTS),
    category=st.sampled_from(CATEGORIES),
)
scopes = st.just(EVERYTHING) | st.builds(
    Scope,
    st.frozensets(st.sampled_from(PRODUCTS + CATEGORIES), max_size=2),
    st.frozensets(st.sampled_from(PRODUCTS), max_size=1),
    st.none() | st.sampled_from(SUPPLIERS),
)
freights = st.builds(
    lambda first, more, free, measure: Freight(
        (FreightRule(first_minor=first, next_minor=more, free_above_minor=free),), measure
    ),
    st.integers(0, 2000),
    st.integers(0, 5),
    st.none() | st.integers(0, 10_000),
    st.sampled_from(MEASURES),
)
rewards = st.builds(
    lambda steps, scope: Reward(new_uuid(), tuple((t, min(t, off)) for t, off in steps), scope),
    st.lists(st.tuples(st.integers(1, 9000), st.integers(1, 3000)), min_size=1, max_size=3),
    scopes,
)
points = st.builds(Points, st.integers(0, 5000), st.sampled_from([30, 100, 1000]), st.integers(0, 10_000))


@st.composite
def _basket(draw: st.DrawFn) -> tuple[list[QuoteLine], Prices]:
    some = draw(st.lists(lines, min_size=1, max_size=5))
    listed = {one.sku: draw(st.integers(1, 5000)) for one in some}
    return some, Prices(
        listed,
        rewards=tuple(draw(st.lists(rewards, max_size=3))),
        freight={one.sku: template for one in some if (template := draw(st.none() | freights))},
    )


baskets = _basket()


@st.composite
def coupon(
    draw: st.DrawFn, *, bearer: str = "market", threshold: int | None = None, scoped: bool = False
) -> CouponTerms:
    """One that stacks; for everything, unless it is to be scoped."""
    is_share = draw(st.booleans())
    return CouponTerms(
        COUPON.new(),
        off_minor=0 if is_share else draw(st.integers(1, 4000)),
        off_permyriad=draw(st.integers(1, 10_000)) if is_share else 0,
        cap_minor=draw(st.none() | st.integers(1, 2000)) if is_share else None,
        threshold_minor=draw(st.integers(0, 4000)) if threshold is None else threshold,
        scope=draw(scopes) if scoped else EVERYTHING,
        bearer=bearer,
    )


coupons_of_all = st.lists(coupon(scoped=True) | coupon(scoped=True, bearer="supplier"), max_size=4)
amount_coupons = st.lists(
    st.builds(lambda off: CouponTerms(COUPON.new(), off_minor=off), st.integers(1, 1500)), min_size=2, max_size=3
)
