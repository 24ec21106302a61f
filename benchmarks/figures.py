"""Every report over a market with so many past orders: how long each takes, and which of its tables it reads whole.

    ./tuan bench figures --orders 200000 --json

Past orders are lived through and multiplied as `benchmarks.past` says; half of their lines are then given to a shop's link, as its
recommendation would have. Each report is read three times over twelve months; the median counts.
"""

import logging
import time
from dataclasses import dataclass
from typing import Any

import asyncpg
import msgspec
from rich.console import Console
from rich.progress import Progress

from benchmarks.past import BASE, live_through, multiply
from benchmarks.stage import median, rounded, stage
from tuan.kit.refusals import granted
from tuan.launch import Say
from tuan.people import parties, sharing
from tuan.people.sharing import MakeLink
from tuan.people.sharing.model import Target
from tuan.platform.embedded import ADMIN, DATABASE
from tuan.platform.telemetry import set_up_logs
from tuan.platform.work import Work
from tuan.voice import insight
from tuan.voice.insight.model import MONTHS_USUAL, REPORTS, Span, Viewer, span_until

ROUNDS = 3
RECOMMENDED_SQL = (
    "INSERT INTO orders.attributions (market_id, order_id, line_number, shop_id, code, how) "
    "SELECT market_id, order_id, number, $2, $3, 'link' FROM orders.lines WHERE market_id = $1 "
    "AND get_byte(uuid_send(order_id), 15) % 2 = 0"
)


@dataclass(slots=True)
class Watched:
    """A Work whose reads are explained as they are run."""

    work: Work
    plans: list[Any]

    async def fetch(self, sql: str, *args: Any) -> list[Any]:
        rows = await self.work.connection.fetch(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", self.work.market.id, *args)
        self.plans.append(msgspec.json.decode(rows[0][0])[0] if isinstance(rows[0][0], str) else rows[0][0][0])
        return await self.work.fetch(sql, *args)


async def run(*, say: Say, orders: int) -> dict[str, Any]:
    """Milliseconds of each report, the tables that it reads from end to end, and how many orders there are."""
    set_up_logs(as_json=False, level=logging.WARNING)
    progress = Progress(console=Console(stderr=True), transient=True)
    copies = max(1, orders // BASE - 1)
    async with stage(say, settings={"max_wal_size": "4GB", "checkpoint_timeout": "30min"}) as here:
        with progress:
            bar = progress.add_task("loading past orders", total=(copies + 1) * BASE)
            (goods,) = await here.goods(1, team_seconds=3600, pay_seconds=600, days=365)
            people = await here.shoppers(BASE)
            await live_through(here, DATABASE, goods, people)
            await multiply(here, DATABASE, copies, lambda done: progress.update(bar, completed=done))
            async with here.work() as work:
                shop = await parties.admit_shop(work, "bench", people[0].person, reason="bench")
                code = granted(await sharing.make_link(work, MakeLink(people[0].person, Target("shop", shop), "web")))
            admin = await asyncpg.connect(here.server.dsn(ADMIN, DATABASE))
            try:
                await admin.execute(RECOMMENDED_SQL, here.market, shop, code)
                await admin.execute("VACUUM (ANALYZE)")
            finally:
                await admin.close()
            async with here.work() as work:
                count = await work.fetch_value("SELECT count(*) FROM orders.orders WHERE market_id = $1")
                span = span_until(work.now, work.market.time_zone, MONTHS_USUAL)
                viewers = {"market": Viewer(), "supplier": Viewer(supplier=goods.supplier), "shop": Viewer(shop=shop)}
                found = {
                    f"{whom} {name}": await _measured(work, name, span, viewer)
                    for whom, viewer in viewers.items()
                    for name, report in REPORTS.items()
                    if viewer.whom in report.whom
                }
    return {"orders": count, "reports": found}


async def _measured(work: Work, name: str, span: Span, viewer: Viewer) -> dict[str, Any]:
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        rows = await insight.read_report(work, name, span, viewer)
        seconds.append(time.perf_counter() - began)
    watched = Watched(work, [])
    await insight.read_report(watched, name, span, viewer)  # type: ignore[arg-type]
    scans = sorted({one for plan in watched.plans for one in _read_whole(plan["Plan"])})
    return rounded({"ms": median(seconds) * 1000, "rows": len(rows), "reads_whole": scans})


def _read_whole(node: dict[str, Any]) -> list[str]:
    """The tables below this node of a plan that are read from end to end."""
    mine = [node["Relation Name"]] if node["Node Type"] == "Seq Scan" else []
    return mine + [name for part in node.get("Plans", ()) for name in _read_whole(part)]
