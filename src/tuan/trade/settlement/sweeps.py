"""What falls due for settlement: kept orders are shared out."""

from tuan.platform.sweeps import Hand, every_by
from tuan.platform.work import Work
from tuan.trade.settlement import actions

ORDERS_PER_SWEEP_MAX = 2000
HANDS = 2


@every_by(
    HANDS,
    seconds=60,
    due="SELECT DISTINCT o.market_id FROM orders.orders o JOIN platform.markets m ON m.id = o.market_id "
    "WHERE o.state = 'received' AND o.received_at <= clock_timestamp() + m.clock_offset - interval '7 days'",
)
async def settle_due(work: Work, *, hand: Hand) -> int:
    return await actions.settle_due(work, limit=ORDERS_PER_SWEEP_MAX, hand=hand)
