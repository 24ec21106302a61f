"""What was settled, came back and was charged: statements, runs, terms."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tuan.kit.pages import PAGE_SIZE, Page, decode_key, page_of
from tuan.kit.time import Instant
from tuan.platform.schema import metadata
from tuan.platform.work import Work
from tuan.trade.settlement import store, tables
from tuan.trade.settlement.model import KeptLine, Terms
from tuan.trade.settlement.queries.payouts import paid_out
from tuan.value.ledger.model import supplier_payable

BORNE_THROUGH_SQL = (
    "SELECT a.source_id, a.amount_minor, l.order_id, l.number, l.amount_minor, l.freight_minor, l.refunded_minor, "
    "l.lowered_minor, l.units, l.returned_units, l.refunded_freight_minor FROM orders.allocations a JOIN settlement.claims c "
    "ON c.market_id = a.market_id AND c.order_id = a.order_id AND c.line_number = a.line_number JOIN orders.lines l "
    "ON l.market_id = a.market_id AND l.order_id = a.order_id AND l.number = a.line_number "
    "WHERE a.market_id = $1 AND a.source_id = ANY($2::uuid[])"
)
SUMS_SQL = (
    "SELECT count(*) AS lines, coalesce(sum(kept_minor), 0)::bigint AS kept, coalesce(sum(borne_minor), 0)::bigint AS borne, "
    "coalesce(sum(fee_minor), 0)::bigint AS fee, coalesce(sum(cut_minor), 0)::bigint AS cut, "
    "coalesce(sum(withheld_minor), 0)::bigint AS withheld, coalesce(sum(share_minor), 0)::bigint AS share, "
    "coalesce(sum(share_minor) FILTER (WHERE is_direct), 0)::bigint AS direct "
    "FROM settlement.claims WHERE market_id = $1 AND supplier_id = $2 AND settled_at >= $3 AND settled_at < $4"
)
CHARGED_SQL = (
    "SELECT count(*) AS lines, coalesce(sum(c.amount_minor) FILTER (WHERE r.case_id IS NOT NULL), 0)::bigint AS returned, "
    "coalesce(sum(c.amount_minor) FILTER (WHERE r.case_id IS NULL), 0)::bigint AS charged FROM settlement.charges c "
    "LEFT JOIN settlement.recalls r ON r.market_id = c.market_id AND r.case_id = c.id "
    "WHERE c.market_id = $1 AND c.supplier_id = $2 AND c.at >= $3 AND c.at < $4"
)
"""What came back after it was settled is a charge with the id of its recall."""
CAME_BACK_SQL = (
    "SELECT count(*) AS back_lines, coalesce(sum(amount), 0)::bigint AS back FROM ledger.transfers WHERE market_id = $1 AND to_code = $2 "
    "AND from_code LIKE 'shop:%' AND to_code LIKE 'supplier:%' AND at >= $3 AND at < $4"
)
"""What a shop had been promised and comes back to the supplier, who had paid for it and for what was returned."""
TERMS_THROUGH_TIME_SQL = (
    "SELECT since, fee_permyriad, withheld_permyriad FROM settlement.terms "
    "WHERE market_id = $1 AND supplier_id = $2 ORDER BY since DESC LIMIT 50"
)
CHARGES_SQL = (
    "SELECT amount_minor, debt_minor, reason, at FROM settlement.charges "
    "WHERE market_id = $1 AND supplier_id = $2 AND at >= $3 AND at < $4 ORDER BY at DESC LIMIT 200"
)
# By way of the suppliers, whose claims of some days an index finds: all claims of a market are many.
RUNS_SQL = (
    "SELECT (c.settled_at AT TIME ZONE $4)::date AS day, count(DISTINCT c.order_id) AS orders, count(*) AS lines, "
    "sum(c.kept_minor)::bigint AS kept, sum(c.fee_minor)::bigint AS fee, sum(c.cut_minor)::bigint AS cut, "
    "sum(c.withheld_minor)::bigint AS withheld, sum(c.share_minor)::bigint AS share FROM parties.suppliers s "
    "JOIN settlement.claims c ON c.market_id = s.market_id AND c.supplier_id = s.id AND c.settled_at >= $2 AND c.settled_at < $3 "
    "WHERE s.market_id = $1 GROUP BY 1 ORDER BY 1 DESC"
)
PARTS_OF_SHARE = ("kept", "borne", "fee", "cut", "withheld")


@dataclass(frozen=True, slots=True)
class Sums:
    """Of one payee in one stretch of time, in minor units; share = kept + borne − fee − cut − withheld, and total = share −
    returned (it came back after it was settled) − charged + back (what shops had been promised of it): what the statement's lines
    sum up to. direct: what of the share was with him already."""

    lines: int
    kept: int
    borne: int
    fee: int
    cut: int
    withheld: int
    share: int
    returned: int
    charged: int
    back: int
    paid: int
    direct: int

    @property
    def total(self) -> int:
        return self.share - self.returned - self.charged + self.back


async def statement_sums(work: Work, supplier: UUID, since: Instant, until: Instant) -> Sums:
    """A payee's statement in one line: since ≤ t < until."""
    row = await work.fetch_one(SUMS_SQL, supplier, since, until)
    more = await work.fetch_one(CHARGED_SQL, supplier, since, until)
    back = await work.fetch_one(CAME_BACK_SQL, supplier_payable(supplier), since, until)
    assert row is not None and more is not None and back is not None
    sums = {**row, **more, "lines": row["lines"] + more["lines"] + back["back_lines"], "back": back["back"]}
    return Sums(**sums, paid=await paid_out(work, supplier, since, until))


