"""Reads of sourcing."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tuan.goods import catalog
from tuan.goods.sourcing import store, tables
from tuan.goods.sourcing.model import Licence, Proposed, ProposedSku
from tuan.kit.pages import PAGE_SIZE, Page, decode_key, page_of
from tuan.kit.refusals import NotFound, Refused
from tuan.platform.invariants import invariant
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.work import Work

APPLICATION_SQL = (
    "SELECT id, person_id, name, contact, promise, state, submitted_at, decided_at, reason, supplier_id "
    "FROM sourcing.applications WHERE market_id = $1 AND id = $2"
)
OF_PERSON_SQL = (
    "SELECT id, name, contact, promise, state, submitted_at, decided_at, reason, supplier_id FROM sourcing.applications "
    "WHERE market_id = $1 AND person_id = $2 ORDER BY id DESC LIMIT 1"
)
LICENCE_ROWS_SQL = (
    "SELECT id, person_id, application_id, supplier_id, kind, number, valid_until, picture, state, submitted_at, decided_at, reason "
    "FROM sourcing.licences WHERE market_id = $1 AND (application_id = $2 OR supplier_id = $3) ORDER BY id DESC LIMIT 100"
)
LICENCE_SQL = (
    "SELECT id, person_id, application_id, supplier_id, kind, number, valid_until, picture, state, submitted_at, decided_at, reason "
    "FROM sourcing.licences WHERE market_id = $1 AND id = $2"
)
WAITING_SQL = (
    "SELECT (SELECT count(*) FROM sourcing.applications WHERE market_id = $1 AND state IN ('submitted', 'in_check')) "
    "AS applications, (SELECT count(*) FROM sourcing.licences WHERE market_id = $1 AND application_id IS NULL "
    "AND state IN ('submitted', 'in_check')) AS licences, "
    "(SELECT count(*) FROM sourcing.proposals WHERE market_id = $1 AND state = 'open') AS proposals"
)
PROPOSAL_SQL = (
    "SELECT id, supplier_id, product_id, shown, proposed, state, made_at, decided_at, reason "
    "FROM sourcing.proposals WHERE market_id = $1 AND id = $2"
)
OPEN_OF_SQL = "SELECT product_id, id FROM sourcing.proposals WHERE market_id = $1 AND supplier_id = $2 AND state = 'open' LIMIT 500"
HISTORY_SQL = (
    "SELECT a.name, a.contact, a.promise, a.state, a.submitted_at, a.reason, (SELECT jsonb_agg(jsonb_build_object("
    "'kind', l.kind, 'number', l.number, 'valid_until', l.valid_until, 'state', l.state, 'picture', l.picture) ORDER BY l.id) "
    "FROM sourcing.licences l WHERE l.market_id = a.market_id AND l.application_id = a.id) AS licences "
    "FROM sourcing.applications a WHERE a.market_id = $1 AND a.person_id = $2 ORDER BY a.id"
)

ADMITTED_SQL = invariant(
    "I70",
    "whoever was admitted by an application has a licence that said who he is, and all of them are his; none stands after its last day",
    "SELECT 'application ' || a.id FROM sourcing.applications a WHERE a.market_id = $1 AND a.state = 'approved' "
    "AND (NOT EXISTS (SELECT FROM sourcing.licences l WHERE l.market_id = $1 AND l.application_id = a.id "
    "AND l.kind IN ('business', 'own_produce') AND l.state IN ('approved', 'expired', 'renewed')) "
    "OR EXISTS (SELECT FROM sourcing.licences l WHERE l.market_id = $1 AND l.application_id = a.id "
    "AND (l.supplier_id IS DISTINCT FROM a.supplier_id OR l.state IN ('submitted', 'in_check')))) "
    "UNION ALL SELECT 'licence ' || l.id FROM sourcing.licences l JOIN platform.markets m ON m.id = l.market_id "
    "WHERE l.market_id = $1 AND l.state = 'approved' "
    "AND l.valid_until < (clock_timestamp() + m.clock_offset - interval '1 hour' - interval '1 day')::date",
)
DECIDED_SQL = invariant(
    "I70a",
    "a proposal is of its product's supplier, and one about a product that was never shown has nothing beside it",
    "SELECT 'proposal ' || p.id FROM sourcing.proposals p JOIN catalog.products c ON c.market_id = p.market_id "
    "AND c.id = p.product_id WHERE p.market_id = $1 AND (p.supplier_id <> c.supplier_id "
    "OR p.shown IS NULL AND p.state = 'open' AND c.state <> 'draft' OR p.state = 'approved' AND c.state = 'draft')",
)


async def access_application(work: Work, application: UUID) -> Any:
    """The application of whomever, for whoever checks it; raises Refused(NotFound)."""
    row = await work.fetch_one(APPLICATION_SQL, application)
    if row is None:
        raise Refused(NotFound())
    return row


async def application_of(work: Work, person: UUID) -> Any | None:
    """The person's last application: id, name, contact, promise, state, submitted_at, decided_at, reason, supplier_id."""
    return await work.fetch_one(OF_PERSON_SQL, person)


