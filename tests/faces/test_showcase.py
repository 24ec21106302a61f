"""What the storefront shows of goods: former prices, search, previews for friends and machines, codes, the app on a phone."""

import json
import re
from datetime import timedelta

from tests.faces.browser import JSON
from tests.faces.conftest import Visitors
from tests.given import goods as given
from tests.given.houses import Place
from tuan.goods import catalog
from tuan.goods.catalog.model import PRODUCT
from tuan.kit.refusals import granted
from tuan.play import groupbuy
from tuan.play.groupbuy.model import TEAM_ID
from tuan.trade import orders

DATA_BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


async def sell(place: Place, of: given.Goods) -> None:
    """Bought alone, paid and sent."""
    who = await given.buyer(place)
    placed = await given.place_order(place, who, of)
    await given.pay(place, who, placed)
    assert await place.do(orders.ship, placed.orders[0], of.supplier, carrier="SF", tracking="1") is None


async def struck_of(visitors: Visitors, of: given.Goods) -> int | None:
    page = await (await visitors(accept=JSON)).json(f"/p/{PRODUCT.show(of.product)}")
    return page["struck"] and page["struck"]["price"]["amount_minor"]  # type: ignore[no-any-return]


async def raise_to(place: Place, of: given.Goods, price_minor: int) -> None:
    async with place.work() as work:
        assert await catalog.set_price(work, of.sku, price_minor, reason="test") is None


async def test_a_struck_price_is_the_lowest_of_thirty_days_before_the_offer(place: Place, visitors: Visitors) -> None:
    of = await given.goods(place, price_minor=1990)
    await sell(place, of)
    await place.move_clock(timedelta(days=40))
    await raise_to(place, of, 9900)  # a price made up a day before
    await place.move_clock(timedelta(days=1))
    await given.campaign(place, of, price_minor=990)
    assert await struck_of(visitors, of) == 1990
    assert "<s>" in await (await visitors()).read(f"/p/{PRODUCT.show(of.product)}")


async def test_no_price_is_struck_that_was_asked_for_less_than_thirty_days(place: Place, visitors: Visitors) -> None:
    of = await given.goods(place)
    await sell(place, of)
    await place.move_clock(timedelta(days=29))
    await given.campaign(place, of, price_minor=990)
    assert await struck_of(visitors, of) is None


async def test_no_price_is_struck_that_nobody_ever_paid(place: Place, visitors: Visitors) -> None:
    of, unpaid = await given.goods(place), await given.goods(place)
    await given.place_order(place, await given.buyer(place), unpaid)
    await place.move_clock(timedelta(days=40))
    for one in (of, unpaid):
        await given.campaign(place, one, price_minor=990)
        assert await struck_of(visitors, one) is None


async def test_the_last_sale_counts_where_there_was_none_for_long(place: Place, visitors: Visitors) -> None:
    """A price that was asked all the time, and that nobody paid any more, is not a former price."""
    of = await given.goods(place, price_minor=1990)
    await sell(place, of)
    await raise_to(place, of, 5900)
    await place.move_clock(timedelta(days=60))
    await given.campaign(place, of, price_minor=990)
    assert await struck_of(visitors, of) == 1990


async def test_an_offer_is_measured_against_the_sales_before_it_and_not_its_own(
    place: Place, visitors: Visitors
) -> None:
    of = await given.goods(place, price_minor=1990)
    await sell(place, of)
    await place.move_clock(timedelta(days=40))
    await raise_to(place, of, 1290)
    await sell(place, of)
    assert await struck_of(visitors, of) == 1990, "alone the offer begins with the last change of the price"
    await raise_to(place, of, 2990)
    assert await struck_of(visitors, of) is None, "what became dearer was never dearer"


