"""The office as its people use it: at a desk and on a phone, with a password, a code, and a code once more."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pyotp
import pytest
from playwright.sync_api import expect

from tests.phone.conftest import People
from tests.phone.person import DESK, Person
from tests.phone.product import Product

CLERK = "13800000021"
TOLD = re.compile(r"The office is at /office: .* password (\S+), key for an authenticator (\S+)\.")
VIEWPORTS: dict[str, Any] = {"desk": DESK, "phone": None}


@pytest.fixture(scope="module")
def codes(product: Product) -> Iterator[str]:
    """What the authenticator of the demo's clerk shows: each code once, from half a minute ago to half a minute ahead."""
    steps = (int(datetime.now(UTC).timestamp()) // 30 + around for around in (-1, 0, 1))
    known = pyotp.HOTP(told(product)[1])
    return iter([known.at(step) for step in steps])


def told(product: Product) -> tuple[str, str]:
    """The password and the key that `tuan up` says of the demo's clerk."""
    password, key = next(found for line in product.said if (found := TOLD.search(line))).groups()
    return password, key


def come_in(clerk: Person, password: str, code: str) -> None:
    clerk.page.goto(clerk.home + "/office/staff")
    expect(clerk.page).to_have_url(re.compile("/office/sign-in"))
    for name, value in (("phone", CLERK), ("password", password), ("code", code)):
        clerk.page.locator(f"[name={name}]").fill(value)
    clerk.tap(".door form button")


def test_a_clerk_signs_in_confirms_and_admits_somebody(product: Product, people: People, codes: Iterator[str]) -> None:
    clerk = people(viewport=VIEWPORTS["desk"])
    come_in(clerk, told(product)[0], next(codes))
    expect(clerk.page).to_have_url(re.compile("/office/staff$"))
    clerk.go("/office/confirm?next=/office/staff")
    clerk.page.locator("[name=code]").fill(next(codes))
    clerk.tap(".door form button")
    expect(clerk.page).to_have_url(re.compile("/office/staff$"))
    form = clerk.page.locator("form[action='/office/staff']")
    for name, value in (("phone", "13912340077"), ("name", "小新"), ("reason", "joins us")):
        form.locator(f"[name={name}]").fill(value)
    form.locator("select").select_option("orders")
    form.locator("button").tap()
    expect(clerk.page.locator(".first-password")).to_have_text(re.compile(r"\S{20}"))
    clerk.go("/office/audit?action=staff.admit")
    expect(clerk.page.locator(".table tbody tr").first).to_contain_text("joins us")


def test_the_office_fits_a_phone(product: Product, people: People, codes: Iterator[str]) -> None:
    clerk = people(viewport=VIEWPORTS["phone"])
    come_in(clerk, told(product)[0], next(codes))
    for path in ("/office", "/office/staff", "/office/audit"):
        clerk.go(path)
        wide = clerk.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} px too wide"
    clerk.tap(".office-me button")
    expect(clerk.page).to_have_url(re.compile("/office/sign-in"))
