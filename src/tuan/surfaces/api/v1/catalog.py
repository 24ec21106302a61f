"""What is for sale, as buyers see it; and a supplier's own products, as his ERP keeps them."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from tuan.goods import catalog, sourcing
from tuan.goods.catalog.model import CATEGORY, PRODUCT, SKU, ProductText, ShelfState
from tuan.kit.refusals import NotFound, Refusal
from tuan.people import parties
from tuan.people.parties.model import SUPPLIER
from tuan.platform.work import Work
from tuan.play.groupbuy.model import CAMPAIGN_ID
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import (
    NO_NUL,
    AmountMinor,
    CampaignId,
    CategoryId,
    Line,
    Listing,
    Money,
    PageQuery,
    ProductId,
    ProposalId,
    Reason,
    SkuId,
    SupplierId,
)
from tuan.surfaces.desks.goods.proposing import propose_product
from tuan.surfaces.storefront.cases.filing import read_pictures
from tuan.surfaces.storefront.former import struck_price
from tuan.surfaces.storefront.offers import ProductOffer, SkuOffer, offers_of
from tuan.surfaces.web.once import once, remembered
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

Title = Annotated[str, Meta(examples=["赣南脐橙 5 斤"])]
Options = Annotated[str, Meta(description="What tells it from the other SKUs.", examples=["5 斤"])]
State = Annotated[Literal["listed", "off"], Meta(examples=["listed"])]


class Category(Struct, frozen=True, kw_only=True):
    """A part of the catalogue; `slug` names it in queries."""

    category: CategoryId
    slug: Annotated[str, Meta(examples=["fruit"])]
    name: Annotated[str, Meta(examples=["水果"])]


class ProductQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which products: of a category, with these words in their title."""

    category: Annotated[str, Meta(description="A category's slug.", max_length=80, examples=["fruit"])] = ""
    q: Annotated[str, Meta(description="Words of the title.", max_length=80, examples=["脐橙"])] = ""


class Sku(Struct, frozen=True, kw_only=True):
    """An option with its prices now, and how many can be bought now; only placing an order decides."""

    sku: SkuId
    options: Options
    price: Money
    team_price: Money | None
    units_alone: Annotated[int, Meta(examples=[120])]
    units_team: Annotated[int, Meta(examples=[40])]


class Campaign(Struct, frozen=True, kw_only=True):
    """The running offer for teams."""

    campaign: CampaignId
    size: Annotated[int, Meta(description="People that form a team.", examples=[2])]
    gather_seconds: Annotated[int, Meta(description="The time a team has.", examples=[86400])]
    units_per_order_max: Annotated[int, Meta(examples=[5])]
    units_per_person_max: Annotated[int, Meta(examples=[10])] | None
    forms_from: Annotated[int, Meta(description="So many form it too, when its time is over.", examples=[2])] | None


class FormerPrice(Struct, frozen=True, kw_only=True):
    """What a SKU cost before its offer began, from the history of its prices, and over which days; null where it was not
    dearer."""

    sku: SkuId
    former: Money | None
    basis: Annotated[str, Meta(examples=["The lowest price in the thirty days before this offer began."])] | None


class ProductCard(Struct, frozen=True, kw_only=True):
    """A product in a list, at its cheapest option."""

    product: ProductId
    title: Title
    picture: Annotated[str, Meta(examples=["/assets/goods/navel-orange.svg"])]
    price: Money
    team_price: Money | None
    is_sold_out: bool


ReturnException = Annotated[
    Literal["", "made_to_order", "perishable", "opened_digital", "newspaper", "agreed"],
    Meta(description="Why it is not taken back without a reason; empty where it is. What is `agreed` is bought by who says "
                     "`accepts_no_return`.", examples=[""]),
]  # fmt: skip


class Product(Struct, frozen=True, kw_only=True):
    """A product with all of its options."""

    product: ProductId
    title: Title
    story: Annotated[str, Meta(examples=["现摘现发。"])]
    pictures: Annotated[list[str], Meta(examples=[["/assets/goods/navel-orange.svg"]])]
    state: State
    fulfilment: Annotated[str, Meta(examples=["shipped"])]
    return_exception: ReturnException
    supplier: SupplierId
    supplier_name: Annotated[str, Meta(examples=["赣南果园"])]
    promise: Annotated[str, Meta(description="The supplier's, on sending it.", examples=["48 小时内发货"])]
    skus: list[Sku]
    campaign: Campaign | None


