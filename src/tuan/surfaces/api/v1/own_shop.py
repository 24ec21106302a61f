"""The caller's own shop: its goods, customers, orders and coupons."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from tuan.goods.catalog.model import PRODUCT
from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.people.parties.model import SHOP
from tuan.platform.work import Work
from tuan.play import shops
from tuan.play.shops.model import CONSENT_ID, DAY_PICKS_MAX, MORE_PICKS_MAX, Customer, NewCoupon
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, AmountMinor, Listing, Money, OrderNumber, PageQuery, ProductId
from tuan.surfaces.api.v1.catalog import money
from tuan.surfaces.api.v1.promotions import TemplateId
from tuan.surfaces.api.v1.shops import _LETTERS, _SOME, ShopGood, ShopId, ShopName, Words
from tuan.surfaces.desks.shop.birthdays import near_birthdays
from tuan.surfaces.desks.shop.showing import own_shop
from tuan.surfaces.storefront.offers import offers_of
from tuan.surfaces.storefront.shop.routes import goods_of
from tuan.surfaces.web.once import once, remembered
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.uploads import kept_picture
from tuan.surfaces.web.visits import Visit
from tuan.trade.orders.model import number_of
from tuan.value.promotions.model import TEMPLATE

CustomerId = Annotated[
    str,
    Meta(description="A customer who lets himself be seen.", pattern=f"^cust_{_LETTERS}$", examples=[f"cust_{_SOME}"]),
]


class OwnShop(Struct, frozen=True, kw_only=True):
    """The caller's shop. Customers are counted; of `seen` of them more is shown."""

    shop: ShopId
    name: Annotated[str, Meta(examples=["阿梅的小店"])]
    words: Annotated[str, Meta(examples=["我家楼下的水果"])]
    open: bool
    customers: Annotated[int, Meta(examples=[40])]
    seen: Annotated[int, Meta(examples=[7])]
    followers: Annotated[int, Meta(examples=[12])]
    budget: Money
    left: Money


class ShopChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the shop is called, and says of itself."""

    name: ShopName
    words: Words = ""


class PickWords(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What only this shop says of a product."""

    words: Words = ""


class GoodsOrder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every product of the shop once, in the order that is wanted; and those that stand first today."""

    products: Annotated[list[ProductId], Meta(max_length=MORE_PICKS_MAX)]
    today: Annotated[list[ProductId], Meta(max_length=DAY_PICKS_MAX)] = []


class ShopCustomer(Struct, frozen=True, kw_only=True):
    """A customer as he lets himself be seen; what he does not show is empty."""

    customer: CustomerId
    name: Annotated[str, Meta(examples=["王小明"])]
    phone: Annotated[str, Meta(examples=["+8613012345678"])]
    birthday: Annotated[str, Meta(examples=["02-29"])]
    since: datetime
    tags: list[str]
    note: Annotated[str, Meta(examples=["爱吃甜的"])]


class ShopBirthday(Struct, frozen=True, kw_only=True):
    """Whose day is near; `name` only of who shows it."""

    customer: CustomerId
    birthday: Annotated[str, Meta(examples=["02-29"])]
    name: Annotated[str, Meta(examples=["王小明"])]


class CustomerCard(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the shopkeeper writes about a customer; nothing at all takes it away."""

    tags: Annotated[list[Annotated[str, Meta(min_length=1, max_length=20, pattern=NO_NUL)]], Meta(max_length=10)] = []
    note: Annotated[str, Meta(max_length=500, pattern=NO_NUL, examples=["爱吃甜的"])] = ""


class ShopOrder(Struct, frozen=True, kw_only=True):
    """An order that the shop recommended something of; `customer` only of who shows what he buys."""

    number: OrderNumber
    state: Annotated[str, Meta(examples=["shipped"])]
    placed_at: datetime
    total: Money
    back: Money
    customer: CustomerId | None = None


