"""pgbench running exactly a join's effects, one order per transaction, in SQL without any application around it.

Nothing is read that a join has to read (offers, prices, addresses, who is asking), and no HTTP is spoken: all of that is
in its favour, and so are that it plans as Tuan's connections do and that a second of warming up is not counted. It takes its
locks in the house's order (key, team, stock, then what is written for this order only), or, where it is to be at its best,
the hot row last, just before the commit.
"""

import asyncio
import os
import re
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import asyncpg

from benchmarks.stage import LIST_PRICE_MINOR, TEAM_PRICE_MINOR, Goods, Shopper, Stage
from tuan.platform.database import BY_KEY
from tuan.platform.embedded import ADMIN, APP, find_binaries

PEOPLE = 900
"""Each sits in a team of every client once; a run is too short for a client to come to anybody twice."""
TEAMS_PER_CLIENT = 4
TPS = re.compile(r"^progress: [\d.]+ s, ([\d.]+) tps", re.MULTILINE)

PREPARE_SQL = """
CREATE SCHEMA IF NOT EXISTS bench;
GRANT USAGE ON SCHEMA bench TO tuan_app;
CREATE TABLE IF NOT EXISTS bench.people (n int PRIMARY KEY, id uuid NOT NULL);
CREATE TABLE IF NOT EXISTS bench.teams (n int PRIMARY KEY, id uuid NOT NULL);
CREATE TABLE IF NOT EXISTS bench.skus (n int PRIMARY KEY, id uuid NOT NULL);
CREATE TABLE IF NOT EXISTS bench.campaigns (n int PRIMARY KEY, id uuid NOT NULL);
GRANT SELECT ON ALL TABLES IN SCHEMA bench TO tuan_app;
"""

BEGIN = """
BEGIN;
SELECT set_config('tuan.market', '{market}', true), clock_timestamp() AS now, uuidv7() AS team, uuidv7() AS "order",
  uuidv7() AS payable, uuidv7() AS hold, (SELECT id FROM bench.skus WHERE n = :goods::int) AS sku,
  (SELECT id FROM bench.people WHERE n = :number::int % {people}) AS person \\gset
"""
KEY = """
INSERT INTO platform.idempotency (market_id, actor_id, verb, key, input_hash, outcome, at) VALUES ({market}, :person,
  'groupbuy.seat_buyer', :run::text || '-' || :client_id::text || '-' || :number::text || '-{verb}', '\\x00112233445566778899aabbccddeeff',
  jsonb_build_object('team', :team::uuid, 'order', :order::uuid, 'payable', :payable::uuid), :now) ON CONFLICT DO NOTHING;
"""
OPEN = """
INSERT INTO groupbuy.teams (market_id, id, campaign_id, leader_id, state, size, held, taken, opened_at)
  VALUES ({market}, :team, (SELECT id FROM bench.campaigns WHERE n = :goods::int), :person, 'opening', 1000, 1, 0, :now);
"""
JOIN = """
UPDATE groupbuy.teams SET held = held + 1 WHERE market_id = {market} AND state = 'gathering' AND held + taken < size
  AND deadline > :now AND id = (SELECT id FROM bench.teams WHERE n = :first::int + :team_number::int)
  RETURNING id AS team \\gset
"""
HOLD = """
UPDATE supply.stock SET held = held + 1 WHERE market_id = {market} AND sku_id = :sku AND on_hand - held - allotted >= 1;
"""
ORDER = """
INSERT INTO supply.movements (market_id, at, id, sku_id, hold_id, kind, units)
  VALUES ({market}, :now, uuidv7(), :sku, :hold, 'hold', 1);
INSERT INTO payments.payables (market_id, id, person_id, currency, amount_minor, pay_by, created_at)
  VALUES ({market}, :payable, :person, 'CNY', {price}, :now::timestamptz + interval '1 hour', :now);
INSERT INTO orders.orders (market_id, id, payable_id, person_id, supplier_id, state, release, fulfilment, address,
  currency, total_minor, placed_at, pay_by, holds_stock) VALUES ({market}, :order, :payable, :person, '{supplier}',
  'placed', 'on_command', 'shipped', '{{"recipient":"王小明","phone":"13800138000","region":"浙江省","street":"文三路 1 号"}}',
  'CNY', {price}, :now, :now::timestamptz + interval '1 hour', true);
INSERT INTO orders.lines (market_id, order_id, number, sku_id, title, options, picture, units, list_price_minor,
  discount_minor, freight_minor, tax_minor, amount_minor, hold_id) VALUES ({market}, :order, 1, :sku, '脐橙', '5 kg',
  'goods/navel-orange.svg', 1, {list_price}, {list_price} - {price}, 0, 0, {price}, :hold);
INSERT INTO orders.allocations (market_id, order_id, line_number, reason, bearer, amount_minor)
  VALUES ({market}, :order, 1, 'team_price', 'supplier', {list_price} - {price});
INSERT INTO groupbuy.seats (market_id, team_id, order_id, person_id, units, state, held_at)
  VALUES ({market}, :team, :order, :person, 1, 'held', :now);

"""


