"""Who is paid for a recommendation is said to whoever came by it, in three languages, and only where somebody may be paid."""

import pytest

from tests.faces.browser import JSON
from tests.faces.conftest import Programs, Visitors
from tests.faces.test_links import PERSON
from tests.given import commissions as earning
from tests.given import goods as given
from tests.given import sharing as share
from tests.given.houses import Place
from tuan.goods import catalog
from tuan.goods.catalog.model import PRODUCT, ShelfState
from tuan.kit.refusals import granted
from tuan.people import compliance, sharing
from tuan.people.compliance.model import Channel
from tuan.people.parties.model import SHOP
from tuan.people.sharing.model import NO_OBJECT, Target
from tuan.play import distribution, groupbuy, shops
from tuan.play.distribution.model import Rate, Scope, Terms
from tuan.play.groupbuy.model import TEAM_ID

SAID = {
    "en": ("Advertisement", "Whoever shared this may earn a commission if you buy."),
    "zh-CN": ("广告", "您购买后，分享者可获佣金。"),
    "es": ("Publicidad", "Quien compartió esto puede ganar una comisión si usted compra."),
}


@pytest.mark.parametrize("language", SAID)
async def test_goods_and_teams_say_it_to_whoever_came_by_a_paid_link(
    place: Place, visitors: Visitors, language: str
) -> None:
    of = await given.campaign(place, await given.goods(place))
    shop = await earning.shop(place, of)
    team = await given.paid_team(place, await earning.neighbour(place), of)
    pages = (f"/p/{PRODUCT.show(of.product)}", f"/t/{TEAM_ID.show(team.team)}")
    label, words = SAID[language]
    came, other = await visitors(language=language), await visitors(language=language)
    came.http.headers["user-agent"] = PERSON
    await came.get(f"/s/{shop.code}")
    for url in pages:
        assert words not in await came.read(url), "no plan pays anybody"
    await earning.plan(place)
    for url in pages:
        page = await came.read(f"{url}?again=1")
        assert words in page and f">{label}</b>" in page
        told = (await came.get(url, accept=JSON)).json()["disclosed"]
        assert (told["label"], told["words"], told["source"]) == (label, words, "互联网广告管理办法 art. 9")
        assert words not in await other.read(f"{url}?again=1"), "who came by no link reads another page"


async def test_nothing_is_said_where_nobody_is_paid_for_that_link(place: Place, visitors: Visitors) -> None:
    of, elsewhere = await given.goods(place), await given.goods(place)
    only = Rate(Scope.PRODUCT, of.product, 1, rate_bp=1000, channels=frozenset({Channel.WEB}))
    await earning.plan(place, Terms((only,)))
    shop = await earning.shop(place, of)
    in_chat = await share.link(place, shop.owner, of, channel="wechat_h5")
    nobodys = await share.link(place, await given.buyer(place), of)
    for code, product, is_said in (
        (shop.code, of, True),
        (shop.code, elsewhere, False),
        (in_chat, of, False),
        (nobodys, of, False),
    ):
        came = await visitors()
        came.http.headers["user-agent"] = PERSON
        await came.get(f"/s/{code}")
        told = (await came.get(f"/p/{PRODUCT.show(product.product)}", accept=JSON)).json()["disclosed"]
        assert (told is not None) is is_said
    own = await visitors(shop.owner)
    own.http.headers["user-agent"] = PERSON
    await own.get(f"/s/{shop.code}")
    assert (await own.get(f"/p/{PRODUCT.show(of.product)}", accept=JSON)).json()["disclosed"] is None, "his own link"


@pytest.mark.parametrize("scope", [Scope.MARKET, Scope.CAMPAIGN])
async def test_nothing_is_said_of_goods_that_are_kept_back_from_shops(
    place: Place, visitors: Visitors, scope: Scope
) -> None:
    """Neither by a plan for everything nor by one for their campaign; kept back, nothing bought of them pays a shop."""
    of = await given.campaign(place, await given.goods(place))
    shop = await earning.shop(place, of)
    team = await given.paid_team(place, await earning.neighbour(place), of)
    async with place.work() as work:
        campaign = (await groupbuy.access_team(work, team.team))["campaign_id"]
    await earning.plan(place, Terms((Rate(scope, campaign if scope == Scope.CAMPAIGN else None, 1, rate_bp=1000),)))
    came = await visitors()
    came.http.headers["user-agent"] = PERSON
    await came.get(f"/s/{shop.code}")
    pages = (f"/p/{PRODUCT.show(of.product)}", f"/t/{TEAM_ID.show(team.team)}", f"/s/{shop.code}/card")

    async def said(time: int) -> list[bool]:
        return [(await came.get(f"{url}?time={time}", accept=JSON)).json()["disclosed"] is not None for url in pages]

    assert await said(1) == [True, True, True]
    assert await place.do(shops.withhold_goods, of.product, of.supplier) is None
    assert await said(2) == [False, False, False]
    async with place.work() as work:
        assert await distribution.commission_shown(work, shop.id, [of.product]) == {}
    assert await place.do(shops.offer_goods, of.product, of.supplier) is None
    assert await said(3) == [True, True, True]


