"""Two who sign at once, two who speak for one person at once. With their controls."""

import pytest

from tests.given import goods as given
from tests.given import guarding
from tests.given.races import Rivals, meet_after_loading, one_won, unguarded
from tuan.people import compliance
from tuan.people.compliance import SignOffOver, store


async def two_seconds_at_once(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    place = rivals.one
    asked, (second, third) = await guarding.asked(place), await given.buyers(place, 2)
    with monkeypatch.context() as patch:
        meet_after_loading(patch, before="write")
        return await rivals.race(
            guarding.do_as(place, second.id, compliance.give_sign_off, asked, "总经理", reason="test"),
            guarding.do_as(rivals.other, third.id, compliance.give_sign_off, asked, "董事", reason="test"),
        )


async def test_of_two_second_persons_one_signs(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    one_won(await two_seconds_at_once(rivals, monkeypatch), SignOffOver)


async def test_control_without_lock_both_believe_they_did(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded(monkeypatch, (store, "LOCK_SIGN_OFF_SQL"), (store, "MOVE_SIGN_OFFS"))
    assert await two_seconds_at_once(rivals, monkeypatch) == [None, None]


async def agreeing_twice_at_once(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> int:
    """How often it is written down that somebody agreed."""
    place, who = rivals.one, await given.buyer(rivals.one)
    with monkeypatch.context() as patch:
        meet_after_loading(patch, before="write")
        await rivals.race(guarding.agree(place, who, who.id), guarding.agree(rivals.other, who, who.id))
    async with place.work() as work:
        return len(await compliance.consents_of(work, who.id))


async def test_agreeing_twice_at_once_is_agreeing_once(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await agreeing_twice_at_once(rivals, monkeypatch) == 1


async def test_control_without_lock_it_is_written_twice(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded(monkeypatch, (store, "LOCK_PERSON_SQL"))
    assert await agreeing_twice_at_once(rivals, monkeypatch) == 2
