"""What a link is of, as everybody may see it, and the page it opens."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection
from uuid import UUID

from tuan.goods import catalog
from tuan.kit.refusals import NotFound, Refused
from tuan.people import parties
from tuan.people.compliance.model import Kind
from tuan.people.parties.model import SHOP, ShopId
from tuan.people.sharing.model import Link, Target
from tuan.platform.work import Work
from tuan.play import groupbuy, shops
from tuan.play.groupbuy.model import TEAM_ID, TeamId
from tuan.surfaces.storefront import couponing, disclosing, showing
from tuan.surfaces.storefront.links.context import LinkCard, Shown
from tuan.surfaces.storefront.offers import offers_of
from tuan.surfaces.web.visits import Visit
from tuan.value import promotions
from tuan.value.promotions.model import Way

Look = Callable[[Work, Visit, UUID], Awaitable[Shown]]


def page_of(target: Target, code: str = "") -> str:
    """The page of an object. A code names an object and never an address, so that nothing but these can be opened.

    code: of the link that leads there; a packet of coupons stands on the link's own page.
    """
    of = target.object_id
    pages: dict[str, Callable[[], str]] = {
        "product": lambda: showing.product_url(of),
        "team": lambda: f"/t/{TEAM_ID.show(TeamId(of))}",
        "shop": lambda: f"/shop/{SHOP.show(ShopId(of))}",
        "home": lambda: "/",
        "coupon": lambda: f"/s/{code}/packet" if code else "/coupons",
    }
    return pages[target.kind]()


async def card_of(work: Work, visit: Visit, link: Link, kind: Kind = Kind.SHARE_PAGE) -> LinkCard:
    """kind: what it is a card for. Raises Refused(NotFound) where the object is gone."""
    shown = await of_target(work, visit, link.target)
    shop = (await parties.access_shop(work, link.shop_id)).name if link.shop_id else ""
    return LinkCard(
        code=link.code, kind=link.target.kind, url=f"/s/{link.code}", shop=shop, title=shown.title, words=shown.words,
        picture=shown.picture, price=shown.price, alone=shown.alone, team_size=shown.team_size,
        disclosed=await disclosing.of_link(work, visit, link, kind),
    )  # fmt: skip


async def of_target(work: Work, visit: Visit, target: Target) -> Shown:
    """Raises Refused(NotFound) where the object is gone."""
    return await LOOKS[target.kind](work, visit, target.object_id)


async def _product(work: Work, visit: Visit, product: UUID) -> Shown:
    row = await catalog.access_product(work, product)
    offer = (await offers_of(work, [product]))[product]
    sku = offer.cheapest
    alone = showing.amount(visit, sku.alone_minor)
    picture = showing.picture(visit, next(iter(row["pictures"]), ""), row["title"])
    if offer.campaign is None or sku.team_price_minor is None:
        return Shown(title=row["title"], words=visit.words.money_text(alone), picture=picture, price=alone)
    price, size = showing.amount(visit, sku.team_price_minor), offer.campaign["size"]
    words = visit.gettext("%(price)s in a team of %(size)s", price=visit.words.money_text(price), size=size)
    return Shown(title=row["title"], words=words, picture=picture, price=price, alone=alone, team_size=size)


async def _team(work: Work, visit: Visit, team_id: UUID) -> Shown:
    team = await groupbuy.access_team(work, team_id)
    row = (await catalog.cards(work, [team["product_id"]]))[team["product_id"]]
    prices = (await groupbuy.prices_of(work, [team["campaign_id"]]))[team["campaign_id"]]
    price, size = showing.amount(visit, min(prices.values())), team["size"]
    return Shown(
        title=row["title"],
        words=visit.gettext("%(price)s in a team of %(size)s", price=visit.words.money_text(price), size=size),
        picture=showing.picture(visit, row["picture"], row["title"]),
        price=price,
        team_size=size,
    )


async def _shop(work: Work, visit: Visit, shop: UUID) -> Shown:
    name = (await parties.access_shop(work, shop)).name
    words = visit.gettext("Good things, bought together with people you know.")
    return Shown(title=name, words=words, picture=showing.picture(visit, await shops.face_of(work, shop), name))


async def _home(work: Work, visit: Visit, _: UUID) -> Shown:
    words = visit.gettext("Good things, bought together with people you know.")
    return Shown(title=visit.market.name, words=words, picture=showing.picture(visit, "", visit.market.name))


async def _coupon(work: Work, visit: Visit, template: UUID) -> Shown:
    found = await promotions.access_template(work, template)
    if found.way != Way.CENTRE:  # the others are for whoever has a code, a friend or a gift, and for nobody else
        raise Refused(NotFound())
    return Shown(title=found.name, words=couponing.worth(visit, found), picture=showing.picture(visit, "", found.name))


LOOKS: dict[str, Look] = {"product": _product, "team": _team, "shop": _shop, "home": _home, "coupon": _coupon}


async def titles_of(work: Work, visit: Visit, targets: Collection[Target]) -> dict[Target, str]:
    """What each is called, be it on sale or not; in a few statements however many there are."""
    by_kind: dict[str, set[UUID]] = defaultdict(set)
    for target in targets:
        by_kind[target.kind].add(target.object_id)
    teams = await groupbuy.teams_by_id(work, by_kind["team"])
    products = await catalog.cards(work, by_kind["product"] | {team["product_id"] for team in teams.values()})
    found: dict[tuple[str, UUID], str] = {("product", one): row["title"] for one, row in products.items()}
    found |= {("team", one): products[row["product_id"]]["title"] for one, row in teams.items()}
    found |= {("shop", one): shop.name for one, shop in (await parties.shop_cards(work, by_kind["shop"])).items()}
    found |= {("coupon", one): (await promotions.access_template(work, one)).name for one in by_kind["coupon"]}
    return {one: found.get((one.kind, one.object_id), visit.market.name) for one in targets}
