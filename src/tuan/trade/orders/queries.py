"""Reads of orders: the only ways in for a face."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tuan.kit.pages import PAGE_SIZE, Page, decode_key, page_of
from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.kit.time import Instant
from tuan.people import accounts
from tuan.platform.invariants import invariant
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.work import Work
from tuan.trade.orders import store, tables
from tuan.trade.orders.errors import StillRunning

NEWEST = Wanted()

ORDER_SQL = (
    "SELECT id, payable_id, person_id, supplier_id, state, release, fulfilment, address, currency, total_minor, "
    "refunded_minor, placed_at, pay_by, paid_at, released_at, shipped_at, received_at, ended_at, end_reason, carrier, "
    "tracking, later_minor, balance_id, remark FROM orders.orders WHERE market_id = $1 AND id = $2"
)
DEAL_PRICE_SQL = (
    "SELECT coalesce((SELECT min(least_minor) FROM orders.deals WHERE market_id = $1 AND sku_id = $2 "
    "AND day >= date_trunc('day', $3::timestamptz, 'UTC') AND day < date_trunc('day', $4::timestamptz, 'UTC')), "
    "(SELECT least_minor FROM orders.deals WHERE market_id = $1 AND sku_id = $2 "
    "AND day < date_trunc('day', $3::timestamptz, 'UTC') ORDER BY day DESC LIMIT 1))"
)
LINES_SQL = (
    "SELECT order_id, sku_id, title, options, picture, units, list_price_minor, discount_minor, freight_minor, "
    "amount_minor, refunded_minor, returned_units, no_reason_return, lowered_minor, number, later_minor, tax_minor FROM orders.lines WHERE market_id = $1 "
    "AND order_id = ANY($2::uuid[]) "
    "ORDER BY order_id, number"
)
ALLOCATIONS_SQL = (
    "SELECT reason, bearer, sum(amount_minor)::bigint AS amount_minor FROM orders.allocations "
    "WHERE market_id = $1 AND order_id = $2 GROUP BY reason, bearer ORDER BY reason"
)
OF_PAYABLE_SQL = (
    "SELECT id, state, total_minor, end_reason FROM orders.orders "
    "WHERE market_id = $1 AND (payable_id = $2 OR balance_id = $2) ORDER BY id"
)
FIRST_OF_PAYABLES_SQL = (
    "SELECT DISTINCT ON (payable_id) payable_id, id FROM (SELECT payable_id, id FROM orders.orders WHERE market_id = $1 "
    "AND payable_id = ANY($2::uuid[]) UNION ALL SELECT balance_id, id FROM orders.orders WHERE market_id = $1 "
    "AND balance_id = ANY($2::uuid[])) o ORDER BY payable_id, id"
)
SUMS_SQL = (
    "SELECT id, person_id, state, total_minor, refunded_minor, paid_at FROM orders.orders "
    "WHERE market_id = $1 AND id = ANY($2::uuid[]) ORDER BY id"
)
COUNTS_SQL = (
    "SELECT state, count(*) AS orders FROM orders.orders WHERE market_id = $1 AND person_id = $2 GROUP BY state"
)
HAS_BOUGHT_SQL = (
    "SELECT DISTINCT person_id FROM orders.orders WHERE market_id = $1 AND person_id = ANY($2::uuid[]) "
    "AND state NOT IN ('closed', 'cancelled', 'forfeited') AND NOT id = ANY($3::uuid[])"
)
HISTORY_SQL = (
    "SELECT o.id, o.state, o.placed_at, o.paid_at, o.shipped_at, o.ended_at, o.total_minor, o.later_minor, o.refunded_minor, o.currency, "
    "o.address, o.carrier, o.tracking, o.remark, (SELECT jsonb_agg(jsonb_build_object('title', l.title, 'options', l.options, "
    "'units', l.units, 'amount_minor', l.amount_minor) ORDER BY l.number) FROM orders.lines l "
    "WHERE l.market_id = o.market_id AND l.order_id = o.id) AS lines "
    "FROM orders.orders o WHERE o.market_id = $1 AND o.person_id = $2 ORDER BY o.id"
)
RUNNING_SQL = (
    "SELECT count(*) FROM orders.orders WHERE market_id = $1 AND person_id = $2 "
    "AND state NOT IN ('completed', 'closed', 'cancelled', 'forfeited')"
)
WITH_ADDRESS_SQL = (
    "SELECT count(*) FROM orders.orders WHERE market_id = $1 AND person_id = $2 AND address->>'phone' <> ''"
)
ERASED_PERSONS_SQL = (
    "SELECT id FROM accounts.persons WHERE market_id = $1 AND blocked_at IS NOT NULL AND erased_at IS NOT NULL"
)
PER_DAY_SQL = (
    "SELECT width_bucket(placed_at, $2::timestamptz[]) AS day, count(*) AS orders, "
    "sum(total_minor)::bigint AS amount_minor FROM orders.orders WHERE market_id = $1 "
    "AND placed_at >= $3 AND placed_at < $4 GROUP BY 1"
)
TO_SHIP_COUNT_SQL = "SELECT count(*) FROM orders.orders WHERE market_id = $1 AND state = 'to_ship'"

NO_MONEY_ASTRAY_SQL = invariant(
    "I5a",
    "no paid payable has an order without a place for its money",
    "SELECT 'order ' || o.id FROM orders.orders o JOIN payments.payables p ON p.market_id = o.market_id "
    "AND p.id = o.payable_id WHERE o.market_id = $1 AND p.amount_minor > 0 AND (p.applied_minor = p.amount_minor) "
    "<> (o.state NOT IN ('placed', 'closed'))",
)
TOTALS_SQL = invariant(
    "I6a",
    "an order is the sum of its lines, its discounts of their allocations, and a cancelled one is refunded in full",
    "SELECT 'order ' || o.id FROM orders.orders o LEFT JOIN (SELECT order_id, sum(amount_minor) AS amount, "
    "sum(refunded_minor) AS refunded, sum(discount_minor) AS discount FROM orders.lines WHERE market_id = $1 "
    "GROUP BY order_id) l ON l.order_id = o.id LEFT JOIN (SELECT order_id, sum(amount_minor) AS given "
    "FROM orders.allocations WHERE market_id = $1 GROUP BY order_id) a ON a.order_id = o.id "
    "LEFT JOIN (SELECT order_id, sum(amount_minor) AS back FROM payments.refunds WHERE market_id = $1 "
    "GROUP BY order_id) r ON r.order_id = o.id WHERE o.market_id = $1 AND (o.total_minor IS DISTINCT FROM l.amount "
    "OR o.refunded_minor <> l.refunded OR l.discount <> coalesce(a.given, 0) "
    "OR o.refunded_minor <> coalesce(r.back, 0) OR o.state = 'cancelled' AND o.refunded_minor <> o.total_minor)",
)
COUPONS_KEPT_SQL = invariant(
    "I16a",
    "a coupon that took from goods which are still bought is kept by its checkout, with all its lines, and by no other",
    "SELECT 'coupon ' || coalesce(c.id, u.source_id) FROM (SELECT a.source_id, o.payable_id, count(*) AS lines, "
    "bool_and(o.state = 'placed') AS waits FROM orders.allocations a JOIN orders.orders o ON o.market_id = a.market_id "
    "AND o.id = a.order_id JOIN orders.lines x ON x.market_id = a.market_id AND x.order_id = a.order_id "
    "AND x.number = a.line_number WHERE a.market_id = $1 AND a.reason LIKE 'coupon%' AND o.state <> 'closed' "
    "AND NOT (o.state = 'paid' AND NOT o.holds_stock) GROUP BY a.source_id, o.payable_id "
    "HAVING bool_or(x.units > x.returned_units)) u FULL JOIN (SELECT id, about, state, lines FROM promotions.coupons "
    "WHERE market_id = $1 AND about IS NOT NULL) c ON c.id = u.source_id AND c.about = u.payable_id "
    "WHERE c.id IS NULL OR u.source_id IS NULL OR (c.state = 'held') <> u.waits OR c.lines > u.lines",
)
HELD_SQL = invariant(
    "I4b",
    "open holds of the stock are exactly the lines of orders that hold, less what was given back of them",
    "SELECT 'hold ' || coalesce(m.hold_id, l.hold_id) FROM (SELECT h.hold_id, h.units FROM supply.movements h "
    "WHERE h.market_id = $1 AND h.kind = 'hold' AND NOT EXISTS (SELECT FROM supply.movements e "
    "WHERE e.market_id = $1 AND e.hold_id = h.hold_id AND e.kind IN ('settle', 'release'))) m FULL JOIN "
    "(SELECT x.hold_id, x.units - x.returned_units AS units FROM orders.lines x JOIN orders.orders o "
    "ON o.market_id = x.market_id AND o.id = x.order_id WHERE x.market_id = $1 AND o.holds_stock "
    "AND x.units > x.returned_units) l ON l.hold_id = m.hold_id WHERE l.units IS DISTINCT FROM m.units",
)
PROMISES_HELD_SQL = invariant(
    "I4c",
    "what is promised is kept: an order that waits for its money, its team or its parcel holds its goods, one that ended none",
    "SELECT 'order ' || id FROM orders.orders WHERE market_id = $1 AND state <> 'paid' "
    "AND holds_stock <> (state IN ('placed', 'deposited', 'gathering', 'to_ship'))",
)
POINTS_SPENT_SQL = invariant(
    "I35e",
    "the points of an order are held while it waits for its money, spent once it is paid, and back where it went back",
    "SELECT 'order ' || o.id FROM orders.orders o LEFT JOIN (SELECT order_id, sum(units) FILTER (WHERE state = 'held') AS held, "
    "sum(units) FILTER (WHERE state = 'settled') AS spent, sum(returned) AS returned FROM points.spends "
    "WHERE market_id = $1 GROUP BY order_id) s ON s.order_id = o.id WHERE o.market_id = $1 "
    "AND (o.points > 0 OR s.order_id IS NOT NULL) AND ("
    "coalesce(s.held, 0) <> CASE WHEN o.state = 'placed' THEN o.points ELSE 0 END "
    "OR o.state IN ('placed', 'closed') AND coalesce(s.spent, 0) <> 0 "
    "OR o.state = 'cancelled' AND coalesce(s.spent, 0) <> coalesce(s.returned, 0) "
    "OR (o.state IN ('gathering', 'to_ship', 'shipped', 'received', 'completed') OR o.state = 'paid' AND o.holds_stock) "
    "AND coalesce(s.spent, 0) <> o.points)",
)
TIMES_SQL = invariant(
    "I15",
    "an order has the times of the states it went through",
    "SELECT 'order ' || id FROM orders.orders WHERE market_id = $1 AND ("
    "state NOT IN ('placed', 'closed') AND paid_at IS NULL OR state IN ('to_ship', 'shipped', 'received', 'completed') "
    "AND released_at IS NULL OR state IN ('shipped', 'received', 'completed') AND shipped_at IS NULL "
    "OR state IN ('received', 'completed') AND received_at IS NULL "
    "OR (state IN ('completed', 'closed', 'cancelled', 'forfeited')) <> (ended_at IS NOT NULL))",
)
ONE_BUYER_SQL = invariant(
    "I17",
    "an order and what it is paid with belong to one buyer",
    "SELECT 'order ' || o.id FROM orders.orders o JOIN payments.payables p ON p.market_id = o.market_id "
    "AND p.id IN (o.payable_id, o.balance_id) WHERE o.market_id = $1 AND (p.person_id <> o.person_id OR p.currency <> o.currency)",
)
BALANCES_SQL = invariant(
    "I52",
    "an order with a balance owes it, all of it, until it is paid; one that ended without it owes nothing, and nobody may pay it",
    "SELECT 'order ' || o.id FROM orders.orders o LEFT JOIN payments.payables b ON b.market_id = o.market_id "
    "AND b.id = o.balance_id LEFT JOIN payments.payables d ON d.market_id = o.market_id AND d.id = o.payable_id "
    "LEFT JOIN (SELECT order_id, sum(later_minor) AS later FROM orders.lines WHERE market_id = $1 GROUP BY order_id) l "
    "ON l.order_id = o.id WHERE o.market_id = $1 AND (o.later_minor <> coalesce(l.later, 0) OR o.balance_id IS NOT NULL AND ("
    "b.after_id IS DISTINCT FROM o.payable_id OR o.total_minor + o.later_minor <> d.amount_minor + b.amount_minor "
    "OR o.later_minor <> b.amount_minor - b.applied_minor OR (o.later_minor = 0) <> (b.applied_minor = b.amount_minor) "
    "OR (b.void_at IS NOT NULL) <> (o.later_minor > 0 AND o.state IN ('closed', 'paid', 'cancelled', 'forfeited')) "
    "OR o.state IN ('gathering', 'to_ship', 'shipped', 'received', 'completed') AND o.later_minor > 0 "
    "OR o.state IN ('deposited', 'forfeited') AND o.later_minor = 0))",
)
DUE_SQL = invariant(
    "I20",
    "no unpaid order outlives its deadline by more than ten minutes of the database's clock",
    "SELECT 'order ' || o.id FROM orders.orders o JOIN platform.markets m ON m.id = o.market_id WHERE o.market_id = $1 "
    "AND o.state = 'placed' AND o.pay_by < clock_timestamp() + m.clock_offset - interval '10 minutes'",
)

DECLARED_SQL = invariant(
    "I79",
    "an order with goods from abroad is declared for one person, whoever was placed a day after the first that was",
    "SELECT 'order ' || o.id FROM orders.orders o WHERE o.market_id = $1 AND NOT EXISTS (SELECT FROM orders.declarations d "
    "WHERE d.market_id = o.market_id AND d.order_id = o.id) AND (o.declares OR o.currency = 'CNY' AND o.release = 'at_once' "
    "AND o.balance_id IS NULL AND o.shipped_at IS DISTINCT FROM o.placed_at AND o.placed_at > (SELECT min(made_at) "
    "FROM orders.declarations WHERE market_id = $1) + interval '1 day' AND EXISTS (SELECT FROM orders.lines l "
    "WHERE l.market_id = o.market_id AND l.order_id = o.id AND l.is_imported))",
)
"""The day is that of an upgrade, while servers of before still place; what was sent when it was placed is told by an import."""
NEEDED_SQL = invariant(
    "I80",
    "only goods from abroad are declared for somebody",
    "SELECT 'declaration ' || d.order_id FROM orders.declarations d LEFT JOIN orders.orders o ON o.market_id = d.market_id "
    "AND o.id = d.order_id WHERE d.market_id = $1 AND (o.declares IS NOT TRUE OR NOT EXISTS (SELECT FROM orders.lines l "
    "WHERE l.market_id = d.market_id AND l.order_id = d.order_id AND l.is_imported))",
)


async def access_order(work: Work, order: UUID, person: UUID) -> Any:
    """The buyer's own order; raises Refused(NotFound)."""
    row = await work.fetch_one(ORDER_SQL, order)
    if row is None or row["person_id"] != person:
        raise Refused(NotFound())
    return row


