"""A shop's page for everybody, its desk, what its customers show it, and the same for programs."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar

from tests.faces.browser import JSON, form_to
from tests.faces.client import refused
from tests.faces.conftest import Programs, Visitors
from tests.faces.test_links import by_hand
from tests.faces.test_trade_places import REASON, come_in
from tests.given import commissions as earning
from tests.given import goods as given
from tests.given import office
from tests.given import sharing as share
from tests.given import shops as shopping
from tests.given.houses import Place
from tests.given.pictures import picture
from tuan.goods.catalog.model import PRODUCT
from tuan.kit.refusals import granted
from tuan.people import accounts, parties, sharing
from tuan.people.accounts.model import ADDRESS
from tuan.people.parties.model import SHOP
from tuan.people.sharing.model import BindRule, BindTerms
from tuan.play import shops
from tuan.play.shops.model import CONSENT_ID, MATERIAL_ID
from tuan.surfaces.web.app import App
from tuan.trade.orders.model import ORDER_ID
from tuan.value.promotions.model import TEMPLATE

GOODS, CUSTOMERS, GIVING, SETTINGS = (
    "/desk/shop/goods", "/desk/shop/customers", "/desk/shop/giving", "/desk/shop/settings",
)  # fmt: skip


async def buy(browser: Any, of: given.Goods, who: given.Buyer) -> str:
    """Buy one from the product's page, and pay for it later; the order's public id."""
    page = await browser.read(f"/p/{PRODUCT.show(of.product)}")
    sku = page.split('name="sku" value="')[1].split('"')[0]
    page = await browser.read(f"/checkout?mode=alone&sku={sku}&units=1")
    answer = await browser.send(form_to(page, "/orders"), address=ADDRESS.show(who.address))
    assert answer.status_code == 303, answer.text
    listed = await browser.read("/orders?filter=to_pay")
    return str(listed.split('href="/orders/')[1].split('"')[0])


@pytest.mark.parametrize("language", ["zh-CN", "en", "es"])
async def test_everybody_sees_a_shop_and_that_it_earns(place: Place, visitors: Visitors, language: str) -> None:
    shop, _ = await shopping.shop(place, name="阿梅的小店")
    one, two = await shopping.picked(place, shop), await shopping.picked(place, shop)
    assert await place.do(shops.dress_shop, shop, "阿梅的小店", "我家楼下的水果") is None
    assert await place.do(shops.describe_pick, shop, one.product, "我自己也吃") is None
    assert await place.do(shops.choose_day, shop, [two.product]) is None
    nobody = await visitors(language=language)
    page = await nobody.read(f"/shop/{SHOP.show(shop)}")
    assert "我家楼下的水果" in page and "我自己也吃" in page and "data-disclosed" not in page, "nobody is paid yet"
    assert page.count(f"/p/{PRODUCT.show(two.product)}") == 2 and page.count(f"/p/{PRODUCT.show(one.product)}") == 1
    told = await (await visitors(accept=JSON)).json(f"/shop/{SHOP.show(shop)}")
    assert [g["words"] for g in told["goods"]] == ["我自己也吃", ""] and len(told["today"]) == 1
    await earning.plan(place)
    label = {"zh-CN": "广告", "en": "Advertisement", "es": "Publicidad"}[language]
    assert f'data-disclosed><b class="tag">{label}' in await (await visitors(language=language)).read(
        f"/shop/{SHOP.show(shop)}"
    )
    assert await place.do(parties.suspend_shop, shop, reason="test") is None
    assert (await nobody.get(f"/shop/{SHOP.show(shop)}")).status_code == 404
    assert (await nobody.get("/shop/shop_x")).status_code == 404


async def test_what_is_bought_from_a_shops_page_was_recommended_by_it(place: Place, visitors: Visitors) -> None:
    shop, owner = await shopping.shop(place)
    of, who = await shopping.picked(place, shop), await given.buyer(place)
    browser, keeper = await by_hand(visitors, who), await by_hand(visitors, owner)
    await browser.read(f"/shop/{SHOP.show(shop)}")
    order = await buy(browser, of, who)
    (row,) = (await place.do(shops.orders_of, shop)).items
    assert ORDER_ID.show(row["id"]) == order and row["name"] is None
    page = await keeper.read("/desk/shop/orders")
    assert "脐橙" in page and "A customer" in page and given.HOME.street not in page
    await keeper.read(f"/shop/{SHOP.show(shop)}")
    await buy(keeper, of, owner)
    assert len((await place.do(shops.orders_of, shop)).items) == 1, "nobody recommends to himself"


async def test_to_look_at_a_shops_page_takes_no_order_from_the_shop_whose_customer_he_is(
    app: Litestar, place: Place, visitors: Visitors
) -> None:
    """Signed in or not yet: only who is nobody's customer came by the page, and then it is counted."""
    (mine, owner), (rival, _) = await shopping.shop(place), await shopping.shop(place)
    of, who = await shopping.picked(place, rival), await given.buyer(place)
    await shopping.customer(place, mine, owner, who)
    page = (await place.do(shops.code_of, rival)) or ""
    signed_in, anonymous = await by_hand(visitors, who), await by_hand(visitors)
    looked = await signed_in.get(f"/shop/{SHOP.show(rival)}")
    assert "tuan-share" not in looked.headers.get("set-cookie", "") and await visits(app, place, page) == 0
    await buy(signed_in, of, who)
    for _ in range(2):
        looked = await anonymous.get(f"/shop/{SHOP.show(rival)}")
    assert await visits(app, place, page) == 1
    await place.later(timedelta(minutes=1))
    await anonymous.sign_in(await phone_of(place, who))
    await buy(anonymous, of, who)
    assert len((await place.do(shops.orders_of, mine)).items) == 2
    assert (await place.do(shops.orders_of, rival)).items == []
    stranger = await by_hand(visitors, language="en")
    await stranger.read(f"/shop/{SHOP.show(rival)}")
    await stranger.sign_in("+8613700000029")
    async with place.work() as work:
        person = await accounts.admit(work, "+8613700000029", name="", locale="en")
        assert await sharing.bindings_of(work, [person]) == {}, "to look at a page makes nobody a customer"
    assert await place.breaches() == {}


