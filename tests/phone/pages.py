"""Makes docs/handbook/pages/*.webp from the running product: a buyer's way, a shop's, and a market with some months behind it.

TUAN_CHROMIUM=/usr/bin/chromium .venv/bin/python -P tests/phone/pages.py   (some two minutes)
"""

import io
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import pyotp
from PIL import Image
from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.given import office  # noqa: E402
from tests.given.houses import Place  # noqa: E402
from tests.given.insight import months_of_trade  # noqa: E402
from tests.given.pictures import picture  # noqa: E402
from tests.given.shipping import announced  # noqa: E402
from tests.given.sourcing import BUSINESS, admitted  # noqa: E402
from tests.phone.conftest import launched_browser  # noqa: E402
from tests.phone.person import DESK, PHONE, Person, arrive  # noqa: E402
from tests.phone.product import Product  # noqa: E402
from tests.phone.test_buying import NOTEBOOK, TOMATO, join_from_a_link, open_team  # noqa: E402
from tests.phone.test_shops import behind  # noqa: E402
from tests.phone.test_withdrawals import come_in  # noqa: E402
from tuan.kit.refusals import granted  # noqa: E402

FOLDER = ROOT / "docs" / "handbook" / "pages"
HOST = "figures.localhost"
KEEPER = "13800000031"
"""The demo shopkeeper."""
TELEPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
"""What a link takes for a person; the browser of tests calls itself headless, and is counted as a program."""
MONTH_SECONDS = 32 * 24 * 3600
BYTES_MAX = 150_000
HEIGHT_MAX = 1600
"""Of a picture, in pixels; the rest of a long page is cut off."""


def keep(
    person: Person, name: str, path: str, language: str = "zh-CN", *, dark: bool = False, wide: bool = False
) -> None:
    """The page in this language as `name`.webp."""
    person.page.set_viewport_size(DESK if wide else PHONE)
    person.page.emulate_media(color_scheme="dark" if dark else "light")
    person.go(f"{path}{'&' if '?' in path else '?'}lang={language}")
    person.page.wait_for_load_state("networkidle")
    with Image.open(io.BytesIO(person.page.screenshot(animations="disabled"))) as shot:
        shown = shot.convert("RGB")
        shown.thumbnail((1440, HEIGHT_MAX))
        made = io.BytesIO()
        shown.save(made, "WEBP", quality=82)
    assert len(made.getvalue()) < BYTES_MAX, (name, len(made.getvalue()))
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.webp").write_bytes(made.getvalue())


def take(browser: Browser, home: str) -> None:
    buyer, friend = arrive(browser, home), arrive(browser, home)
    keep(buyer, "sign-in", "/sign-in")
    buyer.sign_in()
    team = open_team(buyer, TOMATO)
    keep(buyer, "team", team)
    order = buyer.open_order()
    keep(buyer, "order-gathering-es", order, "es")
    join_from_a_link(friend, team)
    keep(buyer, "order-complete-dark", order, dark=True)
    buyer.look_at(TOMATO)
    keep(buyer, "product", buyer.path)
    buyer.look_at(NOTEBOOK)
    buyer.want("alone")
    keep(buyer, "checkout-en", buyer.path, "en")
    keep(buyer, "checkout-wide", buyer.path.partition("&lang")[0], wide=True)
    pay = buyer.place()
    keep(buyer, "pay", pay)
    buyer.go_to_provider()
    keep(buyer, "pay-being-confirmed", pay)
    keep(buyer, "orders", "/orders")
    keep(buyer, "me-en-dark", "/me", "en", dark=True)
    keep(buyer, "addresses-es", "/me/addresses", "es")


def take_shop(browser: Browser, home: str) -> None:
    """A shop as others see it, its desk on a phone, and what a customer lets it see of him."""
    keeper, other = arrive(browser, home, number=KEEPER), arrive(browser, home)
    buyer = arrive(browser, home, user_agent=TELEPHONE)
    keeper.sign_in()
    keep(keeper, "shop-desk", "/desk/shop")
    keep(keeper, "shop-desk-goods-en", "/desk/shop/goods", "en")
    keep(keeper, "shop-desk-pool", "/desk/shop/pool")
    keep(keeper, "shop-desk-giving", "/desk/shop/giving")
    keep(keeper, "shop-desk-settings-dark", "/desk/shop/settings", dark=True)
    keeper.go("/desk/shop")
    shop = keeper.page.locator("a.link-row.panel").get_attribute("href") or ""
    keeper.page.locator("header form.share-door button").click()
    keeper.page.wait_for_url("**/share/*")
    buyer.sign_in()
    buyer.go("/s/" + keeper.path.rpartition("/")[2].partition("?")[0])
    keep(buyer, "shop", shop)
    keep(buyer, "shop-wide-es", shop, "es", wide=True)
    keep(buyer, "my-shopkeeper", "/me/shop")
    buyer.page.locator("[name=show_name]").check()
    buyer.page.locator("[name=show_orders]").check()
    buyer.page.locator("form[action='/me/shop/consent'] button").click()
    keep(keeper, "shop-desk-customers", "/desk/shop/customers")
    other.sign_in()
    keep(other, "shops-new-en", "/shops/new", "en")