def payables_of(row: Any) -> list[UUID]:
    """What this order (a row of `access_order`) is paid with, in the order it is paid: its payable, and its balance if it has one."""
    return [row["payable_id"]] if row["balance_id"] is None else [row["payable_id"], row["balance_id"]]


async def region_of(work: Work, person: UUID, address: UUID | None) -> str | Refusal | None:
    """Where this address of the person's is; None for none."""
    if address is None:
        return None
    addresses = await accounts.load_addresses(work, [address], [person])
    if refusal := addresses.why_not_use(person, address):
        return refusal
    found = addresses.get(address)
    return found.region if found else None


async def deal_price(work: Work, sku: UUID, begins: Instant, ends: Instant) -> int | None:
    """The lowest price for one at which this was bought and sent between two days (the second excluded), in minor units.

    Where nothing was sold then, the price of the last day before that has a sale; None where there was never one.
    """
    price: int | None = await work.fetch_value(DEAL_PRICE_SQL, sku, begins, ends)
    return price


async def lines_of(work: Work, orders: Collection[UUID]) -> dict[UUID, list[Any]]:
    """Rows of what was bought, by order, in the order of the lines."""
    found: dict[UUID, list[Any]] = {order: [] for order in orders}
    for row in await work.fetch(LINES_SQL, list(orders)):
        found[row["order_id"]].append(row)
    return found


