"""All SQL that writes points. A person's wallet row is the lock of all his lots, so the lots themselves need none."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from tuan.kit.ids import new_uuid
from tuan.platform import bulk
from tuan.platform.work import Work
from tuan.value.ledger.model import Postings
from tuan.value.points import tables
from tuan.value.points.model import OFF, Lot, Lots, Spend, Terms, Wallet

TERMS_SQL = (
    "SELECT earn_points, earn_per_minor, earn_order_max, event_day_max, valid_days, hundred_minor, spend_permyriad, "
    "spend_min, owes_reversed FROM points.terms WHERE market_id = $1 ORDER BY id DESC LIMIT 1"
)
INSERT_TERMS = bulk.insert(
    tables.terms, "id", "earn_points", "earn_per_minor", "earn_order_max", "event_day_max", "valid_days", "hundred_minor",
    "spend_permyriad", "spend_min", "owes_reversed", "set_at",
)  # fmt: skip
MAKE_WALLETS_SQL = (
    "INSERT INTO points.wallets (market_id, person_id) SELECT $1, u.* FROM unnest($2::uuid[]) AS u(person_id) "
    "ORDER BY 2 ON CONFLICT DO NOTHING"
)
WALLETS_SQL = "SELECT person_id, debt FROM points.wallets WHERE market_id = $1 AND person_id = ANY($2::uuid[])"
LOCK_WALLETS_SQL = (
    "SELECT person_id, debt FROM points.wallets WHERE market_id = $1 AND person_id = ANY($2::uuid[]) "
    "ORDER BY person_id FOR UPDATE"
)
LOTS_SQL = (
    "SELECT id, person_id, source, about, units, remaining, held, reversed, lapsed, state, valid_days, expires_at "
    "FROM points.lots WHERE market_id = $1 AND person_id = ANY($2::uuid[]) AND (remaining > 0 "
    "OR source IN ('order', 'leader') AND about = ANY($3::uuid[]) OR id IN (SELECT lot_id FROM points.spends "
    "WHERE market_id = $1 AND order_id = ANY($3))) ORDER BY id"
)
SPENDS_SQL = (
    "SELECT id, order_id, person_id, lot_id, units, state, returned FROM points.spends "
    "WHERE market_id = $1 AND order_id = ANY($2::uuid[]) ORDER BY id"
)
OWNERS_OF_EARNED_SQL = "SELECT DISTINCT person_id FROM points.lots WHERE market_id = $1 AND source IN ('order', 'leader') AND about = ANY($2::uuid[])"
EXPIRY_DUE_SQL = (
    "SELECT person_id FROM points.lots WHERE market_id = $1 AND state = 'active' AND remaining > held "
    "AND expires_at <= $2 ORDER BY expires_at LIMIT $3"
)
FOR_TAPS_SQL = (
    "SELECT coalesce(sum(e.units), 0)::bigint FROM points.entries e JOIN points.lots l ON l.market_id = e.market_id "
    "AND l.id = e.lot_id WHERE e.market_id = $1 AND e.person_id = $2 AND e.kind = 'earn' AND l.source = 'check_in' "
    "AND e.at >= $3"
)
INSERT_LOTS = bulk.insert(
    tables.lots, "id", "person_id", "source", "about", "units", "remaining", "held", "reversed", "lapsed", "state",
    "valid_days", "expires_at",
)  # fmt: skip
SAVE_LOTS = bulk.update(
    tables.lots, key=["id"], columns=["remaining", "held", "reversed", "lapsed", "state", "expires_at"]
)
INSERT_SPENDS = bulk.insert(tables.spends, "id", "order_id", "person_id", "lot_id", "units", "state", "returned")
SAVE_SPENDS = bulk.update(tables.spends, key=["id"], columns=["state", "returned"])
SAVE_WALLETS = bulk.update(tables.wallets, key=["person_id"], columns=["debt"])
INSERT_ENTRIES_SQL = (
    "INSERT INTO points.entries (market_id, at, id, person_id, lot_id, kind, units, change, about, reason) "
    "SELECT $1, $2, u.* FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::bigint[], $8::bigint[], "
    "$9::uuid[], $10::text[]) AS u(id, person_id, lot_id, kind, units, change, about, reason)"
)
INSERT_ENTRIES = bulk.Bulk(
    "points.entries",
    INSERT_ENTRIES_SQL,
    ("id", "person_id", "lot_id", "kind", "units", "change", "about", "reason"),
)


@dataclass(slots=True)
class TermsRow:
    id: UUID
    earn_points: int
    earn_per_minor: int
    earn_order_max: int
    event_day_max: int
    valid_days: int
    hundred_minor: int
    spend_permyriad: int
    spend_min: int
    owes_reversed: bool
    set_at: Any


async def load_terms(work: Work) -> Terms:
    """What holds now; a market that has set nothing gives and takes no points."""
    row = await work.fetch_one(TERMS_SQL)
    return OFF if row is None else Terms(*row.values())


async def add_terms(work: Work, terms: Terms) -> None:
    """Terms that hold from now on; those before stay as they were."""
    await work.write(INSERT_TERMS, [TermsRow(id=new_uuid(), set_at=work.now, **asdict(terms))])


async def load_lots(
    work: Work, persons: Collection[UUID], *, orders: Collection[UUID] = (), makes_wallets: bool = False
) -> Lots:
    """The wallets of these persons, locked in id order, with all lots that have points, and those that `orders` earned or
    spent of. makes_wallets: for who may get points; to spend some, one has a wallet."""
    wanted, about = list(set(persons)), list(set(orders))
    if makes_wallets:
        await work.lock("lots", MAKE_WALLETS_SQL, wanted)
    return await _with_lots(work, await work.lock("lots", LOCK_WALLETS_SQL, wanted), wanted, about)


async def peek_lots(work: Work, person: UUID, order: UUID) -> Lots:
    """One person's wallet with what an order earned and spent, without locks: for showing."""
    return await _with_lots(work, await work.fetch(WALLETS_SQL, [person]), [person], [order])


