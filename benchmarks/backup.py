"""How long a backup, its verification and its restoring take, by the number of past orders.

./tuan bench backup --orders 100000
"""

import logging
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.growth import LOADING
from benchmarks.past import BASE, live_through, multiply
from benchmarks.stage import rounded, stage
from tuan import backups
from tuan.launch import Say
from tuan.main import open_relay
from tuan.platform.embedded import DATABASE
from tuan.platform.telemetry import set_up_logs


async def run(*, say: Say, orders: int) -> dict[str, Any]:
    """Seconds and bytes; the restored one has as many rows, and everything in it adds up."""
    set_up_logs(as_json=False, level=logging.WARNING)
    async with stage(say, settings=LOADING) as here:
        (goods,) = await here.goods(1, team_seconds=3600, pay_seconds=600, days=365)
        await live_through(here, DATABASE, goods, await here.shoppers(BASE))
        await multiply(here, DATABASE, max(1, orders // BASE - 1), lambda _: None)
        async with open_relay(here.house) as relay:
            while await relay.hand_up():
                pass
        async with here.work() as work:
            count = await work.fetch_value("SELECT count(*) FROM orders.orders WHERE market_id = $1")
            size = await work.connection.fetchval("SELECT pg_database_size(current_database())")
        with tempfile.TemporaryDirectory(prefix="tuan-bench-") as folder:
            kept, fresh = Path(folder, "kept"), Path(folder, "data")
            say("taking")
            taken = await backups.take(kept, here.data, say=say)
            say("restoring")
            began = time.perf_counter()
            restored = await backups.restore(kept, fresh, say=say)
            restoring = time.perf_counter() - began
            say("verifying")
            verified = await backups.verify(kept, say=say)
    assert taken["rows"] == restored["rows"]
    return rounded(
        {
            "orders": count,
            "rows": taken["rows"],
            "database_mb": size / 10**6,
            "backup_mb": taken["bytes"] / 10**6,
            "backup_seconds": taken["seconds"],
            "restore_seconds": restoring,
            "verify_seconds": verified["seconds"],
            "adds_up": verified["ok"],
        }
    )
