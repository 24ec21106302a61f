"""The SKUs of a product: adding one, its name and price, retiring it and bringing it back."""

from typing import Any, Literal

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.goods import catalog
from tuan.goods.catalog.model import PRODUCT, SKU
from tuan.kit.money import Money
from tuan.kit.refusals import Refusal
from tuan.platform.work import Work
from tuan.play import groupbuy
from tuan.surfaces.backoffice.acting import acted, read_amount, written_amount
from tuan.surfaces.backoffice.products.context import SkuRow
from tuan.surfaces.web.policies import staff
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit


class SkuForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str
    price: str
    options: str = ""


class RetireForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str
    turn: Literal["retire", "bring_back"] = "retire"


def row_of(visit: Visit, row: Any, stock: Any) -> SkuRow:
    sku, price = SKU.show(row["id"]), Money(row["price_minor"], visit.market.currency)
    return SkuRow(
        sku=sku,
        options=row["options"],
        price=price,
        typed=written_amount(price),
        free=stock.free if stock else 0,
        on_hand=stock.on_hand if stock else 0,
        url=f"/office/skus/{sku}",
        is_retired=row["retired_at"] is not None,
        stock_url=f"/office/stock/{sku}",
        key=visit.fresh_key(),
        retire_key=visit.fresh_key(),
    )


@post("/office/products/{product:str}/skus", opt=staff("products.edit"))
async def add(visit: NamedDependency[Visit], product: FromPath[str]) -> Response[Any]:
    """One more SKU, behind the others."""
    found, form = read_id(PRODUCT, product), await visit.form(SkuForm)
    price = read_amount(visit, form.price, "price")

    async def act(work: Work) -> Refusal | None:
        outcome = await catalog.add_sku(work, found, form.options, price, reason=form.reason)
        return outcome if isinstance(outcome, Refusal) else None

    subject = f"{product} {form.options} {price}"
    return await acted(visit, "office.add_sku", form.key, form.reason, subject, act, f"/office/products/{product}")


@post("/office/skus/{sku:str}", opt=staff("products.edit"))
async def edit(visit: NamedDependency[Visit], sku: FromPath[str]) -> Response[Any]:
    """The name and the price of one SKU."""
    found, form = read_id(SKU, sku), await visit.form(SkuForm)
    price = read_amount(visit, form.price, "price")
    async with visit.reading() as work:
        product = await catalog.product_of(work, found)

    async def act(work: Work) -> Refusal | None:
        return await catalog.edit_sku(work, found, form.options, price, reason=form.reason)

    subject, url = f"{sku} {form.options} {price}", f"/office/products/{PRODUCT.show(product)}"
    return await acted(visit, "office.edit_sku", form.key, form.reason, subject, act, url)


@post("/office/skus/{sku:str}/retirement", opt=staff("products.edit"))
async def retire(visit: NamedDependency[Visit], sku: FromPath[str]) -> Response[Any]:
    """Sell it no more, or again."""
    found, form = read_id(SKU, sku), await visit.form(RetireForm)
    async with visit.reading() as work:
        product = await catalog.product_of(work, found)

    async def act(work: Work) -> Refusal | None:
        verb = groupbuy.retire_sku if form.turn == "retire" else catalog.bring_back_sku
        return await verb(work, found, reason=form.reason)

    url = f"/office/products/{PRODUCT.show(product)}"
    return await acted(visit, "office.retire_sku", form.key, form.reason, f"{sku} {form.turn}", act, url)
