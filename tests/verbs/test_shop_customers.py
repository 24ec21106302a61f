"""A shop sees of a customer what he lets it see, as long as he is its customer; and nobody moves him."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.given import goods as given
from tests.given import sharing as share
from tests.given import shops as shopping
from tests.given.houses import Place
from tuan.kit.refusals import NotFound, granted
from tuan.people import accounts, compliance, sharing
from tuan.people.compliance import TextChanged
from tuan.people.compliance.model import CONSENTS, SHOP_CUSTOMER
from tuan.people.sharing import MakeLink, NobodysCustomer
from tuan.people.sharing.model import BindRule, BindTerms, Target
from tuan.play import shops
from tuan.play.shops.errors import NotShown


async def seen_by(place: Place, shop: UUID, **narrow: Any) -> list[Any]:
    return list((await place.do(shops.customers_of, shop, **narrow)).items)


async def counted(place: Place, shop: UUID) -> tuple[int, int]:
    counts = await place.do(shops.counts_of, shop)
    return counts["customers"], counts["seen"]


async def test_without_his_word_a_customer_is_one_more_and_nothing_else(place: Place) -> None:
    shop, owner = await shopping.shop(place)
    await shopping.customer(place, shop, owner)
    assert await counted(place, shop) == (1, 0) and await seen_by(place, shop) == []


@pytest.mark.parametrize("shows", [("name",), ("phone",), ("orders",), ("birthday",), ("name", "phone", "birthday")])
async def test_a_shop_sees_what_was_agreed_to_and_no_more(place: Place, shows: tuple[str, ...]) -> None:
    shop, owner = await shopping.shop(place)
    birthday = "02-29" if "birthday" in shows else ""
    who, known = await shopping.seen(place, shop, owner, *shows, birthday=birthday)
    (one,) = await seen_by(place, shop)
    person = await place.do(accounts.access_person, who.id)
    assert (one.id, one.shows, one.birthday) == (known, set(shows), birthday)
    assert one.name == (person["name"] if "name" in shows else "")
    assert one.phone == (person["phone"] if "phone" in shows else "")
    assert await counted(place, shop) == (1, 1)


async def test_who_takes_it_back_is_seen_no_more_and_the_notes_about_him_are_gone(place: Place) -> None:
    shop, owner = await shopping.shop(place)
    who, known = await shopping.seen(place, shop, owner)
    assert await place.do(shops.keep_card, shop, known, [" 老客 "], " 爱吃甜的 ") is None
    (one,) = await seen_by(place, shop, tag="老客")
    assert (one.tags, one.note) == (("老客",), "爱吃甜的") and await seen_by(place, shop, tag="新客") == []
    assert await place.do(shops.end_consent, who.id, **shopping.TOLD) is None
    assert await seen_by(place, shop) == [] and await place.do(shops.customer, shop, known) is None
    assert await place.do(shops.end_consent, who.id, **shopping.TOLD) == NotShown()
    assert await place.do(shops.keep_card, shop, known, ["老客"], "") == NotFound()
    again = granted(await place.do(shops.give_consent, who.id, ["name"], **shopping.SHOWN))
    assert again != known and (await seen_by(place, shop))[0].tags == ()
    assert await place.breaches() == {}


async def test_what_he_agrees_to_anew_stands_instead_of_what_he_said_before(place: Place) -> None:
    shop, owner = await shopping.shop(place)
    who, known = await shopping.seen(place, shop, owner, "name", "phone")
    assert await place.do(shops.keep_card, shop, known, ["老客"], "") is None
    later = granted(await place.do(shops.give_consent, who.id, ["orders"], **shopping.SHOWN))
    (one,) = await seen_by(place, shop)
    assert (one.id, one.shows, one.phone, one.tags) == (later, {"orders"}, "", ("老客",))
    kept = (await place.do(accounts.export_person, who.id, reason="he asked"))["shops"]["consents"]
    assert [sorted(row["shows"]) for row in kept] == [["name", "phone"], ["orders"]]
    assert [row["ended_at"] is None for row in kept] == [False, True], "each has its time, from when until when"


async def test_an_empty_card_is_none(place: Place) -> None:
    shop, owner = await shopping.shop(place)
    who, known = await shopping.seen(place, shop, owner)
    assert await place.do(shops.keep_card, shop, known, ["老客"], "x") is None
    assert await place.do(shops.keep_card, shop, known, [], " ") is None
    assert (await place.do(accounts.export_person, who.id, reason="he asked"))["shops"]["cards"] == []


async def test_who_leaves_takes_what_was_known_of_him_along(place: Place) -> None:
    shop, owner = await shopping.shop(place)
    who, known = await shopping.seen(place, shop, owner)
    assert await place.do(shops.keep_card, shop, known, ["老客"], "") is None
    assert await place.do(shops.leave_shop, who.id, **shopping.TOLD) is None
    assert await counted(place, shop) == (0, 0) and await seen_by(place, shop) == []
    assert await place.do(shops.leave_shop, who.id, **shopping.TOLD) == NobodysCustomer()
    (left, _) = (await place.do(sharing.changes_of_shop, shop)).items
    assert left["why"] == "left", "the shopkeeper sees that somebody went"
    assert await place.breaches() == {}


@pytest.mark.parametrize("why", ["another shop", "time"])
async def test_who_is_the_shops_customer_no_more_is_seen_no_more(place: Place, why: str) -> None:
    await share.rule(place, BindTerms(BindRule.LATEST, 10, 0))
    (shop, owner), (other, rival) = await shopping.shop(place), await shopping.shop(place)
    who, known = await shopping.seen(place, shop, owner)
    assert await place.do(shops.keep_card, shop, known, ["老客"], "") is None
    assert await place.do(shops.forget_left, limit=9) == 0
    if why == "time":
        await place.move_clock(timedelta(days=10))
    else:
        await shopping.customer(place, other, rival, who)
    assert await seen_by(place, shop) == [] and await seen_by(place, other) == [], "at once"
    assert await place.do(shops.forget_left, limit=9) == 1
    told = (await place.do(accounts.export_person, who.id, reason="he asked"))["shops"]
    assert told["cards"] == [] and told["consents"][0]["ended_at"] is not None
    await place.quiet()
    assert await place.breaches() == {}


async def test_nobody_agrees_who_is_no_shops_customer(place: Place) -> None:
    assert (
        await place.do(shops.give_consent, (await given.buyer(place)).id, ["name"], **shopping.SHOWN)
        == NobodysCustomer()
    )


async def agreed(place: Place, person: UUID) -> list[tuple[UUID, list[str], str]]:
    """What he agrees to now: to whom, what he ticked, in which version's words."""
    async with place.work() as work:
        rows = await compliance.standing_consents(work, person)
    return [(row["about_id"], row["shows"], row["version"]) for row in rows]


