"""`tuan import orders`: a shop's invoices become orders, its cancellations refunds, to the penny.

Batches of whole invoices, each with all that ever came back of it, are one transaction each; what was brought in already is
passed over. An import that was killed goes on where it stopped, and one that is run again does nothing.
"""

import asyncio
import csv
import gzip
import io
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from tuan.launch import Child, Say, stand_on
from tuan.main import open_house
from tuan.migrations.migrate import migrate
from tuan.platform import markets
from tuan.platform.embedded import OWNER
from tuan.platform.house import House
from tuan.platform.outbox import flush
from tuan.platform.settings import SettingsError
from tuan.platform.telemetry import set_up_logs
from tuan.platform.work import SYSTEM, MarketId, Work, open_work
from tuan.trade import settlement
from tuan.trade.imports import (
    PROVIDER,
    batches,
    bring_in_invoices,
    digest_of,
    finish_refunds,
    list_shop,
)
from tuan.trade.imports.model import CURRENCY, Invoices, NotThisFile, Plan, plan, read_invoices

LINES_PER_BATCH = 4000
REFUNDS_PER_BATCH = 2000
SETTLED_PER_BATCH = 2000
BYTES_MAX = 512 * 1024 * 1024
"""Unpacked: a file that is small and unpacks to more is a bomb, or needs to be cut into months."""
POLL_SECONDS = 0.2

WAITING_SQL = (
    "SELECT (SELECT count(*) FROM outbox.pending WHERE market_id = $1 AND parked_at IS NULL) "
    "+ (SELECT count(*) FROM audit.unsealed WHERE market_id = $1)"
)
SUMMARY_SQL = (
    "SELECT count(*) AS orders, coalesce(sum(c.amount_minor), 0)::bigint AS sales_minor, "
    "coalesce(sum(c.refunded_minor), 0)::bigint AS refunded_minor, (SELECT coalesce(abs(sum(balance)), 0)::bigint "
    "FROM ledger.accounts WHERE market_id = $1) AS ledger_imbalance FROM payments.captures c "
    "WHERE c.market_id = $1 AND c.provider = $2 AND c.transaction LIKE '%@' || $3 || ':%'"
)


@dataclass(slots=True)
class Import:
    """One file on its way into one market."""

    house: House
    market: MarketId
    content: str
    bar: Progress

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        async with open_work(self.house.database.requests, self.market, SYSTEM, flush=flush) as work:
            yield work

    async def bring_in(self, read: Invoices, planned: Plan, name: str) -> None:
        async with self.work() as work:
            shop = await list_shop(work, self.content, read, name)
        task = self.bar.add_task("orders", total=len(planned.invoices))
        for part in batches(planned.invoices, LINES_PER_BATCH):
            async with self.work() as work:
                await bring_in_invoices(work, shop, part)
            self.bar.advance(task, len(part))

    async def finish_refunds(self, total: int) -> None:
        """The money went back when the shop said so."""
        task = self.bar.add_task("refunds", total=total)
        done = 1
        while done:
            async with self.work() as work:
                done = await finish_refunds(work, limit=REFUNDS_PER_BATCH)
            self.bar.advance(task, done)

    async def settle(self, total: int) -> None:
        """What was kept is the shop's, by the rules of settlement."""
        task = self.bar.add_task("settled", total=total)
        while True:
            async with self.work() as work:
                done = await settlement.settle_due(work, limit=SETTLED_PER_BATCH)
            self.bar.advance(task, done)
            if not done:
                return

    async def until_quiet(self) -> None:
        """Until a worker has delivered every fact and sealed every audit entry."""
        task = self.bar.add_task("facts", total=None)
        most = 0
        while True:
            async with self.work() as work:
                left: int = await work.fetch_value(WAITING_SQL)
            most = max(most, left)
            self.bar.update(task, total=most or 1, completed=most - left or 1)
            if not left:
                return
            await asyncio.sleep(POLL_SECONDS)


