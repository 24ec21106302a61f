"""The verbs of sharing. None of them takes an operator and a customer: nobody moves a customer but a rule and himself."""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from tuan.kit.ids import new_uuid
from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import Instant, day_of, start_of
from tuan.people import accounts
from tuan.people.sharing import model, queries, store
from tuan.people.sharing.errors import LinkHostInvalid, LinkHostTaken, LinkInvalid, NobodysCustomer, RuleInvalid
from tuan.people.sharing.model import CHANNELS, KINDS, PAGE, Binding, BindTerms, Code, Link, Target, Why
from tuan.platform import audit, limits, markets
from tuan.platform.work import Work

CAMPAIGN_LETTERS_MAX = 40
DAYS_MAX = 3650
DAY_SECONDS = 86400
TOPIC = "link:"
"""Before a code in the live hub's name for news of this link: it opens nothing any more, or it is for a shop from now on."""
HOST_TOPIC = "link-host"
"""In the live hub: links of this market stand elsewhere now."""
NEW_FOR = timedelta(hours=1)
"""Who joined no longer ago came by the link of this visit."""


@dataclass(frozen=True, slots=True)
class MakeLink:
    """Share an object. expires_at: None for a link that stays, of which there is one for the same sharer, object, channel
    and campaign; of those that end at the same moment too."""

    actor: UUID
    target: Target
    channel: str
    campaign: str = ""
    expires_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class MarketLink:
    """A link of the market itself, which nobody gains by: for its own campaigns, on its own channels."""

    target: Target
    channel: str
    campaign: str
    expires_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """One visit through a link: who, as a hash that means nothing tomorrow, or that it was a program."""

    code: Code
    visitor: bytes
    is_bot: bool


async def make_link(work: Work, new: MakeLink) -> Code | Refusal:
    """The code of this link, the same one when it was made before. For the sharer's own shop where he has one.

    Whether the object is there, the caller has seen to.
    """
    if refusal := _why_not(work, new):
        return refusal
    if (kept := await _kept(work, new)) is not None:
        return kept
    bucket = f"sharing.links {new.actor}"
    if refusal := await limits.take(work, bucket, most=model.LINKS_PER_DAY_MAX, window_seconds=DAY_SECONDS):
        return refusal
    shop = await work.fetch_value(store.SHOP_OF_SQL, new.actor)
    return await _keep(work, new, shop)


async def _keep(work: Work, new: MakeLink, shop: UUID | None) -> Code:
    """A link that is not there yet, or was made a moment ago."""
    code = model.code_of(secrets.randbits(model.CODE_BITS))
    row = store.LinkRow(
        code,
        new.target.kind,
        new.target.object_id,
        new.actor,
        shop,
        new.channel,
        new.campaign,
        work.now,
        new.expires_at,
    )
    if await work.execute(store.INSERT_LINKS.sql, *store.INSERT_LINKS.arrays([row])):
        return Code(code)
    return await _kept(work, new) or await _keep(
        work, new, shop
    )  # he asked twice in the same moment, or took it back in it


async def _kept(work: Work, new: MakeLink) -> Code | None:
    """The link that stands already where this one would: what makes two links one stands in a unique index too."""
    same = (new.actor, new.target.kind, new.target.object_id, new.channel, new.campaign)
    if new.expires_at is None:
        kept = await work.fetch_value(store.KEPT_LINK_SQL, *same)
    else:
        kept = await work.fetch_value(store.KEPT_ENDING_LINK_SQL, *same, new.expires_at)
    return None if kept is None else Code(kept)


async def begin_shop(work: Work, keeper: UUID, shop: UUID) -> None:
    """A shop has opened: its page has a link of its own, and what its keeper shared before is for it from now on.

    Whoever makes a link at this moment takes from the same limit: he has ended before this goes on, or finds the shop.
    """
    bucket = f"sharing.links {keeper}"
    await limits.take(work, bucket, most=model.LINKS_PER_DAY_MAX, window_seconds=DAY_SECONDS)  # for its lock
    await _keep(work, MakeLink(keeper, Target("shop", shop), PAGE), shop)
    for row in await work.fetch(store.GIVE_LINKS_SQL, keeper, shop, work.now):
        work.notify(TOPIC + row["code"])


async def begin_shops(work: Work, *, limit: int) -> int:
    """The same for shops that opened before their page had a link. How many."""
    rows = await work.fetch(store.NEW_SHOPS_SQL, limit)
    for row in rows:
        await begin_shop(work, row["owner_id"], row["id"])
    return len(rows)


