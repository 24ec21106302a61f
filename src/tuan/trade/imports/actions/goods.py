"""Bringing in goods and stock: each line by the verbs of catalog and supply."""

from collections.abc import Sequence
from uuid import UUID

from babel.numbers import get_currency_precision

from tuan.goods import catalog, sourcing, supply
from tuan.goods.catalog.model import ProductText, SkuId
from tuan.kit.refusals import Refusal
from tuan.people import parties
from tuan.platform.work import Work
from tuan.trade.imports.model import Change, Good, Market, RefusedLine


async def read_market(work: Work, supplier: UUID | None = None) -> Market:
    """What lines are judged by, as it is now; with a supplier his own goods are all there is."""
    goods = [Good(*row.values()) for row in await supply.goods_of(work, supplier)]
    categories = frozenset(row["slug"] for row in await catalog.categories(work))
    suppliers = frozenset([supplier] if supplier else [row["id"] for row in await parties.suppliers(work)])
    return Market(goods, categories, suppliers, get_currency_precision(work.market.currency))


async def bring_in(
    work: Work, changes: Sequence[Change], products: dict[tuple[UUID, str], UUID], *, reason: str, is_own: bool = False
) -> list[RefusedLine]:
    """Make it so, each line by the verbs of catalog and supply; those that were refused meanwhile, by the refusal's code.

    products: by supplier and title, to which new ones are added: what has the title of another is one more option of it.
    is_own: a supplier brings in his own, so that what buyers see is proposed and not changed (`goods.sourcing`).
    """
    await supply.load_stock(
        work, {SkuId(one.good.sku) for one in changes if one.good}
    )  # in one order, as sellers lock it
    slugs = {row["slug"]: row["id"] for row in await catalog.categories(work)}
    refused = []
    for change in changes:
        if refusal := await _bring_in_line(work, change, slugs, products, reason, is_own):
            refused.append(RefusedLine(change.number, refusal.code))
    return refused


async def _bring_in_line(
    work: Work,
    change: Change,
    slugs: dict[str, UUID],
    products: dict[tuple[UUID, str], UUID],
    reason: str,
    is_own: bool,
) -> Refusal | None:
    good = change.good
    sku = good.sku if good else await _add(work, change, slugs, products, reason, is_own)
    if isinstance(sku, Refusal):
        return sku
    if is_own and good and (refusal := await _why_not_own(work, sku, change.price_minor, good.price_minor)):
        return refusal
    if change.on_hand != (good.on_hand if good else 0) and (
        refusal := await supply.correct(work, SkuId(sku), change.on_hand, reason=reason)
    ):
        return refusal
    if good is not None and change.price_minor != good.price_minor:
        return await catalog.set_prices(work, {sku: (good.price_minor, change.price_minor)}, reason=reason)
    return None


async def _why_not_own(work: Work, sku: UUID, price_minor: int, before_minor: int) -> Refusal | None:
    """Before anything of the line is done: a price beyond the band is proposed, not brought in."""
    return None if price_minor == before_minor else await sourcing.why_not_reprice(work, sku, price_minor)


async def _add(
    work: Work,
    change: Change,
    slugs: dict[str, UUID],
    products: dict[tuple[UUID, str], UUID],
    reason: str,
    is_own: bool,
) -> UUID | Refusal:
    name = (change.supplier, change.title)
    if (there := products.get(name)) is not None:
        if is_own and (refusal := await sourcing.why_not_add(work, there)):
            return refusal
        return await catalog.add_sku(work, there, change.options, change.price_minor, reason=reason)
    text = ProductText(title=change.title, story="", category_id=slugs[change.category], fulfilment="shipped",
                       return_exception=change.return_exception)  # fmt: skip
    skus = [(change.options, change.price_minor)]
    product = await catalog.draft_product(work, change.supplier, text, skus, reason=reason)
    if isinstance(product, Refusal):
        return product
    products[name] = product
    sku: UUID = (await catalog.skus_of(work, [product]))[product][0]["id"]
    return sku