def read_file(file: Path) -> tuple[str, Invoices]:
    """The hash of the content, and its lines. Raises NotThisFile; FileNotFoundError where there is none."""
    if not file.exists():
        raise FileNotFoundError(f"There is no file {file}.")
    opener = gzip.open if file.suffix == ".gz" else open
    try:
        with opener(file, "rb") as stream:
            raw = stream.read(BYTES_MAX + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise NotThisFile(f"{file} cannot be read: {error}.") from error
    if len(raw) > BYTES_MAX:
        raise NotThisFile(f"{file} is larger than {BYTES_MAX // 2**20} MB; cut it into parts.")
    text = io.TextIOWrapper(io.BytesIO(raw), "utf-8-sig", newline="")
    return digest_of(raw), read_invoices(text, datetime.now(UTC))


def write_report(file: Path, read: Invoices, planned: Plan) -> None:
    """A line per line that was left out and per cancellation that is not given back in full, with its reason."""
    with file.open("w", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(("line", "invoice", "stock_code", "reason", "left_minor"))
        rows = [(x.number, x.invoice, x.code, x.reason, "") for x in read.refused]
        rows += [
            (x.line.number, x.line.invoice, x.line.code, "no_earlier_sale", str(x.left_minor)) for x in planned.rests
        ]
        out.writerows(sorted(rows))


def summary_of(read: Invoices, planned: Plan) -> dict[str, int]:
    """What an import of this ends with; by the file alone, nothing is booked yet."""
    return {
        "lines": read.lines,
        "orders": len(planned.invoices),
        "sales_minor": sum(one.total_minor for one in planned.invoices),
        "cancellation_minor": -sum(line.amount_minor for line in read.cancellations),
        "refunds": planned.refunds,
        "remainder": len(planned.rests),
        "refused_lines": len(read.refused),
        "ledger_imbalance": 0,
    }


async def import_orders(
    file: Path, data: Path, *, host: str, is_dry: bool, report: Path | None, say: Say
) -> dict[str, int]:
    """Import a file into the market of this host, or, where it is empty, into one of its own. What the books say then.

    Raises SettingsError where there is no such market or it has another currency, NotThisFile, FileNotFoundError.
    """
    set_up_logs(as_json=False)
    content, read = read_file(file)
    planned = plan(read)
    if report is not None:
        write_report(report, read, planned)
    if is_dry:
        return summary_of(read, planned)
    with stand_on(data, say=say, development=True) as ground:
        await migrate(ground.url(OWNER))
        market = await _market(ground.url(OWNER), content, host)
        worker = Child("worker", "--development", "--data", str(data))
        stop = asyncio.Event()
        beside = [asyncio.create_task(ground.guard())]
        try:
            async with open_house(ground.settings, requests=2, lanes=1) as house:
                with _bar() as bar:
                    one = Import(house, market, content, bar)
                    await one.bring_in(read, planned, f"Import {file.name}"[:60])
                    await one.finish_refunds(sum(len(x.given_back) for x in planned.invoices))
                    await one.settle(len(planned.invoices))
                    beside.append(asyncio.create_task(worker.keep(stop, say)))
                    await one.until_quiet()
                    return await _summary(one, read, planned)
        finally:
            stop.set()
            beside[0].cancel()
            await asyncio.gather(*beside[1:])


async def _summary(one: Import, read: Invoices, planned: Plan) -> dict[str, int]:
    """As the database has it; raises RuntimeError where that is not what the file says."""
    async with one.work() as work:
        booked = dict(await work.fetch_one(SUMMARY_SQL, PROVIDER, one.content) or {})
    if booked.pop("refunded_minor") != planned.refunded_minor:
        raise RuntimeError("what was given back is not what the file gives back")
    return {**summary_of(read, planned), **booked}


async def _market(url: str, content: str, host: str) -> MarketId:
    owner = await asyncpg.connect(url)
    try:
        if not host:
            return await markets.make(owner, name="Import", host=f"import-{content}", kind="replay", currency=CURRENCY,
                                      time_zone="UTC")  # fmt: skip
        found = await owner.fetchrow(markets.FIND_SQL, host)
    finally:
        await owner.close()
    if found is None:
        raise SettingsError(f"There is no market {host}.")
    if found["currency"] != CURRENCY:
        raise SettingsError(f"The file is in {CURRENCY}, and the market {host} has {found['currency']}.")
    return MarketId(found["id"])


def _bar() -> Progress:
    columns = (TextColumn("{task.description:>20}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
               TimeRemainingColumn())  # fmt: skip
    return Progress(*columns, console=Console(stderr=True))