async def statement_lines(
    work: Work, supplier: UUID, since: Instant, until: Instant, *, after: str | None = None, size: int = PAGE_SIZE
) -> Page[Any]:
    """The lines of a statement, the latest first; the shares of all of them sum up to its total.

    kind: `kept` (a settled line: what it was for and how it was shared), `returned` (an order's goods that came back after they
    had been settled: the share is what that took), `charged` (what he owed for another reason), `commission_back` (what a shop had
    been promised of goods that came back; whose they were, `distribution.orders_behind` says).
    """
    key = decode_key(after, tuple[Instant, UUID, int])
    parts = [
        _stretch(one, about, number, at, since, until, key).limit(size + 1)
        for one, about, number, at in (_kept(work, supplier), _charged(work, supplier), _came_back(work, supplier))
    ]
    all_of = sa.union_all(*(sa.select(part.subquery()) for part in parts)).subquery()
    query = sa.select(all_of).order_by(all_of.c.settled_at.desc(), all_of.c.about.desc(), all_of.c.line_number.desc())
    return page_of(
        await work.run(query.limit(size + 1)), size, lambda row: (row["settled_at"], row["about"], row["line_number"])
    )


Part = tuple[sa.Select[Any], sa.ColumnElement[Any], sa.ColumnElement[Any], sa.Column[Any]]
"""Rows of a statement, and by what they are sorted: their time, what they are about, a number in it."""


def _stretch(
    query: sa.Select[Any],
    about: sa.ColumnElement[Any],
    number: sa.ColumnElement[Any],
    at: sa.Column[Any],
    since: Instant,
    until: Instant,
    key: tuple[Instant, UUID, int] | None,
) -> sa.Select[Any]:
    query = query.where(at >= since, at < until).order_by(at.desc(), about.desc(), number.desc())
    return query.where(sa.tuple_(at, about, number) < sa.tuple_(*map(sa.literal, key))) if key else query


def _kept(work: Work, supplier: UUID) -> Part:
    """What was settled, line by line."""
    c, x = tables.claims, metadata.tables["orders.lines"]
    query = (
        sa.select(sa.literal("kept").label("kind"), c.c.order_id.label("about"), c.c.order_id, c.c.line_number, x.c.title,
                  x.c.options, x.c.units, c.c.kept_minor, c.c.borne_minor, c.c.fee_minor, c.c.cut_minor, c.c.withheld_minor,
                  c.c.share_minor, c.c.settled_at, c.c.is_direct)
        .join(x, (x.c.market_id == c.c.market_id) & (x.c.order_id == c.c.order_id) & (x.c.number == c.c.line_number))
        .where(c.c.market_id == work.market.id, c.c.supplier_id == supplier)
    )  # fmt: skip
    return query, c.c.order_id, c.c.line_number, c.c.settled_at


