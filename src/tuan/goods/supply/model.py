"""Stock as a loaded set: pure rules over what is on hand, held and allotted. No I/O, no clock, no framework."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NewType
from uuid import UUID

from tuan.goods.supply.errors import NotEnough, Promised, SoldOut
from tuan.kit import ids
from tuan.kit.holds import HoldEndedTwice
from tuan.kit.refusals import NotFound, Refusal

AllotmentId = NewType("AllotmentId", UUID)
HoldId = NewType("HoldId", UUID)

ALLOTMENT: ids.IdKind[AllotmentId] = ids.IdKind("alt")

UNITS_MAX = 1_000_000_000
"""Units of one stock row or one movement; far above any warehouse, far below BIGINT."""


@dataclass(slots=True)
class StockRow:
    sku_id: UUID
    on_hand: int
    held: int
    allotted: int

    @property
    def free(self) -> int:
        return self.on_hand - self.held - self.allotted


@dataclass(slots=True)
class AllotmentRow:
    id: AllotmentId
    sku_id: UUID
    units: int
    held: int
    open: bool


@dataclass(frozen=True, slots=True)
class Hold:
    """Units of one SKU kept for somebody, from the free stock or from a campaign's allotment."""

    id: HoldId
    sku_id: UUID
    allotment_id: AllotmentId | None
    units: int


@dataclass(frozen=True, slots=True)
class Movement:
    id: UUID
    sku_id: UUID
    allotment_id: UUID | None
    hold_id: UUID | None
    kind: str
    units: int


class Stock:
    """The locked rows of some SKUs and allotments, and what a batch has done to them.

    A hold from an allotment leaves `stock.held` alone: its units are already out of the free stock as `allotted`.
    """

    def __init__(self, rows: Iterable[StockRow], allotments: Iterable[AllotmentRow] = ()) -> None:
        self.rows = {row.sku_id: row for row in rows}
        self.allotments = {row.id: row for row in allotments}
        self.movements: list[Movement] = []
        self.touched: set[UUID] = set()
        self.touched_allotments: set[AllotmentId] = set()
        self._ended: set[HoldId] = set()

    def pool(self, allotment: AllotmentId | None) -> AllotmentId | None:
        """Where units come from now: an allotment while it is open, the free stock once its rest has gone back there."""
        if allotment is None or (known := self.allotments.get(allotment)) is None:
            return allotment
        return allotment if known.open else None

    def why_not_hold(self, sku: UUID, units: int, allotment: AllotmentId | None = None) -> Refusal | None:
        if units < 1 or (row := self.rows.get(sku)) is None:
            return NotFound()
        if (allotment := self.pool(allotment)) is None:
            free = row.free
        else:
            pool = self.allotments.get(allotment)
            if pool is None or pool.sku_id != sku:
                return NotFound()
            free = pool.units - pool.held
        if free >= units:
            return None
        return NotEnough(left=free) if free > 0 else SoldOut()

    def hold(self, sku: UUID, units: int, allotment: AllotmentId | None = None) -> Hold:
        assert self.why_not_hold(sku, units, allotment) is None
        if (allotment := self.pool(allotment)) is None:
            self.rows[sku].held += units
        else:
            self.allotments[allotment].held += units
        hold = Hold(HoldId(ids.new_uuid()), sku, allotment, units)
        self._move("hold", hold)
        return hold

    def settle(self, hold: Hold) -> None:
        """The units leave the house."""
        row = self._end(hold)
        row.on_hand -= hold.units
        if hold.allotment_id is not None:
            row.allotted -= hold.units
            self.allotments[hold.allotment_id].units -= hold.units
        self._move("settle", hold)

    def release(self, hold: Hold) -> None:
        """The units are free again; of an allotment that is over they go back to the free stock."""
        row = self._end(hold)
        self._move("release", hold)
        if hold.allotment_id is not None and not self.allotments[hold.allotment_id].open:
            self._give_back(self.allotments[hold.allotment_id], row, hold.units)

    def release_part(self, hold: Hold, units: int) -> Hold:
        """Some units of a hold are free again; the rest is held on under a new name, which is the answer.

        A hold ends once and whole, so that its movements explain it: it is released, and the rest is held anew.
        """
        assert 0 < units < hold.units
        self.release(hold)
        return self.hold(hold.sku_id, hold.units - units, hold.allotment_id)

    def receive(self, sku: UUID, units: int) -> None:
        assert 0 < units <= UNITS_MAX
        self.rows[sku].on_hand += units
        self._add("receive", sku, None, None, units)

    def why_not_count(self, sku: UUID, counted: int) -> Refusal | None:
        if (row := self.rows.get(sku)) is None:
            return NotFound()
        return Promised(units=promised) if counted < (promised := row.held + row.allotted) else None

    def count(self, sku: UUID, counted: int) -> None:
        """So many units were counted in the house: what is missing is written off, what is too many was found."""
        assert self.why_not_count(sku, counted) is None and counted <= UNITS_MAX
        difference = counted - self.rows[sku].on_hand
        self.rows[sku].on_hand = counted
        if difference:
            self._add("found" if difference > 0 else "write_off", sku, None, None, abs(difference))

    def allot(self, allotment: AllotmentRow) -> None:
        """Set free units aside for a campaign."""
        assert self.rows[allotment.sku_id].free >= allotment.units
        self.rows[allotment.sku_id].allotted += allotment.units
        self.allotments[allotment.id] = allotment
        self.touched_allotments.add(allotment.id)
        self._add("allot", allotment.sku_id, allotment.id, None, allotment.units)

    def end_allotment(self, allotment: AllotmentId) -> None:
        """Close it: what nobody holds returns now, what is held returns when its hold is released."""
        pool = self.allotments[allotment]
        if pool.open:
            pool.open = False
            self.touched_allotments.add(allotment)
            if rest := pool.units - pool.held:
                self._give_back(pool, self.rows[pool.sku_id], rest)

    def _give_back(self, pool: AllotmentRow, row: StockRow, units: int) -> None:
        pool.units -= units
        row.allotted -= units
        self._add("give_back", row.sku_id, pool.id, None, units)

    def _end(self, hold: Hold) -> StockRow:
        if hold.id in self._ended:  # one that ended in an earlier transaction stops at a unique index
            raise HoldEndedTwice(str(hold.id))
        self._ended.add(hold.id)
        if hold.allotment_id is None:
            self.rows[hold.sku_id].held -= hold.units
        else:
            self.allotments[hold.allotment_id].held -= hold.units
        return self.rows[hold.sku_id]

    def _move(self, kind: str, hold: Hold) -> None:
        self._add(kind, hold.sku_id, hold.allotment_id, hold.id, hold.units)

    def _add(self, kind: str, sku: UUID, allotment: AllotmentId | None, hold: HoldId | None, units: int) -> None:
        self.movements.append(Movement(ids.new_uuid(), sku, allotment, hold, kind, units))
        self.touched.add(sku)
        if allotment is not None:
            self.touched_allotments.add(allotment)
