"""Reads of shops."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tuan.kit.pages import PAGE_SIZE, Page, decode_key
from tuan.kit.pages import page_of as page_of_rows
from tuan.kit.refusals import NotFound, Refused
from tuan.kit.time import day_of, utc
from tuan.people import accounts, parties, training
from tuan.platform.invariants import invariant
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.schema import metadata
from tuan.platform.work import Work
from tuan.play.shops import tables
from tuan.play.shops.model import AHEAD, MORE_PICKS_MAX, PICKS_MAX, Customer, Shows, Task, Terms, tasks_left

NEWEST = Wanted()
TERMS_SQL = "SELECT opening, member_days, course_id FROM shops.terms WHERE market_id = $1"
APPLICATION_SQL = (
    "SELECT id, person_id, inviter_id, name, words, state, asked_at, decided_at, why, shop_id FROM shops.applications "
    "WHERE market_id = $1 AND id = $2"
)
LAST_SQL = (
    "SELECT id, person_id, inviter_id, name, words, state, asked_at, decided_at, why, shop_id FROM shops.applications "
    "WHERE market_id = $1 AND person_id = $2 ORDER BY id DESC LIMIT 1"
)
APPLICATIONS_OF_SQL = "SELECT id, name, words, state, asked_at, decided_at, why FROM shops.applications WHERE market_id = $1 AND person_id = $2 ORDER BY id"
WAITING_SQL = "SELECT count(*) FROM shops.applications WHERE market_id = $1 AND state = 'waiting'"

OPENED_SQL = invariant(
    "I61",
    "who was let in has one shop, which is his own and was invited as he said, by somebody else",
    "SELECT 'application ' || a.id FROM shops.applications a LEFT JOIN parties.shops s ON s.market_id = a.market_id "
    "AND s.id = a.shop_id LEFT JOIN shops.pages p ON p.market_id = s.market_id AND p.shop_id = s.id "
    "LEFT JOIN parties.shops i ON i.market_id = s.market_id AND i.id = s.inviter_id WHERE a.market_id = $1 "
    "AND a.state = 'opened' AND (s.id IS NULL OR p.shop_id IS NULL OR s.owner_id <> a.person_id "
    "OR s.inviter_id IS DISTINCT FROM a.inviter_id OR i.owner_id = s.owner_id) "
    "UNION ALL SELECT 'person ' || owner_id FROM parties.shops WHERE market_id = $1 GROUP BY owner_id HAVING count(*) > 1",
)
PAGE_SQL = "SELECT words, cover, budget_minor, held_minor FROM shops.pages WHERE market_id = $1 AND shop_id = $2"
PAGES_SQL = "SELECT shop_id, words, cover FROM shops.pages WHERE market_id = $1 AND shop_id = ANY($2::uuid[])"
PICKS_SQL = (
    "SELECT k.product_id, k.words, p.title, coalesce(p.pictures->>0, '') AS picture, "
    "p.state = 'listed' AND w.product_id IS NULL AS is_shown, w.product_id IS NOT NULL AS is_withheld, p.state = 'listed' AS is_listed, d.position AS today FROM shops.picks k "
    "JOIN catalog.products p ON p.market_id = k.market_id AND p.id = k.product_id "
    "LEFT JOIN shops.withheld w ON w.market_id = k.market_id AND w.product_id = k.product_id "
    "LEFT JOIN shops.day_picks d ON d.market_id = k.market_id AND d.shop_id = k.shop_id AND d.product_id = k.product_id "
    "AND d.day = $3 WHERE k.market_id = $1 AND k.shop_id = $2 ORDER BY k.position, k.product_id"
)
WITHHELD_SQL = "SELECT product_id FROM shops.withheld WHERE market_id = $1 AND product_id = ANY($2::uuid[])"
POOL_SQL = "SELECT product_id, by_supplier, by_market, since FROM shops.withheld WHERE market_id = $1 AND product_id = ANY($2::uuid[])"
PICKED_SQL = "SELECT product_id FROM shops.picks WHERE market_id = $1 AND shop_id = $2 AND product_id = ANY($3::uuid[])"
MATERIALS_SQL = (
    "SELECT m.id, m.shop_id, m.product_id, m.words, m.pictures, m.made_at FROM shops.materials m WHERE m.market_id = $1 "
    "AND m.removed_at IS NULL AND (m.shop_id = $2 OR m.shop_id IS NULL AND m.made_at <= $3) AND m.id < $4 ORDER BY m.id DESC LIMIT $5"
)
CODE_SQL = (
    "SELECT l.code FROM sharing.links l JOIN parties.shops s ON s.market_id = l.market_id AND s.id = l.object_id "
    "AND s.owner_id = l.sharer_id WHERE l.market_id = $1 AND l.kind = 'shop' AND l.object_id = $2 AND l.channel = 'page' "
    "AND l.campaign = '' AND l.revoked_at IS NULL AND l.expires_at IS NULL"
)
ORDERS_SQL = (
    "SELECT o.id, o.state, o.placed_at, o.total_minor, o.refunded_minor, CASE WHEN c.shows ? 'orders' THEN c.id END AS customer_id, "
    "CASE WHEN c.shows ?& ARRAY['name', 'orders'] THEN p.name END AS name FROM orders.orders o "
    "LEFT JOIN shops.consents c ON c.market_id = o.market_id AND c.person_id = o.person_id AND c.shop_id = $2 "
    "AND c.ended_at IS NULL LEFT JOIN accounts.persons p ON p.market_id = o.market_id AND p.id = o.person_id "
    "WHERE o.market_id = $1 AND o.id IN (SELECT a.order_id FROM orders.attributions a WHERE a.market_id = $1 AND a.shop_id = $2) "
    "AND (o.placed_at, right(o.id::text, 12)) < ($3, $4) AND ($5::uuid IS NULL OR c.id = $5) AND (NOT $6 OR c.shows ? 'orders') "
    "ORDER BY o.placed_at DESC, right(o.id::text, 12) DESC LIMIT $7"
)
"""Orders with a line that the shop recommended. Who placed one stands in it where he has agreed that his orders are seen. They are
sorted by what the shop is told of them, the time and the number, since the key of a page is in its hands and the id is the buyer's."""
COUPONS_SQL = (
    "SELECT c.template_id, c.code, c.off_minor, c.total, c.held_minor, c.ended_at, t.name, t.threshold_minor, t.taken, "
    "t.ends_at FROM shops.coupons c JOIN promotions.templates t ON t.market_id = c.market_id AND t.id = c.template_id "
    "WHERE c.market_id = $1 AND c.shop_id = $2 AND (c.ended_at IS NULL OR NOT $3) ORDER BY c.template_id DESC LIMIT 100"
)
COUNTS_SQL = (
    "SELECT count(*)::int AS customers, count(c.id)::int AS seen, (SELECT count(*)::int FROM sharing.follows f "
    "WHERE f.market_id = $1 AND f.shop_id = $2) AS followers FROM sharing.bindings b LEFT JOIN shops.consents c "
    "ON c.market_id = b.market_id AND c.person_id = b.person_id AND c.shop_id = b.shop_id AND c.ended_at IS NULL "
    "WHERE b.market_id = $1 AND b.shop_id = $2 AND (b.until IS NULL OR b.until > $3)"
)
CUSTOMERS_SQL = (
    "SELECT c.id, c.person_id, c.shows, c.given_at, b.since, b.until, p.name, p.phone, c.birthday, k.tags, k.note "
    "FROM shops.consents c JOIN sharing.bindings b ON b.market_id = c.market_id AND b.person_id = c.person_id "
    "AND b.shop_id = c.shop_id AND (b.until IS NULL OR b.until > $3) JOIN accounts.persons p ON p.market_id = c.market_id "
    "AND p.id = c.person_id LEFT JOIN shops.customers k ON k.market_id = c.market_id AND k.shop_id = c.shop_id "
    "AND k.person_id = c.person_id WHERE c.market_id = $1 AND c.shop_id = $2 AND c.ended_at IS NULL "
    "AND ($4::uuid IS NULL OR c.id = $4) AND c.id < $5 AND ($6 = '' OR k.tags ? $6) ORDER BY c.id DESC LIMIT $7"
)
BIRTHDAYS_SQL = (
    "SELECT c.id, c.birthday, CASE WHEN c.shows ? 'name' THEN p.name ELSE '' END AS name, array_position($4::text[], c.birthday)::bigint AS place "
    "FROM shops.consents c JOIN sharing.bindings b ON b.market_id = c.market_id AND b.person_id = c.person_id AND b.shop_id = c.shop_id "
    "AND (b.until IS NULL OR b.until > $3) JOIN accounts.persons p ON p.market_id = c.market_id AND p.id = c.person_id "
    "WHERE c.market_id = $1 AND c.shop_id = $2 AND c.ended_at IS NULL AND c.birthday <> '' AND c.birthday = ANY($4::text[]) "
    "AND (array_position($4::text[], c.birthday)::bigint, c.id) > ($5, $6) ORDER BY place, c.id LIMIT $7"
)
CONSENT_SQL = (
    "SELECT id, shop_id, shows, birthday, given_at FROM shops.consents WHERE market_id = $1 AND person_id = $2 "
    "AND ended_at IS NULL"
)
CONSENTS_OF_SQL = "SELECT shop_id, shows, birthday, given_at, ended_at FROM shops.consents WHERE market_id = $1 AND person_id = $2 ORDER BY id"
CARDS_OF_SQL = "SELECT shop_id, tags, note, changed_at FROM shops.customers WHERE market_id = $1 AND person_id = $2"

