"""A buyer with points: one tap for today, a part of an order paid by points, and the office that sees them; in every language."""

from playwright.sync_api import expect

from tests.phone.clerk import Clerk
from tests.phone.conftest import People
from tests.phone.test_buying import NOTEBOOK
from tests.phone.test_pages import look_through

RICH = "13800000003"
"""A demo buyer, who began with five hundred points."""
CHECK_IN = "form[action='/me/check-in'] button"
USE = ".points-choice .chip"


def test_points_are_earned_by_a_tap_and_pay_a_part(people: People) -> None:
    buyer = people(number=RICH)
    buyer.sign_in("/me/check-in")
    faults = look_through(buyer, ["/me/check-in"])
    buyer.go("/me/check-in?lang=zh-CN")
    buyer.tap(CHECK_IN)
    expect(buyer.page.locator(CHECK_IN)).to_have_count(0)
    buyer.go("/me/points")
    has = int(buyer.page.locator(".wallet-units").inner_text())
    assert has == 505
    buyer.look_at(NOTEBOOK)
    buyer.want("alone")
    faults += look_through(buyer, ["/me/points", "/me/check-in", buyer.path])
    buyer.look_at(NOTEBOOK)
    buyer.want("alone")
    buyer.tap(USE)
    expect(buyer.page.locator(USE)).to_have_attribute("aria-current", "true")
    expect(buyer.page.locator("input[name=quoted_minor]")).to_have_value("2395")
    buyer.place()
    buyer.pay()
    buyer.go("/me/points")
    expect(buyer.page.locator(".wallet-units")).to_have_text("0")
    assert faults == []


def test_the_office_shows_points_in_every_language(people: People, demo_clerk: Clerk) -> None:
    clerk = people(locale="zh-CN")
    demo_clerk.come_in(clerk, "/office/people")
    person = clerk.page.locator("a[href^='/office/people/person_']").first.get_attribute("href")
    assert person is not None
    faults = look_through(clerk, ["/office/points", person.replace("people", "points")])
    assert [
        fault for fault in faults if ": small: " not in fault
    ] == []  # a link in a row of a table is as high as its text
