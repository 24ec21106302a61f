"""`tuan import orders`: a shop's invoices become orders, its cancellations refunds, to the penny.

Batches of whole invoices, each with all that ever came back of it, are one transaction each. A capture's transaction names
the invoice, the file's content and the line, and is unique in a market: an import that was killed goes on where it stopped,
and one that is run again does nothing.
"""

import asyncio
import csv
import gzip
import hashlib
import io
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from tuan.goods import catalog, supply
from tuan.goods.catalog.model import TITLE_MAX, ShelfState, SkuId
from tuan.imports.plan import Invoice, Plan, plan
from tuan.imports.retail import CURRENCY, Invoices, NotThisFile, read_invoices
from tuan.kit.refusals import granted
from tuan.launch import Child, Say, stand_on
from tuan.main import open_house
from tuan.migrations.migrate import migrate
from tuan.people import accounts, parties
from tuan.platform import markets
from tuan.platform.embedded import OWNER
from tuan.platform.gateways.payment import RefundAnswer, RefundState
from tuan.platform.house import House
from tuan.platform.outbox import flush
from tuan.platform.settings import SettingsError
from tuan.platform.telemetry import set_up_logs
from tuan.platform.work import SYSTEM, MarketId, Work, open_work
from tuan.trade import aftersales, payments, settlement
from tuan.trade.orders.model import Sale, Share

PROVIDER = "import"
LINES_PER_BATCH = 4000
REFUNDS_PER_BATCH = 2000
SETTLED_PER_BATCH = 2000
BYTES_MAX = 512 * 1024 * 1024
"""Unpacked: a file that is small and unpacks to more is a bomb, or needs to be cut into months."""
POLL_SECONDS = 0.2

SKUS_SQL = (
    "SELECT s.options, s.id FROM catalog.skus s JOIN catalog.products p ON p.market_id = s.market_id "
    "AND p.id = s.product_id WHERE s.market_id = $1 AND p.supplier_id = $2"
)
DUE_REFUNDS_SQL = (
    "SELECT r.id FROM payments.refunds r JOIN payments.captures c ON c.market_id = r.market_id AND c.id = r.capture_id "
    "WHERE r.market_id = $1 AND r.state = 'due' AND c.provider = $2 LIMIT $3"
)
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
    supplier: UUID | None = None
    skus: dict[str, SkuId] = field(default_factory=dict)
    """Stock code → SKU; the code is what its options say."""

    def uuid(self, name: str) -> UUID:
        """The same for the same name in the same file: a customer, or whoever answers for the shop."""
        return UUID(bytes=hashlib.blake2b(f"{self.content} {name}".encode(), digest_size=16).digest())

    def transaction(self, invoice: Invoice) -> str:
        first = invoice.lines[0]
        return f"{first.invoice}@{self.content}:{first.number}"

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        async with open_work(self.house.database.requests, self.market, SYSTEM, flush=flush) as work:
            yield work

    async def list_goods(self, read: Invoices, name: str) -> None:
        """The shop as a supplier, and a product per stock code, off the shelf: it was sold, and is not for sale."""
        prices = {line.code: line.price_minor for line in read.sales}
        titles = {line.code: line.title for line in read.sales if line.title}
        owner = self.uuid("owner")
        async with self.work() as work:
            self.supplier = await parties.supplier_of(work, owner)
            if self.supplier is None:
                await accounts.admit_many(work, [(owner, name)])
                self.supplier = await parties.admit_supplier(work, name, owner, promise="", reason="import")
                category = await catalog.add_category(work, f"import-{self.content}", name, 1000)
                news = [
                    catalog.NewProduct(self.supplier, category, titles.get(code, code)[:TITLE_MAX], "", [],
                                       [(code, price)], "address_later")
                    for code, price in prices.items()
                ]  # fmt: skip
                granted(await catalog.list_products(work, news, state=ShelfState.OFF))
            self.skus = {row["options"]: row["id"] for row in await work.fetch(SKUS_SQL, self.supplier)}

    async def bring_in(self, planned: Plan) -> None:
        task = self.bar.add_task("orders", total=len(planned.invoices))
        for part in batches(planned.invoices):
            await self._bring_in_part(part)
            self.bar.advance(task, len(part))

    async def _bring_in_part(self, part: Sequence[Invoice]) -> None:
        """What of it is not there yet: the goods come into the house and leave it with their orders."""
        async with self.work() as work:
            await supply.load_stock(work, {self.skus[line.code] for one in part for line in one.lines})
            spent = await payments.spent_on(work, [(PROVIDER, self.transaction(one)) for one in part])
            fresh = [one for one in part if (PROVIDER, self.transaction(one)) not in spent]
            if not fresh:
                return
            await accounts.admit_many(work, list({person: name for person, name in map(self._person, fresh)}.items()))
            units = Counter[SkuId]()
            for one in fresh:
                for line in one.lines:
                    units[self.skus[line.code]] += line.units
            granted(await supply.receive(work, units, reason="import"))
            returns = [
                aftersales.Return(place, back.at, back.units,
                                  Share(back.number, back.units if back.is_whole else 0, back.amount_minor))
                for place, one in enumerate(fresh)
                for back in one.given_back
            ]  # fmt: skip
            await aftersales.record_sales(work, [self._sale(one) for one in fresh], returns, provider=PROVIDER)

    def _person(self, invoice: Invoice) -> tuple[UUID, str]:
        """A customer by his number; whoever had none is a walk-in of this one invoice."""
        first = invoice.lines[0]
        name = f"customer {first.customer}" if first.customer else f"walk-in {first.invoice}"
        return self.uuid(name), name

    def _sale(self, invoice: Invoice) -> Sale:
        items = tuple((self.skus[line.code], line.units, line.price_minor) for line in invoice.lines)
        return Sale(self.transaction(invoice), self._person(invoice)[0], invoice.lines[0].at, items)

    async def finish_refunds(self, total: int) -> None:
        """The money went back when the shop said so; no provider needs to be asked."""
        task = self.bar.add_task("refunds", total=total)
        while True:
            async with self.work() as work:
                due = [row["id"] for row in await work.fetch(DUE_REFUNDS_SQL, PROVIDER, REFUNDS_PER_BATCH)]
                answers = [RefundAnswer(refund, RefundState.DONE, "") for refund in due]
                await payments.apply_refund_answers(work, answers)
            self.bar.advance(task, len(due))
            if not due:
                return

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


def batches(invoices: Iterable[Invoice]) -> Iterator[list[Invoice]]:
    """Whole invoices, of so many lines at a time."""
    part: list[Invoice] = []
    lines = 0
    for invoice in invoices:
        part.append(invoice)
        lines += len(invoice.lines)
        if lines >= LINES_PER_BATCH:
            yield part
            part, lines = [], 0
    if part:
        yield part


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
    return hashlib.blake2b(raw, digest_size=8).hexdigest(), read_invoices(text, datetime.now(UTC))


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
                    await one.list_goods(read, f"Import {file.name}"[:60])
                    await one.bring_in(planned)
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
