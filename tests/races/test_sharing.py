"""Two links of two shops at once: somebody is the customer of one, and his story says how. And who shares while his shop opens
shares for it. With their controls."""

import asyncio
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest

from tests.given import goods as given
from tests.given import sharing as share
from tests.given import shops as shopping
from tests.given.races import PATIENCE_SECONDS, Rivals, meet_after_loading, unguarded
from tuan.kit.refusals import granted
from tuan.people import sharing
from tuan.people.sharing import MakeLink, actions, store
from tuan.people.sharing.model import PAGE, BindRule, BindTerms, Code
from tuan.platform import limits
from tuan.platform.work import Work
from tuan.play import shops


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


async def a_link_while_the_shop_opens(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> UUID | None:
    """For which shop a link is whose sharer had none when it was asked for, and has one before it is written."""
    place, asked, opened = rivals.one, asyncio.Event(), asyncio.Event()
    of, owner = await given.goods(place), await given.buyer(place)
    application = await shopping.waiting(place, owner)
    keep = actions._keep

    async def keep_late(work: Work, new: MakeLink, shop: UUID | None) -> Code:
        if new.channel != PAGE:
            asked.set()
            with suppress(TimeoutError):
                await asyncio.wait_for(opened.wait(), PATIENCE_SECONDS)
        return await keep(work, new, shop)

    async def open_shop() -> None:
        await asked.wait()
        granted(await place.do(shops.approve, application, reason="test"))
        opened.set()

    with monkeypatch.context() as patch:
        patch.setattr(actions, "_keep", keep_late)
        code, _ = await rivals.race(share.link(rivals.other, owner, of), open_shop())
    async with place.work() as work:
        row, _ = await sharing.access_link(work, code)
    shop: UUID | None = row["shop_id"]
    return shop


async def test_who_shares_while_his_shop_opens_shares_for_it(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await a_link_while_the_shop_opens(rivals, monkeypatch) is not None
    assert await rivals.one.breaches() == {}


async def test_control_without_the_limit_he_shares_for_nobody(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    async def take_none(*_: Any, **__: Any) -> None:
        """Nobody waits for anybody."""

    monkeypatch.setattr(limits, "take", take_none)
    assert await a_link_while_the_shop_opens(rivals, monkeypatch) is None
