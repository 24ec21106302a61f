"""A coupon given on by its link: shared, taken by a friend or taken back; and by a program."""

from tests.faces.browser import form_to, forms
from tests.faces.conftest import Programs, Visitors
from tests.given import goods as given
from tests.given import promotions as promo
from tests.given.houses import Place
from tuan.value.promotions.model import COUPON


async def test_a_coupon_goes_to_a_friend_by_its_link(place: Place, visitors: Visitors) -> None:
    giver, friend, late = await given.buyers(place, 3)
    mine = await promo.coupon(place, giver, giftable=True, name="Spring")
    own, guest, third = [await visitors(who) for who in (giver, friend, late)]
    for language in ("zh-CN", "es", "en"):
        own.http.cookies.set("lang", language)
        page = await own.read("/coupons")
    answer = await own.send(form_to(page, "/coupons/gifts"))
    link = answer.headers["location"]
    assert answer.status_code == 303 and "given on" not in page and link in await own.read("/coupons")
    shown = await own.read(link)
    assert "Take it back" in shown and 'value="http' in shown and "/taking" not in shown
    offered = await guest.read(link)
    assert "Spring" in offered and "Take it back" not in offered
    form = form_to(offered, f"{link}/taking")
    waiting = form_to(await third.read(link), f"{link}/taking")
    assert (await guest.send(form)).headers["location"] == "/coupons"
    refused = await third.send(waiting)
    assert refused.status_code == 410 and "This gift is not there any more" in refused.text
    assert "It was taken." in await third.read(link) and not [
        f for f in forms(await third.read(link)) if "taking" in f.action
    ]
    assert (
        "to use" in await guest.read("/coupons")
        and "Spring" not in (await own.read("/coupons")).partition('id="mine"')[2]
    )
    assert await promo.states(place) == {mine: "free"}
    assert (await guest.get("/coupons/gifts/x")).status_code == 404
    assert await place.breaches() == {}


async def test_a_program_gives_shows_takes_and_takes_back(place: Place, programs: Programs) -> None:
    giver, friend = await given.buyers(place, 2)
    mine = COUPON.show(await promo.coupon(place, giver, giftable=True))
    own, guest = await programs(giver.id), await programs(friend.id)
    first = await own.give_coupon(coupon=mine)
    assert (await own.list_coupons()).items[0].state == "offered"
    await own.withdraw_gift(first.code)
    second = await own.give_coupon(coupon=mine)
    seen = await guest.show_gift(second.code)
    assert (seen.state, seen.is_own, seen.off_minor) == ("open", False, 1000)
    assert (await guest.take_gift(second.code)).coupon == mine
    assert await place.breaches() == {}
