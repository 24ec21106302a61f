"""A shop's page for everybody, and following it. What is bought from here is recommended by this shop."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.goods.catalog.model import PRODUCT
from tuan.kit.refusals import NotFound, Refused
from tuan.people import parties, sharing
from tuan.people.parties.model import SHOP, Shop
from tuan.platform.work import Work
from tuan.play import shops
from tuan.surfaces.storefront import disclosing, showing
from tuan.surfaces.storefront.offers import ProductOffer, offers_of
from tuan.surfaces.storefront.shop.context import ShopCoupon, ShopGoods, ShopPage
from tuan.surfaces.web import shares
from tuan.surfaces.web.policies import PUBLIC, SIGNED_IN
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

TEMPLATE = "storefront/shop/page.html"


class FollowForm(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing but the form's own token."""


@get("/shop/{shop:str}", opt=PUBLIC)
async def show(visit: NamedDependency[Visit], shop: FromPath[str]) -> Response[Any]:
    """The shop. Whoever came by no link and is nobody's customer goes on with the one of this page."""
    found = read_id(SHOP, shop)
    async with visit.reading() as work:
        one = await open_shop(work, found)
        page = await shop_page(work, visit, one)
        held = (await sharing.bindings_of(work, [visit.viewer])).get(visit.viewer) if visit.viewer else None
        is_customer = held is not None and held.is_live(work.now)
    if page.code and not page.is_own and not is_customer and shares.share_of(visit) is None:
        await _come_by(visit, page.code)
    return visit.page(TEMPLATE, page)


async def _come_by(visit: Visit, code: str) -> None:
    """By the page's own link: counted as any visit, and remembered where it is a person's."""
    link = await visit.front.links.find(visit.market.id, code)
    if link is None:
        return
    is_bot = shares.is_program(visit.headers)
    shares.count_visit(visit, link, is_bot=is_bot)
    if not is_bot:
        shares.keep_share(visit, link.code)


async def open_shop(work: Work, shop: UUID) -> Shop:
    """Raises Refused(NotFound) for one that is suspended as for one that there is not."""
    found = await parties.access_shop(work, shop)
    if not found.is_open:
        raise Refused(NotFound())
    return found


async def shop_page(work: Work, visit: Visit, shop: Shop) -> ShopPage:
    said, counts = await shops.page_of(work, shop.id), await shops.counts_of(work, shop.id)
    rows = [row for row in await shops.picks_of(work, shop.id) if row["is_shown"]]
    offers = await offers_of(work, [row["product_id"] for row in rows])
    goods = {row["product_id"]: goods_of(visit, row, offers[row["product_id"]]) for row in rows}
    first = sorted((row for row in rows if row["today"] is not None), key=lambda row: row["today"])
    follows = await sharing.follows_of(work, visit.viewer) if visit.viewer else []
    coupons = await shops.coupons_of(work, shop.id, only_running=True)
    return ShopPage(
        shop=SHOP.show(shop.id),
        url=f"/shop/{SHOP.show(shop.id)}",
        name=shop.name,
        words=said["words"],
        cover=showing.picture(visit, said["cover"], shop.name) if said["cover"] else None,
        today=[goods[row["product_id"]] for row in first],
        goods=list(goods.values()),
        coupons=[coupon_of(visit, row) for row in coupons if row["taken"] < row["total"]],
        followers=counts["followers"],
        is_following=any(row["shop_id"] == shop.id for row in follows),
        is_own=visit.viewer == shop.owner_id,
        has_badge=await parties.has_benefit(work, shop.id, "badge"),
        disclosed=await disclosing.of_shop(work, visit, shop.id, goods, offers.values()),
        code=await shops.code_of(work, shop.id) or "",
        key=visit.fresh_key() if visit.viewer and coupons else "",
    )


def goods_of(visit: Visit, row: Any, offer: ProductOffer) -> ShopGoods:
    """One of a shop's goods, from its row and what it costs."""
    sku = offer.cheapest
    team_minor = sku.team_price_minor if offer.campaign is not None else None
    return ShopGoods(
        product=PRODUCT.show(row["product_id"]),
        name=row["title"],
        url=showing.product_url(row["product_id"]),
        picture=showing.picture(visit, row["picture"], row["title"]),
        price=showing.amount(visit, sku.alone_minor if team_minor is None else team_minor),
        words=row["words"],
        team_size=offer.campaign["size"] if offer.campaign is not None and team_minor is not None else None,
        is_sold_out=offer.is_sold_out,
    )


def coupon_of(visit: Visit, row: Any) -> ShopCoupon:
    return ShopCoupon(
        name=row["name"],
        off=showing.amount(visit, row["off_minor"]),
        threshold=showing.amount(visit, row["threshold_minor"]),
        code=row["code"],
        left=row["total"] - row["taken"],
        until=row["ends_at"],
    )


@post("/shop/{shop:str}/following", opt=SIGNED_IN)
async def follow(visit: NamedDependency[Visit], shop: FromPath[str]) -> Response[Any]:
    """To want its news; it makes nobody its customer."""
    found = read_id(SHOP, shop)
    await visit.form(FollowForm)
    async with visit.writing() as work:
        await open_shop(work, found)
        await sharing.follow_shop(work, visit.person, found)
    return visit.go_on(f"/shop/{shop}")


@post("/shop/{shop:str}/following/removal", opt=SIGNED_IN)
async def unfollow(visit: NamedDependency[Visit], shop: FromPath[str]) -> Response[Any]:
    found = read_id(SHOP, shop)
    await visit.form(FollowForm)
    async with visit.writing() as work:
        await sharing.unfollow_shop(work, visit.person, found)
    return visit.go_on(f"/shop/{shop}")


HANDLERS = (show, follow, unfollow)