HELD_SQL = invariant(
    "I62",
    "of a shop's budget is held what its running coupons cost at the worst and what was taken of the others, and no more",
    "SELECT 'shop ' || p.shop_id FROM shops.pages p LEFT JOIN shops.coupons c ON c.market_id = p.market_id "
    "AND c.shop_id = p.shop_id WHERE p.market_id = $1 GROUP BY p.market_id, p.shop_id "
    "HAVING p.held_minor <> coalesce(sum(c.held_minor), 0) OR p.held_minor > p.budget_minor "
    "UNION ALL SELECT 'coupon ' || c.template_id FROM shops.coupons c LEFT JOIN promotions.templates t "
    "ON t.market_id = c.market_id AND t.id = c.template_id WHERE c.market_id = $1 AND (t.id IS NULL OR t.bearer <> 'market' "
    "OR t.off_minor <> c.off_minor OR t.total IS DISTINCT FROM c.total "
    "OR c.ended_at IS NOT NULL AND c.held_minor <> c.off_minor * t.taken)",
)
SEEN_SQL = invariant(
    "I62a",
    "a shop keeps notes only about who lets it see him, and nobody lets two shops",
    "SELECT 'person ' || k.person_id FROM shops.customers k LEFT JOIN shops.consents c ON c.market_id = k.market_id "
    "AND c.person_id = k.person_id AND c.shop_id = k.shop_id AND c.ended_at IS NULL WHERE k.market_id = $1 AND c.id IS NULL "
    "UNION ALL SELECT 'person ' || person_id FROM shops.consents WHERE market_id = $1 AND ended_at IS NULL "
    "GROUP BY person_id HAVING count(*) > 1",
)
AGREED_SQL = invariant(
    "I76",
    "what a shop may see of a person is what he last agreed to in the ledger of consents, and the other way round",
    "SELECT 'person ' || coalesce(c.person_id, l.person_id) FROM (SELECT person_id, shop_id, shows FROM shops.consents "
    "WHERE market_id = $1 AND ended_at IS NULL) c FULL JOIN (SELECT person_id, about_id, shows FROM (SELECT DISTINCT ON (person_id, about_id) "
    "person_id, about_id, shows, is_given FROM compliance.consents WHERE market_id = $1 AND purpose = 'shop_customer' "
    "ORDER BY person_id, about_id, at DESC, id DESC) last WHERE is_given) l ON l.person_id = c.person_id AND l.about_id = c.shop_id "
    "WHERE c.shows IS DISTINCT FROM l.shows",
)
NO_PAGE = {"words": "", "cover": "", "budget_minor": 0, "held_minor": 0}
LAST = UUID(int=2**128 - 1)
NUMBER_DIGITS = 12
"""Of an order's id, its end, which its number tells too."""
LAST_ORDER = (utc(9999, 1, 1), "g")
"""Behind every time and every digit."""


