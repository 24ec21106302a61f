"""Coupons, and what something would cost: take one, list one's own, ask for a quote with its explanation."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from tuan.goods.catalog.model import SKU
from tuan.kit.refusals import Refusal
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, Listing, Money, SkuId
from tuan.surfaces.api.v1.catalog import money
from tuan.surfaces.storefront.couponing import read_coupons
from tuan.surfaces.storefront.coupons.routes import state_of
from tuan.surfaces.web.reading import read_id, read_units
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders
from tuan.trade.orders.model import PlaceOrder
from tuan.value import promotions
from tuan.value.promotions.model import COUPON, TEMPLATE, PricedLine, TakeCoupon

_LETTERS, _SOME = "[0-9a-hjkmnp-tv-z]{26}", "01kb3v6h2ne5x8q4r7t9w0y1z3"
CouponId = Annotated[
    str, Meta(description="Somebody's coupon.", pattern=f"^coup_{_LETTERS}$", examples=[f"coup_{_SOME}"])
]
TemplateId = Annotated[
    str, Meta(description="What coupons are made from.", pattern=f"^ctpl_{_LETTERS}$", examples=[f"ctpl_{_SOME}"])
]


class Offered(Struct, frozen=True, kw_only=True):
    """A coupon that can be taken now: an amount off, or a share of 10,000 with a cap."""

    template: TemplateId
    name: Annotated[str, Meta(examples=["立减 10 元"])]
    off_minor: Annotated[int, Meta(examples=[1000])]
    off_permyriad: Annotated[int, Meta(examples=[0])]
    cap_minor: Annotated[int, Meta(examples=[2000])] | None
    threshold_minor: Annotated[int, Meta(examples=[5000])]
    stacks: bool
    friends: Annotated[int, Meta(examples=[0])]
    taken: Annotated[int, Meta(examples=[0])]
    until: datetime


class TakenCoupon(Struct, frozen=True, kw_only=True):
    """The coupon that was taken."""

    coupon: CouponId


class CouponWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One coupon of a template, or the one for a code. friend: the coupon of a friend that this one helps open."""

    template: TemplateId | None = None
    coupon_code: Annotated[str, Meta(max_length=32, pattern=NO_NUL, examples=[""])] = ""
    friend: Annotated[str, Meta(max_length=40, pattern=NO_NUL, examples=[""])] = ""


class OwnCoupon(Struct, frozen=True, kw_only=True):
    """One of the caller's coupons."""

    coupon: CouponId
    name: Annotated[str, Meta(examples=["立减 10 元"])]
    state: Literal["free", "locked", "held", "used", "over"]
    off_minor: Annotated[int, Meta(examples=[1000])]
    off_permyriad: Annotated[int, Meta(examples=[0])]
    cap_minor: Annotated[int, Meta(examples=[2000])] | None
    threshold_minor: Annotated[int, Meta(examples=[5000])]
    friends_missing: Annotated[int, Meta(examples=[0])]
    valid_until: datetime


class QuoteQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many units, with coupons in the order chosen, commas between."""

    units: Annotated[str, Meta(max_length=3, examples=["1"])] = "1"
    coupons: Annotated[str, Meta(max_length=400, pattern=NO_NUL, examples=[""])] = ""


class QuoteStep(Struct, frozen=True, kw_only=True):
    """One step of how a line's price came about; the amounts of all steps sum to the line's."""

    code: Annotated[str, Meta(examples=["list_price"])]
    amount: Money


class QuoteLine(Struct, frozen=True, kw_only=True):
    """What a line would cost, and why."""

    sku: SkuId
    units: Annotated[int, Meta(examples=[1])]
    amount: Money
    steps: list[QuoteStep]


class Quote(Struct, frozen=True, kw_only=True):
    """What would be charged now; send `total.amount_minor` as `quoted_minor` and nobody pays another price."""

    total: Money
    discount: Money
    lines: list[QuoteLine]


@operation("GET", "/coupons/offered", scope="account.read")
async def list_offered_coupons(visit: Visit) -> Listing[Offered]:
    """What is given away in the coupon centre now, what ends first at the top, fifty at most."""
    async with visit.reading() as work:
        found = await promotions.coupon_centre(work, visit.person)
    return Listing([
        Offered(
            template=TEMPLATE.show(one.id), name=one.name, off_minor=one.off_minor, off_permyriad=one.off_permyriad,
            cap_minor=one.cap_minor, threshold_minor=one.threshold_minor, stacks=one.stacks, friends=one.friends,
            taken=taken, until=one.ends_at,
        )
        for one, taken in found
    ])  # fmt: skip


@operation("POST", "/coupons", scope="account.write", status=201)
async def take_coupon(visit: Visit, data: CouponWish, key: str) -> TakenCoupon | Refusal:
    """Take one coupon."""
    template = read_id(TEMPLATE, data.template) if data.template and not data.coupon_code else None
    friend = read_id(COUPON, data.friend) if data.friend else None
    command = TakeCoupon(visit.person, key, template, data.coupon_code, friend)
    outcome = await visit.submit(orders.take_coupons, command)
    return outcome if isinstance(outcome, Refusal) else TakenCoupon(coupon=COUPON.show(outcome))


@operation("GET", "/coupons", scope="account.read")
async def list_coupons(visit: Visit) -> Listing[OwnCoupon]:
    """The caller's coupons, the newest first, a hundred at most."""
    async with visit.reading() as work:
        rows, now = await promotions.wallet(work, visit.person), work.now
    return Listing([
        OwnCoupon(
            coupon=COUPON.show(row["id"]), name=row["name"], state=state_of(row, now), off_minor=row["off_minor"],
            off_permyriad=row["off_permyriad"], cap_minor=row["cap_minor"], threshold_minor=row["threshold_minor"],
            friends_missing=row["friends_missing"], valid_until=row["valid_until"],
        )
        for row in rows
    ])  # fmt: skip


@operation("GET", "/quotes/{sku}", scope="orders.read")
async def show_quote(visit: Visit, sku: SkuId, query: QuoteQuery) -> Quote | Refusal:
    """What buying this alone would cost, and why. Nothing is held; only placing an order decides."""
    items = ((read_id(SKU, sku), read_units(query.units)),)
    command = PlaceOrder(visit.person, "-", items, None, None, read_coupons(query.coupons))
    async with visit.reading() as work:
        found = await orders.quote(work, command)
    if isinstance(found, Refusal):
        return found
    return Quote(
        total=money(visit, found.total_minor),
        discount=money(visit, found.discount_minor),
        lines=[_line(visit, line) for line in found.lines],
    )


def _line(visit: Visit, line: PricedLine) -> QuoteLine:
    return QuoteLine(
        sku=SKU.show(line.sku),
        units=line.units,
        amount=money(visit, line.amount_minor),
        steps=[QuoteStep(code=str(step.code), amount=money(visit, step.amount_minor)) for step in line.steps],
    )


HANDLERS = (list_offered_coupons, take_coupon, list_coupons, show_quote)
