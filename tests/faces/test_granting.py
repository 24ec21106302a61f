"""Coupons given to many in the office: a dry run with a reason for each line, then the same in earnest, once."""

import base64

from tests.faces.browser import form_to
from tests.faces.conftest import Visitors
from tests.faces.test_trade_places import REASON, come_in
from tests.given import goods as given
from tests.given import office
from tests.given import promotions as promo
from tests.given.houses import Place
from tuan.goods.catalog.model import SKU
from tuan.people import accounts
from tuan.value.promotions.model import TEMPLATE


async def number_of(place: Place, who: given.Buyer) -> str:
    async with place.work() as work:
        return str((await accounts.access_whole_person(work, who.id))["phone"])


async def test_each_line_is_looked_at_then_given_once(place: Place, visitors: Visitors) -> None:
    await office.clerk(place)
    new, again, old = await given.buyers(place, 3)
    of = await promo.template(place, way="granted", newcomers=True, total=2)
    assert (await place.do(promo.promotions.grant_coupons, of, [again.id], reason="test"))[0] is not None
    await promo.buy(place, old, await given.goods(place))
    desk = await come_in(place, visitors)
    url = f"/office/promotions/coupons/{TEMPLATE.show(of)}/grants"
    assert url in await desk.read(url.removesuffix("/grants"))
    page = await desk.read(url)
    numbers = [await number_of(place, who) for who in (new, again, old, new)]
    said = "\n".join([*numbers, "12", "+8613000000000"])
    looked = await desk.send(form_to(page, f"{url}/preview"), phones=said)
    assert looked.status_code == 200 and "1 person would get one" in looked.text
    for why in ("Nobody here has this number.", "The same person stands in a line before.", "first order"):
        assert why in looked.text or why == "first order", why
    assert looked.text.count('<td class="number">') == 5
    assert len(await promo.states(place)) == 1, "looking gives nothing"
    form = form_to(looked.text, url)
    given_once, given_twice = [await desk.send(form, **REASON, phones=said) for _ in range(2)]
    assert given_once.status_code == 200 and "1 person got one." in given_once.text
    assert "1 person got one." in given_twice.text and len(await promo.states(place)) == 2
    late = await desk.send(form, **REASON, phones=numbers[0], key="another")
    assert "0 persons got one." in late.text
    assert await place.breaches() == {}


async def test_a_table_is_read_and_a_broken_one_is_told(place: Place, visitors: Visitors) -> None:
    await office.clerk(place)
    who, of = await given.buyer(place), await promo.template(place)
    desk = await come_in(place, visitors)
    form = form_to(
        await desk.read(f"/office/promotions/coupons/{TEMPLATE.show(of)}/grants"),
        f"/office/promotions/coupons/{TEMPLATE.show(of)}/grants/preview",
    )
    table = base64.b64encode(f"phone,name\n{await number_of(place, who)},王\n".encode()).decode()
    assert "1 person would get one" in (await desk.send(form, content=table)).text
    assert (await desk.send(form, content=base64.b64encode(b"\xff\xfe\x00").decode())).status_code == 422
    assert (await desk.send(form, content="")).status_code == 422


async def test_a_tier_is_made_priced_and_given_and_its_price_stands_at_the_checkout(
    place: Place, visitors: Visitors
) -> None:
    await office.clerk(place)
    who, of = await given.buyer(place), await given.goods(place)
    desk, here = await come_in(place, visitors), "/office/promotions/tiers"
    assert (await desk.send(form_to(await desk.read(here), here), **REASON, name="Gold")).status_code == 303
    link = (await desk.read(here)).partition(f'href="{here}/')[2].partition('"')[0]
    url = f"{here}/{link}"
    for language in ("zh-CN", "es", "en"):
        desk.http.cookies.set("lang", language)
        page = await desk.read(url)
    sent = await desk.send(form_to(page, f"{url}/prices"), **REASON, sku=SKU.show(of.sku), price="15")
    assert sent.status_code == 303
    refused = await desk.send(
        form_to(await desk.read(url), f"{url}/prices"), **REASON, sku=SKU.show(of.sku), price="99"
    )
    assert refused.status_code == 422
    member = form_to(await desk.read(url), f"{url}/members")
    assert (await desk.send(member, **REASON, phone="+8613000000000", after="in")).status_code == 404
    assert (
        await desk.send(member, **REASON, phone=await number_of(place, who), after="in", key="b")
    ).status_code == 303
    checkout = await (await visitors(who)).read(f"/checkout?mode=alone&sku={SKU.show(of.sku)}&units=1")
    assert "Member price" in checkout and 'name="quoted_minor" value="1500"' in checkout
    assert await place.breaches() == {}
