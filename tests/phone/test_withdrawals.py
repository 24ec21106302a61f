"""A supplier's money on his phone: an account, the balance, a withdrawal that somebody agrees to and the provider pays, the statement."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import asyncpg
import pyotp
from playwright.sync_api import Browser, expect

from tests.given import goods as given
from tests.given import office, settling
from tests.given.houses import Place
from tests.phone.person import DESK, Person, arrive
from tests.phone.product import Product
from tests.phone.test_pages import look_through
from tuan.launch import stand_on
from tuan.main import open_house, open_relay
from tuan.people import accounts
from tuan.platform import markets
from tuan.platform.embedded import OWNER

HOST = "till.localhost"
KEPT = timedelta(days=8)
LOOKS_MAX = 60


@dataclass(frozen=True)
class Till:
    """A market in which a supplier has sold ten pieces that were kept: who he is, and who works in its office."""

    supplier: str
    clerk: office.Clerk

    def code(self) -> str:
        """What the clerk's authenticator shows by the market's clock."""
        return pyotp.TOTP(self.clerk.key).at(int(time.time() + KEPT.total_seconds()))


async def opened(data: Path) -> Till:
    with stand_on(data, say=lambda _line: None, development=True) as ground:
        owner = await asyncpg.connect(ground.url(OWNER))
        try:
            market = await markets.make(owner, name="Till", host=HOST, kind="test", currency="CNY")
            async with open_house(ground.settings, requests=2, lanes=2) as house, open_relay(house) as relay:
                place = Place(house, relay, market, HOST)
                of, who = await given.goods(place), await given.buyer(place)
                await settling.received(place, of, who, units=10)
                clerk = await office.clerk(place)
                async with place.work() as work:
                    sql = "SELECT owner_id FROM parties.suppliers WHERE market_id = $1 AND id = $2"
                    phone = (await accounts.access_person(work, await work.fetch_value(sql, of.supplier)))["phone"]
            await markets.move_clock(owner, market, KEPT)
        finally:
            await owner.close()
    return Till(phone, clerk)


def look_until(person: Person, path: str, is_there: Callable[[], bool]) -> None:
    """Load the page again, as who waits does."""
    for _ in range(LOOKS_MAX):
        person.go(path)
        if is_there():
            return
        person.page.wait_for_timeout(1000)
    raise AssertionError(f"it never came: {person.page.content()[-3000:]}")


def come_in(clerk: Person, till: Till) -> None:
    clerk.go("/office/sign-in")
    for name, value in (("phone", till.clerk.phone), ("password", till.clerk.password), ("code", till.code())):
        clerk.page.locator(f"[name={name}]").fill(value)
    clerk.page.locator("form[action='/office/sign-in'] button").click()
    expect(clerk.page.locator(".rail")).to_be_visible()


def test_a_supplier_withdraws_what_he_earned(product: Product, browser: Browser) -> None:
    with ThreadPoolExecutor(1) as thread:
        till = thread.submit(asyncio.run, opened(product.data)).result()
    home = f"http://{HOST}:{product.port}"
    supplier, clerk = arrive(browser, home, number=till.supplier), arrive(browser, home, viewport=DESK)
    supplier.sign_in("/desk/money")
    page = supplier.page
    look_until(supplier, "/desk/money", lambda: "195" in page.locator(".purse-sum").inner_text())
    expect(page.locator(".purse-sum")).to_contain_text("195.02")
    page.locator("section[aria-labelledby=accounts] summary").tap()
    page.locator("[name=way]").select_option("sandbox split")
    page.locator("[name=holder]").fill("果园合作社")
    page.locator("[name=number]").fill("6222021234567890")
    page.locator("form[action='/desk/money/accounts'] button").tap()
    assert page.locator("form[action='/desk/money/withdrawals']").count() == 0, "nothing goes to an unchecked account"

    come_in(clerk, till)
    desk = clerk.page
    clerk.go("/office/settlement/accounts")
    desk.locator(".table .table-link, .panel a").first.click()
    moving = desk.locator("form[action$='/state']", has=desk.locator("[value=active]"))
    moving.locator("[name=reason]").fill("statement of the bank seen")
    moving.locator("button").click()

    supplier.go("/desk/money")
    page.locator("[name=amount]").fill("100")
    page.locator("form[action='/desk/money/withdrawals'] button").tap()
    expect(page.locator(".purse-sum")).to_contain_text("95.02")
    expect(page.locator(".purse")).to_contain_text("100")

    clerk.go("/office/settlement")
    desk.locator(".table .table-link").first.click()
    agreeing = desk.locator("form[action$='/approval']").first
    agreeing.locator("[name=reason]").fill("as agreed")
    agreeing.locator("button").click()

    paid = page.locator("section[aria-labelledby=outgoing] .order-card-head")
    waits = page.locator(".purse .small")
    look_until(supplier, "/desk/money", lambda: paid.count() == 1 and "100" not in "".join(waits.all_inner_texts()))
    expect(page.locator(".sums")).to_contain_text("100.00")
    desk.reload()
    expect(desk.locator("section[aria-labelledby=parts]")).to_contain_text("100.00")
    assert look_through(supplier, ["/desk/money"]) == []
    for one in (supplier, clerk):
        assert one.complaints == []
        one.context.close()
