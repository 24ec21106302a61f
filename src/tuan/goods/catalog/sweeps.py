"""What the catalog catches up on: words of products that this release has not written."""

from tuan.goods.catalog import actions
from tuan.platform.sweeps import every
from tuan.platform.work import Work

PER_SWEEP_MAX = 500


@every(
    seconds=10,
    due="SELECT DISTINCT market_id FROM catalog.products WHERE searched_title IS DISTINCT FROM title",
)
async def write_words(work: Work) -> int:
    return await actions.write_words(work, limit=PER_SWEEP_MAX)
