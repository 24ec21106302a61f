"""Coupons: what is given away, taking one, one's own."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from tuan.goods import catalog
from tuan.goods.catalog.model import PRODUCT, SKU
from tuan.goods.catalog.model import SkuId as SkuKey
from tuan.kit.refusals import Refusal
from tuan.people.accounts.model import ADDRESS
from tuan.platform.work import Work
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import (
    NO_NUL,
    AcceptsNoReturn,
    AddressId,
    BoughtIn,
    BundleId,
    CouponId,
    Listing,
    Money,
    OrderId,
    PayableId,
    ProductId,
    ShareCode,
    SkuId,
    Units,
)
from tuan.surfaces.api.v1.catalog import money
from tuan.surfaces.api.v1.groupbuy import Quoted, quote_of
from tuan.surfaces.storefront.bundle import routes as bundle
from tuan.surfaces.storefront.coupons.routes import given, state_of
from tuan.surfaces.web.once import once
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders
from tuan.trade.orders.model import ORDER_ID
from tuan.trade.payments.model import PAYABLE
from tuan.value import promotions
from tuan.value.promotions.model import COUPON, RULE, TEMPLATE, TakeCoupon, TakeGift

_LETTERS, _SOME = "[0-9a-hjkmnp-tv-z]{26}", "01kb3v6h2ne5x8q4r7t9w0y1z3"
TemplateId = Annotated[
    str, Meta(description="What coupons are made from.", pattern=f"^ctpl_{_LETTERS}$", examples=[f"ctpl_{_SOME}"])
]

Code = Annotated[str, Meta(description="Of a gift.", max_length=40, pattern=NO_NUL, examples=["Zk3v6h2ne5x8q4r7"])]


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
    """One coupon of a template, or the one for a code. friend: the coupon of a friend that this one helps open. channel: where
    the program shows it; WeChat lets nothing be given for bringing friends."""

    template: TemplateId | None = None
    coupon_code: Annotated[str, Meta(max_length=32, pattern=NO_NUL, examples=[""])] = ""
    friend: Annotated[str, Meta(max_length=40, pattern=NO_NUL, examples=[""])] = ""
    channel: Literal["web", "app", "wechat_h5", "wechat_mp"] = "web"


class OwnCoupon(Struct, frozen=True, kw_only=True):
    """One of the caller's coupons."""

    coupon: CouponId
    name: Annotated[str, Meta(examples=["立减 10 元"])]
    state: Literal["free", "locked", "offered", "held", "used", "over"]
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
    command = TakeCoupon(visit.person, key, template, data.coupon_code, friend, data.channel)
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


class GiftWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One's own coupon, to be given on."""

    coupon: CouponId


class GiftCode(Struct, frozen=True, kw_only=True):
    """What a friend takes it with, and the page that does it."""

    code: Code
    url: Annotated[str, Meta(examples=["/coupons/gifts/Zk3v6h2ne5x8q4r7"])]


class GiftOffer(Struct, frozen=True, kw_only=True):
    """A coupon that somebody gives on."""

    name: Annotated[str, Meta(examples=["立减 10 元"])]
    state: Literal["open", "taken", "withdrawn"]
    off_minor: Annotated[int, Meta(examples=[1000])]
    off_permyriad: Annotated[int, Meta(examples=[0])]
    cap_minor: Annotated[int, Meta(examples=[2000])] | None
    threshold_minor: Annotated[int, Meta(examples=[5000])]
    valid_until: datetime
    is_own: bool


@operation("POST", "/gifts", scope="account.write", status=201)
async def give_coupon(visit: Visit, data: GiftWish, key: str) -> GiftCode | Refusal:
    """Give a coupon on: whoever has the code first may take it, once; until then it can be taken back."""
    code = await given(visit, read_id(COUPON, data.coupon), key)
    return code if isinstance(code, Refusal) else GiftCode(code=code, url=f"/coupons/gifts/{code}")


@operation("GET", "/gifts/{gift}", scope="account.read")
async def show_gift(visit: Visit, gift: Code) -> GiftOffer:
    """What is behind a code."""
    async with visit.reading() as work:
        row = await promotions.gift_by(work, gift)
    return GiftOffer(
        name=row["name"], state=row["state"], off_minor=row["off_minor"], off_permyriad=row["off_permyriad"],
        cap_minor=row["cap_minor"], threshold_minor=row["threshold_minor"], valid_until=row["valid_until"],
        is_own=row["giver_id"] == visit.person,
    )  # fmt: skip


