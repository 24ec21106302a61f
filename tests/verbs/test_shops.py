"""Applications that become shops, by the market and by its rule; suspending and opening again."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from tests.given import goods as given
from tests.given import shops as shopping
from tests.given import training as learn
from tests.given.houses import Place
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import NotFound, granted
from tuan.people import accounts, parties, training
from tuan.people.parties.model import SHOP, ShopState
from tuan.platform import audit
from tuan.platform.limits import TooOften
from tuan.play import shops
from tuan.play.shops.errors import AlreadyAsked, NotWaiting, TermsInvalid
from tuan.play.shops.model import TASK_WORDS_MIN, ApplicationState, Applied, Opening, Task, Terms

ENOUGH = "好" * TASK_WORDS_MIN


async def acts(place: Place, subject: str) -> list[tuple[Any, ...]]:
    """What the audit says of this, oldest first."""
    rows = await place.do(audit.about, subject)
    return [(row["action"], row["reason"], row["before"], row["after"]) for row in reversed(rows)]


async def shop_of(place: Place, who: given.Buyer) -> Any:
    return await place.do(parties.shop_of, who.id)


async def test_who_asks_waits_until_the_market_lets_him_in(place: Place) -> None:
    who = await given.buyer(place)
    application = await shopping.waiting(place, who, name=" 阿梅的小店 ", words="我家楼下的水果")
    assert await shop_of(place, who) is None and await place.do(shops.waiting_count) == 1
    shop = granted(await place.do(shops.approve, application, reason="a good neighbour"))
    found = await shop_of(place, who)
    assert (found.id, found.name, found.owner_id, found.inviter_id) == (shop, "阿梅的小店", who.id, None)
    assert found.is_open and await place.do(shops.waiting_count) == 0
    row = await place.do(shops.application_of, who.id)
    assert (row["state"], row["shop_id"]) == (ApplicationState.OPENED, shop)
    assert (await place.do(shops.page_of, shop))["words"] == "我家楼下的水果"
    assert await place.do(shops.code_of, shop) is not None, "it has a link of its own"
    assert (await acts(place, SHOP.show(shop)))[0][:2] == ("parties.admit_shop", "a good neighbour")
    assert await place.breaches() == {}


async def test_who_is_refused_hears_why_and_may_ask_again(place: Place) -> None:
    who = await given.buyer(place)
    application = await shopping.waiting(place, who)
    assert await place.do(shops.refuse_application, application, reason="the name is taken") is None
    row = await place.do(shops.application_of, who.id)
    assert (row["state"], row["why"], row["shop_id"]) == (ApplicationState.REFUSED, "the name is taken", None)
    await shopping.waiting(place, who)
    assert await place.do(shops.withdraw_application, who.id) is None
    assert await place.do(shops.withdraw_application, who.id) == NotWaiting()
    await shopping.waiting(place, who)
    assert await place.breaches() == {}


async def test_where_the_rule_says_so_a_shop_opens_at_once(place: Place) -> None:
    await shopping.terms(place, Opening.ITSELF)
    who = await given.buyer(place)
    opened = granted(await shopping.ask(place, who))
    assert opened.shop is not None and (await shop_of(place, who)).id == opened.shop


async def test_by_tasks_it_opens_when_they_are_done(place: Place) -> None:
    await shopping.terms(place, Opening.TASKS, 2)
    silent, who = await given.buyers(place, 2)
    await shopping.waiting(place, silent, words="短")
    await shopping.waiting(place, who, words=ENOUGH)
    assert await place.do(shops.open_ready, limit=10) == 0
    await place.move_clock(timedelta(days=2, minutes=1))
    assert await place.do(shops.open_ready, limit=10) == 1
    assert (await shop_of(place, who)).is_open and await shop_of(place, silent) is None
    await shopping.terms(place, Opening.ITSELF)
    assert await place.do(shops.open_ready, limit=10) == 1, "what waits is opened by a rule that lets it"
    await place.quiet()
    assert await place.breaches() == {}


async def test_where_a_course_is_asked_for_a_shop_opens_once_its_questions_are_passed(place: Place) -> None:
    course = await learn.course(place, replace(learn.CONTENT, valid_days=30))
    before = await learn.course(place)
    await shopping.terms(place, Opening.TASKS, 0, course)
    early, who, other = await given.buyers(place, 3)
    granted(await learn.answer(place, early, course))
    opened: Applied = granted(await shopping.ask(place, early, words=ENOUGH))
    assert opened.shop is not None, "who has passed already waits for nothing"
    for one in (who, other):
        await shopping.waiting(place, one, words=ENOUGH)
    granted(await learn.answer(place, other, before))
    granted(await learn.answer(place, who, course, wrong=1))
    assert await place.do(shops.open_ready, limit=10) == 0, "another course and a failed try open nothing"
    assert await place.do(shops.left_to_do, Terms(Opening.TASKS, 0, course), who.id, ENOUGH) == [Task.COURSE]
    granted(await learn.answer(place, who, course))
    assert await place.do(shops.left_to_do, Terms(Opening.TASKS, 0, course), who.id, ENOUGH) == []
    assert await place.do(shops.open_ready, limit=10) == 1
    assert (await shop_of(place, who)).is_open and await shop_of(place, other) is None
    await place.quiet()
    assert await place.breaches() == {}


async def test_a_pass_that_is_over_opens_nothing(place: Place) -> None:
    course = await learn.course(place, replace(learn.CONTENT, valid_days=30))
    await shopping.terms(place, Opening.TASKS, 60, course)
    who = await given.buyer(place)
    granted(await learn.answer(place, who, course))
    await shopping.waiting(place, who, words=ENOUGH)
    await place.move_clock(timedelta(days=61))
    assert await place.do(shops.open_ready, limit=10) == 0
    await shopping.terms(place, Opening.ITSELF, 60, course)
    assert await place.do(shops.open_ready, limit=10) == 1, "a course is a task, and no task is asked for here"


async def test_only_a_course_that_is_taught_is_named_and_one_that_ends_stays_asked_for(place: Place) -> None:
    draft, course = await learn.drafted(place), await learn.course(place)
    for wrong in (draft, new_uuid()):
        before = await place.snapshot()
        refused = await place.do(shops.set_terms, Terms(Opening.TASKS, 0, wrong), reason="test")
        assert refused == TermsInvalid(field="course") and await place.snapshot() == before
    await shopping.terms(place, Opening.TASKS, 0, course)
    await shopping.waiting(place, words=ENOUGH)
    assert await place.do(training.end_course, course, reason="test") is None
    await shopping.terms(place, Opening.TASKS, 0, course)
    assert await place.do(shops.open_ready, limit=10) == 0
    await shopping.terms(place, Opening.TASKS)
    assert await place.do(shops.open_ready, limit=10) == 1


async def test_the_sweep_leaves_to_the_market_what_the_market_decides(place: Place) -> None:
    await shopping.waiting(place, words=ENOUGH)
    assert await place.do(shops.open_ready, limit=10) == 0


async def test_a_shop_is_invited_by_another_one_once_and_for_good(place: Place) -> None:
    first, _ = await shopping.shop(place)
    second, owner = await shopping.shop(place, inviter=first)
    cards = await place.do(parties.shop_cards, [first, second])
    assert (cards[first].inviter_id, cards[second].inviter_id) == (None, first)
    assert await place.do(parties.rename_shop, second, "新名字") is None
    assert (await shop_of(place, owner)).inviter_id == first


@pytest.mark.parametrize("by", ["nobody", "suspended"])
async def test_who_is_no_open_shop_invites_nobody(place: Place, by: str) -> None:
    inviter: UUID
    inviter, _ = await shopping.shop(place)
    if by == "suspended":
        assert await place.do(parties.suspend_shop, inviter, reason="test") is None
    else:
        inviter = (await given.buyer(place)).id
    _, owner = await shopping.shop(place, inviter=inviter)
    assert (await shop_of(place, owner)).inviter_id is None


async def test_a_shop_is_suspended_and_opened_again_with_a_reason(place: Place) -> None:
    shop, owner = await shopping.shop(place)
    assert await place.do(parties.suspend_shop, shop, reason="sold what it did not have") is None
    assert not (await shop_of(place, owner)).is_open
    assert await place.do(parties.reopen_shop, shop, reason="made good") is None
    assert (await shop_of(place, owner)).is_open
    assert (await acts(place, SHOP.show(shop)))[1:] == [
        ("parties.suspend_shop", "sold what it did not have", {"state": ShopState.OPEN}, {"state": ShopState.SUSPENDED}),
        ("parties.reopen_shop", "made good", {"state": ShopState.SUSPENDED}, {"state": ShopState.OPEN}),
    ]  # fmt: skip
    assert await place.do(parties.suspend_shop, owner.id, reason="test") == NotFound()


async def test_who_asks_too_often_waits_a_day(place: Place) -> None:
    who = await given.buyer(place)
    for _ in range(5):
        await shopping.waiting(place, who)
        assert await shopping.ask(place, who) == AlreadyAsked(), "what was refused is not counted"
        assert await place.do(shops.withdraw_application, who.id) is None
    assert isinstance(await shopping.ask(place, who), TooOften)


async def test_what_was_written_is_told_and_forgotten_with_who_wrote_it(place: Place) -> None:
    who = await given.buyer(place)
    await shopping.waiting(place, who, name="阿梅的小店", words="我家楼下的水果")
    told = granted(await place.do(accounts.export_person, who.id, reason="he asked"))
    assert "我家楼下的水果" in str(told["shops"])
    granted(await place.do(accounts.erase_person, who.id, reason="he asked"))
    row = await place.do(shops.application_of, who.id)
    assert (row["name"], row["words"], row["state"]) == ("", "", ApplicationState.WITHDRAWN)
    assert await place.do(shops.waiting_count) == 0