async def make_links(
    work: Work, actor: UUID, target: Target, channels: Sequence[str], campaign: str = "", *, days: int | None = None
) -> dict[str, Code] | Refusal:
    """The codes of an object by channel, so that each way of sharing it is counted for itself; all of them or none.

    days: they end at the end of the last of so many days of the market, today among them, so that who asks twice on a day gets the
    same ones; None for links that stay.
    """
    if days is not None and not 0 < days <= model.LINK_DAYS_MAX:
        return LinkInvalid(field="days")
    zone, until = work.market.time_zone, None
    if days is not None:
        until = start_of(day_of(work.now, zone) + timedelta(days=days), zone)
    found: dict[str, Code] = {}
    for channel in channels:
        code = await make_link(work, MakeLink(actor, target, channel, campaign, until))
        if isinstance(code, Refusal):
            return code
        found[channel] = code
    return found


async def make_market_link(work: Work, new: MarketLink, *, reason: str) -> Code | Refusal:
    """A new code each time, of nobody and for no shop. Audited."""
    if refusal := _why_not(work, new):
        return refusal
    code = model.code_of(secrets.randbits(model.CODE_BITS))
    target = new.target
    row = store.LinkRow(code, target.kind, target.object_id, None, None, new.channel, new.campaign, work.now,
                        new.expires_at)  # fmt: skip
    await work.execute(store.INSERT_LINKS.sql, *store.INSERT_LINKS.arrays([row]))
    told = {"kind": target.kind, "object": str(target.object_id), "channel": new.channel, "campaign": new.campaign}
    await audit.record(work, "sharing.make_market_link", code, reason=reason, before={}, after=told)
    return Code(code)


def _why_not(work: Work, new: MakeLink | MarketLink) -> Refusal | None:
    """The market's own may end whenever it likes."""
    most = work.now + timedelta(days=model.LINK_DAYS_MAX)
    end = new.expires_at
    wrong = {
        "kind": new.target.kind not in KINDS,
        "channel": new.channel not in CHANNELS,
        "campaign": len(new.campaign) > CAMPAIGN_LETTERS_MAX,
        "expires_at": end is not None and (end <= work.now or (isinstance(new, MakeLink) and end > most)),
    }
    field = next((name for name, is_bad in wrong.items() if is_bad), None)
    return LinkInvalid(field=field) if field else None


async def revoke_link(work: Work, code: str, sharer: UUID) -> Refusal | None:
    """The sharer wants it opened no more; what it brought stays."""
    return await _revoke(work, [code], sharer)


async def revoke_links(work: Work, code: str, sharer: UUID) -> Refusal | None:
    """The same with this link and its sisters on the other channels, which end with it."""
    return await _revoke(work, await queries.own_codes(work, code, sharer), sharer)


async def _revoke(work: Work, codes: Sequence[str], sharer: UUID | None) -> Refusal | None:
    """Those of these that are open end at once, everywhere; the sharer's own, or anybody's."""
    gone = await work.fetch(store.REVOKE_SQL, codes, work.now, sharer)
    for row in gone:
        work.notify(TOPIC + row["code"])
    return None if gone else NotFound()


async def revoke_any_link(work: Work, code: str, *, reason: str) -> Refusal | None:
    """The market stops a link that is misused. Audited."""
    if refusal := await _revoke(work, [code], None):
        return refusal
    await audit.record(work, "sharing.revoke_link", code, reason=reason, before={}, after={"revoked": True})
    return None


async def set_link_host(work: Work, host: str, *, reason: str) -> Refusal | None:
    """From now on links are shown at this domain; "": at the market's host, where they always open too. Audited."""
    wanted = host.strip().lower()
    if wanted and not model.is_link_host(wanted):
        return LinkHostInvalid()
    held = await markets.lock_hosts(work)
    if (before := held["link_host"] or "") == wanted:
        return None
    if wanted == held["host"] or not await markets.set_link_host(work, wanted or None):
        return LinkHostTaken()
    work.notify(HOST_TOPIC)
    await audit.record(work, "sharing.set_link_host", "links", reason=reason, before={"link_host": before},
                       after={"link_host": wanted})  # fmt: skip
    return None


async def count_visits(work: Work, seen: Sequence[Seen]) -> None:
    """Add visits to their links' day; a visitor counts once a day, a program apart. Of links that are gone nothing is kept."""
    day = day_of(work.now, work.market.time_zone)
    known = {r["code"] for r in await work.fetch(store.KNOWN_CODES_SQL, list({one.code for one in seen}))}
    people = {(one.code, one.visitor) for one in seen if not one.is_bot and one.code in known}
    rows = [store.VisitorRow(day, code, visitor) for code, visitor in sorted(people)]
    new = await work.fetch(store.INSERT_VISITORS.sql, *store.INSERT_VISITORS.arrays(rows)) if rows else []
    visitors = Counter(row["code"] for row in new)
    visits = Counter(one.code for one in seen if not one.is_bot)
    bots = Counter(one.code for one in seen if one.is_bot)
    counted = [store.VisitRow(c, day, visits[Code(c)], visitors[c], bots[Code(c)]) for c in sorted(known)]
    await work.write(store.ADD_VISITS, counted)