async def allocations_of(work: Work, order: UUID) -> list[Any]:
    """Rows of reason, bearer, amount_minor."""
    return await work.fetch(ALLOCATIONS_SQL, order)


async def of_payable(work: Work, payable: UUID) -> list[Any]:
    """Rows of id, state, total_minor, end_reason: the orders that one checkout made."""
    return await work.fetch(OF_PAYABLE_SQL, payable)


async def first_of_payables(work: Work, payables: Collection[UUID]) -> dict[UUID, UUID]:
    """The first order that each of these checkouts made, by payable."""
    return {row["payable_id"]: row["id"] for row in await work.fetch(FIRST_OF_PAYABLES_SQL, list(payables))}


async def sums_of(work: Work, orders: Collection[UUID]) -> list[Any]:
    """Rows of id, person_id, state, total_minor, refunded_minor, paid_at: how things stand with these orders."""
    return await work.fetch(SUMS_SQL, list(orders))


async def have_bought(work: Work, persons: Collection[UUID], *, besides: Collection[UUID] = ()) -> set[UUID]:
    """Those of these persons who have an order that is alive or was kept, not counting the orders `besides`."""
    return {row["person_id"] for row in await work.fetch(HAS_BOUGHT_SQL, list(persons), list(besides))}


async def orders_of(
    work: Work, person: UUID, *, states: Collection[str] = (), after: str | None = None, size: int = PAGE_SIZE
) -> Page[Any]:
    """The buyer's orders, newest first; only those in `states`, where some are named."""
    o = tables.orders
    query = (
        sa.select(
            o.c.id,
            o.c.state,
            o.c.currency,
            o.c.total_minor,
            o.c.refunded_minor,
            o.c.payable_id,
            o.c.placed_at,
            o.c.supplier_id,
            o.c.pay_by,
            o.c.later_minor,
            o.c.balance_id,
        )
        .where(o.c.market_id == work.market.id, o.c.person_id == person)
        .order_by(o.c.id.desc())
        .limit(size + 1)
    )
    if states:
        query = query.where(o.c.state.in_(states))
    if key := decode_key(after, tuple[UUID]):
        query = query.where(o.c.id < key[0])
    return page_of(await work.run(query), size, lambda row: (row["id"],))


