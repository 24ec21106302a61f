"""Somebody joins twice at once: he is one member. Two lists at once invite each number once. With their controls."""

import pytest

from tests.given import goods as given
from tests.given import guarding
from tests.given import organisations as bank
from tests.given.races import Rivals, meet_after_loading, one_won, unguarded
from tuan.kit.refusals import granted
from tuan.people.compliance import store
from tuan.people.compliance.model import ORGANISATION_MEMBER
from tuan.platform import limits
from tuan.value import membership
from tuan.value.membership import AlreadyMember


async def joining_twice(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    place, (of, _), who = rivals.one, await bank.organisation(rivals.one), await given.buyer(rivals.one)
    granted(await bank.invite(place, of, await bank.number_of(place, who)))
    await guarding.agree(place, who, of, ORGANISATION_MEMBER)  # so that the next that is written is the membership
    with monkeypatch.context() as patch:
        meet_after_loading(patch, before="write")
        return await rivals.race(
            place.do(membership.accept, who.id, of, **bank.SHOWN),
            rivals.other.do(membership.accept, who.id, of, **bank.SHOWN),
        )


async def test_joining_twice_at_once_is_joining_once(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    one_won(await joining_twice(rivals, monkeypatch), AlreadyMember)
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_both_believe_they_joined(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded(monkeypatch, (store, "LOCK_PERSON_SQL"))
    assert await joining_twice(rivals, monkeypatch) == [None, None]


async def listed_twice(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Of two lists with the same two numbers, one of somebody who is here: how many each invited, how many it knew."""
    place, (of, _), who = rivals.one, await bank.organisation(rivals.one), await given.buyer(rivals.one)
    said = (await bank.number_of(place, who), "13012345678")
    with monkeypatch.context() as patch:
        meet_after_loading(patch, before="execute")
        heard = await rivals.race(bank.invite(place, of, *said), bank.invite(rivals.other, of, *said))
    async with place.work() as work:
        assert (await membership.counts(work, [of]))[of].invited == 2
    return sorted((len(looked.new), looked.known()) for looked in heard)


async def test_two_lists_at_once_invite_each_number_once(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await listed_twice(rivals, monkeypatch) == [(0, 2), (2, 0)]
    assert await rivals.one.breaches() == {}


async def test_control_without_waiting_both_say_they_invited(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    async def take(*_: object, **__: object) -> None:
        return None

    monkeypatch.setattr(limits, "take", take)
    assert await listed_twice(rivals, monkeypatch) == [(2, 0), (2, 0)]