def _charged(work: Work, supplier: UUID) -> Part:
    """What was taken from him after that, and what else he was charged."""
    c, r, k = tables.charges, tables.recalls, tables.claims
    was_direct = sa.exists().where(k.c.market_id == r.c.market_id, k.c.order_id == r.c.order_id, k.c.is_direct)
    nothing, number = sa.literal(0, sa.BigInteger), sa.literal(0, sa.Integer)
    query = (
        sa.select(sa.case((r.c.case_id.is_(None), "charged"), else_="returned").label("kind"), c.c.id.label("about"),
                  r.c.order_id, number.label("line_number"), sa.literal("").label("title"), sa.literal("").label("options"),
                  number.label("units"), *(nothing.label(f"{name}_minor") for name in PARTS_OF_SHARE),
                  (-c.c.amount_minor).label("share_minor"), c.c.at.label("settled_at"), was_direct.label("is_direct"))
        .join(r, (r.c.market_id == c.c.market_id) & (r.c.case_id == c.c.id), isouter=True)
        .where(c.c.market_id == work.market.id, c.c.supplier_id == supplier)
    )  # fmt: skip
    return query, c.c.id, number, c.c.at


def _came_back(work: Work, supplier: UUID) -> Part:
    """What shops had been promised and gave back to him. The texts are written out, so that the index of it is found."""
    t = metadata.tables["ledger.transfers"]
    nothing, number = sa.literal(0, sa.BigInteger), sa.literal(0, sa.Integer)
    query = sa.select(
        sa.literal("commission_back").label("kind"), t.c.id.label("about"), t.c.about.label("order_id"),
        number.label("line_number"), sa.literal("").label("title"), sa.literal("").label("options"), number.label("units"),
        *(nothing.label(f"{name}_minor") for name in PARTS_OF_SHARE), t.c.amount.label("share_minor"), t.c.at.label("settled_at"),
        sa.false().label("is_direct"),
    ).where(
        t.c.market_id == work.market.id, t.c.to_code == supplier_payable(supplier),
        t.c.from_code.like(sa.literal_column("'shop:%'")), t.c.to_code.like(sa.literal_column("'supplier:%'")),
    )  # fmt: skip
    return query, t.c.id, number, t.c.at


async def terms_through_time(work: Work, supplier: UUID) -> list[Any]:
    """A supplier's terms, the newest first: since, fee and tax withheld in 1/10,000."""
    return await work.fetch(TERMS_THROUGH_TIME_SQL, supplier)


async def charges_of(work: Work, supplier: UUID, since: Instant, until: Instant) -> list[Any]:
    """What was charged to a supplier and why, the newest first: since ≤ t < until, at most 200."""
    return await work.fetch(CHARGES_SQL, supplier, since, until)


async def runs(work: Work, since: Instant, until: Instant, zone: str) -> list[Any]:
    """What was settled, day by day of this time zone's calendar, the newest first: orders, lines and where the money went."""
    return await work.fetch(RUNS_SQL, since, until, zone)


async def terms_of(work: Work, supplier: UUID) -> Terms:
    """What an order of this supplier would have if it were placed now."""
    return (await store.load_terms(work, [supplier])).at(supplier, work.now)


async def borne_through(work: Work, sources: Collection[UUID]) -> dict[UUID, int]:
    """What the bearers of these discounts (coupons) owe of settled lines, in minor units, by discount: of what was kept only."""
    borne: dict[UUID, int] = {}
    for source, minor, order, number, amount, freight, back, *rest in await work.fetch(
        BORNE_THROUGH_SQL, list(sources)
    ):
        line = KeptLine(order, number, amount, freight, back, (), (), *rest)
        borne[source] = borne.get(source, 0) + line.borne_of(minor)
    return borne