async def counts_of(work: Work, person: UUID) -> dict[str, int]:
    """How many orders the buyer has in each state."""
    return {row["state"]: row["orders"] for row in await work.fetch(COUNTS_SQL, person)}


async def to_ship(work: Work, supplier: UUID, *, after: str | None = None, size: int = PAGE_SIZE) -> Page[Any]:
    """A supplier's orders that wait for a parcel, oldest first."""
    o = tables.orders
    query = (
        sa.select(o.c.id, o.c.address, o.c.currency, o.c.total_minor, o.c.released_at, o.c.remark, o.c.declares)
        .where(o.c.market_id == work.market.id, o.c.supplier_id == supplier, o.c.state == "to_ship")
        .order_by(o.c.id)
        .limit(size + 1)
    )
    if key := decode_key(after, tuple[UUID]):
        query = query.where(o.c.id > key[0])
    return page_of(await work.run(query), size, lambda row: (row["id"],))


async def access_declaration(work: Work, order: UUID, supplier: UUID) -> Any:
    """For whom the supplier's own order is declared, sealed; raises Refused(NotFound), also where it is for nobody."""
    row = await work.fetch_one(store.DECLARATION_SQL, order)
    if row is None or row["supplier_id"] != supplier:
        raise Refused(NotFound())
    return row


