"""The home page: teams that are almost there, shelves, the feed, search."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency

from tuan.goods import catalog
from tuan.goods.catalog.model import PRODUCT, SKU
from tuan.kit.pages import PAGE_SIZE
from tuan.kit.refusals import Refused
from tuan.people.sharing.model import find_code
from tuan.platform.work import Work
from tuan.play import groupbuy
from tuan.play.groupbuy.model import TEAM_ID
from tuan.surfaces.storefront import showing
from tuan.surfaces.storefront.home.context import HomePage, ProductCard
from tuan.surfaces.storefront.offers import ProductOffer, offers_of
from tuan.surfaces.storefront.parts import TeamCard
from tuan.surfaces.storefront.shelves import shelves
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.policies import PUBLIC
from tuan.surfaces.web.shared import shared
from tuan.surfaces.web.visits import Visit

QUERY_LENGTH_MAX = 60
FACES_MAX = 3
ALMOST_MAX = 2
ENDING_MAX = 3
FIRST_CARDS, CARDS_BELOW = 4, 2
"""So many cards a phone can see before it is scrolled, without and with a strip of teams above them; the others come
when it is, and cost nothing until then."""


@get("/", opt=PUBLIC)
@shared
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    if (code := find_code(visit.query.get("q", ""))) is not None:  # a share word was pasted: its card, and nothing else
        return visit.go_on(f"/s/{code}/card")
    async with visit.reading() as work:
        page = await _page(work, visit)
    return visit.page("storefront/home/page.html", page, place="home", blocks=("feed",))


async def _page(work: Work, visit: Visit) -> HomePage:
    words = visit.query.get("q", "").strip()
    if len(words) > QUERY_LENGTH_MAX:
        raise Refused(FieldInvalid(field="q"))
    slug, key = visit.query.get("category") or None, visit.query.get("page")
    begins = not (words or slug or key)
    almost = await groupbuy.almost_there(work, most=ALMOST_MAX) if begins else []
    first = CARDS_BELOW if almost else FIRST_CARDS
    size = first if begins else PAGE_SIZE
    listed = await catalog.listed(work, after=key, category_slug=slug, words=words, size=size)
    shown = {team["id"] for team in almost}
    ending = await groupbuy.ending_soon(work, most=ALMOST_MAX + ENDING_MAX) if begins else []
    ending = [team for team in ending if team["id"] not in shown][:ENDING_MAX]
    products = {row["id"] for row in listed.items} | {row["product_id"] for row in [*almost, *ending]}
    offers = await offers_of(work, products)
    teams = await groupbuy.list_open_teams(work, [row["id"] for row in listed.items], per_product=FACES_MAX)
    return HomePage(
        almost_there=await _teams(work, visit, almost, offers),
        ending_soon=await _teams(work, visit, ending, offers),
        categories=await shelves(work, visit, slug),
        products=[_card(visit, row, offers[row["id"]], teams[row["id"]]) for row in listed.items],
        query=words,
        category=slug,
        comes_by_itself=begins,
        next_page=listed.next_key,
        next_url=visit.url_with(page=listed.next_key) if listed.next_key else None,
    )


def _card(visit: Visit, row: Any, offer: ProductOffer, teams: list[Any]) -> ProductCard:
    sku = offer.cheapest
    in_team = offer.campaign is not None and sku.team_price_minor is not None
    return ProductCard(
        product=PRODUCT.show(row["id"]),
        name=row["title"],
        url=showing.product_url(row["id"]),
        picture=showing.picture(visit, row["picture"], row["title"]),
        single_price=showing.amount(visit, sku.alone_minor),
        team_price=showing.amount(visit, sku.team_price_minor) if sku.team_price_minor is not None else None,
        team_size=offer.campaign["size"] if in_team and offer.campaign else None,
        open_faces=[showing.face(team["leader_id"], team["leader_name"]) for team in teams],
        is_sold_out=offer.is_sold_out,
        for_now=showing.for_now(visit, sku.now, sku.price_minor),
    )


async def _teams(work: Work, visit: Visit, teams: list[Any], offers: dict[UUID, ProductOffer]) -> list[TeamCard]:
    if not teams:
        return []
    seats = await groupbuy.seats_of(work, [team["id"] for team in teams])
    products = await catalog.cards(work, {team["product_id"] for team in teams})
    return [
        TeamCard(
            team=TEAM_ID.show(team["id"]),
            url=f"/t/{TEAM_ID.show(team['id'])}",
            product=PRODUCT.show(team["product_id"]),
            product_name=products[team["product_id"]]["title"],
            picture=showing.picture(visit, products[team["product_id"]]["picture"], ""),
            sku=SKU.show(offers[team["product_id"]].cheapest.sku),
            price=showing.amount(visit, team["price_minor"]),
            size=team["size"],
            seats_left=team["size"] - team["held"] - team["taken"],
            faces=[
                showing.face(seat["person_id"], seat["name"])
                for seat in sorted(seats[team["id"]], key=lambda s: s["person_id"] != team["leader_id"])
                if seat["state"] == "taken"
            ],
            deadline=team["deadline"],
        )
        for team in teams
    ]


HANDLERS = (show,)
