"""The office's place of promotions: launch with a preview, see conflicts, end; and who may."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.faces.browser import Browser, form_to
from tests.faces.conftest import Visitors
from tests.faces.test_trade_places import REASON, come_in
from tests.given import goods as given
from tests.given import office
from tests.given import promotions as promo
from tests.given.houses import Place
from tuan.goods.catalog.model import PRODUCT, SKU
from tuan.people.staff.model import PERMISSIONS
from tuan.surfaces.backoffice.staff.words import permission_words
from tuan.value.promotions.model import RULE

HERE = "/office/promotions"


def test_every_permission_has_words() -> None:
    """The page of a role names each of them; one without words would be a mistake of ours."""
    visit: Any = SimpleNamespace(gettext=lambda text: text)
    assert permission_words(visit).keys() == PERMISSIONS


async def launch(browser: Browser, query: str) -> Any:
    """Ask for the preview of these terms and launch what it shows."""
    page = await browser.read(f"{HERE}/new?look=1&{query}")
    assert 'id="effect"' in page, page.partition('id="conflict"')[2][:300]
    return await browser.send(form_to(page, HERE), **REASON)


@pytest.mark.parametrize("url", [HERE, f"{HERE}/rules", f"{HERE}/new?kind=flash"])
async def test_a_place_opens_to_who_may_see_it(place: Place, visitors: Visitors, url: str) -> None:
    await office.clerk(place)
    owner, other = await come_in(place, visitors), await come_in(place, visitors, "orders")
    for language in ("zh-CN", "es", "en"):
        owner.http.cookies.set("lang", language)
        await owner.read(url)
    assert (await other.get(url)).status_code == 403


async def test_a_coupon_is_launched_from_its_preview_seen_and_ended(place: Place, visitors: Visitors) -> None:
    await office.clerk(place)
    browser = await come_in(place, visitors)
    wrong = await browser.read(f"{HERE}/new?look=1&name=Spring")
    assert 'id="conflict"' in wrong
    answer = await launch(browser, "name=Spring&percent=15&cap=20&threshold=50&total=100")
    url = answer.headers["location"]
    page = await browser.read(url)
    assert answer.status_code == 303 and "15% off, up to ¥20.00" in page and "0 / 100" in page
    who = await given.buyer(place)
    shopper = await visitors(who)
    assert "15% off, up to ¥20.00" in await shopper.read("/coupons")
    answer = await browser.send(form_to(page, f"{url}/ending"), **REASON)
    assert answer.status_code == 303 and "Ended" in await browser.read(url)
    assert "15% off" not in await shopper.read("/coupons")
    assert "Spring" in await browser.read(HERE)
    assert await place.breaches() == {}


async def test_prices_and_rewards_are_launched_and_a_clash_is_shown_before(place: Place, visitors: Visitors) -> None:
    await office.clerk(place)
    of, browser = await given.goods(place), await come_in(place, visitors)
    terms = (
        f"kind=flash&name=Noon&product={PRODUCT.show(of.product)}&{SKU.show(of.sku)}=9.90&aside-{SKU.show(of.sku)}=5"
    )
    url = (await launch(browser, terms)).headers["location"]
    assert "Flash session" in await browser.read(url)
    assert "Noon" in (await browser.read(f"{HERE}/new?look=1&{terms}")).partition('id="conflict"')[2]
    limited = terms.replace("flash", "limited").replace("Noon", "Dawn").partition("&aside")[0]
    assert "Stands beside: Flash session “Noon”" in await browser.read(f"{HERE}/new?look=1&{limited}")
    assert (await launch(browser, "kind=reward&name=Off&from_1=10&off_1=1&from_2=20&off_2=3")).status_code == 303
    listed = await browser.read(f"{HERE}/rules?sort=ends_at")
    assert "Noon" in listed and "Off" in listed
    placed = await promo.buy(place, await given.buyer(place), of, units=2)
    assert placed.orders, "at the flash price, which no reward goes with"
    page = await browser.read(url)
    assert (await browser.send(form_to(page, f"{url}/ending"), **REASON)).status_code == 303
    assert await given.free_units(place, of) == 98
    assert (await browser.get(f"{HERE}/rules/{RULE.show(of.sku)}")).status_code == 404
    assert await place.breaches() == {}