# ── for the office: of whomever ──
@dataclass(frozen=True, slots=True)
class OrderFilter:
    """What a list is narrowed to; empty fields narrow nothing. Times of placing: since ≤ t < until."""

    states: Collection[str] = ()
    persons: Collection[UUID] | None = None
    supplier: UUID | None = None
    end: str = ""
    """How the id ends (`model.end_of_number`); looked for in the whole index, so not for a page that many ask for."""
    since: Instant | None = None
    until: Instant | None = None


async def access_any_order(work: Work, order: UUID) -> Any:
    """The order of whomever; raises Refused(NotFound)."""
    row = await work.fetch_one(ORDER_SQL, order)
    if row is None:
        raise Refused(NotFound())
    return row


async def search_orders(work: Work, narrow: OrderFilter, wanted: Wanted = NEWEST) -> Page[Any]:
    """Orders of the market, sorted by `newest` or `state`: id, state, amounts, placed_at, person_id, supplier_id, address, fulfilment."""
    o = tables.orders
    query = (
        sa.select(o.c.id, o.c.state, o.c.currency, o.c.total_minor, o.c.refunded_minor, o.c.placed_at, o.c.person_id,
                  o.c.supplier_id, o.c.fulfilment, o.c.release, o.c.carrier, o.c.tracking)
        .where(o.c.market_id == work.market.id)
    )  # fmt: skip
    if narrow.states:
        query = query.where(o.c.state.in_(narrow.states))
    if narrow.persons is not None:
        query = query.where(o.c.person_id.in_(narrow.persons))
    if narrow.supplier:
        query = query.where(o.c.supplier_id == narrow.supplier)
    if narrow.end:
        query = query.where(sa.cast(o.c.id, sa.Text).endswith(narrow.end, autoescape=True))
    if narrow.since:
        query = query.where(o.c.placed_at >= narrow.since)
    if narrow.until:
        query = query.where(o.c.placed_at < narrow.until)
    return await list_rows(work, query, wanted, sorts={"newest": o.c.id, "state": o.c.state}, key=o.c.id)


async def placed_per_day(work: Work, days: Sequence[Instant]) -> list[tuple[int, int]]:
    """(orders, minor units) of each stretch between two of these instants, in their order."""
    rows = await work.fetch(PER_DAY_SQL, list(days[:-1]), days[0], days[-1])
    found = {row["day"]: (row["orders"], row["amount_minor"]) for row in rows}
    return [found.get(day, (0, 0)) for day in range(1, len(days))]


async def count_to_ship(work: Work) -> int:
    """Orders of the market that wait for a parcel."""
    found: int = await work.fetch_value(TO_SHIP_COUNT_SQL)
    return found


async def count_with_address(work: Work, person: UUID) -> int:
    """This person's orders that still say where they went."""
    found: int = await work.fetch_value(WITH_ADDRESS_SQL, person)
    return found


async def told_of(work: Work, person: UUID) -> list[dict[str, Any]]:
    """What this module keeps about a person: all orders with their lines and addresses."""
    return [dict(row) for row in await work.fetch(HISTORY_SQL, person)]


async def why_not_forget(work: Work, person: UUID) -> Refusal | None:
    """Refused while goods or money are under way."""
    running = await work.fetch_value(RUNNING_SQL, person)
    return StillRunning(orders=running) if running else None
