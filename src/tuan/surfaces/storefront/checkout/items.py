"""Several lines in one checkout: as addresses and forms say them, and by who sends them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from tuan.goods.catalog.model import SKU, Offer, SkuId
from tuan.kit.refusals import Refused
from tuan.people.parties.model import SUPPLIER, SupplierId
from tuan.surfaces.storefront import showing
from tuan.surfaces.storefront.checkout.context import Parcel
from tuan.surfaces.storefront.parts import GoodsLine
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.reading import read_id, read_units
from tuan.surfaces.web.visits import Visit
from tuan.trade.orders.model import LINES_MAX
from tuan.value.promotions.model import RULE

REMARK = "remark-"
"""What the name of a remark's field begins with; its supplier follows."""


Pairs = tuple[tuple[UUID, int], ...]
"""Ids with how many of each."""


def show_items(items: Pairs, sets: Pairs = ()) -> str:
    lines = [(SKU.show(SkuId(sku)), units) for sku, units in items]
    return ",".join(f"{name}:{many}" for name, many in (*lines, *((RULE.show(b), n) for b, n in sets)))


def read_items(text: str) -> tuple[Pairs, Pairs]:
    """What of a cart is bought, each SKU and each bundle once: (SKU, units) and (bundle, sets). Raises Refused."""
    parts = [one.partition(":") for one in text.split(",")]
    sets = tuple((bundle, read_units(many)) for name, _, many in parts if (bundle := RULE.parse(name)) is not None)
    items = tuple((read_id(SKU, name), read_units(many)) for name, _, many in parts if RULE.parse(name) is None)
    if len(parts) > LINES_MAX or len({one for one, _ in (*items, *sets)}) < len(parts):
        raise Refused(FieldInvalid(field="items"))
    return items, sets


def ticked_items(query: Mapping[str, str]) -> str:
    """What was ticked in a cart: each is a field of its own, named by its SKU or its bundle, that says how many."""
    return ",".join(
        f"{name}:{many}" for name, many in query.items() if (SKU.parse(name) or RULE.parse(name)) is not None
    )


def pop_remarks(fields: dict[str, Any]) -> dict[str, str]:
    """Take the remarks out of a form's fields: what is said to each supplier. Raises Refused."""
    found = {name[len(REMARK) :]: fields.pop(name) for name in list(fields) if name.startswith(REMARK)}
    if not all(isinstance(text, str) and "\0" not in text for text in found.values()):
        raise Refused(FieldInvalid(field="remark"))
    return {supplier: text.strip() for supplier, text in found.items() if text.strip()}


def remarks_of(typed: Mapping[str, str]) -> tuple[tuple[UUID, str], ...]:
    """As a command says them. Raises Refused."""
    return tuple((read_id(SUPPLIER, supplier), text) for supplier, text in typed.items())


def goods_line(visit: Visit, offer: Offer, unit_minor: int, units: int) -> GoodsLine:
    return GoodsLine(
        sku=SKU.show(offer.sku_id),
        name=offer.title,
        option=offer.options,
        picture=showing.picture(visit, offer.picture, offer.title),
        url=showing.product_url(offer.product_id, offer.sku_id),
        unit_price=showing.amount(visit, unit_minor),
        units=units,
    )


def parcels_of(
    offers: Sequence[Offer], lines: Sequence[GoodsLine], names: Mapping[UUID, Any], remarks: Mapping[str, str]
) -> list[Parcel]:
    """Lines by who sends them, in the order of the lines."""
    by_supplier: dict[UUID, list[GoodsLine]] = {}
    for offer, line in zip(offers, lines, strict=True):
        by_supplier.setdefault(offer.supplier_id, []).append(line)
    found = []
    for supplier, some in by_supplier.items():
        shown = SUPPLIER.show(SupplierId(supplier))
        found.append(Parcel(supplier=shown, name=names[supplier]["name"], lines=some, remark=remarks.get(shown, "")))
    return found
