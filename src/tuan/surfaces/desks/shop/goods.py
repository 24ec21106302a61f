"""The shop's goods: choosing from what the market has for shops, own words, own order, those of today."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.goods import catalog
from tuan.goods.catalog.model import PRODUCT
from tuan.kit.refusals import NotFound, Refusal
from tuan.people import parties
from tuan.platform.work import Work
from tuan.play import shops
from tuan.play.shops.model import AHEAD
from tuan.surfaces.desks.shop import showing as desk
from tuan.surfaces.desks.shop.context import GoodsPage, PoolGoods, PoolPage
from tuan.surfaces.storefront import showing
from tuan.surfaces.storefront.offers import offers_of
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SHOP
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

GOODS, POOL = "/desk/shop/goods", "/desk/shop/pool"
MOVES = ("up", "down", "first")


class PickForm(msgspec.Struct, frozen=True, kw_only=True):
    """Choose a product, or say of a chosen one what only this shop says."""

    key: str
    words: str = ""


class KeyForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str


class MoveForm(msgspec.Struct, frozen=True, kw_only=True):
    """move: up, down or first."""

    key: str
    move: str


class TodayForm(msgspec.Struct, frozen=True, kw_only=True):
    """today: yes or no."""

    key: str
    today: str


@get(GOODS, opt=SHOP)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    shop = desk.own_shop(visit)
    async with visit.reading() as work:
        picks, most = await desk.picks(work, visit, shop), await shops.picks_max_of(work, shop.id)
    page = GoodsPage(frame=desk.frame_of(shop), picks=picks, most=most)
    return visit.page("desks/shop/goods.html", page, place="me")


@get(POOL, opt=SHOP)
async def show_pool(visit: NamedDependency[Visit]) -> Response[Any]:
    """What can be chosen, with what it would bring."""
    shop, query = desk.own_shop(visit), visit.query.get("q", "").strip()
    async with visit.reading() as work:
        rows = await catalog.listed(work, after=visit.query.get("page"), words=query)
        products = [row["id"] for row in rows.items]
        offers = await offers_of(work, products)
        withheld = await shops.withheld_of(work, products)
        picked = await shops.picked_of(work, shop.id, products)
        brings = await desk.earning(work, visit, shop.id, products)
        free_until = work.now - AHEAD if await parties.is_behind(work, shop.id, "early_goods") else work.now
    goods = [
        PoolGoods(
            product=PRODUCT.show(row["id"]),
            url=showing.product_url(row["id"]),
            name=row["title"],
            picture=showing.picture(visit, row["picture"], row["title"]),
            price=showing.amount(visit, offers[row["id"]].cheapest.alone_minor),
            is_picked=row["id"] in picked,
            key=visit.fresh_key(),
            earns=brings.get(row["id"], ""),
            waits_until=row["listed_at"] + AHEAD if row["listed_at"] > free_until else None,
        )
        for row in rows.items
        if row["id"] not in withheld and offers[row["id"]].skus
    ]
    page = PoolPage(
        frame=desk.frame_of(shop),
        goods=goods,
        query=query,
        next_url=visit.url_with(page=rows.next_key) if rows.next_key else None,
    )
    return visit.page("desks/shop/pool.html", page, place="me", blocks=("list",))


@post(f"{GOODS}/{{product:str}}", opt=SHOP)
async def pick(visit: NamedDependency[Visit], product: FromPath[str]) -> Response[Any]:
    found, form = read_id(PRODUCT, product), await visit.form(PickForm)
    shop = desk.own_shop(visit)
    return await _act(
        visit,
        "pick",
        form.key,
        f"{product} {form.words}",
        lambda work: shops.pick_goods(work, shop.id, found, form.words),
    )


@post(f"{GOODS}/{{product:str}}/removal", opt=SHOP)
async def unpick(visit: NamedDependency[Visit], product: FromPath[str]) -> Response[Any]:
    found, form = read_id(PRODUCT, product), await visit.form(KeyForm)
    shop = desk.own_shop(visit)
    return await _act(visit, "unpick", form.key, product, lambda work: shops.unpick_goods(work, shop.id, found))


@post(f"{GOODS}/{{product:str}}/place", opt=SHOP)
async def move(visit: NamedDependency[Visit], product: FromPath[str]) -> Response[Any]:
    """One step up or down, or to the top."""
    found, form = read_id(PRODUCT, product), await visit.form(MoveForm)
    shop = desk.own_shop(visit)
    if form.move not in MOVES:
        return refuse(visit, FieldInvalid(field="move"))

    async def act(work: Work) -> Refusal | None:
        order = [row["product_id"] for row in await shops.picks_of(work, shop.id)]
        return await shops.arrange_picks(work, shop.id, moved(order, found, form.move))

    return await _act(visit, "move_pick", form.key, f"{product} {form.move}", act)


def moved(order: list[UUID], product: UUID, by: str) -> list[UUID]:
    """The order with this product one place up or down, or first; as it was where it is not among them."""
    if product not in order:
        return [*order, product]  # which no order of the shop's goods is
    place = order.index(product)
    after = {"up": max(place - 1, 0), "down": place + 1, "first": 0}[by]
    rest = [one for one in order if one != product]
    return [*rest[:after], product, *rest[after:]]


@post(f"{GOODS}/{{product:str}}/today", opt=SHOP)
async def choose_today(visit: NamedDependency[Visit], product: FromPath[str]) -> Response[Any]:
    """Among today's, or not any more; what is none of the shop's goods is not found."""
    found, form = read_id(PRODUCT, product), await visit.form(TodayForm)
    shop = desk.own_shop(visit)
    if form.today not in ("yes", "no"):
        return refuse(visit, FieldInvalid(field="today"))

    async def act(work: Work) -> Refusal | None:
        picks = await shops.picks_of(work, shop.id)
        if found not in {row["product_id"] for row in picks}:
            return NotFound()
        rows = [row for row in picks if row["today"] is not None]
        today = [row["product_id"] for row in sorted(rows, key=lambda row: row["today"]) if row["product_id"] != found]
        return await shops.choose_day(work, shop.id, [*today, found] if form.today == "yes" else today)

    return await _act(visit, "choose_today", form.key, f"{product} {form.today}", act)


async def _act(
    visit: Visit, verb: str, key: str, subject: str, act: Callable[[Work], Awaitable[Refusal | None]]
) -> Response[Any]:
    outcome = await once(visit, f"web.{verb}", key, subject, act)
    if outcome is not None:
        return refuse(visit, outcome, Step(label=visit.gettext("My goods"), url=GOODS))
    return visit.go_on(GOODS)


HANDLERS = (show, show_pool, pick, unpick, move, choose_today)
