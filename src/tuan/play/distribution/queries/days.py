"""Reads of a shop's day: what happened to its commissions in a stretch of time."""

from typing import Any
from uuid import UUID

from tuan.kit.pages import PAGE_SIZE, Page, decode_key, page_of
from tuan.kit.time import Instant
from tuan.platform.work import Work
from tuan.play.distribution.queries.commissions import Earnings

LAST = UUID(int=2**128 - 1)

TOUCHED_SQL = (
    "SELECT id FROM distribution.commissions WHERE market_id = $1 AND shop_id = $2 AND accrued_at >= $3 AND accrued_at < $4 UNION "
    "SELECT id FROM distribution.commissions WHERE market_id = $1 AND shop_id = $2 AND ended_at >= $3 AND ended_at < $4 UNION "
    "SELECT l.commission_id FROM distribution.lowerings l JOIN distribution.commissions c ON c.market_id = l.market_id "
    "AND c.id = l.commission_id WHERE l.market_id = $1 AND c.shop_id = $2 AND l.at >= $3 AND l.at < $4"
)
"""What happened to a shop's commissions in a stretch of time: promised, become its own or void, lowered."""
DAY_SUMS_SQL = (
    "SELECT count(*) AS lines, coalesce(sum(c.kept_minor) FILTER (WHERE c.state = 'pending' AND c.accrued_at >= $3), 0)::bigint AS pending, "
    "coalesce(sum(c.kept_minor) FILTER (WHERE c.state = 'held' AND c.accrued_at >= $3), 0)::bigint AS held, "
    "coalesce(sum(c.kept_minor) FILTER (WHERE c.state = 'matured' AND c.ended_at >= $3 AND c.ended_at < $4), 0)::bigint AS matured, "
    "coalesce(sum((SELECT sum(l.amount_minor) FROM distribution.lowerings l WHERE l.market_id = c.market_id AND l.commission_id = c.id "
    "AND l.at >= $3 AND l.at < $4)), 0)::bigint AS lowered FROM distribution.commissions c WHERE c.market_id = $1 "
    f"AND c.id IN ({TOUCHED_SQL})"
)
DAY_SQL = (
    "SELECT c.id, c.order_id, c.line_number, c.depth, c.amount_minor, c.kept_minor, c.state, c.held_for, c.accrued_at, c.matures_at, "
    "c.ended_at, c.appeal, c.appealed_at, c.answer, x.title, x.options, x.units, (SELECT coalesce(jsonb_agg(jsonb_build_object("
    "'amount_minor', l.amount_minor, 'why', l.why) ORDER BY l.at, l.id), '[]') FROM distribution.lowerings l "
    "WHERE l.market_id = c.market_id AND l.commission_id = c.id) AS lowerings FROM distribution.commissions c JOIN orders.lines x "
    "ON x.market_id = c.market_id AND x.order_id = c.order_id AND x.number = c.line_number WHERE c.market_id = $1 "
    f"AND c.id IN ({TOUCHED_SQL}) AND c.id < $5 ORDER BY c.id DESC LIMIT $6"
)


async def day_sums(work: Work, shop: UUID, since: Instant, until: Instant) -> Earnings:
    """What a shop's day came to, since ≤ t < until: promised in it and still pending or held, become its own in it, gone back in it."""
    row = await work.fetch_one(DAY_SUMS_SQL, shop, since, until)
    assert row is not None
    return Earnings(**row)


async def day_of_shop(
    work: Work, shop: UUID, since: Instant, until: Instant, *, after: str | None = None, size: int = PAGE_SIZE
) -> Page[Any]:
    """Each commission that something happened to in this time, as rows of `commissions` with their `lowerings`, the newest first."""
    (last,) = decode_key(after, tuple[UUID]) or (LAST,)
    rows = await work.fetch(DAY_SQL, shop, since, until, last, size + 1)
    return page_of(rows, size, lambda row: (row["id"],))
