"""Races for one key (E8): a hundred at once, some with another input, and answers that are lost after the effect.

Each race is run twice: as it is, and as its own control with the guard taken off, which must fail.
"""

from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from tests.given import goods as given
from tests.given.races import Rivals
from tuan.platform import idempotency
from tuan.platform.idempotency import KeyReused
from tuan.platform.lanes import Lane
from tuan.platform.work import Work
from tuan.trade import orders
from tuan.trade.orders.model import Placed, PlaceOrder

CROWD = 100


async def asked(rivals: Rivals, *units: int) -> tuple[list[Any], int]:
    """(outcomes, orders placed) of one key sent a hundred times through two processes at once, in turn with these units."""
    of, who = await given.goods(rivals.one, units=1000), await given.buyer(rivals.one)
    sent = [PlaceOrder(who.id, "same", ((of.sku, units[n % len(units)]),), who.address, None) for n in range(CROWD)]
    outcomes = await rivals.crowd(orders.place_orders, sent)
    async with rivals.one.work() as work:
        return outcomes, await work.fetch_value("SELECT count(*) FROM orders.orders WHERE market_id = $1")


def forget_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """A claim that asks for the key without taking it."""
    bare = (
        "SELECT u.actor_id, u.key FROM unnest($2::uuid[], $3::text[], $4::text[], $5::bytea[], $6::timestamptz[]) "
        "AS u(actor_id, verb, key, input_hash, at) WHERE $1::bigint IS NOT NULL"
    )
    monkeypatch.setattr(idempotency, "CLAIM", replace(idempotency.CLAIM, sql=bare))
    write = Work.write

    async def forgetful(work: Work, bulk: Any, rows: Any, *same: Any) -> None:
        if bulk is not idempotency.REMEMBER:  # no key was taken, so there is none to keep the outcome under
            await write(work, bulk, rows, *same)

    monkeypatch.setattr(Work, "write", forgetful)


def one_order(outcomes: list[Any], placed: int) -> None:
    assert placed == 1
    assert len(set(outcomes)) == 1 and isinstance(outcomes[0], Placed), outcomes


async def test_one_key_sent_a_hundred_times_is_one_order(rivals: Rivals) -> None:
    """E8: the same key and input."""
    one_order(*await asked(rivals, 1))
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_one_key_is_several_orders(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    forget_keys(monkeypatch)
    outcomes, placed = await asked(rivals, 1)
    with pytest.raises(AssertionError):
        one_order(outcomes, placed)
    assert placed > 1


def others_are_told(outcomes: list[Any], placed: int) -> None:
    """Whoever came first has his order, told alike to all who asked the same; the other half hears that the key is taken.

    Of four in turn two ask for one unit and two for two, so that each process gets both.
    """
    assert placed == 1
    assert {type(one) for one in outcomes} == {Placed, KeyReused}, outcomes
    for half in (outcomes[::4] + outcomes[1::4], outcomes[2::4] + outcomes[3::4]):
        assert len(set(half)) == 1, outcomes


async def test_one_key_with_two_inputs_is_one_order(rivals: Rivals) -> None:
    """E8: the same key, and a second input."""
    others_are_told(*await asked(rivals, 1, 1, 2, 2))
    assert await rivals.one.breaches() == {}


async def test_control_without_hash_the_second_input_is_answered_as_the_first(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "input_hash", lambda _command: b"")
    outcomes, placed = await asked(rivals, 1, 1, 2, 2)
    with pytest.raises(AssertionError):
        others_are_told(outcomes, placed)


def lose_answers(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The connection is cut between the commit and the answer, once for each command; how many of a batch it was."""
    once, lost = Lane._once, []

    async def cut(lane: Lane, commands: list[Any]) -> list[Any]:
        outcomes = await once(lane, commands)
        if id(lane) not in seen:
            seen.add(id(lane))
            lost.append(len(commands))
            raise asyncpg.ConnectionDoesNotExistError("cut after the commit")
        return outcomes

    seen: set[int] = set()
    monkeypatch.setattr(Lane, "_once", cut)
    return lost


async def test_an_answer_that_was_lost_after_the_effect_is_given_again(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E8: between effect and answer. (A process that dies there: `tests/platform/test_kill_at_await.py`.)"""
    lost = lose_answers(monkeypatch)
    one_order(*await asked(rivals, 1))
    assert sum(lost) == CROWD, "everybody's first answer was lost"
    assert await rivals.one.breaches() == {}


async def test_control_without_keys_what_was_lost_is_done_again(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_keys(monkeypatch)
    lose_answers(monkeypatch)
    outcomes, placed = await asked(rivals, 1)
    with pytest.raises(AssertionError):
        one_order(outcomes, placed)
    assert placed == 2 * CROWD
