"""Which goods shops may have: a supplier keeps his back, the market anybody's; and offering them again."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from tuan.goods import catalog
from tuan.goods.catalog.model import PRODUCT
from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.people.parties.model import SUPPLIER
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.play import shops
from tuan.surfaces.api.acting import acted
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import Listing, PageQuery, ProductId, Reason, SupplierId
from tuan.surfaces.web.once import once
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

Turn = Annotated[
    Literal["kept_back", "offered"],
    Meta(description="Kept back: no shop has it, and what is bought of it from then on pays none."),
]


class Pooled(Struct, frozen=True, kw_only=True):
    """Whether shops may have a product: they may where nobody keeps it back."""

    product: ProductId
    by_supplier: bool
    by_market: bool
    since: datetime | None


class KeptBack(Pooled, frozen=True, kw_only=True):
    """A product that no shop may have now."""

    title: Annotated[str, Meta(examples=["赣南脐橙"])]
    supplier: SupplierId


class OwnTurn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What its supplier wants."""

    state: Turn


class MarketTurn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the market wants, and why."""

    state: Turn
    reason: Reason


@operation("GET", "/supplier/products/{product}/pool", scope="goods.read")
async def show_own_pooled(visit: Visit, product: ProductId) -> Pooled:
    """Whether shops may have one of the supplier's own."""
    found = read_id(PRODUCT, product)
    async with visit.reading() as work:
        row = await catalog.access_any_product(work, found)
        if row["supplier_id"] != visit.supplier:
            raise Refused(NotFound())
        kept = (await shops.pool_of(work, [found])).get(found)
    return Pooled(**_pooled(found, kept))


def _pooled(product: UUID, kept: Any) -> dict[str, Any]:
    return {
        "product": PRODUCT.show(product), "by_supplier": kept is not None and kept["by_supplier"],
        "by_market": kept is not None and kept["by_market"], "since": kept["since"] if kept is not None else None,
    }  # fmt: skip


@operation("POST", "/supplier/products/{product}/pool", scope="goods.write", status=204)
async def turn_own_pooled(visit: Visit, product: ProductId, data: OwnTurn, key: str) -> Refusal | None:
    """Keep one of the supplier's own back from shops, or offer it again."""
    found, supplier = read_id(PRODUCT, product), visit.supplier
    verb = shops.withhold_goods if data.state == "kept_back" else shops.offer_goods

    async def act(work: Work) -> Refusal | None:
        assert supplier is not None
        return await verb(work, found, supplier)

    return await once(visit, "api.turn_own_pooled", key, f"{product} {data.state}", act)


@operation("GET", "/market-pool", scope="shops.read")
async def list_kept_back(visit: Visit, query: PageQuery) -> Listing[KeptBack]:
    """What no shop may have, the latest first."""
    async with visit.reading() as work:
        found = await shops.search_withheld(work, Wanted(after=query.after, size=query.size))
    items = [
        KeptBack(**_pooled(row["product_id"], row), title=row["title"], supplier=SUPPLIER.show(row["supplier_id"]))
        for row in found.items
    ]
    return Listing(items, found.next_key)


@operation("GET", "/market-pool/{product}", scope="shops.read")
async def show_pooled(visit: Visit, product: ProductId) -> Pooled:
    """Whether shops may have a product."""
    found = read_id(PRODUCT, product)
    async with visit.reading() as work:
        await catalog.access_any_product(work, found)
        return Pooled(**_pooled(found, (await shops.pool_of(work, [found])).get(found)))


@operation("POST", "/market-pool/{product}", scope="shops.write", status=204)
async def turn_pooled(visit: Visit, product: ProductId, data: MarketTurn, key: str) -> Refusal | None:
    """Keep a product back from every shop, or let shops have it again; its supplier cannot undo it."""
    found = read_id(PRODUCT, product)
    verb = shops.withdraw_goods if data.state == "kept_back" else shops.return_goods

    async def act(work: Work) -> Refusal | None:
        return await verb(work, found, reason=data.reason)

    return await acted(visit, "api.turn_pooled", key, data.reason, f"{product} {data.state}", act)


HANDLERS = (show_own_pooled, turn_own_pooled, list_kept_back, show_pooled, turn_pooled)