@dataclass(frozen=True)
class Traded:
    """Who sees what in a market with some months behind it: telephone numbers, and whoever works in its office."""

    shop: str
    seller: str
    sender: str
    licensed: str
    clerk: office.Clerk
    ahead_seconds: float

    def code(self) -> str:
        """What the clerk's authenticator shows by the market's clock."""
        return pyotp.TOTP(self.clerk.key).at(int(time.time() + self.ahead_seconds))


async def traded(place: Place) -> Traded:
    """Months of trade, a parcel that is announced to its carrier, and a supplier whose licences were checked."""
    pears, _ = await months_of_trade(place)
    of, _, _ = await announced(place)
    shown = granted(await place.house.pictures.keep(place.market, picture(900, 1200)))
    _, supplier = await admitted(place, replace(BUSINESS, picture=shown))

    async def phone(table: str, of: UUID | None) -> str:
        sql = (
            f"SELECT p.phone FROM {table} t JOIN accounts.persons p ON p.market_id = t.market_id AND p.id = t.owner_id "
            "WHERE t.market_id = $1 AND ($2::uuid IS NULL OR t.id = $2) ORDER BY t.id DESC LIMIT 1"
        )
        async with place.work() as work:
            return str(await work.fetch_value(sql, of)).removeprefix("+86")

    clerk = await office.clerk(place)
    async with place.work() as work:
        ahead = work.now.timestamp() - time.time()
    return Traded(
        shop=await phone("parties.shops", None),
        seller=await phone("parties.suppliers", pears.supplier),
        sender=await phone("parties.suppliers", of.supplier),
        licensed=await phone("parties.suppliers", supplier),
        clerk=clerk,
        ahead_seconds=ahead,
    )


def take_figures(browser: Browser, product: Product) -> None:
    """What months of trade look like: to a shop that earned by it, to suppliers, to the office."""
    of: Traded = behind(product, traded, host=HOST)
    home = f"http://{HOST}:{product.port}"
    shop, seller, sender, licensed = (
        arrive(browser, home, number=number) for number in (of.shop, of.seller, of.sender, of.licensed)
    )
    shop.sign_in()
    month = time.strftime("%Y-%m", time.gmtime(time.time() + of.ahead_seconds - MONTH_SECONDS))
    keep(shop, "shop-earnings", f"/desk/shop/money?month={month}")
    keep(shop, "shop-statement-wide", f"/desk/shop/money/print?month={month}", wide=True)
    keep(shop, "shop-figures-cohorts-en", "/desk/shop/insight/cohorts", "en")
    keep(shop, "me-links", "/me/links")
    shop.go("/me/cards")
    shop.page.locator("form[action='/me/cards'] button").first.click()
    shop.page.wait_for_url("**/me/cards/*")
    keep(shop, "parcel-sheet-wide", shop.path, wide=True)
    for person, name, path in (
        (seller, "supplier-funnel", "/desk/insight/channels"),
        (sender, "supplier-parcels", "/desk/parcels"),
        (licensed, "supplier-licences-es", "/me/supplier"),
    ):
        person.sign_in()
        keep(person, name, path, name[-2:] if name.endswith("-es") else "zh-CN")
    clerk = arrive(browser, home, viewport=DESK)
    come_in(clerk, of)
    keep(clerk, "office-insight", "/office/insight", wide=True)
    keep(clerk, "office-concentration", "/office/insight/concentration", wide=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, launched_browser() as browser:
        product = Product(Path(folder) / "data")
        try:
            product.wait_until_said("Ready:")
            take(browser, product.url)
            take_shop(browser, product.url)
            take_figures(browser, product)
            product.stop()
        finally:
            product.clear_away()


if __name__ == "__main__":
    main()
