"""All SQL that writes presales."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from tuan.kit.time import Instant
from tuan.platform import bulk
from tuan.platform.work import Work
from tuan.play.presale import tables
from tuan.play.presale.model import Booking, NewOffer, Offer, OfferId, OfferState, Price

INSERT_OFFER_SQL = (
    "INSERT INTO presale.offers (market_id, id, product_id, state, kind, starts_at, ends_at, balance_from, balance_until, "
    "ships_by, units_per_order_max) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING"
)
INSERT_PRICES = bulk.insert(tables.prices, "offer_id", "sku_id", "price_minor", "deposit_minor")
INSERT_BOOKINGS = bulk.insert(
    tables.bookings, "order_id", "offer_id", "person_id", "kind", "deposit_minor", "balance_minor", "kept_minor",
    "balance_from", "balance_until", "ships_by", "is_open",
)  # fmt: skip
OFFERS_SQL = (
    "SELECT id, product_id, state, kind, starts_at, ends_at, balance_from, balance_until, ships_by, units_per_order_max "
    "FROM presale.offers WHERE market_id = $1 AND id = ANY($2::uuid[]) ORDER BY id"
)
SHARE_OFFERS_SQL = f"{OFFERS_SQL} FOR SHARE"
PRICES_SQL = (
    "SELECT offer_id, sku_id, price_minor, deposit_minor FROM presale.prices "
    "WHERE market_id = $1 AND offer_id = ANY($2::uuid[])"
)
LOCK_OFFER_SQL = "SELECT id FROM presale.offers WHERE market_id = $1 AND id = $2 FOR UPDATE"
END_OFFER_SQL = "UPDATE presale.offers SET state = 'ended' WHERE market_id = $1 AND id = $2 AND state = 'running'"
BOOKINGS_SQL = (
    "WITH heard AS MATERIALIZED (SELECT o.id, min(c.received_at) AS heard_at FROM orders.orders o "
    "JOIN payments.captures c ON c.market_id = o.market_id AND c.payable_id = o.payable_id AND c.applied_minor > 0 "
    "WHERE o.market_id = $1 AND o.id = ANY($2::uuid[]) GROUP BY o.id) "
    "SELECT b.order_id, offer_id, person_id, kind, deposit_minor, balance_minor, kept_minor, balance_from, balance_until, "
    "ships_by, is_open, owed_minor, owed_at, owed_done_at, heard.heard_at FROM presale.bookings b "
    "LEFT JOIN heard ON heard.id = b.order_id WHERE b.market_id = $1 AND b.order_id = ANY($2::uuid[])"
)
DUE_SQL = (
    "SELECT order_id FROM presale.bookings WHERE market_id = $1 AND is_open AND balance_until <= $2 "
    "AND NOT EXISTS (SELECT FROM orders.orders o LEFT JOIN payments.attempts a ON a.market_id = o.market_id "
    "AND a.payable_id = o.balance_id AND a.state = 'pending' WHERE o.market_id = $1 AND o.id = order_id "
    "AND (o.state = 'placed' OR a.id IS NOT NULL)) ORDER BY balance_until, order_id LIMIT $3"
)
"""Those whose deposit or balance is being paid at this moment are left out, so that they hold up nobody."""
CLOSE_SQL = "UPDATE presale.bookings SET is_open = false WHERE market_id = $1 AND order_id = ANY($2::uuid[])"
OWE_SQL = (
    "UPDATE presale.bookings SET is_open = false, owed_minor = $3, owed_at = $4 WHERE market_id = $1 AND order_id = $2 "
    "AND owed_minor = 0"
)
LOCK_OWED_SQL = (
    "SELECT order_id, owed_minor FROM presale.bookings WHERE market_id = $1 AND order_id = $2 AND owed_minor > 0 "
    "AND owed_done_at IS NULL FOR UPDATE"
)
SETTLE_OWED_SQL = (
    "UPDATE presale.bookings SET owed_done_at = $3, owed_reference = $4 WHERE market_id = $1 AND order_id = $2 "
    "AND owed_done_at IS NULL"
)


@dataclass(slots=True)
class PriceRow:
    offer_id: UUID
    sku_id: UUID
    price_minor: int
    deposit_minor: int


async def add_offer(work: Work, offer: OfferId, new: NewOffer) -> bool:
    """Whether it was added; a product has one running at a time."""
    added = await work.execute(
        INSERT_OFFER_SQL, offer, new.product, OfferState.RUNNING, new.kind, new.starts_at, new.ends_at,
        new.balance_from, new.balance_until, new.ships_by, new.units_per_order_max,
    )  # fmt: skip
    if added:
        rows = [PriceRow(offer, sku, one.price_minor, one.deposit_minor) for sku, one in new.prices.items()]
        await work.write(INSERT_PRICES, rows)
    return bool(added)


async def load_offers(work: Work, offers: Collection[UUID], *, to_book: bool = False) -> dict[UUID, Offer]:
    """Offers with their prices; to book they are locked against being ended meanwhile."""
    wanted = list(set(offers))
    rows = await work.lock("campaigns", SHARE_OFFERS_SQL, wanted) if to_book else await work.fetch(OFFERS_SQL, wanted)
    prices: dict[UUID, dict[UUID, Price]] = defaultdict(dict)
    for row in await work.fetch(PRICES_SQL, wanted):
        prices[row["offer_id"]][row["sku_id"]] = Price(row["price_minor"], row["deposit_minor"])
    return {row["id"]: Offer(**dict(row), prices=prices[row["id"]]) for row in rows}


async def end_offer(work: Work, offer: UUID) -> bool:
    """Whether it was running until now."""
    await work.lock("campaigns", LOCK_OFFER_SQL, offer)
    return bool(await work.execute(END_OFFER_SQL, offer))


async def add_bookings(work: Work, bookings: Sequence[Booking]) -> None:
    await work.write(INSERT_BOOKINGS, bookings)


async def load_bookings(work: Work, orders: Collection[UUID]) -> dict[UUID, Booking]:
    """By order; what was agreed never changes, and the order's lock covers the rest."""
    return {row["order_id"]: Booking(*row.values()) for row in await work.fetch(BOOKINGS_SQL, list(orders))}


async def due(work: Work, limit: int) -> list[UUID]:
    """Orders whose time to pay the balance is over and of which nobody has said what became of them."""
    return [row["order_id"] for row in await work.fetch(DUE_SQL, work.now, limit)]


async def close(work: Work, orders: Sequence[UUID]) -> None:
    """Nothing is to be done about their balances any more."""
    if orders:
        await work.execute(CLOSE_SQL, list(orders))


async def owe(work: Work, order: UUID, amount_minor: int, at: Instant) -> None:
    await work.execute(OWE_SQL, order, amount_minor, at)


async def lock_owed(work: Work, order: UUID) -> int:
    """What is owed to this order's buyer and not paid yet; 0 where nothing is."""
    rows = await work.lock("claims", LOCK_OWED_SQL, order)
    return rows[0]["owed_minor"] if rows else 0


async def settle_owed(work: Work, order: UUID, reference: str) -> None:
    await work.execute(SETTLE_OWED_SQL, order, work.now, reference)
