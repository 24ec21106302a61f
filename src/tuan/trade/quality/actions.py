"""Counting anew what suppliers have done."""

from tuan.platform.work import Work
from tuan.trade.aftersales.model import FAULTS, UNSAID
from tuan.trade.quality import store
from tuan.trade.quality.model import SENT_WITHIN, WINDOW


async def count(work: Work) -> None:
    """All suppliers of the market, by what stands in the books now; whoever had nothing to send has no row."""
    since = work.now - WINDOW
    await work.execute(store.COUNT_SQL, work.now, since, SENT_WITHIN, list(FAULTS), list(UNSAID))
    await work.execute(store.FORGET_SQL, work.now)
