"""Carts: what may be put in, and what is checked out. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from tuan.goods.catalog.model import Offer
from tuan.kit.refusals import Refusal
from tuan.trade.carts.errors import CartChanged, CartFull, CartUnitsInvalid

LINES_MAX = 50
"""As many as one checkout takes."""
UNITS_MAX = 999


@dataclass(frozen=True, slots=True)
class CartLine:
    person_id: UUID
    sku_id: UUID
    units: int = 0


def why_not_keep(offer: Offer, units: int, there: Collection[UUID]) -> Refusal | None:
    """Whether so many units in all may be in a cart with these SKUs; what one person may buy at most is asked here already."""
    most = min(UNITS_MAX, offer.units_per_person_max or UNITS_MAX)
    if not 1 <= units <= most:
        return CartUnitsInvalid(most=most)
    return CartFull(most=LINES_MAX) if offer.sku_id not in there and len(there) >= LINES_MAX else None


class Carts:
    """The lines that a batch of checkouts asks for, locked; what is bought leaves."""

    def __init__(self, lines: Iterable[CartLine] = ()) -> None:
        self._units = {(line.person_id, line.sku_id): line.units for line in lines}
        self.taken: list[CartLine] = []

    def why_not_check_out(self, person: UUID, items: Sequence[tuple[UUID, int]]) -> Refusal | None:
        """All of it must be there with just these units: what another device has bought cannot be bought once more."""
        if all(self._units.get((person, sku)) == units for sku, units in wanted(items).items()):
            return None
        return CartChanged()

    def check_out(self, person: UUID, items: Sequence[tuple[UUID, int]]) -> None:
        for sku, units in wanted(items).items():
            assert self._units.pop((person, sku)) == units
            self.taken.append(CartLine(person, sku))


def wanted(items: Iterable[tuple[UUID, int]]) -> Mapping[UUID, int]:
    """Units by SKU, the same SKU counted together."""
    found: dict[UUID, int] = {}
    for sku, units in items:
        found[sku] = found.get(sku, 0) + units
    return found