async def come_through(work: Work, person: UUID, link: Link) -> Binding | None:
    """A signed-in person came through a link: the binding that began by the market's rule, None where nothing changed."""
    terms = await queries.bind_terms(work)
    (row,) = await work.lock("buyers", store.LOCK_PERSON_SQL, person)
    held = (await queries.bindings_of(work, [person])).get(person)
    if held is not None and not held.is_live(work.now):
        await _end_binding(work, held, Why.EXPIRED)
        held = None
    is_new = work.now - row["created_at"] <= NEW_FOR and not await queries.changes_of_person(work, person)
    after = model.meet(person, link, held, terms, work.now, is_new=is_new)
    if after is None:
        return None
    await work.write(store.KEEP_BINDINGS, [after])
    await accounts.note_bound(work, person, is_bound=True)
    before = held.shop_id if held else None
    if before != after.shop_id:
        change = store.ChangeRow(new_uuid(), person, before, after.shop_id, Why.LINK, link.code, work.now)
        await work.write(store.INSERT_CHANGES, [change])
    return after


async def leave_shop(work: Work, person: UUID) -> Refusal | None:
    """The buyer wants to be nobody's customer; the shop sees that he went, and what he bought before stays its own."""
    await work.lock("buyers", store.LOCK_PERSON_SQL, person)
    held = (await queries.bindings_of(work, [person])).get(person)
    if held is None or not held.is_live(work.now):
        return NobodysCustomer()
    await _end_binding(work, held, Why.LEFT)
    return None


async def end_run_out(work: Work, *, limit: int) -> int:
    """Bindings whose time is over end, and the shops see it. How many."""
    rows = await work.lock("buyers", store.LOCK_RUN_OUT_SQL, work.now, limit)
    held = await queries.bindings_of(work, [row["id"] for row in rows])
    over = [one for one in held.values() if not one.is_live(work.now)]
    for one in over:
        await _end_binding(work, one, Why.EXPIRED)
    return len(over)


async def _end_binding(work: Work, held: Binding, why: Why) -> None:
    """Of a person who is locked. What ran out ended with its time, however late that is written."""
    await work.execute(store.END_BINDING_SQL, held.person_id)
    await accounts.note_bound(work, held.person_id, is_bound=False)
    at = work.now if why != Why.EXPIRED or held.until is None else held.until
    change = store.ChangeRow(new_uuid(), held.person_id, held.shop_id, None, why, None, at)
    await work.write(store.INSERT_CHANGES, [change])


async def follow_shop(work: Work, person: UUID, shop: UUID) -> None:
    """To follow is to want news; it makes nobody a customer."""
    await work.execute(store.FOLLOW.sql, *store.FOLLOW.arrays([store.FollowRow(person, shop, work.now)]))


async def unfollow_shop(work: Work, person: UUID, shop: UUID) -> None:
    """No more news of it; twice is once."""
    await work.execute(store.UNFOLLOW_SQL, person, shop)


async def set_bind_terms(work: Work, terms: BindTerms, *, reason: str) -> Refusal | None:
    """From now on visits bind by this rule; who is somebody's customer already stays it for as long as he was told. Audited."""
    days = {"valid_days": terms.valid_days, "protected_days": terms.protected_days}
    least = {"valid_days": 1, "protected_days": 0}
    for field, count in days.items():
        if count is not None and not least[field] <= count <= DAYS_MAX:
            return RuleInvalid(field=field)
    before = await queries.bind_terms(work)
    await work.execute(store.SET_RULE_SQL, terms.rule, terms.valid_days, terms.protected_days, work.now)
    await audit.record(work, "sharing.set_bind_terms", "binding", reason=reason,
                       before=_told(before), after=_told(terms))  # fmt: skip
    return None


def _told(terms: BindTerms) -> dict[str, str | int | None]:
    return {"rule": terms.rule, "valid_days": terms.valid_days, "protected_days": terms.protected_days}


async def forget_visitors(work: Work, *, limit: int) -> int:
    """Who was counted on a day that is over."""
    return await work.execute(store.FORGET_VISITORS_SQL, day_of(work.now, work.market.time_zone), limit)


async def forget(work: Work, person: UUID) -> dict[str, int]:
    """He is nobody's customer, follows nobody, and his links open nothing. Whoever forgets him has locked him."""
    held = (await queries.bindings_of(work, [person])).get(person)
    if held is not None:
        await _end_binding(work, held, Why.ERASED if held.is_live(work.now) else Why.EXPIRED)
    return {
        "bindings": 0 if held is None else 1,
        "follows": await work.execute(store.UNFOLLOW_SQL, person, None),
        "links": await work.execute(store.FORGET_LINKS_SQL, person, work.now),
    }
