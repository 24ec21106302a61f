"""What leaders of formed teams are promised in points, followed as their own orders go their way."""

from collections.abc import Collection
from uuid import UUID

from tuan.platform.work import Work
from tuan.play.groupbuy import store
from tuan.trade import orders
from tuan.trade.orders.model import OrderState
from tuan.value import points


async def follow_leaders(work: Work, *, some: Collection[UUID] = (), teams: Collection[UUID] = ()) -> None:
    """Of these orders, or of these teams: whoever leads a team that formed is promised its campaign's points, once and whatever
    the number that came, has them when his own order is kept, and loses them when all of its goods or all of its money went back."""
    led = {row["order_id"]: row for row in await work.fetch(store.LED_SQL, list(some), list(teams))}
    if not led:
        return
    await points.follow_leaders(work, [
        points.Led(row["id"], row["person_id"], led[row["id"]]["points"],
                   led[row["id"]]["is_returned"] or 0 < row["total_minor"] <= row["refunded_minor"],
                   row["state"] == OrderState.COMPLETED)
        for row in await orders.sums_of(work, led.keys())
    ])  # fmt: skip
