"""A shopkeeper shares a poster; a friend with another phone opens it, sees the product, signs in, and is her customer."""

import re

from playwright.sync_api import expect

from tests.phone.conftest import People
from tests.phone.test_buying import NOTEBOOK
from tests.phone.test_pages import look_through
from tests.phone.test_withdrawals import look_until

SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"
"""Headless browsers call themselves so, and are counted as programs."""
KEEPER = "13800000031"
"""A demo shopkeeper."""


def test_a_poster_link_brings_a_friend_who_becomes_a_customer(people: People) -> None:
    keeper = people(user_agent=SAFARI, number=KEEPER)
    keeper.sign_in("/desk/shop")
    shop = keeper.page.locator("h1").inner_text()
    keeper.look_at(NOTEBOOK)
    keeper.tap(".share-door button")  # the first tap; on the sheet the second one sends it on
    expect(keeper.page).to_have_url(re.compile("/share/"))
    sheet = keeper.path
    poster = keeper.page.locator(".share-poster img")
    poster.scroll_into_view_if_needed()
    expect(poster).to_have_js_property("naturalWidth", 750)
    code = str(poster.get_attribute("src")).split("/")[2]

    friend = people(user_agent=SAFARI)
    friend.page.goto(f"{friend.home}/s/{code}")
    expect(friend.page.locator(".offer h1")).to_have_text(NOTEBOOK)
    friend.sign_in("/me/shop")
    look_until(friend, "/me/shop", lambda: shop in friend.page.locator("main").inner_text())
    counts = keeper.page.locator(".own-links li", has=keeper.page.locator(f"a[href='/share/{code}']"))
    look_until(keeper, "/me/links", lambda: counts.locator(".own-links-counts b").inner_text() == "1")
    assert look_through(keeper, [sheet, "/me/links", "/me/cards", f"/s/{code}/card"]) == []
