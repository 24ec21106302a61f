"""Lots as a loaded set: the wallets of some persons, what may be done with them, and what each change books. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from tuan.kit import ids
from tuan.kit.holds import HoldEndedTwice
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.value.ledger.model import POINTS_DEBT, POINTS_ISSUED, Postings, pending_points_of, points_of
from tuan.value.points.errors import PointsShort
from tuan.value.points.model.words import (
    ASSET,
    LOT,
    LOT_ID,
    RETURNED_FOR,
    Entry,
    EntryKind,
    Lot,
    LotId,
    LotState,
    Source,
    Spend,
    SpendState,
    Wallet,
)

K = EntryKind
Hold = Sequence[Spend]
"""What one order holds: a part of each lot that it draws on."""


@dataclass(frozen=True, slots=True)
class Part:
    """So many points that come back, and until when they live."""

    units: int
    expires_at: Instant


@dataclass(frozen=True, slots=True)
class Reversal:
    """Where points that must be given back come from: the lot itself, other lots, and what is owed or forgiven."""

    taken: int
    owed: int
    excused: int


class Lots:
    """The locked wallets of some persons with their lots, and with the spends of some orders."""

    def __init__(self, wallets: Iterable[Wallet], lots: Iterable[Lot], spends: Iterable[Spend] = ()) -> None:
        self.wallets = {wallet.person_id: wallet for wallet in wallets}
        self.lots = {lot.id: lot for lot in lots}
        self.spends: dict[UUID, list[Spend]] = {}
        for spend in spends:
            self.spends.setdefault(spend.order_id, []).append(spend)
        self.new_lots: dict[LotId, Lot] = {}
        self.new_spends: dict[UUID, Spend] = {}
        self.touched: dict[LotId, Lot] = {}
        self.touched_spends: dict[UUID, Spend] = {}
        self.touched_wallets: dict[UUID, Wallet] = {}
        self.entries: list[Entry] = []
        self.postings = Postings()

    # ── spending ──
    def spendable(self, person: UUID, now: Instant) -> int:
        return sum(lot.free for lot in self._spendable(person, now))

    def why_not_hold(self, person: UUID, units: int, now: Instant) -> Refusal | None:
        free = self.spendable(person, now)
        return None if 1 <= units <= free else PointsShort(left=free)

    def hold(self, person: UUID, units: int, order: UUID, now: Instant) -> Hold:
        """Keep points for an order, of the lots that expire first."""
        assert self.why_not_hold(person, units, now) is None
        made = []
        for lot in self._spendable(person, now):
            if part := min(units, lot.free):
                units -= part
                lot.held += part
                self._touch(lot)
                made.append(Spend(ids.new_uuid(), order, person, lot.id, part, SpendState.HELD, 0))
        self.spends.setdefault(order, []).extend(made)
        self.new_spends |= {spend.id: spend for spend in made}
        return made

    def held_by(self, order: UUID) -> Hold:
        return [spend for spend in self.spends.get(order, ()) if spend.state == SpendState.HELD]

    def settle(self, hold: Hold) -> None:
        """The order is paid: its points are spent, even where their time has passed since they were held."""
        for spend in hold:
            lot = self._end(spend, SpendState.SETTLED)
            self._take(lot, K.SPEND, spend.units, spend.order_id)

    def release(self, hold: Hold) -> None:
        """The order ended unpaid: its points are free again, and no older or younger for it."""
        for spend in hold:
            self._end(spend, SpendState.RELEASED)

    # ── what comes back ──
    def returnable(self, order: UUID) -> int:
        return sum(s.units - s.returned for s in self.spends.get(order, ()) if s.state == SpendState.SETTLED)

    def returning(self, order: UUID, units: int, now: Instant) -> list[Part]:
        """What giving back would give, without doing it: the preview of `give_back`."""
        return [Part(part, self._lives_until(self.lots[spend.lot_id], now)) for spend, part in self._back(order, units)]

    def give_back(self, order: UUID, units: int, now: Instant) -> None:
        """Spent points return to the lots they came from, the last to expire first; where a lot ends within seven days, or
        has ended, they get that time in a lot of their own, so that a purchase given back prolongs nothing else."""
        assert 0 <= units <= self.returnable(order)
        for spend, part in list(self._back(order, units)):
            spend.returned += part
            self.touched_spends[spend.id] = spend
            lot, until = self.lots[spend.lot_id], self._lives_until(self.lots[spend.lot_id], now)
            if until != lot.expires_at:
                lot = self._new(lot.person_id, Source.RETURNED, lot.id, 0, lot.valid_days)
                lot.state, lot.expires_at, lot.units = LotState.ACTIVE, until, part
            elif lot.state == LotState.OVER:
                self._move(lot, LotState.ACTIVE)
            self._give(lot, K.RESTORE, part, order)
            self._repay(lot, order)

    def _back(self, order: UUID, units: int) -> Iterable[tuple[Spend, int]]:
        settled = [spend for spend in self.spends.get(order, ()) if spend.state == SpendState.SETTLED]
        for spend in sorted(settled, key=lambda s: (self._ends(self.lots[s.lot_id]), s.lot_id), reverse=True):
            if part := min(units, spend.units - spend.returned):
                units -= part
                yield spend, part

    def _lives_until(self, lot: Lot, now: Instant) -> Instant:
        return max(self._ends(lot), now + RETURNED_FOR)

    # ── earning ──
    def earn(self, person: UUID, source: Source, about: UUID, units: int, valid_days: int) -> Lot:
        """Promise points; they are pending until what they are for cannot come back any more."""
        lot = self._new(person, source, about, units, valid_days)
        self._add(K.EARN, lot, units, units, about, POINTS_ISSUED, pending_points_of(person))
        lot.remaining = units
        return lot

    def grant(self, person: UUID, about: UUID, units: int, valid_days: int, now: Instant, *, reason: str,
              source: Source = Source.GRANT) -> Lot:  # fmt: skip
        """Give points that may be spent at once; what is owed is paid first."""
        lot = self._new(person, source, about, units, valid_days)
        lot.state, lot.expires_at = LotState.ACTIVE, now + timedelta(days=valid_days)
        self._give(lot, K.GRANT if source == Source.GRANT else K.EARN, units, about, reason)
        self._repay(lot, about)
        return lot

    def activate(self, lot: Lot, now: Instant) -> None:
        """They may be spent, and their time runs from now; what is owed is paid first."""
        self._move(lot, LotState.ACTIVE)
        lot.expires_at = now + timedelta(days=lot.valid_days)
        codes = pending_points_of(lot.person_id), points_of(lot.person_id)
        self._add(K.ACTIVATE, lot, lot.remaining, 0, lot.about, *codes)
        self._repay(lot, lot.about)

    def expire_due(self, now: Instant) -> int:
        """Of lots whose time is over, what no order holds is gone; what one holds goes when the order lets it go. How many."""
        due = [x for x in self.lots.values() if x.free and x.expires_at is not None and x.expires_at <= now]
        for lot in due:
            lot.lapsed += lot.free
            self._take(lot, K.EXPIRE, lot.free, lot.id)
        return len(due)

    # ── taking ──
    def earned_by(self, about: UUID, source: Source = Source.ORDER) -> Lot | None:
        return next((x for x in self.lots.values() if x.source == source and x.about == about), None)

    def reversing(self, lot: Lot, units: int, now: Instant) -> Reversal:
        """What taking back would take, without doing it: the preview of `reverse`."""
        own = min(units, lot.free)
        excused = min(units - own, lot.lapsed)
        other = min(units - own - excused, sum(x.free for x in self._spendable(lot.person_id, now) if x is not lot))
        return Reversal(own + other, units - own - excused - other, excused)

    def reverse(self, lot: Lot, units: int, now: Instant, *, owes: bool) -> Reversal:
        """Take back what an order earned, as it came back itself: from its own lot (while that is pending or left), then from
        the person's other lots, and the rest is owed (or, by the market's terms, forgiven)."""
        assert 0 <= units <= lot.units - lot.reversed
        plan = self.reversing(lot, units, now)
        lot.reversed += units
        lot.lapsed -= plan.excused
        self._touch(lot)
        own = min(units, lot.free)
        self._take(lot, K.REVERSE, own, lot.about)
        self._take_any(lot.person_id, K.REVERSE, plan.taken - own, lot.about, now)
        if plan.owed and owes:
            wallet = self._wallet(lot.person_id)
            wallet.debt += plan.owed
            self._add(K.OWE, None, plan.owed, -plan.owed, lot.about, POINTS_DEBT, POINTS_ISSUED, person=lot.person_id)
        return plan

    def deduct(self, person: UUID, units: int, about: UUID, now: Instant, *, reason: str) -> None:
        """Take points that may be spent, those that expire first."""
        assert self.why_not_hold(person, units, now) is None
        self._take_any(person, K.DEDUCT, units, about, now, reason)

    def forfeit(self, person: UUID) -> None:
        """He is no more: what is left goes, what he owes is forgiven."""
        for lot in [x for x in self.lots.values() if x.person_id == person and x.free]:
            self._take(lot, K.FORFEIT, lot.free, lot.id)
        wallet = self._wallet(person)
        if debt := wallet.debt:
            wallet.debt = 0
            self._add(K.FORGIVE, None, debt, debt, person, POINTS_ISSUED, POINTS_DEBT, person=person)

    # ── the parts of it ──
    def _spendable(self, person: UUID, now: Instant) -> list[Lot]:
        mine = [lot for lot in self.lots.values() if lot.person_id == person and lot.is_spendable(now)]
        return sorted(mine, key=lambda lot: (self._ends(lot), lot.id))

    @staticmethod
    def _ends(lot: Lot) -> Instant:
        assert lot.expires_at is not None, "only a pending lot has no end"
        return lot.expires_at

    def _new(self, person: UUID, source: Source, about: UUID, units: int, valid_days: int) -> Lot:
        lot = Lot(LOT_ID.new(), person, source, about, units, 0, 0, 0, 0, LotState.PENDING, valid_days, None)
        self.lots[lot.id] = self.new_lots[lot.id] = lot
        return lot

    def _end(self, spend: Spend, after: SpendState) -> Lot:
        if spend.state != SpendState.HELD:
            raise HoldEndedTwice(str(spend.id))
        spend.state = after
        if spend.id not in self.new_spends:
            self.touched_spends[spend.id] = spend
        lot = self.lots[spend.lot_id]
        lot.held -= spend.units
        self._touch(lot)
        return lot

    def _give(self, lot: Lot, kind: EntryKind, units: int, about: UUID, reason: str = "") -> None:
        lot.remaining += units
        self._touch(lot)
        self._add(kind, lot, units, units, about, POINTS_ISSUED, points_of(lot.person_id), reason)

    def _take(self, lot: Lot, kind: EntryKind, units: int, about: UUID, reason: str = "") -> None:
        """Out of a lot and back to who issued it; a lot with nothing left is over."""
        if not units:
            return
        whose = pending_points_of if lot.state == LotState.PENDING else points_of
        self._add(kind, lot, units, -units, about, whose(lot.person_id), POINTS_ISSUED, reason)
        self._lower(lot, units)

    def _take_any(self, person: UUID, kind: EntryKind, units: int, about: UUID, now: Instant, reason: str = "") -> None:
        for lot in self._spendable(person, now):
            part = min(units, lot.free)
            units -= part
            self._take(lot, kind, part, about, reason)

    def _repay(self, lot: Lot, about: UUID) -> None:
        wallet = self._wallet(lot.person_id)
        if paid := min(wallet.debt, lot.free):
            wallet.debt -= paid
            self._add(K.REPAY, lot, paid, -paid, about, points_of(lot.person_id), POINTS_DEBT)
            self._lower(lot, paid)

    def _lower(self, lot: Lot, units: int) -> None:
        assert units <= lot.free
        lot.remaining -= units
        self._touch(lot)
        if not lot.remaining:
            self._move(lot, LotState.OVER)

    def _wallet(self, person: UUID) -> Wallet:
        self.touched_wallets[person] = self.wallets[person]
        return self.wallets[person]

    def _move(self, lot: Lot, after: LotState) -> None:
        LOT.check(lot.state, after)
        lot.state = after
        self._touch(lot)

    def _touch(self, lot: Lot) -> None:
        if lot.id not in self.new_lots:
            self.touched[lot.id] = lot

    def _add(
        self, kind: EntryKind, lot: Lot | None, units: int, change: int, about: UUID, from_code: str, to_code: str,
        reason: str = "", *, person: UUID | None = None,
    ) -> None:  # fmt: skip
        whose = lot.person_id if lot is not None else person
        assert whose is not None
        entry = Entry(ids.new_uuid(), whose, lot.id if lot else None, kind, units, change, about, reason)
        self.entries.append(entry)
        self.postings.post(f"points_{kind}", from_code, to_code, ASSET, units, entry.id)