@operation("POST", "/gifts/{gift}/taking", scope="account.write", status=201)
async def take_gift(visit: Visit, gift: Code, key: str) -> TakenCoupon | Refusal:
    """Take what somebody gives. It must be one that the coupon's own terms would give you."""
    outcome = await visit.submit(orders.take_gifts, TakeGift(visit.person, key, gift))
    return outcome if isinstance(outcome, Refusal) else TakenCoupon(coupon=COUPON.show(outcome))


@operation("DELETE", "/gifts/{gift}", scope="account.write", status=204)
async def withdraw_gift(visit: Visit, gift: Code, key: str) -> Refusal | None:
    """Take one's own gift back, as long as nobody took it."""

    async def act(work: Work) -> Refusal | None:
        return await promotions.withdraw_gift(work, gift, visit.person)

    return await once(visit, "api.withdraw_gift", key, gift, act)


class SetLine(Struct, frozen=True, kw_only=True):
    """So many units of a SKU in one set."""

    sku: SkuId
    units: Annotated[int, Meta(examples=[2])]


class BundleOffer(Struct, frozen=True, kw_only=True):
    """A bundle: what a set has and costs, what that costs apart at list prices, and the most sets of one order."""

    bundle: BundleId
    name: Annotated[str, Meta(examples=["早餐套餐"])]
    price: Money
    apart: Money
    sets_max: Annotated[int, Meta(examples=[5])]
    lines: list[SetLine]


class BundleQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    product: ProductId


class BundleWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many sets, to this address, for the total that was shown: another one is refused with what it is now."""

    sets: Units = 1
    address: AddressId | None = None
    quoted_minor: Quoted | None = None
    accepts_no_return: AcceptsNoReturn = False
    share: ShareCode | None = None
    channel: BoughtIn = "web"


class PlacedBundle(Struct, frozen=True, kw_only=True):
    """One payable, and an order per supplier."""

    payable: PayableId
    orders: list[OrderId]


@operation("GET", "/bundles")
async def list_bundles(visit: Visit, query: BundleQuery) -> Listing[BundleOffer]:
    """The bundles sold now that have something of a product."""
    product = read_id(PRODUCT, query.product)
    async with visit.reading() as work:
        await catalog.access_product(work, product)
        skus = [row["id"] for row in (await catalog.skus_of(work, [product]))[product]]
        bundles = (await promotions.standing(work, skus, with_bundles=True)).bundles
        offers = await catalog.load_offers(work, {sku for one in bundles for sku, _ in one.lines})
    shown = [(one, card) for one in bundles if (card := bundle.card(visit, one, offers))]
    return Listing([
        BundleOffer(
            bundle=card.bundle, name=one.name, price=money(visit, card.price.amount_minor),
            apart=money(visit, card.apart.amount_minor), sets_max=one.per_order,
            lines=[SetLine(sku=SKU.show(SkuKey(sku)), units=units) for sku, units in one.lines],
        )
        for one, card in shown
    ])  # fmt: skip


@operation("POST", "/bundles/{bundle_id}/orders", scope="orders.write", status=201)
async def place_bundle(visit: Visit, bundle_id: BundleId, data: BundleWish, key: str) -> PlacedBundle | Refusal:
    """Buy sets of a bundle. Each line is its part of the price, and comes back as such."""
    address = read_id(ADDRESS, data.address) if data.address else None
    outcome = await bundle.placed(
        visit,
        read_id(RULE, bundle_id),
        data.sets,
        address,
        key,
        quote_of(data.quoted_minor),
        data.accepts_no_return,
        data.share,
        data.channel,
    )
    if isinstance(outcome, Refusal):
        return outcome
    return PlacedBundle(payable=PAYABLE.show(outcome.payable), orders=[ORDER_ID.show(one) for one in outcome.orders])


HANDLERS = (
    list_offered_coupons,
    take_coupon,
    list_coupons,
    give_coupon,
    show_gift,
    take_gift,
    withdraw_gift,
    list_bundles,
    place_bundle,
)
