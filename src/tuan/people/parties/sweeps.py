"""What falls due for parties: each day of a market, who invited whom is counted as the law counts it."""

from tuan.people.parties import actions
from tuan.platform.sweeps import every
from tuan.platform.work import Work


@every(seconds=600, due="SELECT id AS market_id FROM platform.markets")
async def count_chains(work: Work) -> int:
    """Once a day of the market."""
    return await actions.count_chains(work)
