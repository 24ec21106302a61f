"""Where somebody buys is what his browser says, and what a program names; what is said of who is paid goes by it too."""

from typing import Any

import pytest

from tests.faces.browser import JSON
from tests.faces.client import refused
from tests.faces.conftest import Programs, Visitors
from tests.faces.test_links import IN_WECHAT, PERSON
from tests.given import commissions as earning
from tests.given import goods as given
from tests.given import presale as sales
from tests.given import promotions as promo
from tests.given.goods import Buyer, Goods
from tests.given.houses import Place
from tuan.goods.catalog.model import PRODUCT, SKU
from tuan.kit.refusals import granted
from tuan.people.accounts.model import ADDRESS
from tuan.people.compliance.model import Channel
from tuan.play.distribution.model import Rate, Scope, Terms
from tuan.play.groupbuy.model import CAMPAIGN_ID, TEAM_ID
from tuan.play.presale.model import OFFER_ID
from tuan.value.promotions.model import RULE

AGENTS = {
    Channel.WEB: PERSON,
    Channel.WECHAT_H5: IN_WECHAT,
    Channel.WECHAT_MP: f"{IN_WECHAT} MiniProgramEnv/android miniProgram/wx0123456789abcdef",
}


async def five_ways(place: Place, of: Goods, leader: Buyer) -> dict[str, dict[str, str]]:
    """Every form that buys something, by its address."""
    team = await given.paid_team(place, leader, of)
    dear = await given.goods(place, price_minor=12_000)
    sale = OFFER_ID.show(granted(await sales.launch(place, dear)))
    bundle = granted(await promo.rule(place, "bundle", set_units={of.sku: 3}, set_minor=5000, per_order=2))
    sku = {"sku": SKU.show(of.sku), "units": "1"}
    return {
        "/orders": sku | {"mode": "alone", "quoted_minor": str(of.price_minor)},
        "/teams": sku | {"campaign": CAMPAIGN_ID.show(of.campaign), "quoted_minor": str(of.team_price_minor)},
        f"/t/{TEAM_ID.show(team.team)}/seats": sku | {"quoted_minor": str(of.team_price_minor)},
        f"/presale/{sale}/bookings": {"sku": SKU.show(dear.sku), "units": "1", "quoted_minor": "10000"},
        f"/bundles/{RULE.show(bundle)}/orders": {"sets": "1", "quoted_minor": "5000"},
    }


async def told(place: Place) -> list[tuple[str | None, str | None]]:
    async with place.work() as work:
        rows = await work.fetch("SELECT code, channel FROM orders.attributions WHERE market_id = $1")
    return [(row["code"], row["channel"]) for row in rows]


@pytest.mark.parametrize("channel", AGENTS)
async def test_whatever_is_bought_keeps_where_its_buyers_browser_was(
    place: Place, visitors: Visitors, channel: Channel
) -> None:
    of = await given.campaign(place, await given.goods(place))
    shop = await earning.shop(place, of)
    ways = await five_ways(place, of, await earning.neighbour(place))
    for url, fields in ways.items():
        who = await earning.neighbour(place)
        visitor = await visitors(who, accept=JSON)
        visitor.http.headers["user-agent"] = AGENTS[channel]
        await visitor.get(f"/s/{shop.code}")
        answer = await visitor.post(url, key="k", address=ADDRESS.show(who.address), **fields)
        assert answer.status_code == 201, (url, answer.text)
    assert await told(place) == [(shop.code, channel)] * len(ways)
    assert await place.breaches() == {}


async def test_a_program_names_where_it_shows_the_market_and_no_place_that_there_is_not(
    place: Place, programs: Programs
) -> None:
    of = await given.campaign(place, await given.goods(place))
    shop, who = await earning.shop(place, of), await earning.neighbour(place)
    ways = await five_ways(place, of, await earning.neighbour(place))
    _, _, joining, booking, buying = ways
    program, sku, presold = await programs(who.id), SKU.show(of.sku), ways[booking]["sku"]
    wish: dict[str, Any] = {"address": ADDRESS.show(who.address), "share": shop.code, "channel": Channel.WECHAT_MP}
    alone = wish | {"lines": [{"sku": sku, "units": 1}], "quoted_minor": of.price_minor}
    in_team = wish | {"sku": sku, "quoted_minor": of.team_price_minor}
    assert (await refused(program.place_order(**alone | {"channel": "app"}))).problem["data"] == {"field": "channel"}
    assert await told(place) == []
    await program.place_order(**alone)
    await program.open_team(campaign=CAMPAIGN_ID.show(of.campaign), **in_team)
    await program.join_team(joining.split("/")[2], **in_team)
    await program.book_presale(booking.split("/")[2], **wish | {"sku": presold, "quoted_minor": 10_000})
    await program.place_bundle(buying.split("/")[2], sets=1, quoted_minor=5000, **wish)
    assert await told(place) == [(shop.code, Channel.WECHAT_MP)] * 5
    del alone["channel"]
    await program.place_order(**alone)
    assert (await told(place))[-1] == (shop.code, Channel.WEB), "which names none, shows it in the open web"


async def test_whoever_looks_in_wechat_is_told_of_no_pay_that_is_not_paid_there(
    place: Place, visitors: Visitors
) -> None:
    """Two who came by the same link, within the second that a page for a crowd is kept."""
    of = await given.goods(place)
    only = Rate(Scope.MARKET, None, 1, rate_bp=1000, channels=frozenset({Channel.WEB}))
    await earning.plan(place, Terms((only,)))
    shop = await earning.shop(place, of)
    for channel, agent in [*AGENTS.items(), *reversed(AGENTS.items())]:
        visitor = await visitors()
        visitor.http.headers["user-agent"] = agent
        await visitor.get(f"/s/{shop.code}")
        for url in (f"/p/{PRODUCT.show(of.product)}", f"/s/{shop.code}/card"):
            is_said = "Whoever shared this may earn a commission" in await visitor.read(url)
            assert is_said is (channel is Channel.WEB), (channel, url)