async def licence_rows(work: Work, *, application: UUID | None = None, supplier: UUID | None = None) -> list[Any]:
    """Licences of an application or a supplier, newest first, with number, picture and what was decided."""
    return await work.fetch(LICENCE_ROWS_SQL, application, supplier)


async def access_licence(work: Work, licence: UUID) -> Any:
    """One licence of whomever; raises Refused(NotFound)."""
    row = await work.fetch_one(LICENCE_SQL, licence)
    if row is None:
        raise Refused(NotFound())
    return row


async def standing_of(work: Work, supplier: UUID) -> list[Licence]:
    """The supplier's licences as the rules read them."""
    return await store.licences_of(work, supplier=supplier)


async def count_waiting(work: Work) -> Any:
    """Row of applications, licences, proposals: how many wait for somebody of the market."""
    return await work.fetch_one(WAITING_SQL)


async def search_applications(work: Work, wanted: Wanted, *, states: tuple[str, ...] = ()) -> Page[Any]:
    """Applications sorted by `new`: id, name, contact, state, submitted_at, decided_at, supplier_id."""
    a = tables.applications
    query = sa.select(
        a.c.id, a.c.name, a.c.contact, a.c.state, a.c.submitted_at, a.c.decided_at, a.c.supplier_id
    ).where(a.c.market_id == work.market.id)
    if states:
        query = query.where(a.c.state.in_(states))
    return await list_rows(work, query, wanted, sorts={"new": a.c.id}, key=a.c.id)


async def search_licences(work: Work, wanted: Wanted, *, states: tuple[str, ...] = ()) -> Page[Any]:
    """Licences of suppliers sorted by `new`: id, supplier_id, kind, number, valid_until, state, submitted_at."""
    t = tables.licences
    query = sa.select(
        t.c.id, t.c.supplier_id, t.c.kind, t.c.number, t.c.valid_until, t.c.state, t.c.submitted_at
    ).where(t.c.market_id == work.market.id, t.c.supplier_id.is_not(None))
    if states:
        query = query.where(t.c.state.in_(states))
    return await list_rows(work, query, wanted, sorts={"new": t.c.id}, key=t.c.id)


# ── proposals ──
async def access_proposal(work: Work, proposal: UUID, supplier: UUID | None = None) -> Any:
    """A proposal of this supplier's, or without one of whomever; raises Refused(NotFound)."""
    row = await work.fetch_one(PROPOSAL_SQL, proposal)
    if row is None or supplier not in (None, row["supplier_id"]):
        raise Refused(NotFound())
    return row


async def search_proposals(work: Work, wanted: Wanted, *, states: tuple[str, ...] = ()) -> Page[Any]:
    """Proposals sorted by `new`: id, supplier_id, product_id, title (as proposed), is_new, state, made_at."""
    p = tables.proposals
    columns = (p.c.id, p.c.supplier_id, p.c.product_id, p.c.proposed["title"].astext.label("title"),
               p.c.shown.is_(None).label("is_new"), p.c.state, p.c.made_at, p.c.reason)  # fmt: skip
    query = sa.select(*columns).where(p.c.market_id == work.market.id)
    if states:
        query = query.where(p.c.state.in_(states))
    return await list_rows(work, query, wanted, sorts={"new": p.c.id}, key=p.c.id)


async def proposals_of(work: Work, supplier: UUID, *, after: str | None = None, size: int = PAGE_SIZE) -> Page[Any]:
    """A supplier's proposals, newest first: id, product_id, title, is_new, state, made_at, decided_at, reason."""
    p = tables.proposals
    query = (
        sa.select(p.c.id, p.c.product_id, p.c.proposed["title"].astext.label("title"), p.c.shown.is_(None).label("is_new"),
                  p.c.state, p.c.made_at, p.c.decided_at, p.c.reason)
        .where(p.c.market_id == work.market.id, p.c.supplier_id == supplier)
        .order_by(p.c.id.desc())
        .limit(size + 1)
    )  # fmt: skip
    if key := decode_key(after, tuple[UUID]):
        query = query.where(p.c.id < key[0])
    return page_of(await work.run(query), size, lambda row: (row["id"],))


async def open_of(work: Work, supplier: UUID) -> dict[UUID, UUID]:
    """The supplier's open proposals by product."""
    return {row["product_id"]: row["id"] for row in await work.fetch(OPEN_OF_SQL, supplier)}


async def shown_of(work: Work, product: UUID) -> tuple[Any, Proposed]:
    """The product's row and all that buyers see of it now; raises Refused(NotFound)."""
    row = await catalog.access_any_product(work, product)
    skus = (await catalog.skus_of(work, [product]))[product]
    shown = Proposed(
        title=row["title"],
        story=row["story"],
        category=str(row["category_id"]),
        fulfilment=row["fulfilment"],
        return_exception=row["return_exception"],
        pictures=tuple(row["pictures"]),
        skus=tuple(ProposedSku(str(sku["id"]), sku["options"], sku["price_minor"]) for sku in skus),
    )
    return row, shown


async def told_of(work: Work, person: UUID) -> list[dict[str, Any]]:
    """What this module keeps about a person: his applications with their licences."""
    return [dict(row) for row in await work.fetch(HISTORY_SQL, person)]
