"""Forgetting what has served: ended sessions, old rate-limit counters, keys that nobody will repeat."""

from datetime import timedelta
from uuid import UUID

from tuan.platform.sweeps import every
from tuan.platform.work import MarketId, Work

ROWS_MAX = 1000
KEPT = timedelta(days=30)
"""How long asking again with the same key is answered from memory; afterwards it is a new question."""
WALKED_MAX = 5000

ENDED_SESSIONS_SQL = (
    "DELETE FROM platform.sessions WHERE market_id = $1 AND token_hash = ANY(ARRAY(SELECT s.token_hash "
    "FROM platform.sessions s WHERE s.market_id = $1 AND s.expires_at < $2 ORDER BY s.expires_at LIMIT $3))"
)
OLD_LIMITS_SQL = (
    "DELETE FROM platform.limits WHERE market_id = $1 AND window_start < $2::timestamptz - interval '1 day'"
)

OLD_KEYS_SQL = (
    "WITH walked AS (SELECT i.actor_id, i.verb, i.key, i.at FROM platform.idempotency i WHERE i.market_id = $1 "
    "AND (i.actor_id, i.verb, i.key) > ($2::uuid, $3::text, $4::text) ORDER BY i.actor_id, i.verb, i.key LIMIT $5), "
    "forgotten AS (DELETE FROM platform.idempotency o USING walked w WHERE o.market_id = $1 AND o.actor_id = w.actor_id "
    "AND o.verb = w.verb AND o.key = w.key AND w.at < $6) "
    "SELECT actor_id, verb, key FROM walked ORDER BY actor_id DESC, verb DESC, key DESC LIMIT 1"
)

START = (UUID(int=0), "", "")

_reached: dict[MarketId, tuple[UUID, str, str]] = {}
"""Where this worker's walk through a market's keys stands. One that starts anew begins anew; nothing is lost by that."""
END_SESSIONS_SQL = "DELETE FROM platform.sessions WHERE market_id = $1 AND person_id = $2"


async def end_sessions(work: Work, person: UUID) -> int:
    """Sign this person out everywhere, from the next request on; how many sessions that were."""
    return await work.execute(END_SESSIONS_SQL, person)


@every(seconds=600, due="SELECT id AS market_id FROM platform.markets")
async def forget(work: Work) -> int:
    """Sessions that ended and counters whose window is a day old; the number of sessions, so that a crowd goes on at once."""
    await work.execute(OLD_LIMITS_SQL, work.now)
    return await work.execute(ENDED_SESSIONS_SQL, work.now, ROWS_MAX)


@every(seconds=60, due="SELECT id AS market_id FROM platform.markets")
async def forget_keys(work: Work) -> int:
    """Keys older than thirty days, piece by piece: each round walks on over a few thousand, whatever their age.

    They lie in the order in which they are asked for, and an index by age would be written with every order.
    """
    at = _reached.get(work.market.id, START)
    last = await work.fetch_one(OLD_KEYS_SQL, *at, WALKED_MAX, work.now - KEPT)
    _reached[work.market.id] = (last["actor_id"], last["verb"], last["key"]) if last else START
    return 0
