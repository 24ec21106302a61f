"""All SQL that writes aftersales."""

from collections.abc import Sequence

from tuan.platform import bulk
from tuan.platform.work import Work
from tuan.trade.aftersales import tables
from tuan.trade.aftersales.model import Case

INSERT_CASES = bulk.insert(tables.cases, "order_id", "reason", "amount_minor", "opened_at")


async def save_cases(work: Work, cases: Sequence[Case]) -> None:
    """One case per order: giving back twice stops at the primary key."""
    await work.write(INSERT_CASES, cases)
