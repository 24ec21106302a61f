"""Somebody joins twice at once: he is one member. With its control."""

import pytest

from tests.given import goods as given
from tests.given import guarding
from tests.given import organisations as bank
from tests.given.races import Rivals, meet_after_loading, one_won, unguarded
from tuan.kit.refusals import granted
from tuan.people.compliance import store
from tuan.people.compliance.model import ORGANISATION_MEMBER
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
