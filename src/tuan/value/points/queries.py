"""Reads of points: the only ways in for a face, and what must always be true of them."""

from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from tuan.kit.money import part
from tuan.kit.pages import Page
from tuan.kit.time import Instant
from tuan.platform.invariants import invariant
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.work import Work
from tuan.value.points import store, tables
from tuan.value.points.model import Lot, Lots, Source, SpendState

NEWEST = Wanted()

BALANCE_SQL = (
    "SELECT coalesce(sum(remaining - held) FILTER (WHERE state = 'active' AND expires_at > $3), 0)::bigint AS spendable, "
    "coalesce(sum(held), 0)::bigint AS held, "
    "coalesce(sum(remaining) FILTER (WHERE state = 'pending'), 0)::bigint AS pending, "
    "coalesce((SELECT debt FROM points.wallets w WHERE w.market_id = $1 AND w.person_id = $2), 0)::bigint AS debt "
    "FROM points.lots l WHERE l.market_id = $1 AND l.person_id = $2 AND l.remaining > 0"
)
EXPIRING_SQL = (
    "SELECT expires_at, sum(remaining - held)::bigint AS units FROM points.lots WHERE market_id = $1 AND person_id = $2 "
    "AND state = 'active' AND remaining > held AND expires_at > $3 AND expires_at <= $4 GROUP BY expires_at "
    "ORDER BY expires_at"
)
HISTORY_SQL = (
    "SELECT at, kind, change, units, reason FROM points.entries WHERE market_id = $1 AND person_id = $2 ORDER BY id"
)
OUT_SQL = (
    "SELECT coalesce(sum(remaining) FILTER (WHERE state = 'active'), 0)::bigint AS spendable, "
    "coalesce(sum(remaining) FILTER (WHERE state = 'pending'), 0)::bigint AS pending, "
    "count(DISTINCT person_id) AS persons, (SELECT coalesce(sum(debt), 0)::bigint FROM points.wallets "
    "WHERE market_id = $1) AS debt FROM points.lots WHERE market_id = $1 AND remaining > 0"
)

BOOKED_SQL = invariant(
    "I35",
    "the points that a person has, and those he is promised, are the sums of his lots",
    "SELECT coalesce(a.code, l.code) FROM (SELECT code, balance FROM ledger.accounts WHERE market_id = $1 "
    "AND asset = 'points' AND starts_with(code, 'person:')) a FULL JOIN (SELECT 'person:' || person_id || ':points' "
    "|| CASE WHEN state = 'pending' THEN ':pending' ELSE '' END AS code, sum(remaining) AS units FROM points.lots "
    "WHERE market_id = $1 GROUP BY 1) l ON l.code = a.code WHERE coalesce(a.balance, 0) <> coalesce(l.units, 0)",
)
LOTS_ADD_UP_SQL = invariant(
    "I35a",
    "a lot is the sum of its entries and holds what orders hold of it",
    "SELECT 'lot ' || l.id FROM points.lots l LEFT JOIN (SELECT lot_id, sum(change) AS units FROM points.entries "
    "WHERE market_id = $1 GROUP BY lot_id) e ON e.lot_id = l.id LEFT JOIN (SELECT lot_id, sum(units) AS units "
    "FROM points.spends WHERE market_id = $1 AND state = 'held' GROUP BY lot_id) s ON s.lot_id = l.id "
    "WHERE l.market_id = $1 AND (l.remaining <> coalesce(e.units, 0) OR l.held <> coalesce(s.units, 0) "
    "OR l.remaining < l.held)",
)
DEBTS_SQL = invariant(
    "I35b",
    "what persons owe is what the ledger says they owe",
    "SELECT 'debts differ by ' || (w.debt + a.balance) FROM (SELECT coalesce(sum(debt), 0) AS debt FROM points.wallets "
    "WHERE market_id = $1) w, (SELECT coalesce(sum(balance), 0) AS balance FROM ledger.accounts WHERE market_id = $1 "
    "AND asset = 'points' AND code = 'points:debt') a WHERE w.debt + a.balance <> 0",
)
ENTRIES_BOOKED_SQL = invariant(
    "I35c",
    "every change of points is booked once with its amount, and nothing else is",
    "SELECT 'entry ' || coalesce(e.id, t.about) FROM (SELECT id, kind, units FROM points.entries WHERE market_id = $1) e "
    "FULL JOIN (SELECT about, kind, amount FROM ledger.transfers WHERE market_id = $1 AND asset = 'points') t "
    "ON t.about = e.id WHERE e.units IS DISTINCT FROM t.amount OR 'points_' || e.kind <> t.kind",
)
IN_TIME_SQL = invariant(
    "I35f",
    "no points outlive their time by more than ten minutes, but those that an unpaid order holds",
    "SELECT 'lot ' || l.id FROM points.lots l JOIN platform.markets m ON m.id = l.market_id WHERE l.market_id = $1 "
    "AND l.state = 'active' AND l.remaining > l.held "
    "AND l.expires_at < clock_timestamp() + m.clock_offset - interval '10 minutes'",
)


