"""What is watched of compliance: how many alarms ring, for whoever reads the metrics."""

from tuan.people.compliance import queries
from tuan.platform.sweeps import every
from tuan.platform.telemetry import LAW_ALARMS
from tuan.platform.work import Work


@every(seconds=60, due="SELECT id AS market_id FROM platform.markets")
async def count_ringing(work: Work) -> int:
    """Counted anew each time, so that a process that has just begun knows it too; it changes nothing."""
    LAW_ALARMS.labels(str(work.market.id)).set(len(await queries.ringing(work)))
    return 0
