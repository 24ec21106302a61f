"""What axe finds on the pages of a buyer, by day and by night: nothing. And what is shown without a line."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.phone.conftest import People
from tests.phone.test_buying import RICE, TOMATO, open_team
from tests.phone.test_pages import paths_of
from tests.phone.tools import axe

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOK = "(rules) => axe.run(document, { runOnly: rules, resultTypes: ['violations'] }).then((found) => found.violations)"


def violations(page: Page) -> list[str]:
    """What is wrong on the open page, each with the first element it is wrong with."""
    page.evaluate(axe())  # as the page's own policy allows no other way in
    found: list[Any] = page.evaluate(LOOK, RULES)
    return [f"{one['id']} {one['nodes'][0]['html'][:120]}" for one in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(people: People, scheme: str) -> None:
    buyer = people(color_scheme=scheme, reduced_motion="reduce")
    buyer.sign_in()
    team = open_team(buyer, TOMATO)
    found = {}
    for path in [*paths_of(buyer, team), "/?q=5", "/?category=fruit", f"{team}/poster", "/offline", "/sign-in"]:
        buyer.go(path)
        found[path] = violations(buyer.page)
    buyer.look_at(RICE)
    buyer.tap(".options-door")
    found["options"] = violations(buyer.page)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_axe_sees_what_is_wrong(people: People) -> None:
    page = people().page
    page.set_content('<html lang="en"><title>x</title><main><h1>x</h1><img src="x.png"></main>')
    assert [wrong.split()[0] for wrong in violations(page)] == ["image-alt"]


def test_without_a_line_one_page_says_so(people: People) -> None:
    visitor = people()
    visitor.go("/")
    visitor.page.evaluate("navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready)")
    visitor.go("/")
    visitor.context.set_offline(True)
    visitor.page.goto(visitor.home + "/?q=tea")
    expect(visitor.page.locator(".empty-safe")).to_be_visible()
    visitor.context.set_offline(False)
    visitor.go("/")
    expect(visitor.page.locator(".feed")).to_be_visible()
    visitor.complaints.clear()  # the browser tells that nothing was reached