class Balance(msgspec.Struct, frozen=True):
    """One person's points: what he may spend now, what unpaid orders hold, what he is promised, what he owes."""

    spendable: int
    held: int
    pending: int
    debt: int


async def balance(work: Work, person: UUID) -> Balance:
    """For showing; only the loaded set decides."""
    row = await work.fetch_one(BALANCE_SQL, person, work.now)
    assert row is not None
    return Balance(*row.values())


async def expiring(work: Work, person: UUID, until: Instant) -> list[Any]:
    """Rows of expires_at, units: what ends between now and then, the next first."""
    return await work.fetch(EXPIRING_SQL, person, work.now, until)


class Undone(msgspec.Struct, frozen=True):
    """What happens to points when money of an order goes back: so many that were spent return, so many that were earned are
    taken, so many that were promised for leading with it, and so many of both the person would owe, as he has spent them."""

    returned: int
    taken: int
    owed: int
    led_taken: int = 0


async def preview(
    work: Work,
    person: UUID,
    order: UUID,
    *,
    goods: tuple[int, int, int],
    paid_minor: int,
    after_minor: int,
) -> Undone:
    """What giving back would do.

    goods: how much of them had gone back, how much will have, and of how much, as orders measure it: what was spent comes back
    by that. What was earned is taken by money: so much was paid, and so much of it will have gone back. What was promised to a
    leader goes with the last of either, as whoever follows leaders tells `follow_leaders`.
    """
    lots, terms = await store.peek_lots(work, person, order), await store.load_terms(work)
    spent = sum(spend.units for spend in lots.spends.get(order, ()) if spend.state == SpendState.SETTLED)
    done, now, of = goods
    back = part(spent, done=done, now=now, of=of) if of else spent
    returned = min(back, lots.returnable(order))
    lots.give_back(order, returned, work.now)  # as it will be: what returns is there when the earned ones are taken
    earned, led = lots.earned_by(order), lots.earned_by(order, Source.LEADER)
    taken, owed = _reverse(lots, earned, earned.units * after_minor // max(paid_minor, 1) if earned else 0, work.now)
    is_back = 0 < of == now or 0 < paid_minor <= after_minor
    led_taken, led_owed = _reverse(lots, led, led.units if led and is_back else 0, work.now)
    return Undone(returned, taken, owed + led_owed if terms.owes_reversed else 0, led_taken)


def _reverse(lots: Lots, lot: Lot | None, units: int, now: Instant) -> tuple[int, int]:
    """Of so many points of a lot, those that had not been: (taken, owed). The lots, which nobody saves, are without them."""
    if lot is None or units <= lot.reversed:
        return 0, 0
    plan = lots.reverse(lot, units - lot.reversed, now, owes=False)
    return plan.taken, plan.owed


async def entries(work: Work, person: UUID, wanted: Wanted = NEWEST) -> Page[Any]:
    """What happened to this person's points, sorted by `newest`: rows of id, at, kind, source, units, change, about, reason."""
    e, x = tables.entries, tables.lots
    query = (
        sa.select(e.c.id, e.c.at, e.c.kind, x.c.source, e.c.units, e.c.change, e.c.about, e.c.reason)
        .outerjoin(x, sa.and_(x.c.market_id == e.c.market_id, x.c.id == e.c.lot_id))
        .where(e.c.market_id == work.market.id, e.c.person_id == person)
    )
    return await list_rows(work, query, wanted, sorts={"newest": e.c.id}, key=e.c.id)


async def out(work: Work) -> Any:
    """Row of spendable, pending, persons, debt: what the market has promised in points."""
    return await work.fetch_one(OUT_SQL)


async def told_of(work: Work, person: UUID) -> dict[str, Any]:
    """What this module keeps about a person."""
    return {
        "balance": msgspec.to_builtins(await balance(work, person)),
        "entries": [dict(row) for row in await work.fetch(HISTORY_SQL, person)],
    }
