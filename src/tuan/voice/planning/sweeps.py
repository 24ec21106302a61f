"""The worker plays simulations."""

from tuan.platform.sweeps import every
from tuan.platform.work import Work
from tuan.voice.planning import actions


@every(seconds=1, due="SELECT DISTINCT market_id FROM planning.jobs WHERE state = 'due'")
async def go_on(work: Work) -> int:
    """A step is a transaction: whoever stops the worker in between loses nothing and plays nothing twice."""
    return await actions.go_on(work)