async def terms(work: Work) -> Terms:
    """How shops open in this market; the house's own terms where none were set."""
    row = await work.fetch_one(TERMS_SQL)
    return Terms(*row.values()) if row else Terms()


async def left_to_do(work: Work, terms: Terms, person: UUID, words: str) -> list[Task]:
    """What somebody who has said these words of his shop still has to do before it opens by itself."""
    joined_at = (await accounts.access_whole_person(work, person))["created_at"]
    return tasks_left(terms, words, joined_at, work.now, has_passed=await has_passed(work, terms, person))


async def has_passed(work: Work, terms: Terms, person: UUID) -> bool:
    """Whether he has passed the course that the terms name; where they name none, nobody has to."""
    return terms.course is None or await training.has_passed(work, person, terms.course)


async def access_application(work: Work, application: UUID) -> Any:
    """A row of id, person_id, inviter_id, name, words, state, asked_at, decided_at, why, shop_id; raises Refused(NotFound)."""
    row = await work.fetch_one(APPLICATION_SQL, application)
    if row is None:
        raise Refused(NotFound())
    return row


async def application_of(work: Work, person: UUID) -> Any | None:
    """The same row of the last time this person asked for a shop."""
    return await work.fetch_one(LAST_SQL, person)


async def waiting_count(work: Work) -> int:
    """How many ask for a shop and have no answer."""
    count: int = await work.fetch_value(WAITING_SQL)
    return count


