"""What a person has agreed to, in one place, and taking it back there as at the shop or the organisation itself."""

from typing import Any
from uuid import UUID

import pytest

from tests.faces.browser import JSON, forms
from tests.faces.conftest import Programs, Visitors
from tests.given import goods as given
from tests.given import organisations as bank
from tests.given import shops as shopping
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.people.parties.model import ORGANISATION, SHOP
from tuan.play import shops
from tuan.value import membership
from tuan.value.membership import Counts

HERE, BACK = "/me/consents", "/me/consents/withdrawal"


async def agreed(place: Place) -> tuple[given.Buyer, UUID, UUID]:
    """Who lets a shop see his name and birthday, which wrote about him, and is a member of an organisation."""
    shop, owner = await shopping.shop(place, name="阿梅的小店")
    who, known = await shopping.seen(place, shop, owner, "name", "birthday", birthday="02-29")
    assert await place.do(shops.keep_card, shop, known, ["老客"], "爱吃甜的") is None
    of, _ = await bank.organisation(place)
    await bank.member(place, of, who)
    return who, shop, of


async def seen(place: Place, shop: UUID) -> list[Any]:
    return list((await place.do(shops.customers_of, shop)).items)


async def members(place: Place, of: UUID) -> Counts:
    async with place.work() as work:
        return (await membership.counts(work, [of]))[of]


async def test_all_that_he_agreed_to_is_shown_in_its_words_and_taken_back_with_its_effect(
    place: Place, visitors: Visitors
) -> None:
    who, shop, of = await agreed(place)
    browser = await visitors(who)
    assert HERE in await browser.read("/me")
    page = await browser.read(HERE)
    assert "The shop 阿梅的小店 may see what I tick" in page and "江南银行 may count me" in page
    assert "My birthday, for a surprise" in page and "My number, to call me" not in page
    backs = {one.fields["about"]: one for one in forms(page) if one.action == BACK}
    assert set(backs) == {SHOP.show(shop), ORGANISATION.show(of)}
    assert (await browser.send(backs[SHOP.show(shop)])).status_code == 303
    assert await seen(place, shop) == [] and (await place.do(shops.consent_of, who.id)) is None
    assert await members(place, of) == Counts(0, 1, 0), "nothing else was taken back"
    assert (await browser.send(backs[ORGANISATION.show(of)])).status_code == 303
    assert await members(place, of) == Counts(0, 0, 1)
    page = await browser.read(HERE)
    assert "You have agreed to nothing" in page and "You took back what you had agreed with 阿梅的小店." in page
    assert await place.breaches() == {}


@pytest.mark.parametrize("language", ["zh-CN", "en", "es"])
async def test_it_is_told_in_the_viewers_language(place: Place, visitors: Visitors, language: str) -> None:
    who, _, _ = await agreed(place)
    browser = await visitors(who)
    browser.http.cookies.set("lang", language)
    page = await browser.read(HERE)
    said = {"zh-CN": "查看我勾选的内容", "en": "may see what I tick", "es": "puede ver lo que marco"}
    assert said[language] in page


async def test_taking_back_what_was_not_given_changes_nothing(place: Place, visitors: Visitors) -> None:
    who, shop, of = await agreed(place)
    other, _ = await shopping.shop(place)
    stranger, browser = await visitors(await given.buyer(place)), await visitors(who)
    form = next(one for one in forms(await browser.read(HERE)) if one.action == BACK)
    for visitor, about in ((stranger, shop), (browser, other)):
        answer = await visitor.post(
            BACK, key=f"k-{about}-{visitor is browser}", purpose="shop_customer", about=SHOP.show(about)
        )
        assert answer.status_code == 303
    assert len(await seen(place, shop)) == 1 and await members(place, of) == Counts(0, 1, 0)
    for wrong in (
        {"purpose": "everything"},
        {"about": "x"},
        {"purpose": "shop_customer", "about": ORGANISATION.show(of)},
    ):
        answer = await browser.send(form, **wrong)
        assert 400 <= answer.status_code < 500
    assert await place.breaches() == {}


async def test_what_is_long_goes_on_page_by_page(place: Place, visitors: Visitors) -> None:
    who, _, _ = await agreed(place)
    for shows in (["name"], ["orders"]) * 10:
        granted(await place.do(shops.give_consent, who.id, shows, **shopping.SHOWN))
    browser = await visitors(who)
    first = (await browser.get(HERE, accept=JSON)).json()
    assert len(first["said"]) == 20 and len(first["standing"]) == 2
    rest = (await browser.get(first["next_url"], accept=JSON)).json()
    assert len(rest["said"]) == 2 and rest["next_url"] is None


async def test_a_program_reads_them_and_takes_them_back(place: Place, programs: Programs) -> None:
    who, shop, of = await agreed(place)
    program = await programs(who.id, "account.read", "account.write")
    told = (await program.list_consents()).items
    assert [(one.purpose, one.about, one.is_given, one.stands, one.shows) for one in told] == [
        ("organisation_member", str(of), True, True, []), ("shop_customer", str(shop), True, True, ["birthday", "name"]),
    ]  # fmt: skip
    assert told[1].language == "zh-CN" and "阿梅的小店 may see what I tick" in told[1].words
    await program.withdraw_consent(purpose="shop_customer", about=str(shop))
    assert await seen(place, shop) == []
    await program.withdraw_consent(purpose="organisation_member", about=str(of))
    assert await members(place, of) == Counts(0, 0, 1)
    after = (await program.list_consents()).items
    assert [(one.is_given, one.stands, one.place) for one in after] == [
        (False, False, "api"), (False, False, "api"), (True, False, "web"), (True, False, "web"),
    ]  # fmt: skip
    assert await place.breaches() == {}
