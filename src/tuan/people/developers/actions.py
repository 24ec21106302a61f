"""Making and ending keys and endpoints, giving events their positions, and what came of posting them."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from tuan.kit.ids import new_uuid
from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import Instant
from tuan.people.developers import model, queries, store
from tuan.people.developers.errors import EndpointsFull
from tuan.people.developers.model import DELIVERY, ENDPOINT, KEY, Caller, DeliveryState, EndpointId, MadeKey
from tuan.platform import audit
from tuan.platform.gateways.posting import Answer, Poster
from tuan.platform.work import Work


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one try of one delivery."""

    delivery: UUID
    tries: int
    answer: Answer


async def make_key(
    work: Work, owner: UUID, name: str, scopes: Collection[str], *, expires_at: Instant | None, reason: str
) -> MadeKey | Refusal:
    """A key that acts as `owner` within `scopes`; its text is in the answer and nowhere else. Audited."""
    if refusal := model.why_not_make_key(name, scopes):
        return refusal
    made = MadeKey(KEY.new(), model.KEY_START + secrets.token_urlsafe(model.KEY_BYTES))
    kept = sorted(set(scopes))
    row = store.KeyRow(made.id, owner, name.strip(), model.hash_of(made.text), kept, work.now, expires_at)
    await work.write(store.INSERT_KEYS, [row])
    await audit.record(work, "developers.make_key", KEY.show(made.id), reason=reason, before={},
                       after={"name": row.name, "scopes": kept})  # fmt: skip
    return made


async def revoke_key(work: Work, key: UUID, *, reason: str) -> Refusal | None:
    """From now on nobody gets in with it. Audited."""
    name = await work.fetch_value(store.REVOKE_KEY_SQL, key, work.now)
    if name is None:
        return NotFound()
    await audit.record(work, "developers.revoke_key", KEY.show(key), reason=reason, before={"name": name},
                       after={"revoked": True})  # fmt: skip
    return None


async def forget_keys(work: Work, person: UUID) -> dict[str, int]:
    """Nobody acts as him any more, and what he called his keys is gone."""
    return {"keys": await work.execute(store.FORGET_KEYS_SQL, person, work.now)}


async def use_key(work: Work, text: str) -> Caller | None:
    """Who comes with this key, and a note that it was used, at most once a minute."""
    caller = await queries.caller_of(work, text)
    if caller is not None:
        await work.execute(store.TOUCH_KEY_SQL, caller.key, work.now)
    return caller


async def add_endpoint(
    work: Work, url: str, kinds: Collection[str], poster: Poster, *, reason: str
) -> EndpointId | Refusal:
    """Post events of these kinds (none named: of all) to this address from now on. Audited."""
    if refusal := poster.why_not_post(url) or model.why_not_listen(kinds):
        return refusal
    await work.fetch(store.LOCK_MARKET_SQL)
    if await work.fetch_value(store.COUNT_ENDPOINTS_SQL) >= model.ENDPOINTS_MAX:
        return EndpointsFull(most=model.ENDPOINTS_MAX)
    endpoint = ENDPOINT.new()
    await work.write(store.INSERT_ENDPOINTS, [store.EndpointRow(endpoint, url, sorted(set(kinds)), work.now)])
    await audit.record(work, "developers.add_endpoint", ENDPOINT.show(endpoint), reason=reason, before={},
                       after={"url": url})  # fmt: skip
    return endpoint


async def remove_endpoint(work: Work, endpoint: UUID, *, reason: str) -> Refusal | None:
    """Nothing is posted there any more; what was still owed is parked. Audited."""
    url = await work.fetch_value(store.REMOVE_ENDPOINT_SQL, endpoint, work.now)
    if url is None:
        return NotFound()
    await work.execute(store.PARK_OF_ENDPOINT_SQL, endpoint)
    await audit.record(work, "developers.remove_endpoint", ENDPOINT.show(endpoint), reason=reason,
                       before={"url": url}, after={})  # fmt: skip
    return None


async def rotate_secret(work: Work, endpoint: UUID, *, reason: str) -> int | Refusal:
    """The version of the new secret; for a day both it and the one before sign every message. Audited."""
    version: int | None = await work.fetch_value(store.ROTATE_SQL, endpoint, work.now + model.OVERLAP)
    if version is None:
        return NotFound()
    await audit.record(work, "developers.rotate_secret", ENDPOINT.show(endpoint), reason=reason,
                       before={"version": version - 1}, after={"version": version})  # fmt: skip
    return version


async def send_again(work: Work, delivery: UUID, *, reason: str) -> Refusal | None:
    """An ended delivery is due again, from its first try; one that is due already is not there to be asked for. Audited."""
    if not await work.execute(store.SEND_AGAIN_SQL, delivery, work.now):
        return NotFound()
    await audit.record(work, "developers.send_again", DELIVERY.show(delivery), reason=reason, before={}, after={})
    return None


async def publish(work: Work, facts: Sequence[UUID]) -> None:
    """Give these facts the next positions of the feed, and owe them to every endpoint that waits for their kind.

    The feed's row stays locked until the commit, so whoever reads up to a position has seen every one below it.
    """
    endpoints = await work.fetch(store.WAITING_ENDPOINTS_SQL)
    names = {row["id"]: row["name"] for row in await work.fetch(store.FACTS_SQL, list(facts))}
    (row,) = await work.lock("feeds", store.TAKE_POSITIONS_SQL, len(facts))
    first = row["position"] - len(facts) + 1
    await work.write(store.INSERT_EVENTS, [store.EventRow(first + n, fact) for n, fact in enumerate(sorted(facts))])
    owed = [
        store.DeliveryRow(DELIVERY.new(), endpoint["id"], fact, work.now, work.now)
        for endpoint in endpoints
        for fact, name in names.items()
        if not endpoint["kinds"] or name in endpoint["kinds"]
    ]
    await work.write(store.INSERT_DELIVERIES, owed)


async def note_outcomes(work: Work, outcomes: Sequence[Outcome]) -> None:
    """Write the log, end what was taken, park what was tried often enough.

    A delivery that was ended meanwhile (its endpoint was removed) or claimed anew stays as it is; its try is in the log.
    """
    rows = await work.fetch(store.LOCK_DUE_SQL, [one.delivery for one in outcomes])
    current = {row["id"]: row["tries"] for row in rows}
    ended = [
        store.EndRow(
            one.delivery, DeliveryState.DUE, DeliveryState.DELIVERED if one.answer.is_taken else DeliveryState.PARKED
        )
        for one in outcomes
        if current.get(one.delivery) == one.tries and (one.answer.is_taken or one.tries >= model.TRIES_MAX)
    ]
    await work.write(store.END_DELIVERIES, ended)
    await work.write(store.INSERT_TRIES, [
        store.TryRow(new_uuid(), one.delivery, work.now, one.answer.said, one.answer.milliseconds) for one in outcomes
    ])  # fmt: skip
