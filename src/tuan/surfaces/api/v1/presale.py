"""Presales: what is offered for a deposit, and booking it."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from tuan.goods import catalog
from tuan.goods.catalog.model import PRODUCT, SKU
from tuan.kit.refusals import Refusal
from tuan.people.accounts.model import ADDRESS
from tuan.play.presale import access_offer, book_goods, offers_of
from tuan.play.presale.model import OFFER_ID, BookGoods, Offer
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import AddressId, BoughtIn, Money, OrderId, PayableId, ProductId, ShareCode, SkuId, Units
from tuan.surfaces.api.v1.catalog import money
from tuan.surfaces.api.v1.groupbuy import Quoted, quote_of
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade.orders.model import ORDER_ID
from tuan.trade.payments.model import PAYABLE

PresaleId = Annotated[
    str,
    Meta(
        description="A presale.",
        pattern="^presale_[0-9a-hjkmnp-tv-z]{26}$",
        examples=["presale_01kb3v6h2ne5x8q4r7t9w0y1z3"],
    ),
]


class PresalePrice(Struct, frozen=True, kw_only=True):
    """What one unit costs in all, and what of it is paid now."""

    sku: SkuId
    price: Money
    deposit: Money


class Presale(Struct, frozen=True, kw_only=True):
    """Earnest money is kept by the supplier if the balance is not paid, up to a fifth of the price, and given back twice if he does
    not deliver; a prepayment always comes back."""

    presale: PresaleId
    product: ProductId
    kind: Literal["earnest", "prepayment"]
    state: Literal["running", "ended"]
    prices: list[PresalePrice]
    starts_at: datetime
    ends_at: datetime
    balance_from: datetime
    balance_until: datetime
    ships_by: datetime


class ProductsPresale(Struct, frozen=True, kw_only=True):
    """The presale that takes deposits for a product now; null where none does."""

    presale: Presale | None


class NewBooking(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many units, for a deposit. `quoted_minor`: deposit and balance together."""

    sku: SkuId
    units: Units = 1
    address: AddressId | None = None
    quoted_minor: Quoted | None = None
    share: ShareCode | None = None
    channel: BoughtIn = "web"


class Booked(Struct, frozen=True, kw_only=True):
    """The order, its deposit (`payable`), and what is owed after it (`balance`)."""

    order: OrderId
    payable: PayableId
    balance: PayableId


def _shown(visit: Visit, offer: Offer) -> Presale:
    return Presale(
        presale=OFFER_ID.show(offer.id), product=PRODUCT.show(offer.product_id), kind=offer.kind, state=offer.state,  # type: ignore[arg-type]
        prices=[
            PresalePrice(sku=SKU.show(sku), price=money(visit, one.price_minor), deposit=money(visit, one.deposit_minor))
            for sku, one in offer.prices.items()
        ],
        starts_at=offer.starts_at, ends_at=offer.ends_at, balance_from=offer.balance_from,
        balance_until=offer.balance_until, ships_by=offer.ships_by,
    )  # fmt: skip


@operation("GET", "/products/{product}/presale", scope="orders.read")
async def find_presale(visit: Visit, product: ProductId) -> ProductsPresale:
    """The presale of a product, where one takes deposits now."""
    found = read_id(PRODUCT, product)
    async with visit.reading() as work:
        await catalog.access_product(work, found)
        offer = (await offers_of(work, [found])).get(found)
    return ProductsPresale(presale=_shown(visit, offer) if offer else None)


@operation("GET", "/presales/{presale}", scope="orders.read")
async def show_presale(visit: Visit, presale: PresaleId) -> Presale:
    """One presale with its prices and times."""
    async with visit.reading() as work:
        return _shown(visit, await access_offer(work, read_id(OFFER_ID, presale)))


@operation("POST", "/presales/{presale}/bookings", scope="orders.write", status=201)
async def book_presale(visit: Visit, presale: PresaleId, data: NewBooking, key: str) -> Booked | Refusal:
    """Hold the goods and owe the deposit; the balance is paid in its window."""
    address = read_id(ADDRESS, data.address) if data.address else None
    command = BookGoods(visit.person, key, read_id(OFFER_ID, presale), read_id(SKU, data.sku), data.units, address,
                        quote_of(data.quoted_minor), data.share, data.channel)  # fmt: skip
    outcome = await visit.submit(book_goods, command)
    if isinstance(outcome, Refusal):
        return outcome
    return Booked(
        order=ORDER_ID.show(outcome.order),
        payable=PAYABLE.show(outcome.payable),
        balance=PAYABLE.show(outcome.balance),
    )


HANDLERS = (find_presale, show_presale, book_presale)
