"""A product's page: prices alone and in a team, open teams to join, options."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.goods import catalog
from tuan.goods.catalog.model import PRODUCT, SKU
from tuan.kit.refusals import NotFound, Refused
from tuan.people import parties
from tuan.people.parties.model import SUPPLIER
from tuan.platform.work import Work
from tuan.play import groupbuy, presale
from tuan.play.groupbuy.model import TEAM_ID
from tuan.surfaces.storefront import disclosing, showing
from tuan.surfaces.storefront.bundle.context import BundleCard
from tuan.surfaces.storefront.bundle.routes import card
from tuan.surfaces.storefront.former import struck_price
from tuan.surfaces.storefront.ladders import ladder_of
from tuan.surfaces.storefront.offers import LOW_UNITS, SkuOffer, hours, offers_of
from tuan.surfaces.storefront.parts import Picture, TeamCard
from tuan.surfaces.storefront.presale.context import card_of
from tuan.surfaces.storefront.product.context import ProductPage, Sku, Supplier
from tuan.surfaces.web.policies import PUBLIC
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.shared import shared
from tuan.surfaces.web.visits import Visit
from tuan.trade import quality
from tuan.value.promotions.model import Bundle

BUNDLES_MAX = 3


@get("/p/{product:str}", opt=PUBLIC)
@shared
async def show(visit: NamedDependency[Visit], product: FromPath[str]) -> Response[Any]:
    found = read_id(PRODUCT, product)
    chosen = read_id(SKU, visit.query["sku"]) if visit.query.get("sku") else None
    async with visit.reading() as work:
        page = await _page(work, visit, found, chosen)
    return visit.page("storefront/product/page.html", page, blocks=("price",))


async def _page(work: Work, visit: Visit, product: UUID, chosen: UUID | None) -> ProductPage:
    row = await catalog.access_product(work, product)
    sale = (await presale.offers_of(work, [product])).get(product)
    offer = (await offers_of(work, [product], with_bundles=True))[product]
    sku = offer.find(chosen) if chosen else offer.cheapest
    if sku is None:
        raise Refused(NotFound())
    if refusal := (await catalog.load_offers(work, [sku.sku])).why_not_sell(sku.sku):
        raise Refused(refusal)
    supplier = (await parties.supplier_cards(work, [row["supplier_id"]]))[row["supplier_id"]]
    teams = (await groupbuy.list_open_teams(work, [product]))[product] if sku.team_price_minor is not None else []
    pictures = [showing.picture(visit, name, row["title"]) for name in row["pictures"]]
    pictures = pictures or [showing.picture(visit, "", row["title"])]
    campaign = offer.campaign if sku.team_price_minor is not None else None
    units = max(sku.units_alone, sku.units_team)
    stock: Literal["in_stock", "low", "sold_out"] = (
        "sold_out" if units <= 0 else "low" if units <= LOW_UNITS else "in_stock"
    )
    return ProductPage(
        product=PRODUCT.show(product),
        name=row["title"],
        url=showing.product_url(product),
        words=[words for words in row["story"].split("\n") if words.strip()],
        pictures=pictures,
        facts=[],
        skus=[_sku(visit, product, one, sku) for one in offer.skus],
        sku=SKU.show(sku.sku),
        single_price=showing.amount(visit, sku.alone_minor),
        team_price=None if sku.team_price_minor is None else showing.amount(visit, sku.team_price_minor),
        team_size=campaign["size"] if campaign else None,
        gather_hours=hours(campaign["team_seconds"]) if campaign else None,
        forms_from=campaign["promise_min"] if campaign else None,
        ladder=ladder_of(visit, campaign, sku.team_price_minor or 0) if campaign else None,
        leader_price=showing.amount(visit, (sku.team_price_minor or 0) - campaign["leader_off_minor"])
        if campaign and campaign["leader_off_minor"] else None,
        units_per_person=campaign["units_per_person_max"] if campaign else None,
        teams=[_team(visit, row["title"], pictures[0], product, sku, team) for team in teams],
        supplier=Supplier(
            supplier=SUPPLIER.show(row["supplier_id"]), name=supplier["name"], from_place="",
            promise=supplier["promise"],
            is_reliable=(await quality.of_suppliers(work, [row["supplier_id"]]))[row["supplier_id"]].has_badge,
        ),
        struck=await struck_price(work, visit, row, sku.sku, sku.team_price_minor or sku.alone_minor, _since(sku, campaign)),
        stock=stock,
        no_return=showing.return_words(visit, row["return_exception"]),
        units_left=units if stock == "low" else None,
        cart_key=visit.fresh_key() if visit.session is not None and sku.units_alone > 0 else "",
        presale=card_of(visit, sale, sale.prices[sku.sku], SKU.show(sku.sku)) if sale and sku.sku in sale.prices else None,
        for_now=showing.for_now(visit, sku.now, sku.price_minor),
        bundles=await _bundles(work, visit, offer.bundles),
        disclosed=await disclosing.of_visit(work, visit, [product], [campaign["id"]] if campaign else []),
    )  # fmt: skip


def _since(sku: SkuOffer, campaign: Any | None) -> datetime | None:
    """When the offer that is asked for now began."""
    since: datetime | None = campaign["starts_at"] if campaign else sku.now.starts_at if sku.now else None
    return since


async def _bundles(work: Work, visit: Visit, bundles: Sequence[Bundle]) -> list[BundleCard]:
    if not bundles:
        return []
    offers = await catalog.load_offers(work, {sku for one in bundles for sku, _ in one.lines})
    cards = [card(visit, one, offers) for one in bundles[:BUNDLES_MAX]]
    return [one for one in cards if one is not None]


def _sku(visit: Visit, product: UUID, one: SkuOffer, chosen: SkuOffer) -> Sku:
    return Sku(
        sku=SKU.show(one.sku),
        name=one.options,
        url=showing.product_url(product, one.sku),
        single_price=showing.amount(visit, one.alone_minor),
        team_price=None if one.team_price_minor is None else showing.amount(visit, one.team_price_minor),
        is_chosen=one is chosen,
        is_sold_out=one.is_sold_out,
    )


def _team(visit: Visit, name: str, picture: Picture, product: UUID, sku: SkuOffer, team: Any) -> TeamCard:
    return TeamCard(
        team=TEAM_ID.show(team["id"]),
        url=f"/t/{TEAM_ID.show(team['id'])}",
        product=PRODUCT.show(product),
        product_name=name,
        picture=picture,
        sku=SKU.show(sku.sku),
        price=showing.amount(visit, sku.team_price_minor or 0),
        size=team["size"],
        seats_left=team["size"] - team["held"] - team["taken"],
        faces=[showing.face(team["leader_id"], team["leader_name"])],
        deadline=team["deadline"],
    )


HANDLERS = (show,)