async def visits(app: Litestar, place: Place, code: str) -> int:
    """Of people, once those that wait are written."""
    assert isinstance(app, App)
    await app.front.links.write()
    async with place.work() as work:
        row, days = await sharing.access_link(work, code)
    assert row["channel"] == "page"
    return sum(day["visits"] for day in days)


async def phone_of(place: Place, who: given.Buyer) -> str:
    async with place.work() as work:
        return str((await accounts.access_whole_person(work, who.id))["phone"])


async def test_a_shop_is_followed_and_its_coupon_is_taken_for_its_code(place: Place, visitors: Visitors) -> None:
    shop, _, _ = await shopping.with_budget(place)
    granted(await shopping.coupon(place, shop, off_minor=100, total=10))
    url, browser = f"/shop/{SHOP.show(shop)}", await visitors(await given.buyer(place))
    assert (await browser.send(form_to(await browser.read(url), f"{url}/following"))).status_code == 303
    page = await browser.read(url)
    assert "You follow it" in page and "1 person follows it" in page
    assert (await browser.send(form_to(page, "/coupons"))).status_code == 303
    assert "小店券" in await browser.read("/coupons")
    assert "9 left" in await browser.read(url)
    assert (await browser.send(form_to(page, f"{url}/following/removal"))).status_code == 303
    assert "You follow it" not in await browser.read(url)


async def test_goods_are_chosen_arranged_and_recommended_today(place: Place, visitors: Visitors) -> None:
    _, owner = await shopping.shop(place)
    one, two = [PRODUCT.show((await given.goods(place)).product) for _ in range(2)]
    browser = await visitors(owner)
    pool = await browser.read("/desk/shop/pool")
    for product in (one, two):
        assert (await browser.send(form_to(pool, f"{GOODS}/{product}"))).headers["location"] == GOODS
    assert "In my shop" in await browser.read("/desk/shop/pool")
    page = await browser.read(GOODS)
    assert page.index(one) < page.index(two)
    assert (await browser.send(form_to(page, f"{GOODS}/{two}/place"), move="first")).status_code == 303
    assert (await browser.send(form_to(page, f"{GOODS}/{two}"), words="我自己也吃")).status_code == 303
    assert (await browser.send(form_to(page, f"{GOODS}/{two}/today"), today="yes")).status_code == 303
    page = await browser.read(GOODS)
    assert page.index(two) < page.index(one) and "我自己也吃" in page and "Not today" in page
    assert two in await browser.read("/desk/shop")
    assert (await browser.send(form_to(page, f"{GOODS}/{two}/today"))).status_code == 303
    assert (await browser.send(form_to(page, f"{GOODS}/{one}/removal"))).status_code == 303
    assert one not in await browser.read(GOODS)
    assert (await browser.post(f"{GOODS}/{two}/place", key="k1", move="sideways")).status_code == 422
    assert (await browser.post(f"{GOODS}/{two}/today", key="k2", today="perhaps")).status_code == 422


