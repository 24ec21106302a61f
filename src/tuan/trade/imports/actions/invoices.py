"""Bringing in past invoices: orders, captures, cases and refunds by the verbs that make them, each at its own time.

A capture's transaction names the invoice, the file's content and the line, and is unique in a market: what was brought in
already is passed over.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from tuan.goods import catalog, supply
from tuan.goods.catalog.model import TITLE_MAX, ShelfState, SkuId
from tuan.kit.refusals import granted
from tuan.people import accounts, parties
from tuan.platform.gateways.payment import RefundAnswer, RefundState
from tuan.platform.work import Work
from tuan.trade import aftersales, payments
from tuan.trade.imports import store
from tuan.trade.imports.model import Invoice, Invoices
from tuan.trade.orders.model import Sale, Share

PROVIDER = "import"


@dataclass(frozen=True, slots=True)
class Shop:
    """Who sold what a file tells of: the hash of its content, the supplier, and by stock code the SKU."""

    content: str
    supplier: UUID
    skus: dict[str, SkuId]

    def transaction(self, invoice: Invoice) -> str:
        first = invoice.lines[0]
        return f"{first.invoice}@{self.content}:{first.number}"


def digest_of(raw: bytes) -> str:
    """What names a file by its content."""
    return hashlib.blake2b(raw, digest_size=8).hexdigest()


def _uuid(content: str, name: str) -> UUID:
    """The same for the same name in the same file: a customer, or whoever answers for the shop."""
    return UUID(bytes=hashlib.blake2b(f"{content} {name}".encode(), digest_size=16).digest())


def _person(content: str, invoice: Invoice) -> tuple[UUID, str]:
    """A customer by his number; whoever had none is a walk-in of this one invoice."""
    first = invoice.lines[0]
    name = f"customer {first.customer}" if first.customer else f"walk-in {first.invoice}"
    return _uuid(content, name), name


async def list_shop(work: Work, content: str, read: Invoices, name: str) -> Shop:
    """The shop as a supplier, and a product per stock code, off the shelf: it was sold, and is not for sale."""
    owner = _uuid(content, "owner")
    supplier = await parties.supplier_of(work, owner)
    if supplier is None:
        prices = {line.code: line.price_minor for line in read.sales}
        titles = {line.code: line.title for line in read.sales if line.title}
        await accounts.admit_many(work, [(owner, name)])
        supplier = await parties.admit_supplier(work, name, owner, promise="", reason="import")
        category = await catalog.add_category(work, f"import-{content}", name, 1000)
        news = [
            catalog.NewProduct(supplier, category, titles.get(code, code)[:TITLE_MAX], "", [], [(code, price)],
                               "address_later")
            for code, price in prices.items()
        ]  # fmt: skip
        granted(await catalog.list_products(work, news, state=ShelfState.OFF))
    return Shop(content, supplier, {row["options"]: row["id"] for row in await work.fetch(store.SKUS_SQL, supplier)})


async def bring_in_invoices(work: Work, shop: Shop, part: Sequence[Invoice]) -> None:
    """What of it is not there yet: the goods come into the house and leave it with their orders."""
    await supply.load_stock(work, {shop.skus[line.code] for one in part for line in one.lines})
    spent = await payments.spent_on(work, [(PROVIDER, shop.transaction(one)) for one in part])
    fresh = [one for one in part if (PROVIDER, shop.transaction(one)) not in spent]
    if not fresh:
        return
    await accounts.admit_many(work, list(dict(_person(shop.content, one) for one in fresh).items()))
    units = Counter[SkuId]()
    for one in fresh:
        for line in one.lines:
            units[shop.skus[line.code]] += line.units
    granted(await supply.receive(work, units, reason="import"))
    returns = [
        aftersales.Return(place, back.at, back.units,
                          Share(back.number, back.units if back.is_whole else 0, back.amount_minor))
        for place, one in enumerate(fresh)
        for back in one.given_back
    ]  # fmt: skip
    await aftersales.record_sales(work, [_sale(shop, one) for one in fresh], returns, provider=PROVIDER)


def _sale(shop: Shop, invoice: Invoice) -> Sale:
    items = tuple((shop.skus[line.code], line.units, line.price_minor) for line in invoice.lines)
    return Sale(shop.transaction(invoice), _person(shop.content, invoice)[0], invoice.lines[0].at, items)


async def finish_refunds(work: Work, *, limit: int) -> int:
    """The money went back when the shop said so; no provider needs to be asked. How many that were."""
    due = [row["id"] for row in await work.fetch(store.DUE_REFUNDS_SQL, PROVIDER, limit)]
    done = [RefundAnswer(PROVIDER, refund, RefundState.DONE, "") for refund in due]
    await payments.apply_refund_answers(work, done)
    return len(due)


def batches(invoices: Iterable[Invoice], lines_max: int) -> Iterator[list[Invoice]]:
    """Whole invoices, of so many lines at a time."""
    part: list[Invoice] = []
    lines = 0
    for invoice in invoices:
        part.append(invoice)
        lines += len(invoice.lines)
        if lines >= lines_max:
            yield part
            part, lines = [], 0
    if part:
        yield part
