"""A member of staff at his desk: of two orders that a buyer has just paid, one is shipped and the other given back."""

from playwright.sync_api import Page, expect

from tests.phone.clerk import Clerk
from tests.phone.conftest import People
from tests.phone.person import DESK, Person

TOMATO = "普罗旺斯西红柿 5 斤装"


def buy_alone(person: Person) -> tuple[str, str]:
    """Buy and pay; the order's path and its number, as the buyer would tell it on the telephone."""
    person.look_at(TOMATO)
    person.want("alone")
    person.fill_in_address()
    person.place()
    person.pay()
    path = person.open_order()
    return path, person.page.locator(".facts .figures").first.inner_text()


def open_order(page: Page, number: str) -> None:
    page.locator(".rail a[href='/office/orders']").click()
    page.locator("#find").fill(number)
    page.locator("#find").press("Enter")
    page.locator(".table .table-link", has_text=number).click()
    expect(page.locator("#side h1")).to_contain_text(number)


def test_an_operator_ships_an_order_and_gives_another_back(people: People, demo_clerk: Clerk) -> None:
    buyer = people()
    buyer.sign_in()
    (sent_path, shipped), (back_path, returned) = buy_alone(buyer), buy_alone(buyer)
    clerk = people(viewport=DESK, number=demo_clerk.phone)
    demo_clerk.come_in(clerk)
    page = clerk.page
    expect(page.locator(".six .panel")).to_have_count(6)
    expect(page.locator(".chart canvas").first).to_be_visible()

    open_order(page, shipped)
    page.locator("[name=carrier]").fill("顺丰速运")
    page.locator("[name=tracking]").fill("SF1234567890")
    page.locator("form[action$='/shipment'] [name=reason]").fill("packed at noon")
    page.locator("form[action$='/shipment'] button").click()
    expect(page.locator(".timeline")).to_contain_text("SF1234567890")
    expect(page.locator(".acts")).to_contain_text("packed at noon")

    open_order(page, returned)
    page.locator("a[href^='/office/refunds/new']").click()
    total = page.locator("[name=shown_minor]").input_value()
    assert int(total) > 0
    page.locator("form[action='/office/refunds'] [name=reason]").fill("damaged in the store")
    page.locator("form[action='/office/refunds'] .button-ripe").click()
    expect(page.locator(".timeline")).to_contain_text("damaged in the store")

    for path, tone in ((sent_path, "leaf"), (back_path, "stone")):
        buyer.go(path)
        expect(buyer.page.locator(".next")).to_have_attribute("data-tone", tone)
