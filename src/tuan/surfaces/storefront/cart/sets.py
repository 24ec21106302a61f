"""Sets of bundles in a cart: one line each, with its parts and its price; what ended or costs something else says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tuan.goods import catalog, supply
from tuan.goods.catalog.model import Offer, Offers
from tuan.platform.work import Work
from tuan.surfaces.storefront import showing
from tuan.surfaces.storefront.bundle.routes import url_of
from tuan.surfaces.storefront.cart.context import CartSet
from tuan.surfaces.web.visits import Visit
from tuan.trade import carts
from tuan.value import promotions
from tuan.value.promotions.model import RULE, Bundle

TICKED = "ticked"
"""Among the query's fields: what is named there is ticked, and nothing else."""


@dataclass(frozen=True, slots=True)
class ShownSet:
    """A line of the page, and the offers of its parts."""

    bundle: Bundle
    offers: Sequence[Offer]
    line: CartSet


def is_ticked(visit: Visit, name: str) -> bool:
    return name in visit.query if TICKED in visit.query else True


async def sets_of(work: Work, visit: Visit) -> list[ShownSet]:
    rows = await carts.sets_of(work, visit.person)
    bundles = await promotions.find_bundles(work, [row["bundle_id"] for row in rows])
    skus = {sku for bundle in bundles.values() for sku, _ in bundle.lines}
    if not skus:
        return []
    offers, free = await catalog.load_offers(work, skus), await supply.free_units(work, skus)
    return [_shown(visit, row, bundles[row["bundle_id"]], offers, free) for row in rows]


def _shown(visit: Visit, row: Any, bundle: Bundle, offers: Offers, free: Mapping[UUID, int]) -> ShownSet:
    name, sets, url = RULE.show(bundle.id), row["sets"], f"/cart/sets/{RULE.show(bundle.id)}"
    parts = [(offers.get(sku), units) for sku, units in bundle.lines]
    price = bundle.set_minor({offer.sku_id: offer.price_minor for offer, _ in parts})
    most = 0
    if not bundle.is_open or any(offers.why_not_sell(offer.sku_id) for offer, _ in parts):
        why_not = visit.gettext("This bundle is no longer sold")
    elif (most := min(bundle.per_order, *(_room(offer, free) // units for offer, units in parts))) == 0:
        why_not = visit.gettext("Sold out")
    else:
        why_not = visit.gettext("At most %(sets)s sets of it now", sets=most) if sets > most else ""
    first = parts[0][0]
    line = CartSet(
        bundle=name,
        name=bundle.name,
        url=url,
        page_url=url_of(bundle.id),
        picture=showing.picture(visit, first.picture, first.title),
        goods=[f"{offer.title} {offer.options} × {units}" for offer, units in parts],
        price=showing.amount(visit, price),
        was=showing.amount(visit, row["set_minor"]) if row["set_minor"] != price else None,
        sets=sets,
        sets_max=most,
        is_ticked=is_ticked(visit, name) and not why_not,
        why_not=why_not,
        units_key=visit.fresh_key(),
        out_key=visit.fresh_key(),
    )
    return ShownSet(bundle, [offer for offer, _ in parts], line)


def _room(offer: Offer, free: Mapping[UUID, int]) -> int:
    """How many of these units one person may take now."""
    units = max(free.get(offer.sku_id, 0), 0)
    return units if offer.units_per_person_max is None else min(units, offer.units_per_person_max)
