"""The office as its people use it: at a desk and on a phone, with a password, a code, and a code once more."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.phone.clerk import Clerk
from tests.phone.conftest import People
from tests.phone.person import DESK
from tests.phone.test_accessible import violations

PLACES = ("", "/orders", "/teams", "/products", "/stock", "/campaigns", "/campaigns/new", "/people", "/payments",
          "/payments/quarantine", "/refunds", "/audit", "/staff", "/system/check", "/products/new", "/password")  # fmt: skip
VIEWPORTS: dict[str, Any] = {"desk": DESK, "phone": None}


def test_a_clerk_signs_in_confirms_and_admits_somebody(people: People, demo_clerk: Clerk) -> None:
    clerk = people(viewport=VIEWPORTS["desk"])
    demo_clerk.come_in(clerk, "/office/staff")
    clerk.go("/office/confirm?next=/office/staff")
    clerk.page.locator("[name=code]").fill(demo_clerk.code())
    clerk.tap(".door form button")
    expect(clerk.page).to_have_url(clerk.home + "/office/staff")
    form = clerk.page.locator("form[action='/office/staff']")
    for name, value in (("phone", "13912340077"), ("name", "小新"), ("reason", "joins us")):
        form.locator(f"[name={name}]").fill(value)
    form.locator("select").select_option("orders")
    form.locator("button").tap()
    expect(clerk.page.locator(".first-password")).to_have_text(re.compile(r"\S{20}"))
    clerk.go("/office/audit?action=staff.admit")
    expect(clerk.page.locator(".table tbody tr").first).to_contain_text("joins us")


def test_the_office_fits_a_phone(people: People, demo_clerk: Clerk) -> None:
    clerk = people(viewport=VIEWPORTS["phone"])
    demo_clerk.come_in(clerk, "/office/staff")
    for path in ("/office", "/office/staff", "/office/developers", "/office/audit"):
        clerk.go(path)
        wide = clerk.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} px too wide"
    clerk.tap(".office-me button")
    expect(clerk.page).to_have_url(re.compile("/office/sign-in"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_office(people: People, demo_clerk: Clerk, scheme: str) -> None:
    clerk = people(viewport=DESK, color_scheme=scheme)
    demo_clerk.come_in(clerk)
    found = {}
    for path in PLACES:
        clerk.go(f"/office{path}")
        clerk.page.wait_for_load_state("networkidle")
        found[path] = violations(clerk.page)
    clerk.go("/office/products")
    clerk.tap("[data-beside] >> nth=0")
    expect(clerk.page.locator("#side h1")).to_be_visible()
    clerk.page.wait_for_timeout(500)  # what still moves has no contrast of its own
    found["beside"] = violations(clerk.page)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
