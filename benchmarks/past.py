"""A past of millions of orders: a few hundred live through the verbs to their end, then SQL multiplies their rows.

A copy is the same rows some seconds earlier: every id of its own has its time moved back, every instant too, so that copies
fill the indexes as orders of earlier days would have. Goods, campaigns and sellers are shared. What is summed (balances,
units on hand) is made to fit, so that `tuan check` finds nothing; the audit's chain has its own few hundred entries only,
and a copied fact or stored outcome still says the ids of the order that lived.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg
import sqlalchemy as sa

from benchmarks.stage import TEAM_PRICE_MINOR, Goods, Shopper, Stage
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import granted
from tuan.main import open_relay
from tuan.platform import markets
from tuan.platform.embedded import ADMIN, OWNER
from tuan.platform.gateways.payment import Charge
from tuan.platform.schema import UUID, metadata
from tuan.play import groupbuy
from tuan.play.groupbuy.model import JoinTeam, Seated
from tuan.trade import orders, payments
from tuan.trade.payments import StartAttempt

BASE = 500
"""Orders that are really lived through; of ten, eight are completed, one is given back, one is never paid."""
SECONDS_BETWEEN_COPIES = 5
COPIES_PER_STATEMENT = 100

SHARED = frozenset({"sku_id", "product_id", "supplier_id", "campaign_id", "category_id", "allotment_id"})
TABLES = (
    "accounts.persons",
    "accounts.addresses",
    "platform.idempotency",
    "groupbuy.teams",
    "payments.payables",
    "orders.orders",
    "orders.lines",
    "orders.allocations",
    "supply.movements",
    "groupbuy.seats",
    "payments.attempts",
    "payments.captures",
    "payments.refunds",
    "aftersales.cases",
    "settlement.claims",
    "ledger.transfers",
    "outbox.facts",
    "sandbox.charges",
    "sandbox.refunds",
)
"""What an order leaves behind, a parent before its children."""
MADE_UNIQUE = frozenset({"key", "transaction", "provider_ref"})
"""Texts of which there must be no two."""
OWN_ROWS = {
    "accounts.persons": "id IN (SELECT person_id FROM orders.orders)",
    "accounts.addresses": "person_id IN (SELECT person_id FROM orders.orders)",
    "supply.movements": "kind IN ('hold', 'settle', 'release')",
}
"""Where only some rows belong to orders."""

BALANCES_SQL = "UPDATE ledger.accounts SET balance = balance * $2::bigint WHERE market_id = $1"
ON_HAND_SQL = (
    "UPDATE supply.stock AS s SET on_hand = m.on_hand FROM (SELECT sku_id, "
    "sum(CASE WHEN kind = 'receive' THEN units WHEN kind IN ('settle', 'write_off') THEN -units ELSE 0 END) AS on_hand "
    "FROM supply.movements WHERE market_id = $1 GROUP BY sku_id) m WHERE s.market_id = $1 AND s.sku_id = m.sku_id"
)


# ── lived through ──
async def live_through(here: Stage, database: str, goods: Goods, people: list[Shopper]) -> None:
    """Five hundred orders of these goods, from the opened team to the booked claim, or to the refund, or never paid."""
    leaders, members, lonely, idle = people[:200], people[200:400], people[400:450], people[450:500]
    teams = await here.teams([goods], [*leaders, *lonely])
    await _pay(here, members, await _join(here, goods, members, teams[:200]))
    await _join(here, goods, idle, teams[200:])
    async with open_relay(here.house) as relay:
        await relay.settle_all(here.market, rounds=200)
        async with here.work() as work:
            released = (await orders.to_ship(work, goods.supplier, size=BASE)).items
        for row in released:
            async with here.work() as work:
                assert await orders.ship(work, row["id"], goods.supplier, carrier="SF", tracking="SF1") is None
        for days in (1, 16, 8):  # teams lapse, what was shipped counts as received, claims are booked
            await move_clock(here, database, timedelta(days=days))
            await relay.settle_all(here.market, rounds=200)


async def _join(here: Stage, goods: Goods, people: list[Shopper], teams: list[Any]) -> list[Seated]:
    commands = [
        JoinTeam(who.person, new_uuid().hex, team, goods.sku, 1, who.address)
        for who, team in zip(people, teams, strict=True)
    ]
    async with here.work() as work:
        return [granted(outcome) for outcome in await groupbuy.seat_buyers(work, commands)]


async def _pay(here: Stage, people: list[Shopper], seated: list[Seated]) -> None:
    pay = here.house.sandbox
    starts = [
        StartAttempt(who.person, new_uuid().hex, seat.payable, pay.name, pay.merchant, pay.app)
        for who, seat in zip(people, seated, strict=True)
    ]
    async with here.work() as work:
        attempts = [granted(outcome) for outcome in await payments.start_attempts(work, starts)]
    charges = [Charge(here.market, attempt, TEAM_PRICE_MINOR, "CNY") for attempt in attempts]
    await pay.start(charges)
    notices = await pay.decide(charges, pay=True)
    async with here.work() as work:
        await orders.apply_notices(work, notices)


async def move_clock(here: Stage, database: str, by: timedelta) -> None:
    owner = await asyncpg.connect(here.server.dsn(OWNER, database))
    try:
        await markets.move_clock(owner, here.market, by)
    finally:
        await owner.close()


# ── multiplied ──
INDEXES_SQL = (
    "SELECT c.oid::regclass::text AS name, pg_get_indexdef(c.oid) AS definition FROM pg_index i JOIN pg_class c "
    "ON c.oid = i.indexrelid WHERE i.indrelid = ANY($1::regclass[]) "
    "AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid)"
)
"""Those that no constraint needs: quicker made anew at the end than kept meanwhile."""


@dataclass(frozen=True, slots=True)
class Copier:
    """Statements that copy one table: `keep` sets the lived rows aside, `copy` makes copies number $1 down to $2 of them."""

    keep: str
    copy: str


def copier(table: sa.Table) -> Copier:
    aside = f"lived_{table.schema}_{table.name}"
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    values = ", ".join(_earlier(column) for column in table.columns)
    parts = "".join(
        f", ('x' || left(translate(\"{name}\"::text, '-', ''), 12))::bit(48)::bigint AS {name}_time"
        f", substr(translate(\"{name}\"::text, '-', ''), 13) AS {name}_rest"
        for name in (column.name for column in table.columns if _is_own_id(column))
    )
    where = OWN_ROWS.get(table.fullname, "true")
    return Copier(
        f"CREATE TEMP TABLE {aside} AS SELECT *{parts} FROM {table.fullname} WHERE {where}",
        f"INSERT INTO {table.fullname} ({names}) SELECT {values} FROM (SELECT k, "
        f"k::bigint * {SECONDS_BETWEEN_COPIES * 1000} AS back, k * interval '{SECONDS_BETWEEN_COPIES} seconds' AS ago "
        f"FROM generate_series($1::int, $2::int, -1) AS k) AS n CROSS JOIN {aside} AS t",
    )


def _is_own_id(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, type(UUID)) and column.name not in SHARED


def _earlier(column: sa.Column[Any]) -> str:
    """The column's value in copy number k."""
    if _is_own_id(column):
        return f"(lpad(to_hex(t.{column.name}_time - back), 12, '0') || t.{column.name}_rest)::uuid"
    if isinstance(column.type, sa.DateTime):
        return f't."{column.name}" - ago'
    return f"t.\"{column.name}\" || '-' || k" if column.name in MADE_UNIQUE else f't."{column.name}"'