async def _with_lots(work: Work, wallets: list[Any], persons: list[UUID], orders: list[UUID]) -> Lots:
    spends = await work.fetch(SPENDS_SQL, orders) if orders else []
    return Lots(
        (Wallet(*row.values()) for row in wallets),
        (Lot(*row.values()) for row in await work.fetch(LOTS_SQL, persons, orders)),
        (Spend(*row.values()) for row in spends),
    )


async def owners_of_earned(work: Work, orders: Collection[UUID]) -> set[UUID]:
    """Who earned points by these orders; that never changes, so it is asked before locking."""
    return {row["person_id"] for row in await work.fetch(OWNERS_OF_EARNED_SQL, list(orders))}


async def save_lots(work: Work, lots: Lots, postings: Postings) -> None:
    """Write what changed, and add what it books to `postings`, which the caller saves last."""
    await work.write(SAVE_WALLETS, list(lots.touched_wallets.values()))
    await work.write(INSERT_LOTS, list(lots.new_lots.values()))
    await work.write(SAVE_LOTS, list(lots.touched.values()))
    await work.write(INSERT_SPENDS, list(lots.new_spends.values()))
    await work.write(SAVE_SPENDS, list(lots.touched_spends.values()))
    await work.write(INSERT_ENTRIES, lots.entries, work.now)
    postings.transfers += lots.postings.transfers


async def expiry_due(work: Work, *, limit: int) -> set[UUID]:
    """Persons who have points whose time is over."""
    return {row["person_id"] for row in await work.fetch(EXPIRY_DUE_SQL, work.now, limit)}


async def given_for_taps(work: Work, person: UUID, since: Any) -> int:
    """Points that the person has had for taps since then."""
    found: int = await work.fetch_value(FOR_TAPS_SQL, person, since)
    return found
