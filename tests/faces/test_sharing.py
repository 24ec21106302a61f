"""Sharing as people do it: two taps to a link, a share word, a code and a poster; packets; one's own links; the API."""

import io
import re
from datetime import timedelta

import pytest
import zxingcpp
from litestar import Litestar
from PIL import Image

from tests.faces.browser import JSON, form_to, forms
from tests.faces.client import refused
from tests.faces.conftest import Programs, Visitors
from tests.faces.test_links import by_hand, counted
from tests.given import commissions as earning
from tests.given import goods as given
from tests.given import office
from tests.given import promotions as promo
from tests.given import sharing as share
from tests.given.houses import Place
from tests.given.twins.wechat_share import WechatShareTwin
from tuan.goods.catalog.model import PRODUCT
from tuan.kit.refusals import granted
from tuan.people import parties, sharing
from tuan.people.parties.model import SHOP
from tuan.people.sharing import MakeLink
from tuan.people.sharing.model import SCENE_LETTERS_MAX, Target, find_code, read_scene
from tuan.platform.gateways.wechat_share import WechatShares, signature_of
from tuan.surfaces.web import posters
from tuan.value.promotions.model import TEMPLATE

POSTER = (posters.WIDTH, posters.HEIGHT)
NO_FONT = posters.fonts() is None


async def test_two_taps_from_a_product_to_its_links(app: Litestar, place: Place, visitors: Visitors) -> None:
    of, (at, owner) = await given.goods(place), await share.shop(place)
    visitor = await by_hand(visitors, owner)
    page = await visitor.read(f"/p/{PRODUCT.show(of.product)}")
    first = await visitor.send(form_to(page, "/share"))
    assert first.status_code == 303
    again = await visitor.send(form_to(page, "/share"))
    assert again.headers["location"] == first.headers["location"], "sharing twice is sharing once"
    sheet = (await visitor.get(first.headers["location"], accept=JSON)).json()
    code = sheet["code"]
    assert sheet["url"] == f"http://{place.host}/s/{code}" and len(sheet["scene"]) <= SCENE_LETTERS_MAX
    assert read_scene(sheet["scene"]) == code
    word = find_code(sheet["word"])
    assert word is not None and word != code, "each way has a code of its own"
    for one, channel in ((code, "web"), (word, "word"), (sheet["poster_url"].split("/")[2], "poster")):
        opened = await share.opened(place, one)
        assert opened is not None and (opened.shop_id, opened.channel) == (at, channel)
    assert "may earn a commission" not in await visitor.read(first.headers["location"]), "nobody is paid"
    await earning.plan(place)
    assert "may earn a commission" in await visitor.read(first.headers["location"])


async def test_who_is_not_signed_in_is_asked_and_comes_back(place: Place, visitors: Visitors) -> None:
    of = await given.goods(place)
    what = PRODUCT.show(of.product)
    visitor = await by_hand(visitors)
    assert f'href="/share?what={what}"' in await visitor.read(f"/p/{what}")
    asked = await visitor.get(f"/share?what={what}")
    assert asked.headers["location"] == f"/sign-in?next=/share%3Fwhat%3D{what}"
    person = await by_hand(visitors, await given.buyer(place))
    before = await place.snapshot()
    page = await person.read(f"/share?what={what}")
    assert await place.snapshot() == before, "to look makes no link"
    assert (await person.send(form_to(page, "/share"))).headers["location"].startswith("/share/")


