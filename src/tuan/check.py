"""`tuan check`: every registered invariant of every market on the live database."""

import sys
from pathlib import Path
from typing import Any

import msgspec

from tuan.launch import Say, stand_on
from tuan.main import load_modules
from tuan.platform import invariants, markets
from tuan.platform.database import BY_SET, open_pool
from tuan.platform.embedded import APP
from tuan.platform.outbox import flush
from tuan.platform.work import SYSTEM, MarketId, open_work

INSTALLED_SQL = "SELECT to_regclass('platform.markets') IS NOT NULL"


async def check(data: Path, *, as_json: bool, say: Say) -> bool:
    """Print a table (or one JSON object); True if anything does not hold."""
    with stand_on(data, say=say, development=True) as ground:
        found = await look_into(ground.url(APP))
    broken = any(lines for market in found for lines in market["breaches"].values())
    if as_json:
        result = {"ok": not broken, "markets": found}
        sys.stdout.write(msgspec.json.encode(result).decode() + "\n")
    else:
        print_table(found)
    return broken


async def look_into(url: str) -> list[dict[str, Any]]:
    """Every market of a database, as the app's role: {"market": its host, "breaches": {invariant: lines}}."""
    load_modules()
    pool = await open_pool(url, least=1, most=2, name="check", plans=BY_SET)
    try:
        if not await pool.fetchval(INSTALLED_SQL):
            return []
        return [await _check_market(pool, row) for row in await markets.everything(pool)]
    finally:
        pool.terminate()


async def _check_market(pool: Any, row: Any) -> dict[str, Any]:
    async with open_work(pool, MarketId(row["id"]), SYSTEM, flush=flush, read_only=True) as work:
        return {"market": row["host"], "breaches": await invariants.breaches(work)}


def print_table(found: list[dict[str, Any]]) -> None:
    """One table per market."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    for market in found:
        table = Table("invariant", "holds", title=f"market {market['market']}", title_justify="left")
        for name, lines in market["breaches"].items():
            table.add_row(name, "[green]yes[/]" if not lines else f"[red]no: {', '.join(lines[:3])}[/]")
        console.print(table)
    if not found:
        console.print("There is no market yet, so nothing can be wrong.")