async def search_applications(work: Work, wanted: Wanted = NEWEST, *, state: str = "") -> Page[Any]:
    """Applications, newest first; rows of id, person_id, inviter_id, name, state, asked_at, shop_id."""
    a = tables.applications
    query = sa.select(
        a.c.id, a.c.person_id, a.c.inviter_id, a.c.name, a.c.state, a.c.asked_at, a.c.shop_id,
    ).where(a.c.market_id == work.market.id)  # fmt: skip
    if state:
        query = query.where(a.c.state == state)
    return await list_rows(work, query, wanted, sorts={"newest": a.c.id}, key=a.c.id)


async def told_of(work: Work, person: UUID) -> dict[str, Any]:
    """What this module keeps about a person."""
    return {
        "applications": [dict(row) for row in await work.fetch(APPLICATIONS_OF_SQL, person)],
        "consents": [dict(row) for row in await work.fetch(CONSENTS_OF_SQL, person)],
        "cards": [dict(row) for row in await work.fetch(CARDS_OF_SQL, person)],
    }


async def page_of(work: Work, shop: UUID) -> Any:
    """words, cover, budget_minor, held_minor: what a shop says, and what its coupons may cost."""
    return await work.fetch_one(PAGE_SQL, shop) or NO_PAGE


async def pages_of(work: Work, some: Collection[UUID]) -> dict[UUID, Any]:
    """Rows of words, cover by shop; one that has said nothing is absent."""
    return {row["shop_id"]: row for row in await work.fetch(PAGES_SQL, list(some))}


async def picks_of(work: Work, shop: UUID) -> list[Any]:
    """The shop's goods in its order: rows of product_id, words, title, picture, is_shown (on the shelf, and offered to
    shops), is_withheld (kept back from shops), is_listed, today (its place among today's, or None)."""
    return await work.fetch(PICKS_SQL, shop, day_of(work.now, work.market.time_zone))


async def face_of(work: Work, shop: UUID) -> str:
    """The picture that stands for a shop where it is recommended: its cover, or of its goods the first that it shows; empty without
    either."""
    cover: str = (await page_of(work, shop))["cover"]
    return cover or next((row["picture"] for row in await picks_of(work, shop) if row["is_shown"]), "")


async def withheld_of(work: Work, products: Collection[UUID]) -> set[UUID]:
    """Those of these that are kept back from shops, by whomever."""
    return {row["product_id"] for row in await work.fetch(WITHHELD_SQL, list(products))}


async def pool_of(work: Work, products: Collection[UUID]) -> dict[UUID, Any]:
    """Of those of these that are kept back: rows of product_id, by_supplier, by_market, since."""
    return {row["product_id"]: row for row in await work.fetch(POOL_SQL, list(products))}


async def search_withheld(work: Work, wanted: Wanted = NEWEST) -> Page[Any]:
    """What is kept back from shops, the latest first; rows of product_id, title, supplier_id, by_supplier, by_market, since."""
    w, p = tables.withheld, metadata.tables["catalog.products"]
    query = (
        sa.select(w.c.product_id, p.c.title, p.c.supplier_id, w.c.by_supplier, w.c.by_market, w.c.since)
        .join(p, (p.c.market_id == w.c.market_id) & (p.c.id == w.c.product_id))
        .where(w.c.market_id == work.market.id)
    )
    return await list_rows(work, query, wanted, sorts={"newest": w.c.since}, key=w.c.product_id)


