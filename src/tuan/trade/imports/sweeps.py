"""The worker reads files and brings in their lines; what has served is forgotten."""

from datetime import timedelta

from tuan.platform.sweeps import every
from tuan.platform.work import Work
from tuan.trade.imports import actions

KEPT = timedelta(days=30)
"""So long a file and its lines are kept, for whoever asks what came of them."""
FORGOTTEN_PER_ROUND_MAX = 50


@every(seconds=1, due="SELECT DISTINCT market_id FROM imports.jobs WHERE state IN ('uploaded', 'running')")
async def go_on(work: Work) -> int:
    """A step is a transaction: whoever stops the worker in between loses nothing and does nothing twice."""
    return await actions.go_on(work)


@every(seconds=3600, due="SELECT id AS market_id FROM platform.markets")
async def forget_old(work: Work) -> int:
    return await actions.forget_old(work, work.now - KEPT, limit=FORGOTTEN_PER_ROUND_MAX)