async def test_teams_shops_coupons_and_the_market_are_shared_and_nothing_else(place: Place, visitors: Visitors) -> None:
    of, leader = await given.campaign(place, await given.goods(place), size=3), await given.buyer(place)
    team = await given.paid_team(place, leader, of)
    from tuan.play.groupbuy.model import TEAM_ID

    at, owner = await share.shop(place)
    program = await by_hand(visitors, owner, accept=JSON)
    kinds = {
        TEAM_ID.show(team.team): f"/t/{TEAM_ID.show(team.team)}",
        SHOP.show(at): f"/shop/{SHOP.show(at)}",
        "home": "/",
    }  # fmt: skip
    stranger = await by_hand(visitors)
    for what, page in kinds.items():
        made = await program.post("/share", what=what)
        assert made.status_code == 200, made.text
        answer = await stranger.get(f"/s/{made.json()['code']}")
        assert answer.headers["location"] == page
    coupon = await program.post("/share", what=TEMPLATE.show(await promo.template(place)))
    code = coupon.json()["code"]
    assert (await stranger.get(f"/s/{code}")).headers["location"] == f"/s/{code}/packet"
    for what in ("https://evil.test", "//evil.test", "/office", "ord_" + "0" * 26, PRODUCT.show(PRODUCT.new()), ""):
        answer = await program.post("/share", what=what)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), what


async def test_somebody_elses_sheet_is_not_found(place: Place, visitors: Visitors) -> None:
    of, (_, owner), other = await given.goods(place), await share.shop(place), await given.buyer(place)
    code = await share.link(place, owner, of)
    stranger = await by_hand(visitors, other, accept=JSON)
    assert (await stranger.get(f"/share/{code}")).status_code == 404
    assert (await stranger.post(f"/me/links/{code}/revocation")).status_code == 404
    assert await share.opened(place, code) is not None


async def test_ones_links_say_who_came_and_are_taken_back(app: Litestar, place: Place, visitors: Visitors) -> None:
    of, (_, owner) = await given.goods(place), await share.shop(place)
    code = await share.link(place, owner, of)
    visitor, person = await by_hand(visitors), await by_hand(visitors, owner)
    for _ in range(3):
        await visitor.get(f"/s/{code}")
    assert await counted(app, place, code) == (3, 1, 0)
    page = await person.read("/me/links")
    assert '<b class="figures">1</b>visitor' in page and '<b class="figures">3</b>visits' in page
    assert (await person.send(form_to(page, f"/me/links/{code}/revocation"))).headers["location"] == "/me/links"
    assert "opens nothing" in await person.read("/me/links")


# ── drawings ──
async def test_the_code_is_drawn_as_a_picture_that_scales(place: Place, visitors: Visitors) -> None:
    of, (_, owner) = await given.goods(place), await share.shop(place)
    answer = await (await by_hand(visitors)).get(f"/s/{await share.link(place, owner, of)}/code.svg")
    assert answer.headers["content-type"] == "image/svg+xml" and answer.text.startswith("<svg")


