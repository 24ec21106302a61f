"""Keys that let programs in, the feed that skips nothing, and webhooks that come until they are taken."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from standardwebhooks import Webhook

from tests.given import goods as given
from tests.given import houses
from tests.given.houses import Place
from tests.given.receivers import URL, Receiver, poster, relay_through
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import NotFound, Refused, granted
from tuan.main import load_modules
from tuan.people import accounts, developers
from tuan.people.developers import actions, model, sweeps
from tuan.people.developers.errors import EndpointsFull
from tuan.people.developers.model import ENDPOINT, EVENT, PAUSES_SECONDS, PUBLIC_IDS, TRIES_MAX
from tuan.play.groupbuy.model import TEAM_ID
from tuan.trade.orders.facts import OrderClosed
from tuan.trade.orders.model import ORDER_ID


async def key(place: Place, *scopes: str, **more: Any) -> tuple[Any, given.Buyer]:
    who = await given.buyer(place)
    made = await place.do(
        developers.make_key, who.id, "ERP", scopes or ("events.read",), **{"expires_at": None, "reason": "test"} | more
    )
    return granted(made), who


async def tell(place: Place, count: int = 1) -> list[OrderClosed]:
    told = [OrderClosed(new_uuid()) for _ in range(count)]
    async with place.work() as work:
        for fact in told:
            work.tell(fact)
    return told


async def feed(place: Place, after: int = 0) -> list[Any]:
    async with place.work() as work:
        return await developers.events_after(work, after, size=1000)


async def log_of(place: Place, endpoint: Any) -> list[tuple[str, list[str]]]:
    async with place.work() as work:
        found = (await developers.deliveries_of(work, endpoint)).items
        tries = await developers.tries_of(work, [row["id"] for row in found])
    return [(row["state"], [one["answer"] for one in tries[row["id"]]]) for row in found]


# ── keys ──
async def test_a_key_lets_in_until_it_is_revoked_and_its_text_is_kept_nowhere(place: Place) -> None:
    made, who = await key(place, "orders.read", "orders.read")
    caller = await place.do(developers.use_key, made.text)
    assert caller == model.Caller(made.id, who.id, frozenset({"orders.read"}))
    (row,) = await place.do(developers.list_keys)
    assert row["used_at"] is not None and row["scopes"] == ["orders.read"]
    assert made.text not in str(await place.snapshot())
    assert await place.do(developers.revoke_key, made.id, reason="test") is None
    assert await place.do(developers.use_key, made.text) is None
    assert await place.do(developers.revoke_key, made.id, reason="test") == NotFound()


async def test_a_key_ends_with_its_time_and_at_the_market(place: Place) -> None:
    other_place = Place(place.house, place.relay, *await houses.make_market(place.house))
    async with place.work() as work:
        end = work.now + timedelta(days=1)
    made, _ = await key(place, expires_at=end)
    assert await other_place.do(developers.use_key, made.text) is None
    assert await place.do(developers.use_key, made.text) is not None
    await place.move_clock(timedelta(days=1))
    assert await place.do(developers.use_key, made.text) is None
    assert await place.do(developers.use_key, made.text + "x") is None


async def test_a_key_of_a_blocked_person_lets_nobody_in(place: Place) -> None:
    made, who = await key(place)
    assert await place.do(accounts.block, who.id, reason="test") is None
    assert await place.do(developers.use_key, made.text) is None


async def test_a_key_used_often_is_written_down_once_a_minute(place: Place) -> None:
    made, _ = await key(place)
    await place.do(developers.use_key, made.text)
    before = await place.snapshot()
    await place.do(developers.use_key, made.text)
    assert await place.snapshot() == before
    await place.move_clock(timedelta(minutes=2))
    await place.do(developers.use_key, made.text)
    assert await place.snapshot() != before


# ── the feed ──
def test_ids_in_facts_are_shown_as_everywhere_else() -> None:
    load_modules()
    some = new_uuid()
    assert PUBLIC_IDS["order"].show(some) == ORDER_ID.show(some) and PUBLIC_IDS["team"].show(some) == TEAM_ID.show(some)
    ids = {field.name for kind in model.facts.kinds.values() if kind.__module__.startswith("tuan.")
           for field in msgspec.structs.fields(kind) if field.type is UUID}  # fmt: skip
    assert ids == PUBLIC_IDS.keys(), "a fact's new id needs its way to be shown"


async def test_a_fact_that_commits_late_is_not_skipped(place: Place) -> None:
    """Its id is lower than that of a fact that was read before; its position is not."""
    async with place.work() as late:
        early = OrderClosed(new_uuid())
        late.tell(early)
        await late.fetch_value("SELECT $1::bigint")
        (after,) = await tell(place)
        await place.quiet()
        (first,) = await feed(place)
        assert json.loads(first["body"])["order"] == str(after.order)
    await place.quiet()
    (second,) = await feed(place, first["position"])
    assert json.loads(second["body"])["order"] == str(early.order)
    assert [row["position"] for row in await feed(place)] == [1, 2]
    assert await place.breaches() == {}


async def test_a_position_is_seen_only_when_all_below_it_are(place: Place) -> None:
    """Two relays publish at once: the second waits for the first, so nobody reads 2 before 1. Unlocked, he would."""
    facts = await outside_the_feed(place, 2)
    async with place.work() as first:
        await actions.publish(first, facts[:1])
        await first.send()
        second = asyncio.create_task(place.do(actions.publish, facts[1:]))
        await asyncio.sleep(0.2)
        assert not second.done() and await feed(place) == []
    await second
    assert [(row["position"], row["id"]) for row in await feed(place)] == [(1, facts[0]), (2, facts[1])]


async def outside_the_feed(place: Place, count: int) -> list[Any]:
    """Facts that no relay will hand up: the test does."""
    await tell(place, count)
    async with place.work() as work:
        rows = await work.fetch("DELETE FROM outbox.pending WHERE market_id = $1 RETURNING fact_id")
    return sorted({row["fact_id"] for row in rows})


async def test_a_crowd_of_facts_is_in_the_feed_once_each(place: Place) -> None:
    told = await tell(place, 1200)
    await place.quiet()
    rows = await feed(place)
    assert [row["position"] for row in rows] == list(range(1, 1001))
    rows += await feed(place, 1000)
    assert len(rows) == len({row["id"] for row in rows}) == len(told)


# ── webhooks ──
async def endpoint(place: Place, *kinds: str) -> Any:
    return granted(await place.do(developers.add_endpoint, URL, kinds, place.house.poster, reason="test"))


async def test_an_event_is_posted_signed_and_says_what_the_feed_says(place: Place) -> None:
    found, receiver = await endpoint(place), Receiver()
    (told,) = await tell(place)
    sender = poster(receiver)
    await relay_through(place, sender)
    (came,) = receiver.came
    secret = sender.secret_of(place.market, found, 1)
    said = Webhook(secret).verify(came.content, dict(came.headers))
    (row,) = await feed(place)
    assert said["type"] == "orders.closed.v1" and said["data"] == {"order": ORDER_ID.show(told.order)}
    assert came.headers["webhook-id"] == EVENT.show(row["id"])
    assert await log_of(place, found) == [("delivered", ["204"])]
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(sender.secret_of(place.market, found, 2)).verify(came.content, dict(came.headers))


async def test_only_the_kinds_asked_for_are_posted(place: Place) -> None:
    await endpoint(place, "orders.paid.v1")
    wanted, receiver = await endpoint(place, "orders.closed.v1", "orders.paid.v1"), Receiver()
    await tell(place)
    await relay_through(place, poster(receiver))
    assert len(receiver.came) == 1 and await log_of(place, wanted) == [("delivered", ["204"])]


async def test_what_is_not_taken_comes_again_under_the_same_id_and_is_parked_in_the_end(place: Place) -> None:
    found, receiver = await endpoint(place), Receiver([500])
    sender = poster(receiver)
    await tell(place)
    await relay_through(place, sender)
    for pause in PAUSES_SECONDS:
        assert await log_of(place, found) == [("due", ["500"] * len(receiver.came))]
        await place.move_clock(timedelta(seconds=pause - 1.5))
        tried = len(receiver.came)
        await relay_through(place, sender)
        assert len(receiver.came) == tried, "not before its time"
        await place.move_clock(timedelta(seconds=1.5))
        await relay_through(place, sender)
    await place.move_clock(timedelta(days=30))
    await relay_through(place, sender)
    assert len(receiver.came) == TRIES_MAX and len({came.headers["webhook-id"] for came in receiver.came}) == 1
    assert await log_of(place, found) == [("parked", ["500"] * TRIES_MAX)]
    await send_again(place, found)
    receiver.statuses = [204]
    await relay_through(place, sender)
    assert (await log_of(place, found))[0][0] == "delivered"
    assert await place.breaches() == {}


async def send_again(place: Place, found: Any) -> None:
    async with place.work() as work:
        (row,) = (await developers.deliveries_of(work, found)).items
        assert await developers.send_again(work, row["id"], reason="test") is None
    assert await place.do(developers.send_again, row["id"], reason="test") == NotFound(), "due already"


async def test_a_try_whose_answer_was_lost_is_made_again(place: Place) -> None:
    """The worker dies between the post and the note: the receiver gets it twice, under one id."""
    found, receiver = await endpoint(place), Receiver([httpx.ReadError("gone"), 204])
    await tell(place)
    await relay_through(place, poster(receiver))
    await place.move_clock(timedelta(seconds=PAUSES_SECONDS[0]))
    await relay_through(place, poster(receiver))
    assert await log_of(place, found) == [("delivered", ["ReadError", "204"])]
    assert len({came.headers["webhook-id"] for came in receiver.came}) == 1


async def test_for_a_day_both_secrets_sign(place: Place) -> None:
    found, receiver = await endpoint(place), Receiver()
    sender = poster(receiver)
    assert await place.do(developers.rotate_secret, found, reason="test") == 2
    for signatures in (2, 1):
        await tell(place)
        await relay_through(place, sender)
        assert len(receiver.came[-1].headers["webhook-signature"].split()) == signatures
        await place.move_clock(model.OVERLAP)
    assert await place.do(developers.rotate_secret, new_uuid(), reason="test") == NotFound()


async def test_a_removed_endpoint_gets_nothing_more(place: Place) -> None:
    found, receiver = await endpoint(place), Receiver([500])
    await tell(place)
    await relay_through(place, poster(receiver))
    assert await place.do(developers.remove_endpoint, found, reason="test") is None
    await tell(place)
    await place.move_clock(timedelta(days=1))
    await relay_through(place, poster(receiver))
    assert len(receiver.came) == 1 and await log_of(place, found) == [("parked", ["500"])]
    with pytest.raises(Refused):
        await place.do(developers.access_endpoint, found)
    assert await place.do(developers.remove_endpoint, found, reason="test") == NotFound()
    assert ENDPOINT.show(found).startswith("hook_")


async def test_two_who_add_the_last_webhook_at_once_do_not_both(place: Place) -> None:
    for _ in range(model.ENDPOINTS_MAX - 1):
        await place.do(developers.add_endpoint, URL, [], place.house.poster, reason="test")
    async with place.work() as first:
        granted(await developers.add_endpoint(first, URL, [], place.house.poster, reason="test"))
        second = asyncio.create_task(place.do(developers.add_endpoint, URL, [], place.house.poster, reason="test"))
        await asyncio.sleep(0.1)
        assert not second.done(), "it waits for the first"
    assert await second == EndpointsFull(most=model.ENDPOINTS_MAX)


async def test_deliveries_that_ended_long_ago_are_forgotten_and_what_is_owed_stays(place: Place) -> None:
    found = await endpoint(place)
    await tell(place)
    await relay_through(place, poster(Receiver()))
    assert await log_of(place, found) == [("delivered", ["204"])]
    assert await place.do(sweeps.forget_deliveries) == 0
    await tell(place)
    while await place.relay.hand_up():
        pass
    await place.move_clock(sweeps.KEPT + timedelta(days=1))
    assert await place.do(sweeps.forget_deliveries) == 1
    assert await log_of(place, found) == [("due", [])]