@pytest.mark.parametrize("scope", [Scope.MARKET, Scope.CATEGORY, Scope.PRODUCT, Scope.SKU])
async def test_a_link_to_everything_says_it_where_anything_may_be_paid_for(
    place: Place, visitors: Visitors, programs: Programs, scope: Scope
) -> None:
    """A whole shop, or the market's home: all goods that the plan pays for are kept back from shops, and offered again."""
    of, other = await given.goods(place), await given.goods(place)
    async with place.work() as work:
        category = (await catalog.access_product(work, of.product))["category_id"]
    named = {Scope.MARKET: None, Scope.CATEGORY: category, Scope.PRODUCT: of.product, Scope.SKU: of.sku}
    await earning.plan(place, Terms((Rate(scope, named[scope], 1, rate_bp=1000),)))
    shop = await earning.shop(place, of)
    codes = [
        granted(await place.do(sharing.make_link, sharing.MakeLink(shop.owner.id, target, "web")))
        for target in (Target("shop", shop.id), Target("home", NO_OBJECT))
    ]
    visitor, program = await visitors(), await programs()

    async def said(time: int) -> set[bool]:
        told = {(await program.show_link(code)).disclosure is not None for code in codes}
        urls = [f"/s/{code}/card?time={time}" for code in codes]
        return told | {(await visitor.get(url, accept=JSON)).json()["disclosed"] is not None for url in urls}

    assert await said(1) == {True}
    assert await place.do(shops.withhold_goods, of.product, of.supplier) is None
    assert await said(2) == {scope == Scope.MARKET}, "others are there still"
    assert await place.do(shops.withhold_goods, other.product, other.supplier) is None
    assert await said(3) == {False}
    assert await place.do(shops.offer_goods, of.product, of.supplier) is None
    assert await said(4) == {True}
    assert await place.do(catalog.shelve, [of.product], ShelfState.OFF, reason="test") is None
    assert await said(5) == {False}, "nobody can buy it"


@pytest.mark.parametrize("channel", ["web", "wechat_h5"])
async def test_a_link_to_everything_goes_by_the_narrowest_rate(place: Place, visitors: Visitors, channel: str) -> None:
    """Everything is paid for in any channel, but the only goods there are, have a rate of their own, for the web."""
    of = await given.goods(place)
    on_the_web = frozenset({Channel.WEB})
    own = Rate(Scope.PRODUCT, of.product, 1, rate_bp=1000, channels=on_the_web)
    await earning.plan(place, Terms((Rate(Scope.MARKET, None, 1, rate_bp=1000), own)))
    shop, visitor = await earning.shop(place, of), await visitors()
    code = granted(await place.do(sharing.make_link, sharing.MakeLink(shop.owner.id, Target("shop", shop.id), channel)))
    told = (await visitor.get(f"/s/{code}/card", accept=JSON)).json()["disclosed"]
    assert (told is not None) == (channel == "web")


async def test_cards_shops_and_programs_say_it_in_the_words_of_the_law(
    place: Place, visitors: Visitors, programs: Programs
) -> None:
    of = await given.goods(place)
    await earning.plan(place, earning.ten_percent(hold_days=40))
    shop, visitor = await earning.shop(place, of), await visitors()
    assert await place.do(compliance.choose_profile, "US", reason="test") is None
    card = (await visitor.get(f"/s/{shop.code}/card", accept=JSON)).json()["disclosed"]
    assert (card["label"], card["source"]) == ("Paid link", "16 CFR 255.5")
    assert "Paid link" in await visitor.read(f"/s/{shop.code}/card")
    program = await programs()
    told = (await program.show_link(shop.code)).disclosure
    assert (told.label, told.source) == ("Paid link", "16 CFR 255.5")
    page = (await visitor.get(f"/shop/{SHOP.show(shop.id)}", accept=JSON)).json()
    assert page["disclosed"] is None, "it shows nothing that anybody is paid for"