async def test_a_customer_says_what_is_seen_of_him_takes_it_back_and_leaves(place: Place, visitors: Visitors) -> None:
    shop, owner = await shopping.shop(place, name="阿梅的小店")
    who = await shopping.customer(place, shop, owner)
    browser, keeper = await visitors(who), await visitors(owner)
    name = (await place.do(shops.counts_of, shop))["customers"]
    assert name == 1
    page = await browser.read("/me/shop")
    assert "阿梅的小店" in page and "You came by a link of 阿梅的小店." in page and "cannot move you" in page
    assert "1 customer" in await keeper.read(CUSTOMERS) and CUSTOMERS + "/cust_" not in await keeper.read(CUSTOMERS)
    answer = await browser.send(form_to(page, "/me/shop/consent"), show_birthday="yes", birthday="13-40")
    assert answer.status_code == 422 and 'aria-invalid="true"' in answer.text
    consent = form_to(page, "/me/shop/consent")
    answer = await browser.send(consent, show_name="yes", show_birthday="yes", birthday="02-29", sentence="older")
    assert answer.status_code == 409 and "You have agreed to nothing" in answer.text
    assert CUSTOMERS + "/cust_" not in await keeper.read(CUSTOMERS)
    answer = await browser.send(consent, show_name="yes", show_birthday="yes", birthday="02-29")
    assert answer.status_code == 303
    listed = await keeper.read(CUSTOMERS)
    url = f"{CUSTOMERS}/cust_" + listed.split(f'href="{CUSTOMERS}/cust_')[1].split('"')[0]
    assert "02-29" in listed and "买家" in listed
    card = await keeper.read(url)
    assert "He does not show what he buys" in card
    assert (await keeper.send(form_to(card, f"{url}/card"), tags="老客，爱甜", note="=1+1")).status_code == 303
    assert "老客, 爱甜" in await keeper.read(url)
    assert (await keeper.send(form_to(card, f"{url}/card"), key="z", tags="a,a", note="")).status_code == 422
    assert url in await keeper.read(f"{CUSTOMERS}?tag=老客")
    exported = await keeper.get(f"{CUSTOMERS}.csv")
    assert exported.headers["content-type"].startswith("text/csv") and "'=1+1" in exported.text
    page = await browser.read("/me/shop")
    assert (await browser.send(form_to(page, "/me/shop/consent/removal"))).status_code == 303
    assert (await keeper.get(url)).status_code == 404
    assert (await browser.send(form_to(page, "/me/shop/leaving"))).status_code == 303
    page = await browser.read("/me/shop")
    assert "You are nobody" in page and "You left 阿梅的小店." in page
    assert "A customer left by himself." in await keeper.read(CUSTOMERS)
    assert await place.breaches() == {}


@pytest.mark.parametrize("language", ["zh-CN", "en", "es"])
async def test_every_customer_who_came_or_went_is_told_with_its_reason(
    place: Place, visitors: Visitors, language: str
) -> None:
    (shop, owner), (rival, other) = await shopping.shop(place), await shopping.shop(place)
    await share.rule(place, BindTerms(BindRule.LATEST, 10, 5))
    left, moved, over = [await shopping.customer(place, shop, owner) for _ in range(3)]
    assert await place.do(shops.leave_shop, left.id, language="en") is None
    await place.later(timedelta(days=6))
    await shopping.customer(place, rival, other, moved)
    await place.later(timedelta(days=5))
    keeper, buyer = await visitors(owner, language=language), await visitors(over, language=language)
    page = await keeper.read("/desk/shop/changes")
    said = {
        "en": ("time with you ran out", "after his protection", "left by himself", "Your time as a customer"),
        "es": ("Terminó el tiempo", "tras su protección", "por sí mismo", "Terminó su tiempo"),
        "zh-CN": ("绑定已到期", "保护期后", "自己离开", "客户关系已到期"),
    }[language]  # fmt: skip
    assert [words in page for words in said[:3]] == [True, True, True]
    assert said[3] in await buyer.read("/me/shop")
    told = (await keeper.get("/desk/shop/changes", accept=JSON)).json()
    assert len(told["changes"]) == 6 and told["next_url"] is None
    for _ in range(20):
        await shopping.customer(place, shop, owner)
    first = (await keeper.get("/desk/shop/changes", accept=JSON)).json()
    assert first["next_url"] is not None
    rest = (await keeper.get(first["next_url"], accept=JSON)).json()
    assert len(first["changes"]) + len(rest["changes"]) == 26 and rest["next_url"] is None
    assert 'href="/desk/shop/changes"' in await keeper.read(CUSTOMERS)