async def said(place: Place, person: UUID) -> list[tuple[bool, str]]:
    async with place.work() as work:
        return [(row["is_given"], row["place"]) for row in await compliance.consents_of(work, person)]


async def test_what_a_shop_may_see_stands_in_the_ledger_of_consents_with_its_words(place: Place) -> None:
    shop, owner = await shopping.shop(place)
    who, _ = await shopping.seen(place, shop, owner, "phone", "name")
    version = CONSENTS[SHOP_CUSTOMER].version
    assert await agreed(place, who.id) == [(shop, ["name", "phone"], version)]
    granted(await place.do(shops.give_consent, who.id, ["orders"], **shopping.SHOWN))
    assert await agreed(place, who.id) == [(shop, ["orders"], version)]
    assert await place.breaches() == {}
    assert await place.do(shops.end_consent, who.id, **shopping.TOLD) is None
    assert await agreed(place, who.id) == [] and await said(place, who.id) == [
        (True, "web"),
        (True, "web"),
        (False, "web"),
    ]
    assert await place.breaches() == {}


async def test_who_was_shown_other_words_has_agreed_to_nothing(place: Place) -> None:
    shop, owner = await shopping.shop(place)
    who = await shopping.customer(place, shop, owner)
    before = await place.snapshot()
    outcome = await place.do(shops.give_consent, who.id, ["name"], version="older", language="en")
    assert outcome == TextChanged() and await place.snapshot() == before


async def test_it_ends_in_the_ledger_however_it_ends_at_the_shop(place: Place) -> None:
    await share.rule(place, BindTerms(BindRule.LATEST, 10, 0))
    (shop, owner), (other, rival) = await shopping.shop(place), await shopping.shop(place)
    left, moved, over, forgotten = [(await shopping.seen(place, shop, owner))[0] for _ in range(4)]
    assert await place.do(shops.leave_shop, left.id, **shopping.TOLD) is None
    await shopping.customer(place, other, rival, moved)
    granted(await place.do(shops.give_consent, moved.id, ["name"], **shopping.SHOWN))
    assert [one[0] for one in await agreed(place, moved.id)] == [other], "the one before sees him no more"
    granted(await place.do(accounts.erase_person, forgotten.id, reason="he asked"))
    await place.later(timedelta(days=11))
    for who, last in ((left, "web"), (moved, "house"), (over, "house"), (forgotten, "erased")):
        assert await agreed(place, who.id) == [] and (await said(place, who.id))[-1] == (False, last)
    assert await place.breaches() == {}


async def test_it_ends_for_the_shop_that_is_named_only(place: Place) -> None:
    (shop, owner), (other, _) = await shopping.shop(place), await shopping.shop(place)
    who, _ = await shopping.seen(place, shop, owner)
    before = await place.snapshot()
    assert await place.do(shops.end_consent, who.id, other, **shopping.TOLD) == NotShown()
    assert await place.snapshot() == before
    assert await place.do(shops.end_consent, who.id, shop, **shopping.TOLD) is None
    assert await agreed(place, who.id) == []


async def test_another_shop_neither_sees_nor_writes(place: Place) -> None:
    (shop, owner), (other, _) = await shopping.shop(place), await shopping.shop(place)
    _, known = await shopping.seen(place, shop, owner)
    assert await place.do(shops.customer, other, known) is None
    assert await place.do(shops.keep_card, other, known, ["x"], "") == NotFound()


async def test_who_is_forgotten_leaves_nothing_with_a_shop(place: Place) -> None:
    shop, owner = await shopping.shop(place)
    who, known = await shopping.seen(place, shop, owner, "name", "birthday", birthday="02-29")
    assert await place.do(shops.keep_card, shop, known, ["老客"], "") is None
    granted(await place.do(accounts.erase_person, who.id, reason="he asked"))
    assert await seen_by(place, shop) == [] and await counted(place, shop) == (0, 0)
    async with place.work() as work:
        sql = "SELECT birthday, ended_at FROM shops.consents WHERE market_id = $1 AND person_id = $2"
        (row,) = await work.fetch(sql, who.id)
    assert row["birthday"] == "" and row["ended_at"] is not None
    assert await place.breaches() == {}


async def test_nobody_is_his_own_shops_customer(place: Place) -> None:
    shop, owner = await shopping.shop(place)
    code = granted(await place.do(sharing.make_link, MakeLink(owner.id, Target("shop", shop), "web")))
    link = await share.opened(place, code)
    assert link is not None and await share.come(place, owner, link) is None
