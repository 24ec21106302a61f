"""The tab of the place that is open is in sight on a phone, before anybody has scrolled the line."""

from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser

from tests.phone.person import Person, arrive
from tests.phone.product import Product
from tests.phone.test_every_page import COOKIES, PICTURES, everything
from tests.phone.test_shops import behind

HOST = "tabs.localhost"
DOORS = {"/desk/shop": "supplier", "/desk/orders": "supplier", "/office": "staff"}
"""The first page of each desk, and who sees it; the supplier of that world has a shop too."""
TABS = "nav a[href^='{desk}']"
OUT_OF_SIGHT = """() => [...document.querySelectorAll("nav [aria-current]")].filter(one => one.checkVisibility()).map(one => one.getBoundingClientRect())
  .filter(box => box.width == 0 || box.left < 0 || box.right > innerWidth).map(box => [Math.round(box.left), Math.round(box.right)])"""
"""Boxes of what is marked as open and reaches beyond the left or the right edge."""


def tabs_of(person: Person, door: str) -> list[str]:
    """The places that the line of a desk leads to."""
    person.go(door)
    inside = "/office" if door.startswith("/office") else "/desk"
    found: list[Any] = person.page.locator(TABS.format(desk=inside)).evaluate_all(
        "all => all.map(one => one.getAttribute('href'))"
    )
    return list(dict.fromkeys(found))


def is_there(product: Product, path: str, token: str) -> bool:
    answer = httpx.get(product.url + path, headers={"host": HOST}, cookies=dict.fromkeys(COOKIES, token))
    return answer.status_code == 200


def test_the_open_tab_is_in_sight(product: Product, browser: Browser) -> None:
    tokens, _ = behind(product, everything, host=HOST)
    home, seen, faults = f"http://{HOST}:{product.port}", 0, list[str]()
    for door, who in DOORS.items():
        person = arrive(browser, home)
        person.context.add_cookies([{"name": cookie, "value": tokens[who], "url": home} for cookie in COOKIES])
        for path in tabs_of(person, door):
            if is_there(product, path, tokens[who]):
                person.go(path)
                seen += person.page.locator("nav [aria-current]").count() > 0
                faults += [f"{path}: {box}" for box in person.page.evaluate(OUT_OF_SIGHT)]
                if PICTURES:
                    person.page.screenshot(path=Path(PICTURES, f"tabs{path.replace('/', '_')}.png"))
        person.context.close()
    assert faults == [], "\n".join(faults)
    assert seen >= 30
