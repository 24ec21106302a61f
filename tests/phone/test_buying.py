"""Buying, as people with phones do it: in one team, without scripts, with a card that is declined, with a nervous thumb."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.phone.conftest import People
from tests.phone.person import ADDRESS, DESK, PHONE, PLACE, Person

TOMATO = "普罗旺斯西红柿 5 斤装"
SOCKS = "纯棉中筒袜 3 双"
NOTEBOOK = "方格笔记本 2 本"
RICE = "五常大米 10 斤"

SEND_TWICE = """(form) => {
  const send = () => fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  return Promise.all([send(), send()]).then((answers) => answers.map((answer) => new URL(answer.url).pathname));
}"""
"""A browser drops the first of two quick taps when it can; on a slow line both arrive."""


def open_team(person: Person, title: str) -> str:
    """From the product to a paid seat in a team of one's own; the team's path."""
    person.look_at(title)
    person.want("open")
    person.fill_in_address()
    person.place()
    person.pay()
    person.tap(".payment-words a.button-ripe")
    expect(person.page.locator(".seats")).to_have_attribute("data-state", "gathering")
    return person.path


def join_from_a_link(person: Person, team: str) -> None:
    """A stranger opens the link, is asked for his number on the way, and pays."""
    person.go(team)
    person.tap(".bar-acts button")
    person.fill_in_number()
    expect(person.page).to_have_url(re.compile("/checkout.*mode=join"))
    person.fill_in_address()
    person.place()
    person.pay()


def test_two_browsers_buy_in_one_team(people: People, supplier_signed_in: Any) -> None:
    first, second, supplier = people(), people(), people(storage_state=supplier_signed_in)
    first.sign_in()
    team = open_team(first, TOMATO)
    expect(first.page.locator("#share-text")).to_have_value(re.compile(re.escape(first.home + team)))
    first.page.evaluate("window.isSamePage = true")
    join_from_a_link(second, team)
    expect(first.page.locator(".seats")).to_have_attribute("data-state", "formed")
    expect(first.page.locator(".members li")).to_have_count(2)
    assert first.page.evaluate("window.isSamePage"), "the page was not loaded again"
    orders = [first.open_order(), second.open_order()]
    for person in (first, second):
        expect(person.page.locator(".next")).to_have_attribute("data-tone", "leaf")
        expect(person.page.locator(".timeline [data-kind=team_formed]")).to_be_visible()

    supplier.go("/desk/orders")
    parcel = supplier.page.locator(".order-card", has=supplier.page.locator(f"form[action*='{orders[0]}/']"))
    parcel.locator("summary").tap()
    parcel.locator("[name=carrier]").fill("顺丰")
    parcel.locator("[name=tracking]").fill("SF1234567890")
    parcel.locator("form[action$='/shipment'] button").tap()
    expect(parcel).to_have_count(0)
    expect(supplier.page.locator(f"form[action*='{orders[1]}/shipment']")).to_have_count(1)

    first.page.reload()
    expect(first.page.locator(".parcel")).to_contain_text("SF1234567890")
    first.tap("form[action$='/receipt'] button")
    expect(first.page.locator(".timeline [data-kind=received]")).to_be_visible()
    expect(first.page.locator("form[action$='/receipt']")).to_have_count(0)


def test_a_buyer_without_scripts_buys_alone(people: People) -> None:
    buyer = people(java_script_enabled=False)
    buyer.look_at(NOTEBOOK)
    buyer.tap(".bar-acts button[value=alone]")
    buyer.fill_in_number()
    buyer.page.locator(".stepper button").last.tap()
    expect(buyer.page.locator(".stepper output")).to_have_text("2")
    buyer.fill_in_address()
    buyer.place()
    buyer.go_to_provider()
    buyer.decide("pay")
    expect(buyer.page.locator(".payment-head")).to_have_attribute("data-state", "paid")
    buyer.tap(".payment-words a.button-ripe")
    expect(buyer.page.locator(".timeline [data-kind=paid]")).to_be_visible()
    expect(buyer.page.locator("[data-kind=total] .money").last).to_have_text("¥58.00")
    assert buyer.orders() == 1


def test_a_buyer_without_scripts_leaves_his_team_and_gets_his_money_back(people: People) -> None:
    buyer = people(java_script_enabled=False)
    buyer.sign_in()
    team = open_team(buyer, SOCKS)
    buyer.tap(".leave summary")
    buyer.tap(".leave button")
    expect(buyer.page).to_have_url(buyer.home + team)
    expect(buyer.page.locator(".notice [href$='#money-back']")).to_have_count(1)
    expect(buyer.page.locator(".notice .money")).to_have_text("¥25.90")
    buyer.open_order()
    expect(buyer.page.locator(".timeline [data-kind=left_team]")).to_be_visible()
    expect(buyer.page.locator(".notice .money")).to_have_text("¥25.90")


def test_a_declined_payment_can_be_paid_at_the_second_try(people: People) -> None:
    buyer = people()
    buyer.sign_in()
    buyer.look_at(NOTEBOOK)
    buyer.want("alone")
    buyer.fill_in_address()
    pay = buyer.place()
    buyer.go_to_provider()
    buyer.decide("decline")
    expect(buyer.page).to_have_url(f"{buyer.home}{pay}?ask=1")
    expect(buyer.page.locator(".payment-head")).to_have_attribute("data-state", "open")
    expect(buyer.page.locator(".payment [role=alert]")).to_be_visible()
    buyer.pay()
    buyer.open_order()
    expect(buyer.page.locator(".timeline [data-kind=paid]")).to_have_count(1)


@pytest.mark.parametrize("has_scripts", [True, False], ids=["with scripts", "without"])
def test_a_way_back_to_the_checkout_finds_what_was_chosen(people: People, has_scripts: bool) -> None:
    buyer = people(java_script_enabled=has_scripts)
    buyer.sign_in()
    buyer.look_at(NOTEBOOK)
    buyer.want("alone")
    buyer.fill_in_address()
    pay = buyer.place()
    buyer.page.go_back()
    for name, value in PLACE.items():
        expect(buyer.page.locator(f".checkout [name={name}] option:checked")).to_have_text(value)
    for name, value in ADDRESS.items():
        expect(buyer.page.locator(f".checkout [name={name}]")).to_have_value(value)
    assert buyer.place() == pay, "the form of before leads to the order of before"


def test_a_second_tap_and_a_way_back_make_no_second_order(people: People) -> None:
    buyer = people()
    buyer.sign_in()
    buyer.look_at(NOTEBOOK)
    buyer.want("alone")
    buyer.fill_in_address()
    ways = buyer.page.locator("form.checkout").evaluate(SEND_TWICE)
    buyer.place_button.dblclick()
    expect(buyer.page).to_have_url(re.compile("/pay/"))
    pay = buyer.path
    assert ways == [pay, pay]
    buyer.page.go_back()
    expect(buyer.page.locator("form.checkout")).to_be_visible()
    expect(buyer.page.locator(".checkout [name=district] option:checked")).to_have_text(PLACE["district"])
    assert buyer.place() == pay, "the form of before leads to the order of before"
    assert buyer.orders() == 1


@pytest.mark.parametrize("has_scripts", [True, False], ids=["with scripts", "without"])
def test_the_options_come_up_from_below_on_a_phone_and_stand_on_the_page_of_a_desk(
    people: People, has_scripts: bool
) -> None:
    buyer = people(java_script_enabled=has_scripts, reduced_motion="reduce")
    buyer.look_at(RICE)
    expect(buyer.page.locator(".options")).to_be_hidden()
    buyer.tap(".options-door")
    sheet = buyer.page.locator(".options").bounding_box()
    assert sheet is not None and sheet["y"] > 0 and round(sheet["y"] + sheet["height"]) == PHONE["height"]
    buyer.tap(".options-done")
    expect(buyer.page.locator(".options")).to_be_hidden()
    buyer.tap(".options-door")
    buyer.page.locator(".options .chip").last.tap()
    expect(buyer.page.locator(".options-door b")).to_have_text("20 斤")
    expect(buyer.page.locator(".options")).to_be_hidden()
    expect(buyer.page.locator(".offer .price-team")).to_have_text("¥113.81")
    buyer.page.set_viewport_size(DESK)
    expect(buyer.page.locator(".options .chip").first).to_be_visible()
    expect(buyer.page.locator(".options-door")).to_be_hidden()
