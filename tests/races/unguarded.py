"""A server whose stock nobody guards: the control of the crowd's race has to be able to lose.

    python -m tests.races.unguarded serve --development --port N

It reads the stock without locking it, and takes a moment before it decides, as a busy day would make it do.
"""

import asyncio
from typing import Any

from tuan.cli import app
from tuan.goods.supply import store
from tuan.platform.work import Work

HESITATES_SECONDS = 0.05


def take_guard_off() -> None:
    bare = store.LOCK_STOCK_SQL.replace(" FOR UPDATE", "")
    assert bare != store.LOCK_STOCK_SQL
    store.LOCK_STOCK_SQL = bare
    read_clock = Work.read_clock

    async def hesitate(work: Work) -> Any:
        await asyncio.sleep(HESITATES_SECONDS)
        return await read_clock(work)

    Work.read_clock = hesitate  # type: ignore[method-assign]


if __name__ == "__main__":
    take_guard_off()
    app()
