"""The office as its people use it: at a desk and on a phone, with a password, a code, and a code once more."""

import re
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


class Authenticator:
    """What the demo's clerk has in his hand; a code is good for half a minute before and after, and once."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.last_step = 0

    def code(self) -> str:
        """The oldest code that is still good and was not used."""
        self.last_step = max(int(datetime.now(UTC).timestamp()) // 30 - 1, self.last_step + 1)
        return pyotp.HOTP(self.key).at(self.last_step)


@pytest.fixture(scope="module")
def authenticator(product: Product) -> Authenticator:
    return Authenticator(told(product)[1])


def told(product: Product) -> tuple[str, str]:
    """The password and the key that `tuan up` says of the demo's clerk."""
    product.wait_until_said("The office is at")
    password, key = next(found for line in product.said if (found := TOLD.search(line))).groups()
    return password, key


def come_in(clerk: Person, password: str, authenticator: Authenticator) -> None:
    clerk.page.goto(clerk.home + "/office/staff")
    expect(clerk.page).to_have_url(re.compile("/office/sign-in"))
    for name, value in (("phone", CLERK), ("password", password), ("code", authenticator.code())):
        clerk.page.locator(f"[name={name}]").fill(value)
    clerk.tap(".door form button")
    expect(clerk.page).to_have_url(clerk.home + "/office/staff")


def test_a_clerk_signs_in_confirms_and_admits_somebody(
    product: Product, people: People, authenticator: Authenticator
) -> None:
    clerk = people(viewport=VIEWPORTS["desk"])
    come_in(clerk, told(product)[0], authenticator)
    clerk.go("/office/confirm?next=/office/staff")
    clerk.page.locator("[name=code]").fill(authenticator.code())
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


def test_the_office_fits_a_phone(product: Product, people: People, authenticator: Authenticator) -> None:
    clerk = people(viewport=VIEWPORTS["phone"])
    come_in(clerk, told(product)[0], authenticator)
    for path in ("/office", "/office/staff", "/office/audit"):
        clerk.go(path)
        wide = clerk.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} px too wide"
    clerk.tap(".office-me button")
    expect(clerk.page).to_have_url(re.compile("/office/sign-in"))