class CoverPicture(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The picture above the shop's page: its bytes in base64."""

    picture: Annotated[str, Meta(min_length=1)]


class ShopsCoupon(Struct, frozen=True, kw_only=True):
    """A coupon of the shop for its goods. `held`: what of the budget it keeps."""

    template: TemplateId
    name: Annotated[str, Meta(examples=["满 30 减 3"])]
    code: Annotated[str, Meta(examples=["9f3c1a2b4d5e"])]
    off: Money
    threshold: Money
    total: Annotated[int, Meta(examples=[100])]
    taken: Annotated[int, Meta(examples=[3])]
    held: Money
    running: bool
    ends_at: datetime


class NewShopCoupon(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So much off from so much on, so many of them, for so many days; all of them have to fit into the budget."""

    name: Annotated[str, Meta(min_length=1, max_length=40, pattern=NO_NUL, examples=["满 30 减 3"])]
    off_minor: AmountMinor
    threshold_minor: AmountMinor
    total: Annotated[int, Meta(ge=1, le=10_000, examples=[100])]
    days: Annotated[int, Meta(ge=1, le=90, examples=[7])]


class MadeCoupon(Struct, frozen=True, kw_only=True):
    template: TemplateId


@operation("GET", "/shop", scope="shop.read")
async def show_own_shop(visit: Visit) -> OwnShop:
    """The shop, and how many customers it has."""
    shop = own_shop(visit)
    async with visit.reading() as work:
        said, counts = await shops.page_of(work, shop.id), await shops.counts_of(work, shop.id)
    left = said["budget_minor"] - said["held_minor"]
    return OwnShop(
        shop=SHOP.show(shop.id), name=shop.name, words=said["words"], open=shop.is_open, customers=counts["customers"],
        seen=counts["seen"], followers=counts["followers"], budget=money(visit, said["budget_minor"]),
        left=money(visit, left),
    )  # fmt: skip


@operation("PUT", "/shop", scope="shop.write", status=204)
async def change_shop(visit: Visit, data: ShopChange, key: str) -> Refusal | None:
    """What it is called, and says of itself."""
    shop = own_shop(visit)
    return await once(
        visit, "api.dress_shop", key, repr(data), lambda work: shops.dress_shop(work, shop.id, data.name, data.words)
    )


@operation("PUT", "/shop/cover", scope="shop.write", status=204, takes_file=True)
async def set_shop_cover(visit: Visit, data: CoverPicture, key: str) -> Refusal | None:
    """The picture above its page, made anew when it comes in."""
    shop = own_shop(visit)
    async with kept_picture(visit, data.picture) as picture:

        async def act(work: Work) -> None:
            await shops.set_cover(work, shop.id, picture.name)
            picture.is_used = True

        return await once(visit, "api.shop_cover", key, str(len(data.picture)), act)


@operation("GET", "/shop/goods", scope="shop.read")
async def list_shop_goods(visit: Visit) -> Listing[ShopGood]:
    """The shop's goods in its own order, as far as they are on the shelf; what is kept back from shops is sold out for them."""
    shop = own_shop(visit)
    async with visit.reading() as work:
        rows = [row for row in await shops.picks_of(work, shop.id) if row["is_listed"]]
        offers = await offers_of(work, [row["product_id"] for row in rows])
    return Listing([_good(visit, row, offers[row["product_id"]]) for row in rows])


def _good(visit: Visit, row: Any, offer: Any) -> ShopGood:
    one = goods_of(visit, row, offer)
    return ShopGood(
        product=one.product, name=one.name, price=money(visit, one.price.amount_minor), words=one.words,
        today=row["today"] is not None, sold_out=one.is_sold_out or row["is_withheld"],
    )  # fmt: skip


@operation("PUT", "/shop/goods/{product}", scope="shop.write", status=204)
async def pick_product(visit: Visit, product: ProductId, data: PickWords, key: str) -> Refusal | None:
    """Choose a product for the shop, or say other words of one that is chosen."""
    shop, found = own_shop(visit), read_id(PRODUCT, product)
    return await once(
        visit, "api.pick", key, f"{product} {data.words}",
        lambda work: shops.pick_goods(work, shop.id, found, data.words),
    )  # fmt: skip


@operation("DELETE", "/shop/goods/{product}", scope="shop.write", status=204)
async def unpick_product(visit: Visit, product: ProductId, key: str) -> Refusal | None:
    """The shop shows it no more."""
    shop, found = own_shop(visit), read_id(PRODUCT, product)
    return await once(visit, "api.unpick", key, product, lambda work: shops.unpick_goods(work, shop.id, found))


@operation("PUT", "/shop/goods", scope="shop.write", status=204)
async def arrange_shop_goods(visit: Visit, data: GoodsOrder, key: str) -> Refusal | None:
    """The order of all goods, and those that stand first today."""
    shop = own_shop(visit)
    order, today = ([read_id(PRODUCT, one) for one in names] for names in (data.products, data.today))

    async def act(work: Work) -> Refusal | None:
        refusal = await shops.arrange_picks(work, shop.id, order) or await shops.choose_day(work, shop.id, today)
        if refusal is not None:
            raise Refused(refusal)  # what was arranged before it goes back
        return None

    return await once(visit, "api.arrange_goods", key, repr(data), act)


@operation("GET", "/shop/customers", scope="shop.read")
async def list_shop_customers(visit: Visit, query: PageQuery) -> Listing[ShopCustomer]:
    """Those who let themselves be seen, the latest first."""
    shop = own_shop(visit)
    async with visit.reading() as work:
        found = await shops.customers_of(work, shop.id, after=query.after, size=query.size)
    return Listing([_customer(one) for one in found.items], found.next_key)


def _customer(one: Customer) -> ShopCustomer:
    return ShopCustomer(
        customer=CONSENT_ID.show(one.id), name=one.name, phone=one.phone, birthday=one.birthday, since=one.since,
        tags=list(one.tags), note=one.note,
    )  # fmt: skip


@operation("GET", "/shop/birthdays", scope="shop.read")
async def list_shop_birthdays(visit: Visit, query: PageQuery) -> Listing[ShopBirthday]:
    """Customers who show their birthday and have it within a week, today's first."""
    shop = own_shop(visit)
    async with visit.reading() as work:
        found = await near_birthdays(work, visit, shop.id, after=query.after, size=query.size)
    rows = [
        ShopBirthday(customer=CONSENT_ID.show(row["id"]), birthday=row["birthday"], name=row["name"])
        for row in found.items
    ]
    return Listing(rows, found.next_key)


@operation("GET", "/shop/customers/{customer}", scope="shop.read")
async def show_shop_customer(visit: Visit, customer: CustomerId) -> ShopCustomer:
    """One of them."""
    shop, found = own_shop(visit), read_id(CONSENT_ID, customer)
    async with visit.reading() as work:
        one = await shops.customer(work, shop.id, found)
    if one is None:
        raise Refused(NotFound())
    return _customer(one)


@operation("PUT", "/shop/customers/{customer}/card", scope="shop.write", status=204)
async def keep_customer_card(visit: Visit, customer: CustomerId, data: CustomerCard, key: str) -> Refusal | None:
    """Tags and a note about a customer; he may read them."""
    shop, found = own_shop(visit), read_id(CONSENT_ID, customer)
    return await once(
        visit, "api.keep_card", key, f"{customer} {data!r}",
        lambda work: shops.keep_card(work, shop.id, found, data.tags, data.note),
    )  # fmt: skip


@operation("GET", "/shop/orders", scope="shop.read")
async def list_shop_orders(visit: Visit, query: PageQuery) -> Listing[ShopOrder]:
    """What was bought by the shop's recommendation, the newest first."""
    shop = own_shop(visit)
    async with visit.reading() as work:
        found = await shops.orders_of(work, shop.id, after=query.after, size=query.size)
    rows = [
        ShopOrder(
            number=number_of(row["id"]), state=row["state"], placed_at=row["placed_at"],
            total=money(visit, row["total_minor"]), back=money(visit, row["refunded_minor"]),
            customer=CONSENT_ID.show(row["customer_id"]) if row["customer_id"] else None,
        )
        for row in found.items
    ]  # fmt: skip
    return Listing(rows, found.next_key)


@operation("GET", "/shop/coupons", scope="shop.read")
async def list_shop_coupons(visit: Visit) -> Listing[ShopsCoupon]:
    """The shop's coupons, the newest first."""
    shop = own_shop(visit)
    async with visit.reading() as work:
        rows = await shops.coupons_of(work, shop.id)
    found = [
        ShopsCoupon(
            template=TEMPLATE.show(row["template_id"]), name=row["name"], code=row["code"],
            off=money(visit, row["off_minor"]), threshold=money(visit, row["threshold_minor"]), total=row["total"],
            taken=row["taken"], held=money(visit, row["held_minor"]), running=row["ended_at"] is None,
            ends_at=row["ends_at"],
        )
        for row in rows
    ]  # fmt: skip
    return Listing(found)


@operation("POST", "/shop/coupons", scope="shop.write", status=201)
async def launch_shop_coupon(visit: Visit, data: NewShopCoupon, key: str) -> MadeCoupon | Refusal:
    """For the goods that are in the shop now; what all of them could cost is held of the budget."""
    shop = own_shop(visit)
    new = NewCoupon(data.name, data.off_minor, data.threshold_minor, data.total, data.days)

    async def act(work: Work) -> Refusal | dict[str, Any]:
        made = await shops.launch_coupon(work, shop.id, new)
        return made if isinstance(made, Refusal) else {"template": TEMPLATE.show(made)}

    done = await remembered(visit, "api.shop_coupon", key, repr(new), act)
    return done if isinstance(done, Refusal) else MadeCoupon(**done)


@operation("DELETE", "/shop/coupons/{template}", scope="shop.write", status=204)
async def end_shop_coupon(visit: Visit, template: TemplateId, key: str) -> Refusal | None:
    """Nobody takes one any more; what nobody took is budget again."""
    shop, found = own_shop(visit), read_id(TEMPLATE, template)
    return await once(visit, "api.end_shop_coupon", key, template, lambda work: shops.end_coupon(work, found, shop.id))


HANDLERS = (
    show_own_shop, change_shop, set_shop_cover, list_shop_goods, pick_product, unpick_product, arrange_shop_goods,
    list_shop_customers, list_shop_birthdays, show_shop_customer, keep_customer_card, list_shop_orders, list_shop_coupons, launch_shop_coupon, end_shop_coupon,
)  # fmt: skip
