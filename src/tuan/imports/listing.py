"""`tuan import goods` and `tuan export`: prices and stock of a market as a table, there and back.

Every line names what shall be, not what shall happen: an import that was killed or is run again changes nothing twice.
"""

import csv
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from tuan.launch import Say, stand_on
from tuan.main import open_house
from tuan.migrations.migrate import migrate
from tuan.platform import markets
from tuan.platform.embedded import OWNER
from tuan.platform.house import House
from tuan.platform.outbox import flush
from tuan.platform.settings import SettingsError
from tuan.platform.sheets import SheetError, read_sheet, write_csv, write_workbook
from tuan.platform.telemetry import set_up_logs
from tuan.platform.work import SYSTEM, MarketId, Work, open_work
from tuan.trade.imports import bring_in, read_market
from tuan.trade.imports.model import (
    GOODS_COLUMNS,
    Change,
    Market,
    NotThisFile,
    RefusedLine,
    are_columns,
    judge,
    to_rows,
)

LINES_PER_BATCH = 100
REASON = "import"


@dataclass(frozen=True, slots=True)
class _Door:
    """A market that is open for one command."""

    house: House
    market: MarketId

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        async with open_work(self.house.database.requests, self.market, SYSTEM, flush=flush) as work:
            yield work


async def import_goods(
    file: Path, data: Path, *, host: str, is_dry: bool, report: Path | None, say: Say
) -> dict[str, int]:
    """Prices and stock as the file says, new goods as drafts. How many lines did what.

    Raises SettingsError where there is no such market, NotThisFile, FileNotFoundError.
    """
    rows = _read(file)

    async def act(door: _Door) -> dict[str, int]:
        async with door.work() as work:
            market = await read_market(work)
        lines = judge(rows, market)
        refused = [line for line in lines if isinstance(line, RefusedLine)]
        changes = [line for line in lines if isinstance(line, Change) and not line.is_nothing]
        if not is_dry:
            refused += await _bring_in_all(door, changes, market)
        if report is not None:
            _write_report(report, refused, changes)
        late = {one.number for one in refused}
        done = [change for change in changes if change.number not in late]
        return {
            "lines": len(lines),
            "new": sum(change.good is None for change in done),
            "changed": sum(change.good is not None for change in done),
            "unchanged": len(lines) - len(done) - len(late),
            "refused_lines": len(refused),
        }

    return await _in_market(data, host, act, say=say)


async def _bring_in_all(door: _Door, changes: Sequence[Change], market: Market) -> list[RefusedLine]:
    refused: list[RefusedLine] = []
    products = {(good.supplier, good.title): good.product for good in market.goods}
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("lines", total=len(changes))
        for start in range(0, len(changes), LINES_PER_BATCH):
            part = changes[start : start + LINES_PER_BATCH]
            async with door.work() as work:
                refused += await bring_in(work, part, products, reason=REASON)
            bar.advance(task, len(part))
    return refused


async def export_goods(file: Path, data: Path, *, host: str, say: Say) -> dict[str, int]:
    """Every SKU that is sold, as the table that `import_goods` reads: a workbook where the name ends in .xlsx, else CSV."""

    async def act(door: _Door) -> dict[str, int]:
        async with door.work() as work:
            rows = to_rows(await read_market(work))
        file.write_bytes(write_workbook(rows) if file.suffix.lower() == ".xlsx" else write_csv(rows))
        return {"lines": len(rows) - 1}

    return await _in_market(data, host, act, say=say)


def _read(file: Path) -> list[list[str]]:
    if not file.exists():
        raise FileNotFoundError(f"There is no file {file}.")
    try:
        rows = read_sheet(file.read_bytes())
    except SheetError as error:
        raise NotThisFile(f"{file}: {error}") from error
    if not are_columns(rows[0] if rows else (), GOODS_COLUMNS):
        raise NotThisFile(f"{file}: the first line must name the columns {','.join(GOODS_COLUMNS)}.")
    return rows


def _write_report(file: Path, refused: Sequence[RefusedLine], changes: Sequence[Change]) -> None:
    """A line per line that was left out, and per line that changes something, with both values."""
    late = {one.number for one in refused}
    with file.open("w", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(("line", "reason", "price_minor_before", "price_minor", "on_hand_before", "on_hand"))
        rows: list[tuple[int, str, object, object, object, object]] = [
            (one.number, one.reason, "", "", "", "") for one in refused
        ]
        rows += [
            (
                c.number,
                "",
                c.good.price_minor if c.good else "",
                c.price_minor,
                c.good.on_hand if c.good else "",
                c.on_hand,
            )
            for c in changes
            if c.number not in late
        ]
        rows.sort(key=lambda row: row[0])
        out.writerows(rows)


async def _in_market(
    data: Path, host: str, act: Callable[[_Door], Awaitable[dict[str, int]]], *, say: Say
) -> dict[str, int]:
    set_up_logs(as_json=False)
    with stand_on(data, say=say, development=True) as ground:
        await migrate(ground.url(OWNER))
        async with open_house(ground.settings, requests=2, lanes=1) as house:
            found = await markets.find(house.database.requests, host)
            if found is None:
                raise SettingsError(f"There is no market {host}.")
            return await act(_Door(house, MarketId(found["id"])))
