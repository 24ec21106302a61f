"""What falls due for invoices."""

from tuan.platform.sweeps import every
from tuan.platform.work import Work
from tuan.trade.invoices import actions


@every(seconds=3600, due="SELECT id AS market_id FROM platform.markets")
async def forget_due(work: Work) -> int:
    return await actions.forget_due(work)
