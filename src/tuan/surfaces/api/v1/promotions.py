"""Coupons: what is given away, taking one, one's own."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from tuan.kit.refusals import Refusal
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, Listing
from tuan.surfaces.storefront.coupons.routes import state_of
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders
from tuan.value import promotions
from tuan.value.promotions.model import COUPON, TEMPLATE, TakeCoupon

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


HANDLERS = (list_offered_coupons, take_coupon, list_coupons)