async def test_a_shopkeeper_writes_materials_makes_coupons_and_dresses_the_shop(
    place: Place, visitors: Visitors
) -> None:
    await office.clerk(place)
    shop, owner = await shopping.shop(place)
    await shopping.picked(place, shop)
    clerk, browser = await come_in(place, visitors), await visitors(owner)
    url = f"/office/shops/{SHOP.show(shop)}"
    form = form_to(await clerk.read(url), f"{url}/budget")
    assert (await clerk.send(form, amount="50", **REASON)).status_code == 303
    page = await browser.read(GIVING)
    made = {"name": "满减", "discount": "1", "threshold": "10", "total": "20", "days": "7"}
    assert (await browser.send(form_to(page, f"{GIVING}/coupons"), **made)).status_code == 303
    page = await browser.read(GIVING)
    assert "0 of 20 taken" in page
    answer = await browser.send(form_to(page, f"{GIVING}/coupons"), **{**made, "discount": "2"})
    assert answer.status_code == 409 and "¥30.00" in answer.text
    assert (await browser.send(form_to(page, f"{GIVING}/coupons"), **{**made, "days": "x"})).status_code == 422
    template = page.split("/desk/shop/giving/coupons/")[1].split("/")[0]
    assert (await browser.send(form_to(page, f"{GIVING}/coupons/{template}/ending"))).status_code == 303
    raw = base64.b64encode(picture(8, 8)).decode()
    token = form_to(page, f"{GIVING}/materials").fields
    files = {"picture": ("a.png", base64.b64decode(raw), "image/png")}
    some = [("pictures", ("a.png", picture(8, 8), "image/png"))]
    answer = await browser.http.post(f"{GIVING}/materials", data={**token, "words": "今天的桃子"}, files=2 * some)
    assert answer.status_code == 303, answer.text
    page = await browser.read(GIVING)
    assert "今天的桃子" in page and page.count(" download=") == 2 and "I earn when you buy by my link" in page
    material = page.split("/desk/shop/giving/materials/")[1].split("/")[0]
    more = form_to(page, f"{GIVING}/materials/{material}/pictures").fields
    for count, status in ((10, 422), (8, 422), (7, 303)):
        answer = await browser.http.post(f"{GIVING}/materials/{material}/pictures", data=more, files=count * some)
        assert answer.status_code == status, (count, answer.text)
    page = await browser.read(GIVING)
    assert page.count(" download=") == 9 and f"{material}/pictures" not in page, "no room for a tenth"
    assert (await browser.send(form_to(page, f"{GIVING}/materials/{material}/removal"))).status_code == 303
    page = await browser.read(SETTINGS)
    assert (await browser.send(form_to(page, SETTINGS), name="x" * 31, words="")).status_code == 422
    assert (await browser.send(form_to(page, SETTINGS), name="阿梅鲜果", words="甜")).status_code == 303
    token = form_to(page, f"{SETTINGS}/cover").fields
    answer = await browser.http.post(f"{SETTINGS}/cover", data=token, files=files)
    assert answer.status_code == 303
    shown = await browser.read(f"/shop/{SHOP.show(shop)}")
    assert "阿梅鲜果" in shown and 'class="shop-cover"' in shown