@pytest.mark.skipif(NO_FONT, reason="no Chinese font here: posters cannot be drawn (install fonts-noto-cjk)")
async def test_a_poster_is_drawn_within_a_second_and_kept(place: Place, visitors: Visitors) -> None:
    of, (_, owner) = await given.goods(place), await share.shop(place)
    code = await share.link(place, owner, of, channel="poster")
    visitor = await by_hand(visitors)
    answer = await visitor.get(f"/s/{code}/poster.png")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    with Image.open(io.BytesIO(answer.content)) as image:
        assert (image.format, image.size) == ("PNG", POSTER)
    again = await visitor.get(f"/s/{code}/poster.png", **{"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    spanish = await (await by_hand(visitors, language="es")).get(f"/s/{code}/poster.png")
    assert spanish.headers["etag"] != answer.headers["etag"], "in the words of whoever asks"


async def test_a_camera_reads_the_links_address_from_its_code(place: Place, visitors: Visitors) -> None:
    """From the drawing, and from the poster among all the rest of it."""
    of, (_, owner) = await given.goods(place), await share.shop(place)
    code = await share.link(place, owner, of, channel="poster")
    visitor = await by_hand(visitors)
    address = f"http://{place.host}/s/{code}"
    assert seen(rasterised((await visitor.get(f"/s/{code}/code.svg")).text)) == address
    if not NO_FONT:
        poster = await visitor.get(f"/s/{code}/poster.png")
        assert seen(Image.open(io.BytesIO(poster.content))) == address


def seen(picture: Image.Image) -> str:
    """What a camera reads in it."""
    (found,) = zxingcpp.read_barcodes(picture.convert("L"))
    return str(found.text)


def rasterised(svg: str, scale: int = 4) -> Image.Image:
    """The strokes of the drawing (`M x y`, `m dx dy`, `h length`), each a row of squares."""
    side = int(svg.split('viewBox="0 0 ')[1].split(" ")[0])
    drawn = Image.new("L", (side, side), 255)
    x = y = 0.0
    for step, said in re.findall(r"([Mmh])([-\d. ]+)", svg.split('class="qrline"')[1].split(' d="')[1].split('"')[0]):
        numbers = [float(one) for one in said.split()]
        if step == "h":
            drawn.paste(0, (int(x), int(y), int(x + numbers[0]), int(y) + 1))
            x += numbers[0]
        else:
            x, y = (numbers[0], numbers[1]) if step == "M" else (x + numbers[0], y + numbers[1])
    return drawn.resize((side * scale, side * scale), Image.Resampling.NEAREST)


async def test_a_poster_without_a_font_says_what_is_missing(
    place: Place, visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, (_, owner) = await given.goods(place), await share.shop(place)
    code = await share.link(place, owner, of, channel="poster", campaign="no font")
    monkeypatch.setattr(posters, "fonts", lambda: None)
    answer = await (await by_hand(visitors, accept=JSON)).get(f"/s/{code}/poster.png")
    assert (answer.status_code, answer.json()["code"]) == (503, "web.poster_font_missing")
    assert "fonts-noto-cjk" in answer.json()["detail"]


@pytest.mark.skipif(NO_FONT, reason="no Chinese font here: posters cannot be drawn (install fonts-noto-cjk)")
async def test_posters_that_say_the_same_are_drawn_once_and_old_ones_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []

    def draw(poster: posters.Poster) -> bytes:
        drawn.append(poster.title)
        return b"x" * 600

    monkeypatch.setattr(posters, "draw", draw)
    monkeypatch.setattr(posters, "KEPT_BYTES_MAX", 1000)
    kept = posters.Posters()

    def saying(title: str) -> posters.Poster:
        return posters.Poster(title, ("", "", ""), "", "", "", "", "", "", "https://a.test/s/0", None)

    for title in ("a", "a", "b", "a"):
        await kept.get(saying(title))
    assert drawn == ["a", "b", "a"]


def test_words_are_wrapped_where_people_would() -> None:
    class Font:
        def getlength(self, text: str) -> int:
            return len(text)

    assert posters.wrapped("红富士苹果，脆甜", Font(), 5, 3) == ["红富士苹果，", "脆甜"]
    assert posters.wrapped("fresh oranges today", Font(), 10, 3) == ["fresh", "oranges", "today"]
    assert posters.wrapped("fresh oranges today", Font(), 10, 2) == ["fresh", "oranges…"]
    assert posters.wrapped("\u202e\n\n", Font(), 10, 2) == ["\u202e"]
    assert posters.wrapped("", Font(), 10, 2) == []


# ── packets ──
async def test_a_packet_is_taken_and_its_shop_followed_by_a_tick_only(place: Place, visitors: Visitors) -> None:
    at, owner = await share.shop(place)
    target = Target("coupon", await promo.template(place, name="开箱红包"))
    code = granted(await place.do(sharing.make_link, MakeLink(owner.id, target, "parcel")))
    nobody = await by_hand(visitors)
    page = await nobody.read(f"/s/{code}/packet")
    assert "开箱红包" in page and f"/sign-in?next=/s/{code}/packet" in page
    plain, keen = await given.buyers(place, 2)
    for who, ticked in ((plain, {}), (keen, {"follow": "yes"})):
        visitor = await by_hand(visitors, who)
        page = await visitor.read(f"/s/{code}/packet")
        assert 'name="follow" value="yes">' in page, "nobody has ticked it beforehand"
        answer = await visitor.send(form_to(page, f"/s/{code}/packet"), **ticked)
        assert (answer.status_code, answer.headers["location"]) == (303, "/coupons"), answer.text
        assert "开箱红包" in await visitor.read("/coupons")
        assert "You have taken it" in await visitor.read(f"/s/{code}/packet")
        async with place.work() as work:
            follows = [row["shop_id"] for row in await sharing.follows_of(work, who.id)]
        assert follows == ([at] if ticked else [])
    assert await place.breaches() == {}


async def test_a_sheet_of_parcel_cards_leads_to_the_packet(place: Place, visitors: Visitors) -> None:
    _, owner = await share.shop(place)
    await given.goods(place)  # something that a shop may be paid for
    await promo.template(place, name="开箱红包", off_minor=500)
    person, stranger = await by_hand(visitors, owner), await by_hand(visitors, await given.buyer(place))
    page = await person.read("/me/cards")
    assert "¥5.00 off" in page and "小店" in page
    chosen = next(form for form in forms(page) if TEMPLATE.parse(form.fields.get("what", "")))
    made = await person.send(chosen)
    sheet = await person.read(made.headers["location"])
    code = made.headers["location"].rpartition("/")[2]
    assert sheet.count(f'src="/s/{code}/code.svg"') == 8 and "may earn a commission" not in sheet
    await earning.plan(place)
    assert (await person.read(made.headers["location"])).count("The sharer may earn a commission") == 8
    assert (await person.send(chosen)).headers["location"] == made.headers["location"]
    assert (await stranger.get(made.headers["location"])).status_code == 404
    assert (await stranger.get(f"/s/{code}")).headers["location"] == f"/s/{code}/packet"
    found = await share.opened(place, code)
    assert found is not None and found.channel == "parcel"


async def test_a_coupon_for_a_code_is_in_no_packet(place: Place, visitors: Visitors) -> None:
    """Whoever knows its id does not thereby know its code."""
    _, owner = await share.shop(place)
    secret = TEMPLATE.show(await promo.template(place, way="code", code="MARZO"))
    program = await by_hand(visitors, owner, accept=JSON)
    for url in ("/share", "/me/cards"):
        assert (await program.post(url, what=secret)).status_code == 404


async def test_a_suspended_shop_gets_no_customers_by_its_links(place: Place, visitors: Visitors) -> None:
    of, (at, owner), who = await given.goods(place), await share.shop(place), await given.buyer(place)
    code = await share.link(place, owner, of)
    assert await place.do(parties.suspend_shop, at, reason="test") is None
    visitor = await by_hand(visitors, who)
    assert (await visitor.get(f"/s/{code}")).status_code == 303, "what it is of can still be seen"
    assert await share.customer_of(place, who) is None
    assert "小店" not in await visitor.read(f"/s/{code}/card")


async def test_a_link_of_something_else_is_no_packet(place: Place, visitors: Visitors) -> None:
    of, (_, owner) = await given.goods(place), await share.shop(place)
    code = await share.link(place, owner, of)
    assert (await (await by_hand(visitors, owner)).get(f"/s/{code}/packet")).status_code == 404


# ── programs ──
async def test_a_mini_program_shares_resolves_and_comes_through(
    app: Litestar, place: Place, programs: Programs
) -> None:
    of, (at, owner), friend = await given.goods(place), await share.shop(place), await given.buyer(place)
    shop, buyer, anybody = await programs(owner.id), await programs(friend.id), await programs()
    made = await shop.make_link(what=PRODUCT.show(of.product), channel="wechat_mp", campaign="spring")
    assert await shop.make_link(what=PRODUCT.show(of.product), channel="wechat_mp", campaign="spring") == made
    for text in (made.word, made.scene):
        assert (await anybody.find_share_word(text=text)).code == made.code
    assert (await anybody.find_share_word(text="⟨0000000000zz⟩")).code is None
    card = await anybody.show_link(made.code)
    assert (card.kind, card.what, card.shop) == ("product", PRODUCT.show(of.product), "小店")
    await buyer.come_through_link(made.code)
    assert await share.customer_of(place, friend) == at
    assert await counted(app, place, made.code) == (1, 1, 0)
    (mine,) = (await shop.list_links()).items
    assert (mine.code, mine.visitors, mine.channel) == (made.code, 1, "wechat_mp")
    assert (await refused(buyer.revoke_link(made.code))).code == "not_found"
    await shop.revoke_link(made.code)
    assert (await share.opened(place, made.code)) is None


async def test_the_markets_links_are_for_whoever_has_its_scope(place: Place, programs: Programs) -> None:
    who, (_, owner), of = await office.clerk(place), await share.shop(place), await given.goods(place)
    theirs = await share.link(place, owner, of)
    market = await programs(who.person, "links.read", "links.write")
    made = await market.make_market_link(what="home", channel="web", campaign="metro", reason="autumn")
    assert [one.code for one in (await market.list_market_links()).items] == [made.code]
    assert [one.code for one in (await market.list_market_links(of="people")).items] == [theirs]
    await market.revoke_market_link(theirs, reason="spam")
    assert await share.opened(place, theirs) is None
    assert (
        await refused((await programs(who.person, "account.write")).list_market_links())
    ).code == "web.scope_missing"


async def test_only_pages_of_this_market_are_signed_for_wechat(
    place: Place, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin = WechatShareTwin()
    signing = WechatShares({place.market: twin.account})
    program = await programs((await given.buyer(place)).id)
    page = f"http://{place.host}/p/1"
    assert (await refused(program.sign_for_wechat(url=page))).code == "gateways.wechat_not_set_up"
    monkeypatch.setattr(place.house.wechat_shares, "sign", signing.sign)
    said = await program.sign_for_wechat(url=page)
    assert said.signature == signature_of("ticket-1", said.nonce, said.timestamp, page)
    for url in ("https://evil.test/", f"http://{place.host}.evil.test/", f"http://evil@{place.host}/", "", "http://["):
        assert (await refused(program.sign_for_wechat(url=url))).code == "web.field_invalid", url
    twin.shut()


async def test_a_packet_is_taken_by_a_program(place: Place, programs: Programs) -> None:
    at, owner = await share.shop(place)
    target = Target("coupon", await promo.template(place))
    code = granted(await place.do(sharing.make_link, MakeLink(owner.id, target, "parcel")))
    who = await given.buyer(place)
    taken = await (await programs(who.id)).take_packet(code, follow=True)
    assert taken.coupon.startswith("coup_")
    async with place.work() as work:
        assert [row["shop_id"] for row in await sharing.follows_of(work, who.id)] == [at]


async def test_the_sheet_makes_links_that_end_and_takes_them_back(place: Place, visitors: Visitors) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    browser, what = await visitors(who), PRODUCT.show(of.product)
    await place.move_clock(timedelta(minutes=1))
    looks = await visitors(who, accept=JSON)
    stays = (await looks.post("/share", what=what)).json()["code"]
    short = (await looks.post("/share", what=what, days="7")).json()["code"]
    assert short != stays and (await looks.post("/share", what=what, days="7")).json()["code"] == short
    assert "stay good until you take them back" in await browser.read(f"/share/{stays}")
    page = await browser.read(f"/share/{short}")
    assert "These links open until" in page and 'name="days"' in page and f"/share/{short}/revocation" in page
    assert "good until" in await browser.read("/me/links")
    for days in ("0", "999", "x"):
        answer = await looks.post("/share", what=what, days=days)
        assert answer.status_code == 422, days
    assert (await looks.post(f"/share/{short}/revocation")).status_code in (200, 303)
    assert (await browser.get(f"/share/{short}")).status_code == 404
    assert (await browser.get(f"/share/{stays}")).status_code == 200
    stranger = await visitors(await given.buyer(place), accept=JSON)
    assert (await stranger.post(f"/share/{stays}/revocation")).status_code == 404
