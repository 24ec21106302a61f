"""Stories of the buying path as they are told: opened, joined by a stranger from a link, lapsed; without scripts too."""

import asyncio
import re
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from playwright.sync_api import Browser, expect

from tests.given import goods as given
from tests.given.houses import Place
from tests.phone.conftest import People
from tests.phone.person import Person, arrive
from tests.phone.product import Product
from tests.phone.test_buying import TOMATO, join_from_a_link, open_team
from tuan.main import open_house
from tuan.platform import markets
from tuan.platform.embedded import APP, OWNER, RELAY, ensure_running
from tuan.platform.settings import Settings

HOST = "lapse.localhost"
"""Browsers look for every name under localhost on this machine."""
TITLE = "脐橙"
LOOKS_MAX = 30
"""The worker sweeps what is due each second, and the provider gives the money back soon after."""


def aside(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Playwright's own loop runs in this thread, so ours runs in another."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


async def stock(data: Path) -> int:
    """A market with a clock that can be moved, beside the demo's, with goods on a campaign for two."""
    server = ensure_running(data)
    owner = await asyncpg.connect(server.dsn(OWNER))
    try:
        market = await markets.make(owner, name="Lapse", host=HOST, kind="test", currency="CNY")
    finally:
        await owner.close()
    settings = Settings(data, server.dsn(APP), server.dsn(RELAY), b"s" * 32, True)
    async with open_house(settings, requests=2, lanes=2) as house:
        place = Place(house, None, market, HOST)  # type: ignore[arg-type]  # the product's own worker delivers
        await given.campaign(place, await given.goods(place), size=2)
    server.detach()
    return int(market)


async def pass_time(data: Path, market: int, by: timedelta) -> None:
    server = ensure_running(data)
    owner = await asyncpg.connect(server.dsn(OWNER))
    try:
        await markets.move_clock(owner, market, by)  # type: ignore[arg-type]
    finally:
        await owner.close()
    server.detach()


@pytest.fixture(scope="session")
def later(product: Product) -> Callable[[timedelta], None]:
    """Lets time pass in the market of HOST."""
    market = aside(stock(product.data))
    return lambda by: aside(pass_time(product.data, market, by))


@pytest.fixture(params=[True, False], ids=["with scripts", "without"])
def buyer(product: Product, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Person]:
    home = f"http://{HOST}:{product.port}"
    person = arrive(browser, home, java_script_enabled=request.param)
    yield person
    person.context.close()
    assert person.complaints == []


def test_a_team_lapses_and_the_money_is_back(buyer: Person, later: Callable[[timedelta], None]) -> None:
    buyer.sign_in()
    team = open_team(buyer, TITLE)
    later(timedelta(days=2))
    look_until(buyer, team, ".seats[data-state=lapsed]")
    order = buyer.open_order()
    look_until(buyer, order, ".timeline [data-kind=refund_arrived]")
    expect(buyer.page.locator(".next")).to_have_attribute("data-tone", "stone")
    expect(buyer.page.locator(".timeline [data-kind=team_lapsed]")).to_be_visible()
    arrived = buyer.page.locator(".timeline [data-kind=refund_arrived]")
    expect(arrived).to_contain_text("¥9.90")
    expect(arrived).to_contain_text("演练支付")
    expect(buyer.page.locator(".notice[data-tone=leaf] .money")).to_have_text("¥9.90")


def look_until(person: Person, path: str, there: str) -> None:
    """Load the page again, as who waits does, until this is on it."""
    for _ in range(LOOKS_MAX):
        person.go(path)
        if person.page.locator(there).count():
            return
        person.page.wait_for_timeout(1000)
    raise AssertionError(f"{there} was not on {path} in time")


@pytest.mark.parametrize("has_scripts", [True, False], ids=["with scripts", "without"])
def test_a_team_is_opened_and_completed_by_a_stranger_from_a_link(people: People, has_scripts: bool) -> None:
    first, second = people(java_script_enabled=has_scripts), people(java_script_enabled=has_scripts)
    first.sign_in()
    team = open_team(first, TOMATO)
    join_from_a_link(second, team)
    first.go(team)
    expect(first.page.locator(".seats")).to_have_attribute("data-state", "formed")
    first.open_order()
    expect(first.page.locator(".timeline [data-kind=team_formed]")).to_be_visible()


def test_an_address_elsewhere_and_one_that_is_changed(people: People) -> None:
    buyer = people()
    buyer.sign_in()
    buyer.go("/me/addresses")
    form = "form[action='/me/addresses']"
    buyer.page.locator(f"{form} select[name=province]").select_option("elsewhere")
    for name, value in {
        "region": "España, Madrid", "name": "Ana", "phone": "+34 612 345 678", "street": "Calle Mayor 1",
    }.items():  # fmt: skip
        buyer.page.locator(f"{form} [name={name}]").fill(value)
    buyer.tap(f"{form} button.button-ripe")
    expect(buyer.page).to_have_url(re.compile("/me$"))
    expect(buyer.page.locator(".address").first).to_contain_text("España, Madrid")
    buyer.go("/me/addresses")
    buyer.page.locator("a[href^='/me/addresses/']").first.tap()
    buyer.choose_place("form.panel")
    buyer.tap("form.panel button.button-ripe")
    expect(buyer.page.locator(".address").first).to_contain_text("浙江省 杭州市 西湖区")
    buyer.page.locator("a[href^='/me/addresses/']").first.tap()
    buyer.tap("form[action$='/removal'] button")
    expect(buyer.page.locator(".address")).to_have_count(0)


def test_signing_out_everywhere_else(people: People) -> None:
    here = people()
    here.sign_in()
    here.go("/me/devices")
    expect(here.page.locator(".link-row")).to_have_count(1)
    expect(here.page.locator(".link-row")).to_contain_text("Chrome · Linux")
