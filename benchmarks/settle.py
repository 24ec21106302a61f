"""A million kept lines shared out to the ledger, beside a plain INSERT … SELECT of the same rows.

    ./tuan bench settle --lines 1000000 --json

Five hundred orders of five lines each are lived through the verbs until they are received, then multiplied
(`benchmarks.past`). The sweep settles them as the worker does: orders completed, claims, transfers, balances, facts. Then
the claims and transfers that it wrote are inserted once more by one statement each, as the owner, into empty tables with
the same columns, indexes and constraints. At the end every invariant is checked.
"""

import asyncio
import logging
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
from rich.console import Console
from rich.progress import Progress

from benchmarks.growth import LOADING
from benchmarks.past import BASE, move_clock, multiply
from benchmarks.stage import LIST_PRICE_MINOR, Shopper, Stage, rounded, stage
from tuan.goods import catalog, supply
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import granted
from tuan.launch import Say
from tuan.main import open_relay
from tuan.people import parties
from tuan.platform import audit, invariants
from tuan.platform.embedded import DATABASE, OWNER
from tuan.platform.gateways.payment import Charge
from tuan.platform.sweeps import Sweep, sweeps
from tuan.platform.telemetry import set_up_logs
from tuan.trade import orders, payments
from tuan.trade.orders.model import PlaceOrder
from tuan.trade.payments import StartAttempt

LINES_PER_ORDER = 5
SUPPLIERS = 50
UNITS = 1_000_000

KINDS = "('supplier_share', 'platform_fee', 'tax_withheld')"
TWINS_SQL = (
    "CREATE SCHEMA twin; "
    "CREATE TABLE twin.claims (LIKE settlement.claims INCLUDING ALL); "
    "ALTER TABLE twin.claims ADD FOREIGN KEY (market_id, order_id, line_number) "
    "REFERENCES orders.lines (market_id, order_id, number); "
    "CREATE TABLE twin.transfers (LIKE ledger.transfers INCLUDING ALL)"
)
AGAIN_SQL = (
    "INSERT INTO twin.claims SELECT * FROM settlement.claims",
    f"INSERT INTO twin.transfers SELECT * FROM ledger.transfers WHERE kind IN {KINDS}",
)
SAME_SQL = (
    "SELECT (SELECT count(*) FROM twin.claims) AS claims, (SELECT count(*) FROM twin.transfers) AS transfers, "
    "(SELECT count(*) FROM settlement.claims) AS settled"
)


async def run(*, say: Say, lines: int) -> dict[str, Any]:
    """Lines per second of both, and what the invariants say afterwards."""
    set_up_logs(as_json=False, level=logging.WARNING)
    async with stage(say, settings=LOADING) as here:
        await _live_through(here, await here.shoppers(BASE))
        copies = max(1, lines // (BASE * LINES_PER_ORDER)) - 1
        say("loading")
        await multiply(here, DATABASE, copies, lambda _: None)
        async with open_relay(here.house) as relay:
            while await relay.hand_up():
                pass
        say("gathering statistics")
        await here.gather_statistics()  # as autovacuum would have, of orders that came in over days
        await move_clock(here, DATABASE, timedelta(days=8))
        settled, seconds = await _settle(here, (copies + 1) * BASE)
        again = await _insert_again(here, settled * LINES_PER_ORDER)
        async with here.work() as work:
            while await audit.seal(work):
                pass
            broken = {name: found[:3] for name, found in (await invariants.breaches(work)).items() if found}
    count = settled * LINES_PER_ORDER
    return rounded(
        {
            "lines": count,
            "seconds": seconds,
            "lines_per_second": count / seconds,
            "insert_per_second": count / again,
            "ratio_insert": again / seconds,
            "breaches": broken,
        }
    )


async def _live_through(here: Stage, people: list[Shopper]) -> None:
    """An order of five lines for each of these people, from placing until it is in his hands."""
    baskets = await _baskets(here)
    commands = [
        PlaceOrder(
            who.person, new_uuid().hex, tuple((sku, 1) for sku in baskets[n % len(baskets)][1]), who.address, None
        )
        for n, who in enumerate(people)
    ]
    async with here.work() as work:
        placed = [granted(outcome) for outcome in await orders.place_orders(work, commands)]
    pay = here.house.sandbox
    starts = [
        StartAttempt(who.person, new_uuid().hex, one.payable, pay.name, pay.merchant, pay.app)
        for who, one in zip(people, placed, strict=True)
    ]
    async with here.work() as work:
        attempts = [granted(outcome) for outcome in await payments.start_attempts(work, starts)]
    charges = [Charge(here.market, one, LINES_PER_ORDER * LIST_PRICE_MINOR, "CNY") for one in attempts]
    await pay.start(charges)
    notices = await pay.decide(charges, pay=True)
    async with here.work() as work:
        await orders.apply_notices(work, notices)
    for n, (who, one) in enumerate(zip(people, placed, strict=True)):
        async with here.work() as work:
            (order,) = one.orders
            supplier = baskets[n % len(baskets)][0]
            assert await orders.ship(work, order, supplier, carrier="SF", tracking="SF1") is None
        async with here.work() as work:
            assert await orders.confirm_receipt(work, order, who.person) is None


async def _baskets(here: Stage) -> list[tuple[UUID, list[UUID]]]:
    """Suppliers with five goods each."""
    made = []
    async with here.work() as work:
        category = await catalog.add_category(work, "fruit", "水果", 1)
        owner = (await here.shoppers(1))[0].person
        for number in range(SUPPLIERS):
            supplier = await parties.admit_supplier(
                work, f"果园 {number}", owner, promise="48 小时", reason="benchmark"
            )
            options = [(f"{n} kg", LIST_PRICE_MINOR) for n in range(1, LINES_PER_ORDER + 1)]
            new = catalog.NewProduct(supplier, category, "脐橙", "现摘", ["goods/navel-orange.svg"], options, "shipped")
            ((_, skus),) = granted(await catalog.list_products(work, [new]))
            assert await supply.receive(work, dict.fromkeys(skus, UNITS), reason="benchmark") is None
            made.append((supplier, list(skus)))
    return made


async def _settle(here: Stage, orders_there: int) -> tuple[int, float]:
    """Orders settled, and how long the hands of the sweep took for all of them."""
    began = time.perf_counter()
    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("settling", total=orders_there)

        async def sweep(hand: Sweep) -> int:
            settled = 0
            while True:
                async with here.work() as work:
                    done = await hand(work)
                if not done:
                    return settled
                settled += done
                progress.update(bar, advance=done)

        counts = await asyncio.gather(*map(sweep, sweeps["trade.settlement.settle_due"].hands))
    return sum(counts), time.perf_counter() - began


async def _insert_again(here: Stage, lines: int) -> float:
    """Seconds for the same rows by one statement per table."""
    owner = await asyncpg.connect(here.server.dsn(OWNER))
    try:
        await owner.execute(TWINS_SQL)
        began = time.perf_counter()
        for sql in AGAIN_SQL:
            await owner.execute(sql)
        seconds = time.perf_counter() - began
        row = await owner.fetchrow(SAME_SQL)
        assert row["claims"] == row["settled"] == lines and row["transfers"] > 0, dict(row)
        await owner.execute("DROP SCHEMA twin CASCADE")
    finally:
        await owner.close()
    return seconds
