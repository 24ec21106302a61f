"""Two links of two shops at once: somebody is the customer of one, and his story says how. Who shares while his shop opens
shares for it. And who taps twice has one link. With their controls."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.given import goods as given
from tests.given import sharing as share
from tests.given import shops as shopping
from tests.given.houses import owner_url
from tests.given.races import PATIENCE_SECONDS, Rivals, meet_after_loading, unguarded
from tuan.kit.refusals import granted
from tuan.people import sharing
from tuan.people.sharing import MakeLink, actions, store
from tuan.people.sharing.model import PAGE, BindRule, BindTerms, Code, Target
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


async def test_who_taps_twice_has_one_link_that_ends(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have looked for a link and found none when the first one makes it; to take it back takes all of it back."""
    place = rivals.one
    of, who = await given.goods(place), await given.buyer(place)
    async with place.work() as work:
        end = work.now + timedelta(days=7)
    with monkeypatch.context() as patch:
        meet_after_loading(patch, before="execute")
        first, second = await rivals.race(
            share.link(place, who, of, expires_at=end), share.link(rivals.other, who, of, expires_at=end)
        )
    assert first == second
    assert await place.do(sharing.revoke_links, first, who.id) is None
    async with place.work() as work:
        assert [row["revoked_at"] is None for row in await sharing.links_of(work, who.id)] == [False]


async def test_control_without_index_he_has_two(rivals: Rivals) -> None:
    place, owner = rivals.one, await asyncpg.connect(owner_url(rivals.one.house))
    of, who = await given.goods(place), await given.buyer(place)
    async with place.work() as work:
        now = work.now
    end, product = now + timedelta(days=7), Target("product", of.product)
    bare = owner.transaction()
    await bare.start()
    try:
        await owner.execute("DROP INDEX sharing.links_ending_once_idx")
        for code in ("2" * 10, "3" * 10):
            row = store.LinkRow(code, product.kind, product.object_id, who.id, None, "web", "", now, end)
            await owner.execute(store.INSERT_LINKS.sql, place.market, *store.INSERT_LINKS.arrays([row]))
        same = (who.id, product.kind, product.object_id, "web", "")
        assert len(await owner.fetch(store.KEPT_ENDING_LINK_SQL, place.market, *same, end)) == 2
    finally:
        await bare.rollback()
        await owner.close()
