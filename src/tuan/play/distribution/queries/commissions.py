"""Reads of commissions: what shops earned, what they were not paid, and why."""

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tuan.kit.pages import Page
from tuan.kit.refusals import NotFound, Refused
from tuan.kit.time import Instant
from tuan.people.compliance.model import Pay
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.schema import metadata
from tuan.platform.work import Work
from tuan.play.distribution import tables
from tuan.play.distribution.model import CommissionState

NEWEST = Wanted()

PROMISED_BETWEEN_SQL = (
    "SELECT coalesce(sum(c.kept_minor), 0)::bigint AS all_minor, coalesce(sum(c.kept_minor) FILTER (WHERE NOT EXISTS (SELECT "
    "FROM parties.shops s WHERE s.market_id = o.market_id AND s.owner_id = o.person_id)), 0)::bigint AS retail_minor, "
    "coalesce(sum(c.kept_minor) FILTER (WHERE l.order_id IS NULL), 0)::bigint AS recruits_minor "
    "FROM distribution.commissions c LEFT JOIN orders.orders o ON o.market_id = c.market_id AND o.id = c.order_id "
    "LEFT JOIN orders.lines l ON l.market_id = c.market_id AND l.order_id = c.order_id AND l.number = c.line_number "
    "WHERE c.market_id = $1 AND c.accrued_at >= $2 AND c.accrued_at < $3"
)
"""What stems from nobody's goods is for recruits; the foreign key lets there be none."""
PAID_BY_MONTH_SQL = (
    "SELECT p.month, p.shop_id, coalesce(sum(p.paid) FILTER (WHERE p.depth = 1), 0)::bigint AS own_minor, "
    "coalesce(sum(p.paid) FILTER (WHERE p.depth = 2), 0)::bigint AS invited_minor, "
    "coalesce(sum(p.paid) FILTER (WHERE p.depth IS NULL), 0)::bigint AS recruits_minor, sum(p.paid)::bigint AS paid_minor, "
    "sum(p.back)::bigint AS back_minor FROM ("
    "SELECT date_trunc('month', t.at AT TIME ZONE $4::text)::date AS month, split_part(t.to_code, ':', 2)::uuid AS shop_id, c.depth, "
    "t.amount AS paid, 0 AS back FROM ledger.transfers t LEFT JOIN (distribution.commissions c JOIN orders.lines l "
    "ON l.market_id = c.market_id AND l.order_id = c.order_id AND l.number = c.line_number) ON c.market_id = t.market_id "
    "AND c.id = t.about AND t.kind = 'commission_matured' WHERE t.market_id = $1 AND t.at >= $2 AND t.at < $3 "
    "AND t.to_code LIKE 'shop:%:payable' AND t.kind NOT LIKE 'withdrawal%' UNION ALL "
    "SELECT date_trunc('month', t.at AT TIME ZONE $4::text)::date, split_part(t.from_code, ':', 2)::uuid, 0, 0, t.amount "
    "FROM ledger.transfers t WHERE t.market_id = $1 AND t.at >= $2 AND t.at < $3 "
    "AND t.kind IN ('commission_back', 'commission_back_owed')) p GROUP BY p.month, p.shop_id ORDER BY p.month, p.shop_id"
)
"""From the ledger, so that whatever a shop could claim is told: what is of no line of goods counts as pay for recruits."""
LOWERINGS_SQL = (
    "SELECT id, commission_id, amount_minor, debt_minor, why, at FROM distribution.lowerings WHERE market_id = $1 "
    "AND commission_id = ANY($2::uuid[]) ORDER BY at, id"
)
BEHIND_SQL = (
    "SELECT w.id AS about, c.order_id FROM distribution.lowerings w JOIN distribution.commissions c ON c.market_id = w.market_id "
    "AND c.id = w.commission_id WHERE w.market_id = $1 AND w.id = ANY($2::uuid[]) UNION ALL "
    "SELECT id, order_id FROM distribution.commissions WHERE market_id = $1 AND id = ANY($2::uuid[])"
)
SUMS_SQL = (
    "SELECT count(*) AS lines, coalesce(sum(kept_minor) FILTER (WHERE state = 'pending'), 0)::bigint AS pending, "
    "coalesce(sum(kept_minor) FILTER (WHERE state = 'held'), 0)::bigint AS held, "
    "coalesce(sum(kept_minor) FILTER (WHERE state = 'matured'), 0)::bigint AS matured, "
    "coalesce(sum(amount_minor - kept_minor), 0)::bigint AS lowered FROM distribution.commissions "
    "WHERE market_id = $1 AND shop_id = $2 AND accrued_at >= $3 AND accrued_at < $4"
)
MATURED_SQL = (
    "SELECT coalesce(sum(t.amount), 0)::bigint FROM distribution.commissions c JOIN ledger.transfers t ON t.market_id = c.market_id "
    "AND t.kind = 'commission_matured' AND t.about = c.id WHERE c.market_id = $1 AND c.shop_id = $2 AND c.ended_at >= $3 AND c.ended_at < $4"
)
BACK_SQL = (
    "SELECT coalesce(sum(l.amount_minor), 0)::bigint AS back, coalesce(sum(l.debt_minor), 0)::bigint AS debt "
    "FROM distribution.commissions c JOIN distribution.lowerings l ON l.market_id = c.market_id AND l.commission_id = c.id "
    "WHERE c.market_id = $1 AND c.shop_id = $2 AND c.state = 'matured' AND l.at >= $3 AND l.at < $4 AND l.at > c.ended_at"
)
TOLD_SQL = (
    "SELECT c.id, c.order_id, c.line_number, c.depth, c.amount_minor, c.kept_minor, c.state, c.held_for, c.appeal, c.answer, "
    "c.accrued_at, c.ended_at FROM distribution.commissions c JOIN parties.shops s ON s.market_id = c.market_id AND s.id = c.shop_id "
    "WHERE c.market_id = $1 AND s.owner_id = $2 ORDER BY c.id"
)