async def multiply(here: Stage, database: str, copies: int, show: Callable[[int], None]) -> None:
    """Make so many copies of everything that was lived through; `show` is told the number of orders so far.

    As the server's admin and without triggers, so that no foreign key is asked about row by row: parents are copied by
    the same rule as their children. Two connections have every other table each. The oldest copies come first, as the
    orders would have.
    """
    settings = {"session_replication_role": "replica", "synchronous_commit": "off"}
    url = here.server.dsn(ADMIN, database)
    first, second = [await asyncpg.connect(url, server_settings=settings) for _ in range(2)]
    try:
        indexes = await first.fetch(INDEXES_SQL, list(TABLES))
        for index in indexes:
            await first.execute(f"DROP INDEX {index['name']}")
        shares = [
            (admin, [copier(metadata.tables[n]) for n in TABLES[at::2]]) for at, admin in enumerate((first, second))
        ]
        for admin, copiers in shares:
            for one in copiers:
                await admin.execute(one.keep)
        for newest, oldest in _chunks(copies):
            await asyncio.gather(*(_copy(admin, copiers, newest, oldest) for admin, copiers in shares))
            show((copies - newest + 1) * BASE)
        for index in indexes:
            await first.execute(index["definition"])
        await first.execute(BALANCES_SQL, here.market, copies + 1)
        await first.execute(ON_HAND_SQL, here.market)
    finally:
        await first.close()
        await second.close()


async def _copy(admin: Any, copiers: list[Copier], newest: int, oldest: int) -> None:
    for one in copiers:
        await admin.execute(one.copy, oldest, newest)


def _chunks(copies: int) -> Iterator[tuple[int, int]]:
    """(newest, oldest) number of each chunk of copies, the oldest chunk first."""
    for oldest in range(copies, 0, -COPIES_PER_STATEMENT):
        yield max(oldest - COPIES_PER_STATEMENT + 1, 1), oldest