async def picked_of(work: Work, shop: UUID, products: Collection[UUID]) -> set[UUID]:
    """Those of these that the shop has chosen."""
    return {row["product_id"] for row in await work.fetch(PICKED_SQL, shop, list(products))}


async def picks_max_of(work: Work, shop: UUID) -> int:
    """How many goods a shop may choose."""
    return MORE_PICKS_MAX if await parties.has_benefit(work, shop, "more_picks") else PICKS_MAX


async def materials_of(work: Work, shop: UUID | None, *, after: str | None = None, size: int = PAGE_SIZE) -> Page[Any]:
    """What a shop can forward, newest first: rows of id, shop_id (None: the market's), product_id, words, pictures, made_at.

    What the market made new, shops that have won it see a day before the others. shop None: all that the market offers.
    """
    is_behind = shop is not None and await parties.is_behind(work, shop, "materials_first")
    (last,) = decode_key(after, tuple[UUID]) or (LAST,)
    rows = await work.fetch(MATERIALS_SQL, shop, work.now - AHEAD if is_behind else work.now, last, size + 1)
    return page_of_rows(rows, size, lambda row: (row["id"],))


async def coupons_of(work: Work, shop: UUID, *, only_running: bool = False) -> list[Any]:
    """Rows of template_id, code, off_minor, total, held_minor, ended_at, name, threshold_minor, taken, ends_at; newest first."""
    return await work.fetch(COUPONS_SQL, shop, only_running)


async def counts_of(work: Work, shop: UUID) -> Any:
    """customers, how many of them let themselves be seen, followers."""
    return await work.fetch_one(COUNTS_SQL, shop, work.now)


async def customers_of(
    work: Work, shop: UUID, *, tag: str = "", after: str | None = None, size: int = PAGE_SIZE
) -> Page[Customer]:
    """Those of its customers who let themselves be seen, latest first, each with what he shows."""
    (last,) = decode_key(after, tuple[UUID]) or (LAST,)
    rows = await work.fetch(CUSTOMERS_SQL, shop, work.now, None, last, tag, size + 1)
    return page_of_rows([_customer(row) for row in rows], size, lambda one: (one.id,))


async def customer(work: Work, shop: UUID, customer: UUID) -> Customer | None:
    """One of them, by the id of his consent; None for everybody else."""
    rows = await work.fetch(CUSTOMERS_SQL, shop, work.now, customer, LAST, "", 1)
    return _customer(rows[0]) if rows else None


async def birthdays_of(
    work: Work, shop: UUID, days: Sequence[str], *, after: str | None = None, size: int = PAGE_SIZE
) -> Page[Any]:
    """Rows of id, birthday, name: customers who show that theirs is on one of these days (MM-DD), in the order of the days."""
    place, last = decode_key(after, tuple[int, UUID]) or (0, LAST)
    rows = await work.fetch(BIRTHDAYS_SQL, shop, work.now, list(days), place, last, size + 1)
    return page_of_rows(rows, size, lambda row: (row["place"], row["id"]))


def _customer(row: Any) -> Customer:
    shows = frozenset(row["shows"])
    return Customer(
        row["id"], row["person_id"], shows, row["given_at"], row["since"], row["until"],
        row["name"] if Shows.NAME in shows else "", (row["phone"] or "") if Shows.PHONE in shows else "",
        row["birthday"], tuple(row["tags"] or ()), row["note"] or "",
    )  # fmt: skip


async def consent_of(work: Work, person: UUID) -> Any | None:
    """What this person lets a shop see now: a row of id, shop_id, shows, birthday, given_at."""
    return await work.fetch_one(CONSENT_SQL, person)


async def code_of(work: Work, shop: UUID) -> str | None:
    """The code of the link that is its page's own."""
    found: str | None = await work.fetch_value(CODE_SQL, shop)
    return found


async def orders_of(
    work: Work,
    shop: UUID,
    *,
    customer: UUID | None = None,
    only_shown: bool = False,
    after: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[Any]:
    """Orders with lines that this shop recommended, newest first: rows of id, state, placed_at, total_minor, refunded_minor,
    and of who lets his orders be seen customer_id and, with his name, name. only_shown: those of such customers alone."""
    last = decode_key(after, tuple[datetime, str]) or LAST_ORDER
    rows = await work.fetch(ORDERS_SQL, shop, *last, customer, only_shown, size + 1)
    return page_of_rows(rows, size, lambda row: (row["placed_at"], row["id"].hex[-NUMBER_DIGITS:]))
