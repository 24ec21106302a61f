"""Coupons as people meet them: taken in the centre, chosen at the checkout with links only, told of on the order."""

import pytest

from tests.faces.browser import JSON, Form, form_to, forms
from tests.faces.client import refused as problem
from tests.faces.conftest import Programs, Visitors
from tests.given import goods as given
from tests.given import promotions as promo
from tests.given.houses import Place
from tuan.goods.catalog.model import SKU
from tuan.value.promotions.model import COUPON, TEMPLATE


def forms_of(page: str) -> Form:
    """The first form of the page that takes a coupon."""
    return next(form for form in forms(page) if "template" in form.fields)


async def test_a_coupon_is_taken_chosen_and_used_without_scripts(place: Place, visitors: Visitors) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    await promo.template(place, name="Spring", threshold_minor=1000)
    visitor = await visitors(who)
    centre = await visitor.read("/coupons")
    assert "Spring" in centre and "¥10.00 off" in centre and "from ¥10.00 on" in centre
    answer = await visitor.send(forms_of(centre))
    assert answer.status_code == 303 and answer.headers["location"] == "/coupons"
    assert "to use" in await visitor.read("/coupons")
    url = f"/checkout?mode=alone&sku={SKU.show(of.sku)}&units=1"
    plain = await visitor.read(url)
    assert "Use the best choice" in plain and "Coupon</dt>" not in plain
    (mine,) = await promo.states(place)
    with_it = await visitor.read(f"{url}&coupons={COUPON.show(mine)}")
    assert "Leave out" in with_it and "Spring" in with_it and 'name="quoted_minor" value="990"' in with_it
    typed = {"name": "王小明", "phone": "13800138000", "region": "浙江省 杭州市", "street": "文三路 1 号"}
    answer = await visitor.send(form_to(with_it, "/orders"), **typed)
    assert answer.status_code == 303, answer.text
    assert await promo.states(place) == {mine: "held"}
    await visitor.read(answer.headers["location"])
    assert "in an order to be paid" in await visitor.read("/coupons")
    again = await visitor.read(f"{url}&coupons={COUPON.show(mine)}")
    assert "This coupon was used" in again and 'name="quoted_minor" value="1990"' in again
    assert await place.breaches() == {}


async def test_a_program_takes_by_code_and_hears_why_not(place: Place, visitors: Visitors) -> None:
    await promo.template(place, way="code", code="MARZO")
    program = await visitors(await given.buyer(place), accept=JSON)
    await program.json("/coupons")
    taken = await program.post("/coupons", key="1", coupon_code="MARZO")
    assert taken.status_code == 201 and taken.json()["coupon"].startswith("coup_")
    refused = await program.post("/coupons", key="2", coupon_code="MARZO")
    assert (refused.status_code, refused.json()["code"]) == (409, "promotions.taken_enough")
    assert (await program.post("/coupons", key="3")).status_code == 422
    (mine,) = (await program.json("/coupons"))["mine"]
    assert (mine["state"], mine["worth"]) == ("free", "¥10.00 off")


@pytest.mark.parametrize(
    ("agent", "article"), [("MicroMessenger/8.0", "外部链接"), ("MicroMessenger/8.0 miniProgram/wx1", "小程序")]
)
async def test_inside_wechat_nothing_is_given_for_bringing_friends(
    place: Place, visitors: Visitors, programs: Programs, agent: str, article: str
) -> None:
    """The page says so and by which rule, passes no link on, and whoever asks all the same is refused; elsewhere he takes it."""
    starter, friend = await given.buyers(place, 2)
    of = await promo.template(place, way="friends", friends=1)
    mine = await promo.take(place, starter, of)
    guest = await visitors(friend)
    inside = {"user-agent": f"Mozilla/5.0 (iPhone) {agent}"}
    page = (await guest.get(f"/coupons?friend={COUPON.show(mine)}", **inside)).text
    said = "Here nothing may be given for bringing friends"
    assert page.count(said) == 2 and article in page and "Take mine" not in page
    owner = (await (await visitors(starter)).get("/coupons", **inside)).text
    assert "The link for friends" not in owner and said not in owner.partition("My coupons")[2]
    program = guest.asking_for(JSON)
    program.http.headers.update(inside)
    refused = await program.post("/coupons", key="1", template=TEMPLATE.show(of), friend=COUPON.show(mine))
    assert (refused.status_code, refused.json()["code"]) == (403, "promotions.not_in_channel")
    assert article in refused.json()["data"]["article"] and (await promo.states(place))[mine] == "locked"
    asked = {"template": TEMPLATE.show(of), "key": "2"}
    other = await programs(friend.id)
    assert (await problem(other.take_coupon(**asked, channel="wechat_mp"))).code == "promotions.not_in_channel"
    assert (await other.take_coupon(**asked)).coupon
    free = await promo.template(place)
    assert (await program.post("/coupons", key="3", template=TEMPLATE.show(free))).status_code == 201


async def test_friends_open_a_coupon_by_its_link(place: Place, visitors: Visitors) -> None:
    starter, friend = await given.buyers(place, 2)
    of = await promo.template(place, way="friends", friends=1)
    mine = await promo.take(place, starter, of)
    link = (await (await visitors(starter, accept=JSON)).json("/coupons"))["mine"][0]["share_url"]
    guest = await visitors(friend)
    page = await guest.read(link)
    assert "A friend sent you a coupon" in page and TEMPLATE.show(of) in page
    answer = await guest.send(forms_of(page))
    assert answer.status_code == 303
    assert (await promo.states(place))[mine] == "free"
    assert (await guest.get("/coupons?friend=coup_x")).status_code == 404
