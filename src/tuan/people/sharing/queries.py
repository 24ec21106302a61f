"""Reads of sharing: what codes are of, whose customer somebody is, who the customers of a shop are."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa

from tuan.kit.pages import PAGE_SIZE, Page, decode_key, page_of
from tuan.kit.refusals import NotFound, Refused
from tuan.kit.time import Instant
from tuan.people.sharing import tables
from tuan.people.sharing.model import NO_RECOMMENDERS, Binding, BindRule, BindTerms, Code, Link, Recommenders, Target
from tuan.platform.invariants import invariant
from tuan.platform.lists import Wanted, list_rows
from tuan.platform.work import Work

LINKS_SQL = (
    "SELECT l.* FROM (SELECT set_config('tuan.market', $1::bigint::text, true), clock_timestamp() + clock_offset AS now "
    "FROM platform.markets WHERE id = $1 OFFSET 0) m CROSS JOIN LATERAL (SELECT l.code, l.kind, l.object_id, l.sharer_id, "
    "s.id AS shop_id, s.owner_id AS shop_owner_id, l.channel, l.campaign, l.expires_at FROM sharing.links l "
    "LEFT JOIN parties.shops s ON s.market_id = l.market_id AND s.id = l.shop_id AND s.state = 'open' WHERE l.market_id = $1 "
    "AND l.code = ANY($2::text[]) AND l.revoked_at IS NULL AND (l.expires_at IS NULL OR l.expires_at > m.now) OFFSET 0) l"
)
"""One statement answers a crowd (see `lanes.Query`); the market is set first, as for sessions. A suspended shop's links open what
they are of, and bring it nobody."""
RECOMMENDERS_SQL = (
    "SELECT NULL::uuid AS person_id, l.code, l.kind, l.object_id, l.sharer_id, s.id AS shop_id, s.owner_id AS shop_owner_id, l.channel, "
    "l.campaign, NULL::timestamptz AS since, NULL::timestamptz AS protected_until, l.expires_at AS until FROM sharing.links l "
    "LEFT JOIN parties.shops s ON s.market_id = l.market_id AND s.id = l.shop_id AND s.state = 'open' WHERE l.market_id = $1 "
    "AND l.code = ANY($2::text[]) AND l.revoked_at IS NULL UNION ALL "
    "SELECT b.person_id, NULL, NULL, NULL, NULL, b.shop_id, NULL, NULL, NULL, b.since, b.protected_until, b.until FROM sharing.bindings b "
    "JOIN parties.shops o ON o.market_id = b.market_id AND o.id = b.shop_id WHERE b.market_id = $1 AND b.person_id = ANY($3::uuid[]) "
    "AND o.owner_id <> b.person_id AND o.state = 'open'"
)
"""Links and bindings of a batch of buyers in one statement; a row of the second kind has a person. Nobody is his own customer,
and a suspended shop is recommended by nothing."""
RULE_SQL = "SELECT rule, valid_days, protected_days FROM sharing.rules WHERE market_id = $1"
BINDINGS_SQL = (
    "SELECT person_id, shop_id, since, protected_until, until FROM sharing.bindings "
    "WHERE market_id = $1 AND person_id = ANY($2::uuid[])"
)
CUSTOMERS_SQL = (
    "SELECT b.person_id, b.since, b.protected_until, b.until FROM sharing.bindings b WHERE b.market_id = $1 "
    "AND b.shop_id = $2 AND (b.since, b.person_id) < ($3, $4) ORDER BY b.since DESC, b.person_id DESC LIMIT $5"
)
CHANGES_SQL = (
    "SELECT id, person_id, from_shop_id, to_shop_id, why, code, at FROM sharing.changes WHERE market_id = $1 "
    "AND (from_shop_id = $2 OR to_shop_id = $2) AND id < $3 ORDER BY id DESC LIMIT $4"
)
CHANGES_OF_SQL = "SELECT id, from_shop_id, to_shop_id, why, code, at FROM sharing.changes WHERE market_id = $1 AND person_id = $2 ORDER BY at, id"
LINKS_OF_SQL = (
    "SELECT l.code, l.kind, l.object_id, l.channel, l.campaign, l.made_at, l.expires_at, l.revoked_at, "
    "coalesce(sum(v.visits), 0)::bigint AS visits, coalesce(sum(v.visitors), 0)::bigint AS visitors, "
    "coalesce(sum(v.bots), 0)::bigint AS bots FROM sharing.links l LEFT JOIN sharing.visits v "
    "ON v.market_id = l.market_id AND v.code = l.code WHERE l.market_id = $1 AND l.sharer_id = $2 "
    "GROUP BY l.market_id, l.code ORDER BY l.made_at DESC, l.code LIMIT 200"
)
OWN_LINKS_SQL = (
    "SELECT o.code, o.kind, o.object_id, o.shop_id, o.channel, o.campaign, o.expires_at FROM sharing.links l JOIN sharing.links o "
    "ON o.market_id = l.market_id AND o.sharer_id = l.sharer_id AND o.kind = l.kind AND o.object_id = l.object_id "
    "AND o.campaign = l.campaign AND o.revoked_at IS NULL AND o.expires_at IS NOT DISTINCT FROM l.expires_at AND o.channel <> 'page' "
    "WHERE l.market_id = $1 AND l.code = $2 AND l.sharer_id = $3 AND l.channel <> 'page' AND l.revoked_at IS NULL AND (l.expires_at IS NULL OR l.expires_at > $4) ORDER BY o.made_at, o.code"
)
LINK_SQL = (
    "SELECT l.code, l.kind, l.object_id, l.sharer_id, l.shop_id, l.channel, l.campaign, l.made_at, l.expires_at, "
    "l.revoked_at, l.is_forgotten FROM sharing.links l WHERE l.market_id = $1 AND l.code = $2"
)
DAYS_SQL = "SELECT day, visits, visitors, bots FROM sharing.visits WHERE market_id = $1 AND code = $2 ORDER BY day DESC LIMIT 90"
COUNTS_SQL = (
    "SELECT code, sum(visits)::bigint AS visits, sum(visitors)::bigint AS visitors, sum(bots)::bigint AS bots "
    "FROM sharing.visits WHERE market_id = $1 AND code = ANY($2::text[]) GROUP BY market_id, code"
)
FOLLOWS_SQL = (
    "SELECT shop_id, since FROM sharing.follows WHERE market_id = $1 AND person_id = $2 ORDER BY since DESC LIMIT 500"
)

MOVED_SQL = invariant(
    "I40",
    "whose customer somebody is, is where his last change took him",
    "SELECT 'person ' || coalesce(b.person_id, c.person_id) FROM sharing.bindings b FULL JOIN (SELECT DISTINCT ON (person_id) "
    "market_id, person_id, to_shop_id FROM sharing.changes WHERE market_id = $1 ORDER BY person_id, at DESC, id DESC) c "
    "ON c.market_id = b.market_id AND c.person_id = b.person_id WHERE coalesce(b.market_id, c.market_id) = $1 "
    "AND b.shop_id IS DISTINCT FROM c.to_shop_id",
)
NOTED_SQL = invariant(
    "I63a",
    "whoever is a shop's customer is known as one, and nobody else, so that whoever places his order asks whose he is",
    "SELECT 'person ' || p.id FROM accounts.persons p LEFT JOIN sharing.bindings b ON b.market_id = p.market_id AND b.person_id = p.id "
    "WHERE p.market_id = $1 AND p.is_bound <> (b.person_id IS NOT NULL)",
)
SHOPLESS_SQL = invariant(
    "I87",
    "whoever has a shop shares for it, be it what he shared before it opened",
    "SELECT 'link ' || l.code FROM sharing.links l JOIN parties.shops s ON s.market_id = l.market_id AND s.owner_id = l.sharer_id "
    "WHERE l.market_id = $1 AND l.shop_id IS NULL AND l.revoked_at IS NULL AND (l.expires_at IS NULL OR l.expires_at > s.created_at)",
)
LAST = UUID(int=2**128 - 1)
NEWEST = Wanted()


async def read_links(fetch: Callable[..., Awaitable[list[Any]]], codes: Sequence[str]) -> list[Link | None]:
    """A plural query for a reading lane: each code's link, None for one that is unknown, revoked or run out."""
    found = {row["code"]: _link(row, row["expires_at"]) for row in await fetch(LINKS_SQL, list(set(codes)))}
    return [found.get(code) for code in codes]