async def test_the_market_offers_materials_to_every_shop(place: Place, visitors: Visitors) -> None:
    await office.clerk(place)
    _, owner = await shopping.shop(place)
    clerk, browser = await come_in(place, visitors), await visitors(owner)
    here = "/office/shops/materials"
    assert (await clerk.send(form_to(await clerk.read(here), here), words="周末满减", **REASON)).status_code == 303
    page = await browser.read(GIVING)
    assert "周末满减" in page and "From the market" in page and "materials/mat_" not in page
    page = await clerk.read(here)
    url = f"{here}/" + page.split(f'action="{here}/')[1].split('"')[0]
    assert (await clerk.send(form_to(page, url), **REASON)).status_code == 303
    assert "周末满减" not in await browser.read(GIVING)


async def test_a_program_runs_a_shop(place: Place, programs: Programs) -> None:
    shop, owner = await shopping.shop(place)
    one, two = [(await given.goods(place)).product for _ in range(2)]
    program = await programs(owner.id, "shop.read", "shop.write")
    assert (await program.show_own_shop()).shop == SHOP.show(shop)
    await program.change_shop(name="阿梅鲜果", words="甜")
    for product in (one, two):
        await program.pick_product(PRODUCT.show(product), words="我自己也吃")
    both = [PRODUCT.show(two), PRODUCT.show(one)]
    await program.arrange_shop_goods(products=both, today=both[:1])
    goods = (await program.list_shop_goods()).items
    assert [(g.product, g.today) for g in goods] == [(both[0], True), (both[1], False)]
    assert (await refused(program.arrange_shop_goods(products=both[:1], today=[]))).code == "shops.order_old"
    await program.unpick_product(both[1])
    raw = base64.b64encode(picture(8, 8)).decode()
    await program.set_shop_cover(picture=raw)
    made = await program.add_shop_material(words="桃子", pictures=[raw, raw])
    assert (await program.add_material_pictures(made.material, pictures=[raw])).material == made.material
    assert (
        await refused(program.add_material_pictures(made.material, pictures=[raw] * 7))
    ).code == "shops.page_invalid"
    (material,) = (await program.list_shop_materials()).items
    assert len(material.pictures) == 3
    assert material.material == made.material and material.pictures[0].startswith("http") and material.own
    await program.drop_shop_material(made.material)
    assert await place.do(shops.grant_budget, shop, 1000, reason="test") is None
    coupon = await program.launch_shop_coupon(name="满减", off_minor=100, threshold_minor=500, total=5, days=7)
    assert (await program.list_shop_coupons()).items[0].held.amount_minor == 500
    await program.end_shop_coupon(coupon.template)
    who, known = await shopping.seen(place, shop, owner, "name", "orders")
    await program.keep_customer_card(CONSENT_ID.show(known), tags=["老客"], note="甜")
    assert (await program.list_shop_customers()).items[0].tags == ["老客"]
    assert (await program.show_shop_customer(CONSENT_ID.show(known))).note == "甜"
    assert (await program.list_shop_orders()).items == []
    assert await place.do(shops.leave_shop, who.id, language="en") is None
    told = (await program.list_customer_changes()).items
    assert [(one.came, one.why, one.code is None) for one in told] == [(False, "left", True), (True, "link", False)]
    stranger = await programs((await given.buyer(place)).id, "shop.read", "shop.write")
    assert (await refused(stranger.show_own_shop())).code == "web.shops_only"
    assert MATERIAL_ID.parse(made.material) and TEMPLATE.parse(coupon.template) and who


async def test_a_program_follows_shows_itself_and_leaves(place: Place, programs: Programs) -> None:
    shop, owner = await shopping.shop(place)
    who = await shopping.customer(place, shop, owner)
    program = await programs(who.id, "account.read", "account.write")
    assert (await (await programs()).show_shop(SHOP.show(shop))).name == "小店"
    await program.follow_shop(SHOP.show(shop))
    await program.unfollow_shop(SHOP.show(shop))
    assert await place.do(sharing.follows_of, who.id) == []
    asked = await program.show_belonging()
    assert "小店" in asked.consent and set(asked.boxes) == {"name", "orders", "phone", "birthday"}
    wrong = await refused(program.give_consent(shows=["name"], version="older"))
    assert wrong.code == "compliance.text_changed"
    await program.give_consent(shows=["name"], version=asked.version)
    told = await program.show_belonging()
    assert (told.shop, told.shows) == (SHOP.show(shop), ["name"])
    await program.end_consent()
    await program.leave_shop()
    assert (await program.show_belonging()).shop is None
