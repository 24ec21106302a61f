"""All SQL that writes orders."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from tuan.goods import supply
from tuan.goods.catalog.model import Offers
from tuan.goods.supply.model import Stock
from tuan.kit.time import day_of, start_of
from tuan.people import identities
from tuan.people.identities.model import Identities
from tuan.platform import bulk
from tuan.platform.work import Work
from tuan.trade import carts, payments
from tuan.trade.carts.model import Carts
from tuan.trade.orders import tables
from tuan.trade.orders.model import Book, Bought, Line, Order, OrderDraft, PlaceOrder, skus_of
from tuan.trade.payments.model import Till
from tuan.value import ledger, points, promotions
from tuan.value.promotions.model import NO_COUPONS, Rules

INSERT_ORDERS = bulk.insert(
    tables.orders, "id", "payable_id", "person_id", "supplier_id", "state", "release", "fulfilment", "address",
    "currency", "total_minor", "placed_at", "pay_by", "holds_stock",
    rare={"has_coupons": False, "points": 0, "paid_at": None, "released_at": None, "later_minor": 0, "balance_id": None,
          "remark": "", "declares": False},
)  # fmt: skip
INSERT_LINES = bulk.insert(
    tables.lines, "order_id", "number", "sku_id", "title", "options", "picture", "units", "list_price_minor",
    "discount_minor", "freight_minor", "tax_minor", "amount_minor", "hold_id", "allotment_id",
    rare={"later_minor": 0, "no_reason_return": True, "is_imported": False},
)  # fmt: skip
INSERT_ALLOCATIONS = bulk.insert(
    tables.allocations, "order_id", "line_number", "reason", "bearer", "amount_minor", "source_id"
)
INSERT_DECLARATIONS = bulk.insert(tables.declarations, "order_id", "sealed", "made_at")
INSERT_ATTRIBUTIONS = bulk.insert(tables.attributions, "order_id", "line_number", "shop_id", "code", "how", "channel")
MOVED = [
    "refunded_minor", "paid_at", "released_at", "shipped_at", "received_at", "ended_at", "end_reason", "carrier",
    "tracking", "holds_stock",
]  # fmt: skip


def _move(columns: list[str]) -> bulk.Bulk:
    moves = bulk.move(tables.orders, key=["id", "version"], columns=columns)
    return replace(moves, sql=moves.sql.replace("SET state", "SET version = t.version + 1, state"))


MOVE_ORDERS = _move(MOVED)
MOVE_GROWN_ORDERS = _move([*MOVED, "total_minor", "later_minor"])
"""In one statement: PostgreSQL checks all foreign keys of a row that its transaction updates twice, and so would lock the
payable of the deposit, which the sweep that ends the order has locked before."""
SAVE_LINES = bulk.update(
    tables.lines,
    key=["order_id", "number"],
    columns=["refunded_minor", "hold_id", "allotment_id", "returned_units", "refunded_freight_minor", "lowered_minor"],
)
GROW_LINES = bulk.update(tables.lines, key=["order_id", "number"], columns=["amount_minor", "later_minor"])
DRAWN_ON_SQL = (
    "SELECT DISTINCT sku_id, allotment_id FROM orders.lines WHERE market_id = $1 AND order_id = ANY($2::uuid[])"
)
LINES_SQL = (
    "SELECT order_id, number, sku_id, units, amount_minor, refunded_minor, hold_id, allotment_id, freight_minor, "
    "returned_units, refunded_freight_minor, no_reason_return, later_minor, lowered_minor FROM orders.lines "
    "WHERE market_id = $1 AND order_id = ANY($2::uuid[]) ORDER BY order_id, number"
)
PAYABLES_OF_SQL = (
    "SELECT payable_id, array_remove(array_agg(balance_id), NULL) AS balances, bool_or(has_coupons) AS has_coupons, (array_agg(person_id) FILTER (WHERE points > 0))[1] AS spender "
    "FROM orders.orders WHERE market_id = $1 AND id = ANY($2::uuid[]) GROUP BY payable_id"
)
ORDERS_OF_PAYABLES_SQL = (
    "SELECT id, has_coupons, later_minor > 0 AS owes, CASE WHEN points > 0 THEN person_id END AS spender "
    "FROM orders.orders WHERE market_id = $1 AND (payable_id = ANY($2::uuid[]) OR balance_id = ANY($2::uuid[]))"
)
COUPONS_SQL = (
    "SELECT DISTINCT a.source_id FROM orders.orders o JOIN orders.allocations a ON a.market_id = o.market_id AND a.order_id = o.id "
    "WHERE o.market_id = $1 AND o.has_coupons AND o.payable_id = ANY($2::uuid[]) AND a.reason LIKE 'coupon%'"
)
COUPON_PARTS_SQL = (
    "SELECT a.order_id, a.line_number, a.source_id, o.payable_id, l.returned_units < l.units AS counts "
    "FROM orders.orders o JOIN orders.allocations a ON a.market_id = o.market_id AND a.order_id = o.id "
    "JOIN orders.lines l ON l.market_id = a.market_id AND l.order_id = a.order_id AND l.number = a.line_number "
    "WHERE o.market_id = $1 AND o.has_coupons AND o.payable_id = ANY($2::uuid[]) AND a.reason LIKE 'coupon%' "
    "ORDER BY a.order_id, a.line_number, a.reason"
)
ORDERS_SQL = (
    "SELECT id, payable_id, person_id, supplier_id, state, release, fulfilment, currency, total_minor, refunded_minor, "
    "placed_at, pay_by, paid_at, released_at, shipped_at, received_at, ended_at, end_reason, carrier, tracking, holds_stock, "
    "points, later_minor, balance_id, version, state AS before FROM orders.orders WHERE market_id = $1 AND id = ANY($2::uuid[]) ORDER BY id"
)
LOCK_ORDERS_SQL = f"{ORDERS_SQL} FOR UPDATE"
UNPAID_DUE_SQL = (
    "SELECT o.id FROM (SELECT d.payable_id FROM orders.orders d WHERE d.market_id = $1 AND d.state = 'placed' "
    "AND d.pay_by <= $2 AND NOT EXISTS (SELECT FROM payments.attempts a WHERE a.market_id = d.market_id "
    "AND a.payable_id = d.payable_id AND a.state = 'pending') ORDER BY d.pay_by LIMIT $3) p "
    "JOIN orders.orders o ON o.market_id = $1 AND o.payable_id = p.payable_id WHERE o.state = 'placed'"
)
"""Orders of one checkout end together: what is held for all of them, a coupon, is let go with the last."""
LOCK_BUYERS_SQL = (
    "SELECT id FROM accounts.persons WHERE market_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR NO KEY UPDATE"
)
UNITS_BOUGHT_SQL = (
    "SELECT o.person_id, l.sku_id, sum(l.units - l.returned_units)::bigint AS units FROM orders.orders o "
    "JOIN orders.lines l ON l.market_id = o.market_id AND l.order_id = o.id WHERE o.market_id = $1 "
    "AND o.person_id = ANY($2::uuid[]) AND l.sku_id = ANY($3::uuid[]) AND o.state NOT IN ('closed', 'cancelled', 'forfeited') "
    "GROUP BY o.person_id, l.sku_id"
)
IMPORTED_SQL = (
    "SELECT o.person_id, sum(l.amount_minor + l.later_minor - l.refunded_minor)::bigint AS amount_minor FROM orders.orders o "
    "JOIN orders.lines l ON l.market_id = o.market_id AND l.order_id = o.id WHERE o.market_id = $1 "
    "AND o.person_id = ANY($2::uuid[]) AND o.placed_at >= $3 AND o.state NOT IN ('closed', 'cancelled', 'forfeited') "
    "AND l.is_imported GROUP BY o.person_id"
)
RECORD_DEALS_SQL = (
    "INSERT INTO orders.deals (market_id, sku_id, day, least_minor) SELECT $1, l.sku_id, "
    "date_trunc('day', o.paid_at, 'UTC') AS day, min(l.list_price_minor - (l.discount_minor + l.lowered_minor + l.units - 1) / l.units) "
    "FROM orders.lines l JOIN orders.orders o ON o.market_id = l.market_id AND o.id = l.order_id "
    "WHERE l.market_id = $1 AND l.order_id = ANY($2::uuid[]) GROUP BY l.sku_id, day ORDER BY l.sku_id, day "
    "ON CONFLICT (market_id, sku_id, day) DO UPDATE SET least_minor = least(deals.least_minor, excluded.least_minor)"
)
RECEIPT_DUE_SQL = (
    "SELECT id FROM orders.orders WHERE market_id = $1 AND state = 'shipped' AND shipped_at <= $2 "
    "ORDER BY shipped_at LIMIT $3"
)
EMPTY_ADDRESSES_SQL = (
    "UPDATE orders.orders SET address = $4, remark = '' WHERE market_id = $1 AND person_id = ANY($2::uuid[]) "
    "AND ended_at < $3 AND address IS NOT NULL AND (address <> $4 OR remark <> '')"
)

DECLARATION_SQL = (
    "SELECT o.person_id, o.supplier_id, o.state, o.shipped_at, d.sealed FROM orders.orders o JOIN orders.declarations d "
    "ON d.market_id = o.market_id AND d.order_id = o.id WHERE o.market_id = $1 AND o.id = $2"
)
FORGET_DECLARATIONS_SQL = (
    "UPDATE orders.declarations d SET sealed = NULL, forgotten_at = $4 FROM orders.orders o WHERE d.market_id = $1 "
    "AND d.sealed IS NOT NULL AND o.market_id = d.market_id AND o.id = d.order_id "
    "AND (o.ended_at < $2 OR o.ended_at IS NOT NULL AND o.shipped_at IS NULL AND o.person_id = ANY($3::uuid[]))"
)
"""Of everybody, what the law no longer keeps; of those who are forgotten, also what was never sent, and so never declared."""


async def load_bought(work: Work, limited: Collection[tuple[UUID, UUID]], abroad: Collection[UUID] = ()) -> Bought:
    """What these (person, SKU) pairs come to so far, and what came from abroad to these persons; the persons are locked, so
    that of two buys at once the second counts the first."""
    persons, skus = {person for person, _ in limited}, {sku for _, sku in limited}
    await work.lock("buyers", LOCK_BUYERS_SQL, list(persons.union(abroad)))
    rows = await work.fetch(UNITS_BOUGHT_SQL, list(persons), list(skus)) if limited else []
    imported = await load_imported(work, abroad) if abroad else {}
    return Bought({(row["person_id"], row["sku_id"]): row["units"] for row in rows}, imported)


async def load_imported(work: Work, persons: Collection[UUID]) -> dict[UUID, int]:
    """Minor units of goods from abroad that came to these persons this year and were kept; the persons are locked, see above."""
    since = start_of(day_of(work.now, work.market.time_zone).replace(month=1, day=1), work.market.time_zone)
    rows = await work.fetch(IMPORTED_SQL, list(persons), since)
    return {row["person_id"]: row["amount_minor"] for row in rows}


async def load_limits(
    work: Work, fresh: Sequence[PlaceOrder], offers: Offers, rules: Rules
) -> tuple[Bought, Carts, Identities]:
    """What buyers of limited goods have bought so far, the cart lines that are checked out, and for whom goods from abroad
    are declared, all locked; where nothing is limited, from a cart or from abroad, nothing is asked."""
    capped, goods = offers.limited(), [(c.actor, skus_of(c, rules)) for c in fresh]
    limited = {(actor, sku) for actor, skus in goods for sku in skus & capped}
    lines = {(c.actor, sku) for c in fresh if c.from_cart for sku, _ in c.items}
    sets = {(c.actor, bundle) for c in fresh if c.from_cart for bundle, _ in c.sets}
    abroad = {actor for actor, skus in goods if not offers.imported().isdisjoint(skus)}
    bought = await load_bought(work, limited, abroad) if limited or abroad else Bought()
    in_carts = await carts.load_carts(work, lines, sets) if lines or sets else Carts()
    return bought, in_carts, await identities.load_identities(work, abroad) if abroad else Identities()


async def save_draft(work: Work, draft: OrderDraft) -> None:
    """Payables, orders, lines, allocations, who recommended: one statement each, in the order of their keys."""
    await payments.add_payables(work, draft.payables)
    if draft.balances:
        await payments.add_balances(work, draft.balances)
    await work.write(INSERT_ORDERS, draft.orders)
    await work.write(INSERT_LINES, draft.lines)
    await work.write(INSERT_ALLOCATIONS, draft.allocations)
    await work.write(INSERT_ATTRIBUTIONS, draft.attributions)
    await work.write(INSERT_DECLARATIONS, draft.declarations)
    for fact in draft.facts:
        work.tell(fact)


async def load_book(work: Work, orders: Collection[UUID], *, with_stock: bool) -> Book:
    """Orders with all they need to move, locked in the global order: stock (where asked), payables, orders.

    What an order draws on and the payable it belongs to never change, so they are read before anything is locked.
    """
    wanted = list(set(orders))
    stock = Stock([])
    if with_stock and (drawn := await work.fetch(DRAWN_ON_SQL, wanted)):
        stock = await supply.load_stock(work, {x["sku_id"] for x in drawn}, {x["allotment_id"] for x in drawn})
    payables = await work.fetch(PAYABLES_OF_SQL, wanted)
    return await _lock_book(work, wanted, _ids(payables), stock, _with_coupons(payables), _spenders(payables))


async def look_at_book(work: Work, orders: Collection[UUID]) -> Book:
    """The same without stock and points and without a lock, to be shown and not to be saved: for what a verb would do."""
    wanted = list(set(orders))
    payables = await work.fetch(PAYABLES_OF_SQL, wanted)
    till, lines = await payments.look_at_till(work, _ids(payables)), await _lines(work, wanted)
    coupons, counts = NO_COUPONS, None
    if with_coupons := _with_coupons(payables):
        counts = await _count_coupon_lines(work, with_coupons, lines)
        coupons = await promotions.peek_coupons(work, {coupon for _, coupon in counts})
    rows = await work.fetch(ORDERS_SQL, wanted)
    return Book((Order(*row.values()) for row in rows), lines, till, Stock([]), work.now, coupons, counts)


async def load_book_of_payables(work: Work, payables: Collection[UUID]) -> Book:
    """All orders of these payables, without their stock; with their coupons and lines where they have some."""
    rows = await work.fetch(ORDERS_OF_PAYABLES_SQL, list(set(payables)))
    wanted, has_coupons = [row["id"] for row in rows], any(row["has_coupons"] for row in rows)
    with_coupons, with_lines = payables if has_coupons else (), has_coupons or any(row["owes"] for row in rows)
    return await _lock_book(work, wanted, payables, Stock([]), with_coupons, _spenders(rows), with_lines=with_lines)


async def load_alone(work: Work, orders: Collection[UUID]) -> Book:
    """Orders locked without lines, till and stock: for moves that touch nothing else."""
    rows = await work.lock("orders", LOCK_ORDERS_SQL, list(set(orders)))
    await work.read_clock()
    return Book((Order(*row.values()) for row in rows), (), Till(()), Stock([]), work.now)


async def add_to_book(work: Work, orders: Collection[UUID], stock: Stock) -> Book:
    """The same for a caller that has locked the stock itself."""
    wanted = list(set(orders))
    payables = await work.fetch(PAYABLES_OF_SQL, wanted)
    return await _lock_book(work, wanted, _ids(payables), stock, _with_coupons(payables), _spenders(payables))


def _ids(rows: Sequence[Any]) -> list[UUID]:
    return [payable for row in rows for payable in (row["payable_id"], *row["balances"])]


def _with_coupons(rows: Sequence[Any]) -> list[UUID]:
    return [row["payable_id"] for row in rows if row["has_coupons"]]


def _spenders(rows: Sequence[Any]) -> set[UUID]:
    """Whose points pay a part of these."""
    return {row["spender"] for row in rows if row["spender"] is not None}


async def _lines(work: Work, orders: list[UUID]) -> list[Line]:
    return [Line(*row.values()) for row in await work.fetch(LINES_SQL, orders)]


async def _lock_book(
    work: Work,
    orders: list[UUID],
    payables: Collection[UUID],
    stock: Stock,
    with_coupons: Collection[UUID],
    spenders: Collection[UUID],
    *,
    with_lines: bool = True,
) -> Book:
    """`with_coupons`: the payables whose coupons are locked too; `spenders`: the persons whose points are. None, and
    nothing is asked."""
    coupons = NO_COUPONS
    if with_coupons:
        used = await work.fetch(COUPONS_SQL, list(with_coupons))
        coupons = await promotions.load_coupons(work, {row["source_id"] for row in used})
    lots = await points.load_lots(work, spenders, orders=orders) if spenders else None
    till = await payments.load_till(work, payables)
    rows = await work.lock("orders", LOCK_ORDERS_SQL, orders)
    # Not before: whoever held the order may have given back units, and with them the name of what holds the rest.
    lines = await _lines(work, orders) if with_lines else []
    counts = await _count_coupon_lines(work, with_coupons, lines) if with_coupons else None
    await work.read_clock()
    return Book((Order(*row.values()) for row in rows), lines, till, stock, work.now, coupons, counts, lots)


async def _count_coupon_lines(
    work: Work, payables: Collection[UUID], lines: list[Line]
) -> dict[tuple[UUID, UUID], int]:
    """How many lines that are not given back each coupon of these checkouts takes from; each line learns of its own.

    The payables are locked, and whoever gives something back locks them first: nothing of this changes meanwhile.
    """
    by_line: dict[tuple[UUID, int], tuple[UUID, ...]] = {}
    counts: dict[tuple[UUID, UUID], int] = {}
    for row in await work.fetch(COUPON_PARTS_SQL, list(payables)):
        where, use = (row["order_id"], row["line_number"]), (row["payable_id"], row["source_id"])
        by_line[where] = (*by_line.get(where, ()), row["source_id"])
        counts[use] = counts.get(use, 0) + row["counts"]
    for line in lines:
        line.coupons = by_line.get((line.order_id, line.number), ())
    return counts


async def save_book(work: Work, book: Book) -> None:
    """Write what moved; a row that is no longer at its version stops the transaction."""
    await supply.save_stock(work, book.stock)
    await promotions.save_coupons(work, book.coupons)
    await points.save_lots(work, book.lots, book.postings)
    await payments.save_till(work, book.till, book.postings)
    grown = {order.id for order in book.grown}
    await work.write(MOVE_ORDERS, [order for order in book.moved.values() if order.id not in grown])
    if grown:
        await work.write(MOVE_GROWN_ORDERS, book.grown)
        await work.write(GROW_LINES, [line for order in book.grown for line in order.lines])
    await work.write(SAVE_LINES, list({(x.order_id, x.number): x for x in book.changed_lines}.values()))
    await ledger.save_postings(work, book.postings)
    for fact in book.facts:
        work.tell(fact)