def target_of(row: Any) -> Target:
    """What a row of a link is of."""
    return Target(row["kind"], row["object_id"])


def _link(row: Any, until: Instant | None) -> Link:
    return Link(
        Code(row["code"]), target_of(row), row["sharer_id"], row["shop_id"], row["shop_owner_id"], row["channel"],
        row["campaign"], until,
    )  # fmt: skip


class Buys(Protocol):
    """Whoever buys, and the code of the link that brought him on this visit."""

    @property
    def actor(self) -> UUID: ...
    @property
    def share(self) -> str | None: ...


async def load_recommenders(work: Work, buys: Iterable[Buys], bound: frozenset[UUID]) -> Recommenders:
    """Who recommended to the buyers of a batch, in one statement; in none where nobody came by a link and none is `bound`."""
    codes = {one.share for one in buys if one.share}
    if not codes and not bound:
        return NO_RECOMMENDERS
    rows = await work.fetch(RECOMMENDERS_SQL, list(codes), list(bound))
    links = [_link(row, row["until"]) for row in rows if row["person_id"] is None]
    bindings = [
        Binding(r["person_id"], r["shop_id"], r["since"], r["protected_until"], r["until"])
        for r in rows
        if r["person_id"] is not None
    ]
    return Recommenders(links, bindings)