class Pgbench:
    """Runs of pgbench against one stage; its people are the stage's, its teams are opened and paid by verbs."""

    def __init__(self, stage: Stage, shoppers: Sequence[Shopper]) -> None:
        self.stage, self.shoppers = stage, shoppers
        self.teams = 0
        self.runs = 0

    async def prepare(self, goods: Sequence[Goods]) -> None:
        """Number everything that the script names: pgbench counts, it knows no ids."""
        async with self._admin() as connection:
            await connection.execute(PREPARE_SQL)
        await self._number("people", [who.person for who in self.shoppers[:PEOPLE]], 0)
        await self._number("skus", [of.sku for of in goods], 0)
        await self._number("campaigns", [of.campaign for of in goods], 0)

    async def run(self, goods: Sequence[Goods], clients: int, seconds: int, *, hot_last: bool = False) -> float:
        """Orders per second with so many clients; half of them open a team, half take a seat in one.

        hot_last: the row that all want is locked just before the commit, against the house's order.
        """
        leaders = self.shoppers[PEOPLE : PEOPLE + clients * TEAMS_PER_CLIENT]
        first, self.teams, self.runs = self.teams, self.teams + len(leaders), self.runs + 1
        await self._number("teams", await self.stage.teams(goods, leaders), first)
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
            file.write(self._script(goods, hot_last))
            file.flush()
            output = await self._pgbench(
                "-f", file.name, "-c", str(clients), "-j", "2", "-T", str(seconds + 1), "-P", "1", "-D", "number=-1",
                "-D", f"first={first}", "-D", f"run=pgbench-{self.runs}",
            )  # fmt: skip
        _, *counted = map(float, TPS.findall(output))  # the first second warms its connections up
        return 2 * sum(counted) / len(counted) if counted else 0.0

    def _script(self, goods: Sequence[Goods], hot_last: bool) -> str:
        values = {
            "market": self.stage.market, "supplier": goods[0].supplier, "people": PEOPLE, "price": TEAM_PRICE_MINOR,
            "list_price": LIST_PRICE_MINOR,
        }  # fmt: skip
        rest = f"{ORDER}{HOLD}COMMIT;" if hot_last else f"{HOLD}{ORDER}COMMIT;"
        opened = f"{BEGIN}{KEY}{OPEN}{rest}\n".format(**values, verb="open")
        joined = f"{BEGIN}{KEY}{JOIN}{rest}\n".format(**values, verb="join")
        return (
            "\\set number :number + 1\n"
            f"\\set team_number :client_id * {TEAMS_PER_CLIENT} + :number % {TEAMS_PER_CLIENT}\n"
            f"\\set goods (:number + :client_id * 7) % {len(goods)}\n{opened}"
            f"\\set goods :team_number % {len(goods)}\n{joined}"
        )

    async def _pgbench(self, *options: str) -> str:
        url = urlsplit(self.stage.server.dsn(APP))
        environment = {
            **os.environ, "PGUSER": url.username or "", "PGPASSWORD": unquote(url.password or ""),
            "PGHOST": parse_qs(url.query)["host"][0], "PGPORT": "5432",
            "PGOPTIONS": " ".join(f"-c {name}={value}" for name, value in (BY_KEY | {"jit": "off"}).items()),
        }  # fmt: skip
        command = (find_binaries().program("pgbench"), "-n", "-M", "prepared", *options, url.path.removeprefix("/"))
        child = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, env=environment
        )
        output, _ = await child.communicate()
        text = output.decode()
        if child.returncode or "aborted" in text:
            raise RuntimeError(f"pgbench: {text[-2000:]}")
        return text

    async def _number(self, table: str, ids: Sequence[UUID], first: int) -> None:
        records = [(first + n, one) for n, one in enumerate(ids)]
        async with self._admin() as connection:
            await connection.copy_records_to_table(table, schema_name="bench", records=records)

    @asynccontextmanager
    async def _admin(self) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(self.stage.server.dsn(ADMIN))
        try:
            yield connection
        finally:
            await connection.close()
