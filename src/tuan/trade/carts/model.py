"""Carts: what may be put in, and what is checked out. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from tuan.goods.catalog.model import Offer
from tuan.kit.refusals import Refusal
from tuan.trade.carts.errors import CartChanged, CartFull, CartUnitsInvalid
from tuan.value.promotions.model import Bundle

LINES_MAX = 50
"""As many as one checkout takes."""
UNITS_MAX = 999


@dataclass(frozen=True, slots=True)
class CartLine:
    person_id: UUID
    sku_id: UUID
    units: int = 0


@dataclass(frozen=True, slots=True)
class CartSets:
    """So many sets of one bundle."""

    person_id: UUID
    bundle_id: UUID
    sets: int = 0


@dataclass(frozen=True, slots=True)
class There:
    """What is in a person's cart: units by SKU, sets by bundle, and how many lines the parts of these sets would be."""

    units: Mapping[UUID, int]
    sets: Mapping[UUID, int]
    parts: int

    @property
    def lines(self) -> int:
        return len(self.units) + self.parts


def why_not_keep(offer: Offer, units: int, there: There) -> Refusal | None:
    """Whether so many units in all may be in a cart with these; what one person may buy at most is asked here already."""
    most = min(UNITS_MAX, offer.units_per_person_max or UNITS_MAX)
    if not 1 <= units <= most:
        return CartUnitsInvalid(most=most)
    return CartFull(most=LINES_MAX) if offer.sku_id not in there.units and there.lines >= LINES_MAX else None


def why_not_keep_sets(bundle: Bundle, sets: int, there: There) -> Refusal | None:
    """The same of sets of a bundle, whose every part is a line at the checkout; it is sold now, and so many at once."""
    if refusal := bundle.why_not_buy(sets):
        return refusal
    is_full = bundle.id not in there.sets and there.lines + len(bundle.lines) > LINES_MAX
    return CartFull(most=LINES_MAX) if is_full else None


class Carts:
    """The lines and sets that a batch of checkouts asks for, locked; what is bought leaves."""

    def __init__(self, lines: Iterable[CartLine] = (), sets: Iterable[CartSets] = ()) -> None:
        self._units = {(line.person_id, line.sku_id): line.units for line in lines}
        self._sets = {(one.person_id, one.bundle_id): one.sets for one in sets}
        self.taken: list[CartLine] = []
        self.taken_sets: list[CartSets] = []

    def why_not_check_out(
        self, person: UUID, items: Sequence[tuple[UUID, int]], sets: Iterable[tuple[UUID, int]] = ()
    ) -> Refusal | None:
        """All of it must be there with just these units: what another device has bought cannot be bought once more."""
        is_there = all(self._units.get((person, sku)) == units for sku, units in wanted(items).items())
        are_there = all(self._sets.get((person, bundle)) == count for bundle, count in sets)
        return None if is_there and are_there else CartChanged()

    def check_out(self, person: UUID, items: Sequence[tuple[UUID, int]], sets: Iterable[tuple[UUID, int]] = ()) -> None:
        for sku, units in wanted(items).items():
            assert self._units.pop((person, sku)) == units
            self.taken.append(CartLine(person, sku))
        for bundle, count in sets:
            assert self._sets.pop((person, bundle)) == count
            self.taken_sets.append(CartSets(person, bundle))


def wanted(items: Iterable[tuple[UUID, int]]) -> Mapping[UUID, int]:
    """Units by SKU, the same SKU counted together."""
    found: dict[UUID, int] = {}
    for sku, units in items:
        found[sku] = found.get(sku, 0) + units
    return found
