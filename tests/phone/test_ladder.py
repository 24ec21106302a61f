"""A ladder team: an operator launches it, three people come, and each gets the difference back."""

import re

from playwright.sync_api import Page, expect

from tests.phone.clerk import Clerk
from tests.phone.conftest import People
from tests.phone.person import DESK, Person
from tests.phone.test_buying import NOTEBOOK, join_from_a_link, open_team
from tests.phone.test_office_goods import send
from tests.phone.test_pages import look_through

LADDER = {"size": "3", "promise": "2", "ladder": "3: 5.00", "leader_off": "1.00", "with_coupons": "yes"}
"""Two people form it at 20.00, three make it 15.00 for everybody; whoever opens it pays a yuan less."""


def launch_ladder(page: Page) -> str:
    """Through the wizard with its preview; the path of the campaign."""
    page.goto("/office/campaigns/new")
    page.locator("select[name=product]").select_option(label=NOTEBOOK)
    page.locator("form[action='/office/campaigns/new'] button").click()
    page.locator("input[name^='sku_']").first.fill("20.00")
    for name, value in LADDER.items():
        field = page.locator(f".office-grid [name={name}]")
        if name.startswith("with_"):
            field.select_option(value)
        else:
            field.fill(value)
    page.locator("form[action='/office/campaigns/new'] button").click()
    expect(page.locator("#effect")).to_contain_text("5.00")
    send(page, "/office/campaigns")
    expect(page.locator(".figures-row")).to_be_visible()
    return re.sub(r"^https?://[^/]+", "", page.url)


def see_the_difference(person: Person) -> str:
    """On the newest order; its path."""
    path = person.open_order()
    expect(person.page.locator(".notice", has_text=re.compile(r"\b5[.,]00")).first).to_be_visible()
    return path


def test_three_people_bring_each_other_the_difference(people: People, demo_clerk: Clerk) -> None:
    clerk = people(viewport=DESK)
    demo_clerk.come_in(clerk)
    campaign = launch_ladder(clerk.page)
    first, second, third = people(), people(), people()
    first.sign_in()
    first.look_at(NOTEBOOK)
    expect(first.page.locator(".price-steps li")).to_have_count(2)
    product = first.path
    first.want("open")
    expect(first.page.locator("input[name=quoted_minor]")).to_have_value("1900")
    checkout = first.path
    team = open_team(first, NOTEBOOK)
    join_from_a_link(second, team)
    expect(first.page.locator(".price-steps-words")).to_contain_text("15.00")
    faults = look_through(first, [product, checkout, team])
    first.go(team)
    join_from_a_link(third, team)
    expect(first.page.locator(".seats")).to_have_attribute("data-state", "formed")
    expect(first.page.locator(".price-steps li[aria-current]")).to_contain_text(re.compile(r"15[.,]00"))
    orders = [see_the_difference(person) for person in (first, second, third)]
    faults += look_through(first, [team, orders[0]])
    faults += [fault for fault in look_through(clerk, [campaign]) if ": small: " not in fault]
    assert faults == []
