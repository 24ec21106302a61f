"""What the pages of the shop's desk say alike."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from tuan.goods.catalog.model import PRODUCT
from tuan.kit.money import Money
from tuan.people import sharing
from tuan.people.parties.model import SHOP, Shop
from tuan.people.sharing.model import Why
from tuan.platform.work import Work
from tuan.play import distribution, shops
from tuan.play.shops.model import CONSENT_ID, Customer, Shows
from tuan.surfaces.backoffice.saying import order_states
from tuan.surfaces.desks.shop.context import Change, CustomerCard, DeskOrder, Pick, ShopFrame
from tuan.surfaces.storefront import showing
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders
from tuan.trade.orders.model import number_of

CHANGES_SHOWN = 10
WEEK = [timedelta(days=days) for days in range(7)]


def own_shop(visit: Visit) -> Shop:
    """The shop of whoever asks; behind the policy that has met it."""
    assert visit.shop is not None
    return visit.shop


def frame_of(shop: Shop) -> ShopFrame:
    return ShopFrame(shop=SHOP.show(shop.id), name=shop.name, is_open=shop.is_open, url=f"/shop/{SHOP.show(shop.id)}")


async def earning(work: Work, visit: Visit, shop: UUID, products: Collection[UUID]) -> dict[UUID, str]:
    """What one of each of these brings the shop now, in words; absent where nothing is paid."""
    shown = await distribution.commission_shown(work, shop, products)
    return {product: _earning(visit, one.least_minor, one.most_minor) for product, one in shown.items()}


def _earning(visit: Visit, least_minor: int, most_minor: int) -> str:
    least, most = [visit.words.money_text(Money(one, visit.market.currency)) for one in (least_minor, most_minor)]
    if least_minor == most_minor:
        return visit.gettext("One brings you %(amount)s", amount=least)
    if least_minor == 0:
        return visit.gettext("One brings you up to %(most)s; in some channels nothing is paid", most=most)
    return visit.gettext("One brings you %(least)s to %(most)s", least=least, most=most)


async def picks(work: Work, visit: Visit, shop: Shop) -> list[Pick]:
    """The shop's goods in its order, with what one brings it."""
    rows = await shops.picks_of(work, shop.id)
    brings = await earning(work, visit, shop.id, [row["product_id"] for row in rows])
    return [
        Pick(
            product=PRODUCT.show(row["product_id"]),
            url=showing.product_url(row["product_id"]),
            name=row["title"],
            picture=showing.picture(visit, row["picture"], row["title"]),
            words=row["words"],
            is_shown=row["is_shown"],
            is_withheld=row["is_withheld"],
            is_today=row["today"] is not None,
            key=visit.fresh_key(),
            earns=brings.get(row["product_id"], ""),
        )
        for row in rows
    ]


async def changes(work: Work, visit: Visit, shop: UUID) -> list[Change]:
    """Who came and who went last."""
    rows = (await sharing.changes_of_shop(work, shop, size=CHANGES_SHOWN)).items
    return [change(visit, row, shop) for row in rows]


def change(visit: Visit, row: Any, shop: UUID) -> Change:
    """Somebody came or went, without saying who."""
    return Change(at=row["at"], words=_change(visit, row, shop))


def _change(visit: Visit, row: Any, shop: UUID) -> str:
    if row["to_shop_id"] == shop:
        return visit.gettext("A customer came by link %(code)s.", code=row["code"])
    if row["to_shop_id"] is not None:
        return visit.gettext("A customer went by another shop’s link, after his protection.")
    if row["why"] == Why.EXPIRED:
        return visit.gettext("A customer’s time with you ran out.")
    return visit.gettext("A customer left by himself.")


def customer_card(one: Customer) -> CustomerCard:
    shown = CONSENT_ID.show(one.id)
    return CustomerCard(
        customer=shown,
        url=f"/desk/shop/customers/{shown}",
        name=one.name,
        phone=one.phone,
        birthday=one.birthday,
        since=one.since,
        tags=list(one.tags),
        note=one.note,
        shows_orders=Shows.ORDERS in one.shows,
    )


async def desk_orders(work: Work, visit: Visit, rows: Iterable[Any]) -> list[DeskOrder]:
    """Orders as the shop sees them: no address, no phone, and a name only of who shows it."""
    found = list(rows)
    lines = await orders.lines_of(work, [row["id"] for row in found]) if found else {}
    states = order_states(visit)
    return [
        DeskOrder(
            number=number_of(row["id"]),
            placed_at=row["placed_at"],
            state=states[row["state"]],
            goods=[f"{line['title']} {line['options']} × {line['units']}" for line in lines[row["id"]]],
            total=showing.amount(visit, row["total_minor"]),
            back=showing.amount(visit, row["refunded_minor"]) if row["refunded_minor"] else None,
            name=row["name"] or "",
        )
        for row in found
    ]
