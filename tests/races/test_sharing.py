"""Two links of two shops at once: somebody is the customer of one, and his story says how. With its control."""

import pytest

from tests.given import goods as given
from tests.given import sharing as share
from tests.given.races import Rivals, meet_after_loading, unguarded
from tuan.people import sharing
from tuan.people.sharing import store
from tuan.people.sharing.model import BindRule, BindTerms


async def two_links_at_once(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many changes somebody's story has who opened two at once, where the first one counts."""
    place = rivals.one
    (_, mine), (_, theirs), who = await share.shops_link(place), await share.shops_link(place), await given.buyer(place)
    await share.rule(place, BindTerms(BindRule.FIRST, None, 30))
    with monkeypatch.context() as patch:
        meet_after_loading(patch, before="write")
        await rivals.race(
            place.do(sharing.come_through, who.id, mine), rivals.other.do(sharing.come_through, who.id, theirs)
        )
    async with place.work() as work:
        return len(await sharing.changes_of_person(work, who.id))


async def test_of_two_first_links_one_binds(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await two_links_at_once(rivals, monkeypatch) == 1
    assert await rivals.one.breaches() == {}


async def test_control_without_lock_both_do(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded(monkeypatch, (store, "LOCK_PERSON_SQL"))
    assert await two_links_at_once(rivals, monkeypatch) == 2