@dataclass(frozen=True, slots=True)
class Earnings:
    """Of a shop's commissions that were promised in a stretch of time, in minor units: how they stand now."""

    lines: int
    pending: int
    held: int
    matured: int
    lowered: int


async def commissions(
    work: Work,
    wanted: Wanted = NEWEST,
    *,
    shop: UUID | None = None,
    states: Collection[str] = (),
    appealed: bool = False,
    since: Instant | None = None,
    until: Instant | None = None,
) -> Page[Any]:
    """Commissions with the goods that they are for, the newest first; accrued since ≤ t < until.

    Of those that are held, asked for without a sort, the appealed ones come first, and of these whose shop is answered first.
    """
    c, x = tables.commissions, metadata.tables["orders.lines"]
    on = (x.c.market_id == c.c.market_id) & (x.c.order_id == c.c.order_id) & (x.c.number == c.c.line_number)
    query = sa.select(c, x.c.title, x.c.options, x.c.units).join(x, on).where(c.c.market_id == work.market.id)
    if shop is not None:
        query = query.where(c.c.shop_id == shop)
    if states:
        query = query.where(c.c.state.in_(states))
    if appealed:
        query = query.where(c.c.appealed_at.is_not(None))
    if since is not None:
        query = query.where(c.c.accrued_at >= since)
    if until is not None:
        query = query.where(c.c.accrued_at < until)
    if not wanted.sort and list(states) == [CommissionState.HELD]:
        wanted = replace(wanted, sort="first")
    return await list_rows(work, query, wanted, sorts={"newest": c.c.id, "first": _turn()}, key=c.c.id)


def _turn() -> sa.ColumnElement[int]:
    """0 for what asks for no answer, 1 for an appeal, 2 for that of a shop that has won to be answered first."""
    c, b = tables.commissions, metadata.tables["parties.benefits"]
    has = (b.c.market_id == c.c.market_id) & (b.c.shop_id == c.c.shop_id) & (b.c.word == "support_first")
    is_asked = (c.c.state == CommissionState.HELD) & c.c.appealed_at.is_not(None)
    return sa.case((is_asked & sa.exists().where(has), 2), (is_asked, 1), else_=0)


