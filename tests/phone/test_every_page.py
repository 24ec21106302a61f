"""Every page there is, of buyers, desks and the office, with something of everything on it: nothing sticks out, axe finds nothing.

The world is the one that the walks of tests/faces ask through; here it is looked at in a browser. A day looks at some pages, a night at all.
With TUAN_PICTURES a picture of each is kept there.
"""

import os
import random
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser

from tests.faces.matrix import routes_of
from tests.faces.test_every_route import made, request_of
from tests.given.houses import Place
from tests.given.pictures import picture
from tests.given.sourcing import PICTURE
from tests.phone.person import DESK, PHONE, Person, arrive
from tests.phone.product import Product
from tests.phone.test_accessible import violations
from tests.phone.test_pages import LANGUAGES, STICKING_OUT
from tests.phone.test_shops import behind
from tuan.kit.refusals import granted
from tuan.platform.files import UPLOAD
from tuan.surfaces.web.app import make_app
from tuan.surfaces.web.policies import POLICY, PUBLIC, SHOP, SIGNED_IN, STAFF, SUPPLIER

HOST = "everything.localhost"
WHO = {
    PUBLIC[POLICY]: "buyer", SIGNED_IN[POLICY]: "buyer", SUPPLIER[POLICY]: "supplier", SHOP[POLICY]: "supplier", STAFF: "staff",
}  # fmt: skip
COOKIES = ("tuan", "tuan-office")
PAGES_MIN, PAGES_MAX = 120, 1000
PICTURES = os.environ.get("TUAN_PICTURES")


async def everything(place: Place) -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    """Tokens of the visitors, and of every page its route, a path that is there, and who may see it."""
    app = make_app(place.house)
    place.house.sandbox.transport = httpx.ASGITransport(app=app)
    probe = await made(app, place, rounds=1)
    with patch(
        "tuan.platform.files.secrets.token_hex", return_value=PICTURE.removeprefix(UPLOAD)
    ):  # which the world names
        granted(await place.house.pictures.keep(place.market, picture(400, 300)))
    visitors = {one.name: one for one in probe.world.visitors}
    found = []
    for route in routes_of(app):
        method, path = route.name.split()
        who = WHO.get(route.opt[POLICY])
        if method == "GET" and who is not None:
            sent = request_of(
                method,
                path,
                {at: value for at, value in probe.lawful(route.name, visitors[who]).items() if at[0] == "path"},
            )
            found.append((route.name, urlsplit(sent.target).path, who))
    return {name: one.token for name, one in visitors.items()}, found


def looked_at(person: Person, path: str, name: str) -> list[str]:
    """Faults of one page."""
    faults = []
    for language in LANGUAGES:
        person.page.set_viewport_size(PHONE)
        person.go(f"{path}?lang={language}")
        for size in (DESK, PHONE):
            person.page.set_viewport_size(size)
            faults += [
                f"{path} {language} {size['width']}: {what}"
                for what in person.page.evaluate(STICKING_OUT, size["width"])
            ]
            if PICTURES:
                file = f"{name.replace('/', '_').replace('{', '').replace('}', '')}-{language}-{size['width']}.png"
                person.page.screenshot(path=Path(PICTURES, file), full_page=True)
    return faults + [f"{path}: {what}" for what in violations(person.page)]


def is_page(product: Product, path: str, token: str) -> bool:
    """Not what is another's, what has no page in this state, and what is a file or never ends."""
    headers, cookies = {"host": HOST}, dict.fromkeys(COOKIES, token)
    with httpx.stream("GET", product.url + path, headers=headers, cookies=cookies) as answer:
        return answer.status_code == 200 and answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("most", [5, pytest.param(PAGES_MAX, marks=pytest.mark.nightly)])
def test_every_page_fits_and_is_accessible(product: Product, browser: Browser, most: int) -> None:
    tokens, pages = behind(product, everything, host=HOST)
    home = f"http://{HOST}:{product.port}"
    people = {name: arrive(browser, home) for name in set(WHO.values())}
    for name, person in people.items():
        person.context.add_cookies([{"name": cookie, "value": tokens[name], "url": home} for cookie in COOKIES])
    seen, faults = 0, list[str]()
    for name, path, who in random.sample(pages, len(pages)):
        if seen < most and is_page(product, path, tokens[who]):
            seen += 1
            faults += looked_at(people[who], path, name)
    assert faults == [], "\n".join(faults)
    assert seen >= min(most, PAGES_MIN)
    assert [complaint for person in people.values() for complaint in person.complaints] == []