async def test_a_lower_team_price_of_the_days_before_is_the_former_one(place: Place, visitors: Visitors) -> None:
    """A second offer is not measured against the price alone when the first one sold for less."""
    of = await given.goods(place, price_minor=1990)
    await sell(place, of)
    await place.move_clock(timedelta(days=40))
    first = await given.campaign(place, of, price_minor=990)
    await place.move_clock(timedelta(days=1))
    async with place.work() as work:
        assert await groupbuy.end_campaign(work, first.campaign, reason="test") is None
    granted(await given.launch(place, of, price_minor=980))
    assert await struck_of(visitors, of) == 990


async def test_search_finds_each_word_in_any_order(place: Place, visitors: Visitors) -> None:
    await given.goods(place)
    visitor = await visitors(accept=JSON)
    found = {
        words: len((await visitor.json(f"/?q={words}"))["products"]) for words in ("脐橙", "橙", "橙 脐", "橙 x", "%25")
    }
    assert found == {"脐橙": 1, "橙": 1, "橙 脐": 1, "橙 x": 0, "%25": 0}


async def test_a_long_feed_goes_on_where_it_ended(place: Place, visitors: Visitors) -> None:
    for _ in range(7):
        await given.goods(place)
    visitor = await visitors(accept=JSON)
    first = await visitor.json("/")
    rest = await visitor.json(first["next_url"])
    seen = [product["product"] for page in (first, rest) for product in page["products"]]
    assert len(first["products"]) == 4 and len(seen) == len(set(seen)) == 7 and rest["next_url"] is None


async def test_a_link_shows_title_picture_price_and_seats(place: Place, visitors: Visitors) -> None:
    of = await given.campaign(place, await given.goods(place), size=3)
    opened = await given.paid_team(place, await given.buyer(place), of)
    visitor = await visitors()
    team = await visitor.read(f"/t/{TEAM_ID.show(opened.team)}")
    assert '<meta property="og:title" content="2 seats left · 脐橙' in team
    assert '<meta property="product:price:amount" content="9.90">' in team
    assert re.search(r'og:image" content="http://[^"]+/goods/navel-orange-480\.\w+\.jpg"', team)
    product = await visitor.read(f"/p/{PRODUCT.show(of.product)}")
    (block,) = DATA_BLOCK.findall(product)
    told = json.loads(block)
    assert (told["@type"], told["name"], told["offers"]["price"]) == ("Product", "脐橙", "19.90")


async def test_a_teams_code_is_drawn_and_its_poster_shown(place: Place, visitors: Visitors) -> None:
    of = await given.campaign(place, await given.goods(place), size=3)
    opened = await given.paid_team(place, await given.buyer(place), of)
    visitor, url = await visitors(), f"/t/{TEAM_ID.show(opened.team)}"
    code = await visitor.get(f"{url}/code.svg")
    assert code.headers["content-type"].startswith("image/svg+xml") and "<path" in code.text
    assert f'src="{url}/code.svg"' in await visitor.read(f"{url}/poster")
    assert (await visitor.get(f"/t/{TEAM_ID.show(of.product)}/code.svg")).status_code == 404


async def test_machines_and_phones_find_what_they_ask_for(place: Place, visitors: Visitors) -> None:
    of = await given.goods(place)
    visitor = await visitors()
    robots = await visitor.read("/robots.txt")
    assert "Disallow: /checkout" in robots and f"Sitemap: http://{place.host}/sitemap.xml" in robots
    assert f"/p/{PRODUCT.show(of.product)}</loc>" in await visitor.read("/sitemap.xml")
    manifest = await visitor.json("/manifest.webmanifest")
    for address in [icon["src"] for icon in manifest["icons"]]:
        assert (await visitor.get(address)).status_code == 200
    worker = await visitor.read("/sw.js")
    kept = json.loads(worker.partition("\n")[0].removeprefix("const KEPT = ").removesuffix(";"))
    for address in kept:
        assert (await visitor.get(address)).status_code == 200


async def test_components_are_shown_in_every_language(visitors: Visitors) -> None:
    for language in ("zh-CN", "en", "es"):
        page = await (await visitors(language=language)).read("/dev/components")
        assert page.count('class="ring"') == 5