async def withheld(work: Work, wanted: Wanted = NEWEST, *, shop: UUID) -> Page[Any]:
    """What this shop is paid nothing of because of a channel, with its goods, the newest first."""
    w, x = tables.withheld, metadata.tables["orders.lines"]
    on = (x.c.market_id == w.c.market_id) & (x.c.order_id == w.c.order_id) & (x.c.number == w.c.line_number)
    query = sa.select(w, x.c.title, x.c.options, x.c.units).join(x, on)
    query = query.where(w.c.market_id == work.market.id, w.c.shop_id == shop)
    return await list_rows(work, query, wanted, sorts={"newest": w.c.id}, key=w.c.id)


async def access_commission(work: Work, commission: UUID, shop: UUID | None = None) -> Any:
    """A commission with its goods, of this shop where one is named; raises Refused(NotFound)."""
    c, x = tables.commissions, metadata.tables["orders.lines"]
    on = (x.c.market_id == c.c.market_id) & (x.c.order_id == c.c.order_id) & (x.c.number == c.c.line_number)
    query = sa.select(c, x.c.title, x.c.options, x.c.units).join(x, on)
    rows = await work.run(query.where(c.c.market_id == work.market.id, c.c.id == commission))
    if not rows or shop not in (None, rows[0]["shop_id"]):
        raise Refused(NotFound())
    return rows[0]


async def orders_behind(work: Work, abouts: Collection[UUID]) -> dict[UUID, UUID]:
    """Of what the ledger says of commissions that fell, whose order it was: by what the transfer is about."""
    return {row["about"]: row["order_id"] for row in await work.fetch(BEHIND_SQL, list(abouts))}


async def lowerings_of(work: Work, wanted: Collection[UUID]) -> Mapping[UUID, list[Any]]:
    """What went back of these commissions and why, the oldest first, by commission."""
    found: dict[UUID, list[Any]] = {}
    for row in await work.fetch(LOWERINGS_SQL, list(wanted)):
        found.setdefault(row["commission_id"], []).append(row)
    return found


async def earnings(work: Work, shop: UUID, since: Instant, until: Instant) -> Earnings:
    """How the commissions promised in this time stand now: since ≤ t < until."""
    row = await work.fetch_one(SUMS_SQL, shop, since, until)
    assert row is not None
    return Earnings(**row)


async def moved(work: Work, shop: UUID, since: Instant, until: Instant) -> tuple[int, int, int]:
    """(matured, taken back after that, of it owed) in this time, in minor units."""
    matured: int = await work.fetch_value(MATURED_SQL, shop, since, until)
    back = await work.fetch_one(BACK_SQL, shop, since, until)
    assert back is not None
    return matured, back["back"], back["debt"]


async def told_of(work: Work, person: UUID) -> list[dict[str, Any]]:
    """What this module keeps about a person: what his shop earned, and what he said of it."""
    return [dict(row) for row in await work.fetch(TOLD_SQL, person)]


async def promised_between(work: Work, since: Instant, until: Instant) -> Pay:
    """What is left of the commissions that were promised then: in all, of buyers who answer for no shop, of no line of goods."""
    row = await work.fetch_one(PROMISED_BETWEEN_SQL, since, until)
    assert row is not None
    return Pay(row["all_minor"], row["retail_minor"], row["recruits_minor"])


def paid_by_month(work: Work, since: Instant, until: Instant) -> AsyncIterator[Any]:
    """What became the shops' to claim then: rows of month (its first day), shop_id, own_minor (level 1), invited_minor (level 2),
    recruits_minor, paid_minor (all of it), back_minor (taken back since, or owed)."""
    return work.stream(PAID_BY_MONTH_SQL, since, until, work.market.time_zone)
