"""Bundles and prices for a while as people meet them: on the product, in lists, bought without scripts, and in the office."""

from datetime import timedelta

from tests.faces.browser import form_to
from tests.faces.conftest import Programs, Visitors
from tests.faces.test_promotions_office import HERE, launch
from tests.faces.test_trade_places import come_in
from tests.given import goods as given
from tests.given import office
from tests.given import promotions as promo
from tests.given.houses import Place
from tuan.goods.catalog.model import PRODUCT, SKU
from tuan.kit.refusals import granted
from tuan.people.accounts.model import ADDRESS
from tuan.value.promotions.model import RULE


async def test_a_bundle_is_launched_in_the_office_and_bought_from_the_product(place: Place, visitors: Visitors) -> None:
    await office.clerk(place)
    one, other = await given.goods(place, price_minor=1000), await given.goods(place, price_minor=500)
    desk = await come_in(place, visitors)
    terms = f"kind=bundle&name=Breakfast&set_price=19.99&per_order=3&sku_1={SKU.show(one.sku)}&units_1=2&sku_2={SKU.show(other.sku)}&units_2=1"
    dear = await desk.read(f"{HERE}/new?look=1&{terms.replace('19.99', '25')}")
    assert 'id="conflict"' in dear and "data-wrong" in dear
    looked = await desk.read(f"{HERE}/new?look=1&{terms}")
    assert "¥20.00 → ¥15.99 (−20%) (× 2)" in looked and "¥5.00 → ¥4.00 (−20%)" in looked
    assert "A set: ¥25.00 apart, ¥19.99 together" in looked and "The difference is borne by the market." in looked
    url = (await launch(desk, terms)).headers["location"]
    page = await desk.read(url)
    assert "Price of a set" in page and "× 2" in page and "Breakfast" in await desk.read(f"{HERE}/rules")
    assert "Breakfast" in (await desk.read(f"{HERE}/new?look=1&{terms}")).partition('id="conflict"')[2]
    bundle = url.rpartition("/")[2]
    who = await given.buyer(place)
    visitor = await visitors(who)
    shown = await visitor.read(f"/p/{PRODUCT.show(other.product)}")
    assert f"/bundles/{bundle}" in shown and "apart" in shown and "Together for less" in shown
    for language in ("zh-CN", "es", "en"):
        visitor.http.cookies.set("lang", language)
        await visitor.read(f"/bundles/{bundle}?sets=2")
    assert (await visitor.get(f"/bundles/{bundle}?sets=4")).status_code == 409
    assert (await visitor.get(f"/bundles/{RULE.show(one.sku)}")).status_code == 404
    two = await visitor.read(f"/bundles/{bundle}?sets=2")
    form = form_to(two, f"/bundles/{bundle}/orders")
    changed = await visitor.send(form, quoted_minor="5000", address=ADDRESS.show(who.address))
    assert changed.status_code == 409 and "39.98" in changed.text and form_to(changed.text, form.action)
    answer = await visitor.send(form, address=ADDRESS.show(who.address))
    assert answer.status_code == 303 and answer.headers["location"].startswith("/pay/")
    assert await given.free_units(place, one) == 96
    assert await place.breaches() == {}


async def test_a_program_finds_a_bundle_and_buys_it(place: Place, programs: Programs) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    bundle = granted(await promo.rule(place, "bundle", set_units={of.sku: 3}, set_minor=5000, per_order=2))
    program = await programs(who.id)
    (found,) = (await program.list_bundles(product=PRODUCT.show(of.product))).items
    assert (found.bundle, found.price.amount_minor, found.apart.amount_minor) == (RULE.show(bundle), 5000, 5970)
    wish = {"sets": 2, "address": ADDRESS.show(who.address), "quoted_minor": 10_000}
    placed = await program.place_bundle(found.bundle, **wish)
    assert len(placed.orders) == 1
    assert await place.do(promo.promotions.end_rule, bundle, reason="test") is None
    assert (await program.list_bundles(product=PRODUCT.show(of.product))).items == []


async def test_a_price_for_a_while_is_what_pages_say_and_what_is_charged(place: Place, visitors: Visitors) -> None:
    of, other = await given.goods(place), await given.goods(place)
    granted(await promo.rule(place, "limited", prices={of.sku: 1500}))
    flash = {"prices": {other.sku: 900}, "allotments": {other.sku: 3}}
    granted(await promo.rule(place, "flash", **flash))
    who = await given.buyer(place)
    granted(await promo.buy(place, who, other, units=1))
    visitor = await visitors(who)
    home = await visitor.read("/")
    assert "15" in home and "This price stands" in home and "33% taken" in home
    assert home.count('class="card-now"') == 2
    page = await visitor.read(f"/p/{PRODUCT.show(of.product)}")
    assert (
        "¥15.00" in page and "Otherwise ¥19.90" in page.replace("</span>", "").replace("<span>", "")
    ) or "Otherwise" in page
    assert "<s>" not in page, "what was never sold for more is struck nowhere"
    session = await visitor.read(f"/p/{PRODUCT.show(other.product)}")
    assert "33% of the units at this price are taken, 2 left" in session
    granted(await promo.buy(place, who, other, units=2))
    await place.move_clock(timedelta(seconds=2))
    gone = await visitor.read(f"/p/{PRODUCT.show(other.product)}")
    assert "taken" not in gone and "¥19.90" in gone, "its units are gone, so its price is not said any more"
    await place.later(timedelta(days=2))
    assert "This price stands" not in await visitor.read("/?category=")
    assert await place.breaches() == {}