async def links_of(work: Work, sharer: UUID) -> list[Any]:
    """His links, newest first, each with its visits, distinct visitors and bots."""
    return await work.fetch(LINKS_OF_SQL, sharer)


@dataclass(frozen=True, slots=True)
class OwnLinks:
    """How somebody shares one object: the codes by channel, which all end at the same moment, or never."""

    target: Target
    shop_id: UUID | None
    campaign: str
    codes: dict[str, Code]
    expires_at: Instant | None


async def access_own_links(work: Work, code: str, sharer: UUID) -> OwnLinks:
    """This link of the sharer's own and its sisters on the other channels; raises Refused(NotFound)."""
    rows = await _own_rows(work, code, sharer)
    first = rows[0]
    codes = {row["channel"]: Code(row["code"]) for row in rows}
    return OwnLinks(Target(first["kind"], first["object_id"]), first["shop_id"], first["campaign"], codes,
                    first["expires_at"])  # fmt: skip


async def own_codes(work: Work, code: str, sharer: UUID) -> list[Code]:
    """The code of every one of them, two of a channel too; raises Refused(NotFound)."""
    return [Code(row["code"]) for row in await _own_rows(work, code, sharer)]


async def _own_rows(work: Work, code: str, sharer: UUID) -> list[Any]:
    if not (rows := await work.fetch(OWN_LINKS_SQL, code, sharer, work.now)):
        raise Refused(NotFound())
    return rows


async def access_link(work: Work, code: str) -> tuple[Any, list[Any]]:
    """A link of the market, whoever's and open or not, and its last ninety days that had a visit. Raises Refused(NotFound)."""
    row = await work.fetch_one(LINK_SQL, code)
    if row is None:
        raise Refused(NotFound())
    return row, await work.fetch(DAYS_SQL, code)


async def search_links(
    work: Work, wanted: Wanted = NEWEST, *, markets_own: bool | None = None, channel: str = "", kind: str = ""
) -> tuple[Page[Any], dict[str, Any]]:
    """Links of the market, newest first, and of each by its code how it was visited. markets_own: None for everybody's."""
    of = tables.links.c
    query = sa.select(of.code, of.kind, of.object_id, of.sharer_id, of.shop_id, of.channel, of.campaign, of.made_at,
                      of.expires_at, of.revoked_at).where(of.market_id == work.market.id)  # fmt: skip
    if markets_own is not None:
        is_peoples = sa.or_(of.sharer_id.is_not(None), of.is_forgotten)
        query = query.where(sa.not_(is_peoples) if markets_own else is_peoples)
    if channel:
        query = query.where(of.channel == channel)
    if kind:
        query = query.where(of.kind == kind)
    page = await list_rows(work, query, wanted, sorts={"made": of.made_at}, key=of.code)
    counts = await work.fetch(COUNTS_SQL, [row["code"] for row in page.items])
    return page, {row["code"]: row for row in counts}


async def bind_terms(work: Work) -> BindTerms:
    """The market's rule; the house's own where none was set."""
    row = await work.fetch_one(RULE_SQL)
    return BindTerms(BindRule(row["rule"]), row["valid_days"], row["protected_days"]) if row else BindTerms()


async def bindings_of(work: Work, persons: Collection[UUID]) -> dict[UUID, Binding]:
    """Whose customers these persons are or were last, by person; whether still, `Binding.is_live` says."""
    return {row["person_id"]: Binding(*row.values()) for row in await work.fetch(BINDINGS_SQL, list(persons))}


async def customers_of(work: Work, shop: UUID, *, after: str | None = None) -> Page[Any]:
    """Rows of person_id, since, protected_until, until: the shop's customers, latest first."""
    from_time, from_id = decode_key(after, tuple[Any, UUID]) or (work.now, LAST)
    rows = await work.fetch(CUSTOMERS_SQL, shop, from_time, from_id, PAGE_SIZE + 1)
    return page_of(rows, PAGE_SIZE, lambda row: (row["since"], row["person_id"]))


async def changes_of_shop(work: Work, shop: UUID, *, after: str | None = None, size: int = PAGE_SIZE) -> Page[Any]:
    """Every customer that came to this shop or left it, and why, latest first."""
    (last,) = decode_key(after, tuple[UUID]) or (LAST,)
    rows = await work.fetch(CHANGES_SQL, shop, last, size + 1)
    return page_of(rows, size, lambda row: (row["id"],))


async def changes_of_person(work: Work, person: UUID) -> list[Any]:
    """Whose customer he was, and how that came."""
    return await work.fetch(CHANGES_OF_SQL, person)


async def follows_of(work: Work, person: UUID) -> list[Any]:
    """Rows of shop_id, since: the shops he follows, latest first."""
    return await work.fetch(FOLLOWS_SQL, person)
