"""A row of a table opens beside it where there is room; on a phone, and where no scripts run, its link is a link."""

import re

from playwright.sync_api import expect

from tests.phone.clerk import Clerk
from tests.phone.conftest import People
from tests.phone.person import DESK, PHONE

LIST = "/office/products?state=listed"


def test_a_row_opens_beside_its_table_and_closes_again(people: People, demo_clerk: Clerk) -> None:
    clerk = people(viewport=DESK)
    demo_clerk.come_in(clerk, LIST)
    page, side = clerk.page, clerk.page.locator("#side")
    link = page.locator("[data-beside]").first
    where = link.get_attribute("href")
    assert where
    for close in (
        lambda: page.keyboard.press("Escape"),
        lambda: side.locator(".side-head button").click(),
        page.go_back,
    ):
        link.focus()
        page.keyboard.press("Enter")
        expect(side.locator("h1")).to_contain_text(link.inner_text())
        expect(page).to_have_url(clerk.home + where)
        assert side.evaluate("side => side.contains(document.activeElement)")
        close()
        expect(side).to_be_hidden()
        expect(page).to_have_url(clerk.home + LIST)
        expect(link).to_be_focused()
    page.locator(".table tbody tr").nth(2).locator("td").nth(3).click()
    expect(side.locator("h1")).to_be_visible()
    page.reload()
    expect(side).to_be_hidden()
    expect(page.locator("main h1")).to_be_visible()
    assert "/office/products/" in page.url


def test_whoever_is_signed_out_meanwhile_is_asked_to_sign_in(people: People, demo_clerk: Clerk) -> None:
    clerk = people(viewport=DESK)
    demo_clerk.come_in(clerk, LIST)
    clerk.context.clear_cookies()
    clerk.page.locator("[data-beside]").first.click()
    expect(clerk.page).to_have_url(re.compile("/office/sign-in"))
    expect(clerk.page.locator("#side")).to_have_count(0)


def test_on_a_phone_and_without_scripts_it_is_a_link(people: People, demo_clerk: Clerk) -> None:
    on_a_phone = people(viewport=PHONE)
    demo_clerk.come_in(on_a_phone, LIST)
    without_scripts = people(viewport=DESK, java_script_enabled=False, storage_state=on_a_phone.context.storage_state())
    without_scripts.go(LIST)
    for clerk in (on_a_phone, without_scripts):
        clerk.page.locator("[data-beside]").first.click()
        expect(clerk.page.locator("main .office-pair")).to_be_visible()
        expect(clerk.page.locator("#side")).to_be_hidden()
