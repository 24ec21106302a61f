"""Every page of the buying path, on a phone and on a desk, in every language: nothing sticks out, nothing is too small."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.phone.conftest import People
from tests.phone.person import DESK, PHONE, Person
from tests.phone.test_buying import TOMATO, open_team

LANGUAGES = ("zh-CN", "en", "es")
TARGET_PIXELS_MIN = 44

STICKING_OUT = """(width) => document.documentElement.scrollWidth <= width ? [] :
  ["the page", ...[...document.body.querySelectorAll("*")]
    .filter((one) => one.getBoundingClientRect().right > width + 1)
    .map((one) => `${one.tagName}.${one.className} ${one.textContent.trim().slice(0, 30)}`)]"""

TOUCHED = "a:not(.skip), button, summary, select, textarea, label.choice, input:not([type=hidden], [type=radio])"
SMALL = """([touched, least]) => [...document.querySelectorAll(touched)]
  .filter((one) => one.checkVisibility())
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && (Math.round(box.height) < least || Math.round(box.width) < least))
  .map(([one, box]) => `${one.tagName}.${one.className} in ${one.parentElement.className || one.parentElement.tagName} ` +
    `${Math.round(box.width)}×${Math.round(box.height)} ${one.textContent.trim().slice(0, 30)}`)"""


def faults_of(page: Page) -> list[str]:
    """What sticks out of the open page to the side, and what a thumb would miss."""
    assert page.viewport_size is not None
    found = [f"sticks out: {what}" for what in page.evaluate(STICKING_OUT, page.viewport_size["width"])]
    return found + [f"small: {what}" for what in page.evaluate(SMALL, [TOUCHED, TARGET_PIXELS_MIN])]


def look_through(person: Person, paths: list[str]) -> list[str]:
    """Faults of the pages in every language, each once, with the first page, language and width it was seen on."""
    faults: dict[str, str] = {}
    for path in paths:
        for language in LANGUAGES:
            person.page.set_viewport_size(PHONE)
            person.go(f"{path}{'&' if '?' in path else '?'}lang={language}")
            told = person.page.locator("html").get_attribute("lang")
            assert told == language, f"{path} is in {told}"
            for size in (PHONE, DESK):
                person.page.set_viewport_size(size)
                for fault in faults_of(person.page):
                    faults.setdefault(fault, f"{path} {language} {size['width']}: {fault}")
    return list(faults.values())


def paths_of(person: Person, team: str) -> list[str]:
    """The pages of a buyer who has a paid seat in a team, and another order that waits for its payment."""
    order = person.open_order()
    person.look_at(TOMATO)
    product = person.path
    person.want("open")
    checkout = person.path
    pay = person.place()
    person.go_to_provider()
    return ["/", "/?q=nothing", product, team, checkout, pay, person.path, order, "/orders", "/me", "/me/addresses"]


def test_pages_of_a_buyer_fit_in_every_language(people: People) -> None:
    buyer = people()
    buyer.sign_in()
    team = open_team(buyer, TOMATO)
    assert look_through(buyer, paths_of(buyer, team)) == []


def test_pages_of_a_stranger_and_a_supplier_fit_in_every_language(people: People, supplier_signed_in: Any) -> None:
    assert look_through(people(), ["/", "/sign-in"]) == []
    assert look_through(people(storage_state=supplier_signed_in), ["/desk/orders"]) == []


def test_what_sticks_out_or_is_too_small_is_seen(people: People) -> None:
    page = people().page
    page.set_content('<body><p style="width:500px">wide</p><button style="width:80px;height:20px">small</button>')
    assert [fault.partition(":")[0] for fault in faults_of(page)] == ["sticks out", "sticks out", "small"]


def test_a_breach_of_the_content_policy_is_heard(people: People) -> None:
    visitor = people()
    visitor.go("/sign-in")
    with visitor.page.expect_console_message():
        visitor.page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: '1'}))")
    (heard,) = visitor.complaints
    assert "Content Security Policy" in heard
    visitor.complaints.clear()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_once_asked_for_is_kept(people: People, language: str) -> None:
    visitor = people()
    visitor.go(f"/?lang={language}")
    visitor.go("/sign-in")
    assert visitor.page.locator("html").get_attribute("lang") == language
