"""The demo's member of staff: what `tuan up` has told of him, and how he comes into the office."""

import re
import time

import pyotp
from playwright.sync_api import expect

from tests.phone.person import Person
from tests.phone.product import Product

TOLD = re.compile(r"The office is at /office: .*?(\d{11}), password (\S+), key for an authenticator (\w+)\.")
STEP_SECONDS = 30


class Clerk:
    """Number, password, and the authenticator in his hand; a code is good half a minute before and after, and once."""

    def __init__(self, product: Product) -> None:
        product.wait_until_said("The office is at")
        self.phone, self.password, self.key = next(m for line in product.said if (m := TOLD.search(line))).groups()
        self.last_step = 0

    def code(self) -> str:
        """The oldest code that is still good and was not used; he waits for it if he has used up what there is."""
        self.last_step = max(_step() - 1, self.last_step + 1)
        while self.last_step > _step() + 1:
            time.sleep(1)
        return pyotp.HOTP(self.key).at(self.last_step)

    def come_in(self, person: Person, path: str = "/office") -> None:
        """Ask for this page of the office as nobody, and get to it by signing in."""
        person.page.goto(person.home + path)
        expect(person.page).to_have_url(re.compile("/office/sign-in"))
        for name, value in (("phone", self.phone), ("password", self.password), ("code", self.code())):
            person.page.locator(f"[name={name}]").fill(value)
        person.page.locator("form[action='/office/sign-in'] button").click()
        expect(person.page).to_have_url(person.home + path)


def _step() -> int:
    return int(time.time()) // STEP_SECONDS