class NewSku(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An option and its price alone."""

    options: Annotated[str, Meta(max_length=80, pattern=NO_NUL, examples=["5 斤"])]
    price_minor: AmountMinor


class NewProduct(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A product to be put on the shelf, with its options in the order in which they are shown."""

    category: CategoryId
    title: Annotated[Line, Meta(examples=["赣南脐橙 5 斤"])]
    story: Annotated[str, Meta(max_length=5000, pattern=NO_NUL, examples=["现摘现发。"])] = ""
    skus: Annotated[list[NewSku], Meta(min_length=1, max_length=50)]
    fulfilment: Literal["shipped", "picked_up", "address_later", "digital"] = "shipped"
    return_exception: ReturnException = ""
    picture: Annotated[
        str,
        Meta(
            description="JPEG, PNG or WebP in base64; without one nobody is asked to look at it yet.",
            max_length=12 * 2**20,
        ),
    ] = ""


class MadeProduct(Struct, frozen=True, kw_only=True):
    """The new product, its SKUs in the order given, and the proposal that somebody of the market decides."""

    product: ProductId
    skus: list[SkuId]
    lacks_picture: Annotated[
        bool,
        Meta(description="A proposal with a picture has to follow, or the market's office adds one.", examples=[True]),
    ]
    proposal: ProposalId | None


class NewPrice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a SKU costs alone from now on; placed orders keep their price."""

    price_minor: AmountMinor
    reason: Reason


class Shelf(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether a product is for sale."""

    state: State
    reason: Reason


class OwnSku(Struct, frozen=True, kw_only=True):
    """One of the supplier's own SKUs."""

    sku: SkuId
    options: Options
    price: Money


class OwnProduct(Struct, frozen=True, kw_only=True):
    """One of the supplier's own products."""

    product: ProductId
    title: Title
    state: State
    skus: list[OwnSku]


@operation("GET", "/categories")
async def list_categories(visit: Visit) -> Listing[Category]:
    """The parts of the catalogue, in the order in which they are shown."""
    async with visit.reading() as work:
        rows = await catalog.categories(work)
    return Listing([Category(category=CATEGORY.show(r["id"]), slug=r["slug"], name=r["name"]) for r in rows])


@operation("GET", "/products")
async def list_products(visit: Visit, query: ProductQuery) -> Listing[ProductCard]:
    """Products on sale, newest first."""
    async with visit.reading() as work:
        found = await catalog.listed(
            work, after=query.after, category_slug=query.category or None, words=query.q, size=query.size
        )
        offers = await offers_of(work, {row["id"] for row in found.items})
    return Listing([_card(visit, row, offers[row["id"]]) for row in found.items], found.next_key)


@operation("GET", "/products/{product}")
async def show_product(visit: Visit, product: ProductId) -> Product:
    """A product with its options, prices and running campaign; also one that was taken off, since orders lead to it."""
    found = read_id(PRODUCT, product)
    async with visit.reading() as work:
        row = await catalog.access_product(work, found)
        offer = (await offers_of(work, [found]))[found]
        supplier = (await parties.supplier_cards(work, [row["supplier_id"]]))[row["supplier_id"]]
    return Product(
        product=product, title=row["title"], story=row["story"],
        pictures=[visit.front.assets.picture(name) for name in row["pictures"]],
        state=row["state"], fulfilment=row["fulfilment"],
        return_exception=row["return_exception"], supplier=SUPPLIER.show(supplier["id"]),
        supplier_name=supplier["name"], promise=supplier["promise"],
        skus=[_sku(visit, sku) for sku in offer.skus],
        campaign=_campaign(offer.campaign) if offer.campaign else None,
    )  # fmt: skip


@operation("GET", "/skus/{sku}/former-price")
async def show_former_price(visit: Visit, sku: SkuId) -> FormerPrice | Refusal:
    """The price that may be struck out beside what is asked now: the team's where a campaign runs, else that alone."""
    found = read_id(SKU, sku)
    async with visit.reading() as work:
        sold = await catalog.load_offers(work, [found])
        if refusal := sold.why_not_sell(found):
            return refusal
        product = sold.get(found).product_id
        offer = (await offers_of(work, [product]))[product]
        one = offer.find(found)
        assert one is not None
        campaign = offer.campaign if one.team_price_minor is not None else None
        row, asked = await catalog.access_product(work, product), one.team_price_minor or one.price_minor
        struck = await struck_price(work, visit, row, found, asked, campaign["starts_at"] if campaign else None)
    former = Money(struck.price.amount_minor, struck.price.currency) if struck else None
    return FormerPrice(sku=sku, former=former, basis=struck.basis if struck else None)


@operation("GET", "/supplier/products", scope="goods.read")
async def list_own_products(visit: Visit, query: PageQuery) -> Listing[OwnProduct]:
    """The supplier's own products, also those that were taken off, newest first."""
    assert visit.supplier is not None
    async with visit.reading() as work:
        found = await catalog.of_supplier(work, visit.supplier, after=query.after, size=query.size)
        skus = await catalog.skus_of(work, [row["id"] for row in found.items])
    items = [
        OwnProduct(
            product=PRODUCT.show(row["id"]), title=row["title"], state=row["state"],
            skus=[
                OwnSku(sku=SKU.show(s["id"]), options=s["options"], price=money(visit, s["price_minor"]))
                for s in skus[row["id"]]
            ],
        )
        for row in found.items
    ]  # fmt: skip
    return Listing(items, found.next_key)


@operation("POST", "/supplier/products", scope="goods.write", status=201, takes_file=True)
async def add_product(visit: Visit, data: NewProduct, key: str) -> MadeProduct | Refusal:
    """Make a product that nobody sees yet, and propose to put it on the shelf; its stock is received apart."""
    assert visit.supplier is not None
    category, supplier = read_id(CATEGORY, data.category), visit.supplier
    text = ProductText(data.title, data.story, category, data.fulfilment, data.return_exception)
    asked = [(sku.options, sku.price_minor) for sku in data.skus]

    async def act(work: Work, pictures: list[str]) -> Refusal | dict[str, Any]:
        if category not in {row["id"] for row in await catalog.categories(work)}:
            return NotFound()
        return await propose_product(work, supplier, text, asked, pictures)

    async with read_pictures(visit, (data.picture,)) as pictures:
        if isinstance(pictures.refused, Refusal):
            return pictures.refused

        async def acted(work: Work) -> Refusal | dict[str, Any]:
            made = await act(work, pictures.names)
            pictures.are_used = not isinstance(made, Refusal)
            return made

        outcome = await remembered(
            visit, "api.add_product", key, repr(msgspec.structs.replace(data, picture="")), acted
        )
    return outcome if isinstance(outcome, Refusal) else MadeProduct(**outcome)


@operation("PUT", "/supplier/skus/{sku}/price", scope="goods.write", status=204)
async def set_price(visit: Visit, sku: SkuId, data: NewPrice, key: str) -> Refusal | None:
    """Change the price of one of the supplier's own SKUs, within the band that needs nobody's look; beyond it, propose it."""
    found = read_id(SKU, sku)

    async def act(work: Work) -> Refusal | None:
        if refusal := await why_not_own(work, visit, [found]):
            return refusal
        return await sourcing.reprice(work, found, data.price_minor, reason=data.reason)

    return await once(visit, "api.set_price", key, f"{sku} {data.price_minor}", act)


@operation("DELETE", "/supplier/products/{product}", scope="goods.write", status=204)
async def take_off(visit: Visit, product: ProductId, key: str) -> Refusal | None:
    """Take one of the supplier's own products off the shelf; placed orders go their way."""
    found = read_id(PRODUCT, product)

    async def act(work: Work) -> Refusal | None:
        row = await catalog.access_product(work, found)
        if row["supplier_id"] != visit.supplier:
            return NotFound()
        return await catalog.take_off(work, found, reason="API")

    return await once(visit, "api.take_off", key, product, act)


@operation("PUT", "/supplier/products/{product}/shelf", scope="goods.write", status=204)
async def shelve(visit: Visit, product: ProductId, data: Shelf, key: str) -> Refusal | None:
    """Put one of the supplier's own products back on the shelf, or take it off; back there it needs a picture."""
    found = read_id(PRODUCT, product)

    async def act(work: Work) -> Refusal | None:
        row = await catalog.access_product(work, found)
        if row["supplier_id"] != visit.supplier:
            return NotFound()
        return await catalog.shelve(work, [found], ShelfState(data.state), reason=data.reason)

    return await once(visit, "api.shelve", key, f"{product} {data.state}", act)


async def why_not_own(work: Work, visit: Visit, skus: list[UUID]) -> Refusal | None:
    """Somebody else's SKU is not found, as one that never was."""
    offers = await catalog.load_offers(work, skus)
    for sku in skus:
        if isinstance(offers.why_not_sell(sku), NotFound) or offers.get(sku).supplier_id != visit.supplier:
            return NotFound()
    return None


def money(visit: Visit, minor: int) -> Money:
    """An amount in the market's currency."""
    return Money(minor, visit.market.currency)


def _card(visit: Visit, row: Any, offer: ProductOffer) -> ProductCard:
    sku = offer.cheapest
    return ProductCard(
        product=PRODUCT.show(row["id"]), title=row["title"], picture=visit.front.assets.picture(row["picture"]),
        price=money(visit, sku.price_minor), team_price=_team_price(visit, sku), is_sold_out=offer.is_sold_out,
    )  # fmt: skip


def _sku(visit: Visit, sku: SkuOffer) -> Sku:
    return Sku(
        sku=SKU.show(sku.sku), options=sku.options, price=money(visit, sku.price_minor),
        team_price=_team_price(visit, sku), units_alone=sku.units_alone, units_team=sku.units_team,
    )  # fmt: skip


def _team_price(visit: Visit, sku: SkuOffer) -> Money | None:
    return None if sku.team_price_minor is None else money(visit, sku.team_price_minor)


def _campaign(row: Any) -> Campaign:
    return Campaign(
        campaign=CAMPAIGN_ID.show(row["id"]), size=row["size"], gather_seconds=row["team_seconds"],
        units_per_order_max=row["units_per_order_max"], units_per_person_max=row["units_per_person_max"],
        forms_from=row["promise_min"],
    )  # fmt: skip


HANDLERS = (
    list_categories,
    list_products,
    show_product,
    show_former_price,
    list_own_products,
    add_product,
    set_price,
    take_off,
    shelve,
)
