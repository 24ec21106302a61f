"""The channel that brought an order: where its owner lets a level be paid it is, where he does not it is withheld and says why."""

from typing import Any

import pytest

from tests.given import commissions as given
from tests.given import goods, guarding
from tests.given import presale as presales
from tests.given.houses import Place
from tuan.kit.refusals import Refusal, granted
from tuan.people import parties
from tuan.people.compliance.model import CHANNELS, Channel
from tuan.people.sharing.model import CHANNELS as LINKED
from tuan.play import distribution, groupbuy, presale
from tuan.play.distribution.actions import accrue
from tuan.play.distribution.errors import PlanInvalid, PlanUnlawful
from tuan.play.distribution.model import CHANNEL_OF, Rate, Scope, Terms
from tuan.play.groupbuy.model import JoinTeam, OpenTeam
from tuan.play.presale.model import BookGoods

FIRST = Rate(Scope.MARKET, None, 1, rate_bp=1000)
ON_THE_WEB = Rate(Scope.MARKET, None, 2, rate_bp=200, channels=frozenset({Channel.WEB}))
EVERYWHERE = Rate(Scope.MARKET, None, 2, rate_bp=200)


async def signed(place: Place, terms: Terms) -> None:
    async with place.work() as work:
        (fingerprint,) = (await distribution.to_sign(work, terms)).values()
    await guarding.signed(place, fingerprint=fingerprint)


async def two_levels(place: Place) -> tuple[goods.Goods, given.Shop, given.Shop]:
    """Goods, a shop, and one that it invited; both are paid for what the second sells on the web."""
    of = await goods.goods(place, price_minor=1000, units=200)
    terms = Terms((FIRST, ON_THE_WEB))
    await signed(place, terms)
    await given.plan(place, terms)
    above, owner = await given.shop(place, of), await given.neighbour(place)
    made = await place.do(parties.admit_shop, "二店", owner.id, inviter=above.id, reason="test")
    return of, above, given.Shop(made, owner, await given.share.link(place, owner, of))


async def withheld(place: Place, shop: given.Shop) -> list[tuple[int, str, str]]:
    async with place.work() as work:
        rows = (await distribution.withheld(work, shop=shop.id)).items
    return [(row["depth"], row["channel"], row["article"]) for row in rows]


@pytest.mark.parametrize("linked", LINKED)
async def test_a_level_is_paid_only_where_the_owner_of_the_channel_lets_it_be(place: Place, linked: str) -> None:
    of, above, shop = await two_levels(place)
    code = await given.share.link(place, shop.owner, of, channel=linked)
    order = await given.buy(place, await given.neighbour(place), of, code)
    paid = [(row["depth"], row["channel"]) for row in await given.commissions(place, order)]
    channel = CHANNEL_OF[linked]
    if CHANNELS[channel].levels == 2:
        assert paid == [(1, channel), (2, channel)] and await withheld(place, above) == []
    else:
        assert paid == [(1, channel)]
        assert await withheld(place, above) == [(2, channel, CHANNELS[channel].source)]
        assert await withheld(place, shop) == []
    assert await place.breaches() == {}


@pytest.mark.parametrize("bought_in", [Channel.WECHAT_H5, Channel.WECHAT_MP])
@pytest.mark.parametrize("comes", ["by a link", "as a customer"])
async def test_what_is_bought_in_wechat_by_a_link_of_the_web_pays_what_wechat_lets_be_paid(
    place: Place, comes: str, bought_in: Channel
) -> None:
    of, above, shop = await two_levels(place)
    who, code = await given.neighbour(place), None
    if comes == "by a link":
        code = shop.code
    else:
        through = await given.share.opened(place, shop.code)
        assert through is not None and await given.share.come(place, who, through) == shop.id
    order = await given.buy(place, who, of, code, channel=bought_in)
    assert [(row["depth"], row["channel"]) for row in await given.commissions(place, order)] == [(1, bought_in)]
    assert await withheld(place, above) == [(2, bought_in, CHANNELS[bought_in].source)]
    assert await place.breaches() == {}


async def test_whoever_hides_that_he_is_in_wechat_gets_nobody_what_its_link_does_not_bring(place: Place) -> None:
    of, above, shop = await two_levels(place)
    code = await given.share.link(place, shop.owner, of, channel="wechat_h5")
    order = await given.buy(place, await given.neighbour(place), of, code, channel=Channel.WEB)
    assert [row["depth"] for row in await given.commissions(place, order)] == [1]
    assert await withheld(place, above) == [(2, Channel.WECHAT_H5, CHANNELS[Channel.WECHAT_H5].source)]


async def test_seats_and_bookings_say_where_their_buyer_is_too(place: Place) -> None:
    of, _, shop = await two_levels(place)
    of = await goods.campaign(place, of)
    opener, member, booker = [await given.neighbour(place) for _ in range(3)]
    more: dict[str, Any] = {"share": shop.code, "channel": Channel.WECHAT_MP}
    opened = OpenTeam(opener.id, goods.fresh_key(), of.campaign, of.sku, 1, opener.address, **more)
    seated = granted(await place.one(groupbuy.seat_buyers, opened))
    await goods.pay(place, opener, seated)
    joined = JoinTeam(member.id, goods.fresh_key(), seated.team, of.sku, 1, member.address, **more)
    assert not isinstance(await place.one(groupbuy.seat_buyers, joined), Refusal)
    sale = granted(await presales.launch(place, of))
    booked = BookGoods(booker.id, goods.fresh_key(), sale, of.sku, 1, booker.address, **more)
    assert not isinstance(await place.one(presale.book_goods, booked), Refusal)
    async with place.work() as work:
        told = await work.fetch("SELECT channel FROM orders.attributions WHERE market_id = $1")
    assert [row["channel"] for row in told] == [Channel.WECHAT_MP] * 3


async def test_an_order_without_a_link_came_about_on_the_web(place: Place) -> None:
    of, above, shop = await two_levels(place)
    who = await given.neighbour(place)
    through = await given.share.opened(place, await given.share.link(place, shop.owner, of, channel="wechat_h5"))
    assert through is not None and await given.share.come(place, who, through) == shop.id
    order = await given.buy(place, who, of, None)
    assert [row["depth"] for row in await given.commissions(place, order)] == [1, 2]
    assert await withheld(place, above) == []


async def test_what_is_withheld_is_withheld_once(place: Place) -> None:
    of, above, shop = await two_levels(place)
    code = await given.share.link(place, shop.owner, of, channel="wechat_mp")
    order = await given.buy(place, await given.neighbour(place), of, code)
    await place.do(accrue, [order])
    assert len(await withheld(place, above)) == 1 and len(await given.commissions(place, order)) == 1


async def test_a_rate_holds_in_the_channels_that_it_names_and_withholds_in_others_what_the_plan_says(
    place: Place,
) -> None:
    of = await goods.goods(place, price_minor=1000)
    on_the_web = Rate(Scope.MARKET, None, 1, rate_bp=1000, channels=frozenset({Channel.WEB}))
    await given.plan(place, Terms((on_the_web,)))
    shop = await given.shop(place, of)
    code = await given.share.link(place, shop.owner, of, channel="wechat_h5")
    order = await given.buy(place, await given.neighbour(place), of, code)
    assert await given.commissions(place, order) == []
    assert await withheld(place, shop) == [(1, Channel.WECHAT_H5, "")]
    order = await given.buy(place, await given.neighbour(place), of, shop.code)
    assert len(await given.commissions(place, order)) == 1


async def test_a_shop_is_shown_what_every_channel_pays(place: Place) -> None:
    of = await goods.goods(place, price_minor=1000)
    on_the_web = Rate(Scope.MARKET, None, 1, rate_bp=1000, channels=frozenset({Channel.WEB}))
    everywhere = Rate(Scope.PRODUCT, of.product, 1, rate_bp=500)
    other, shop = await goods.goods(place, price_minor=2000), await given.shop(place, of)
    await given.plan(place, Terms((on_the_web, everywhere)))
    async with place.work() as work:
        shown = await distribution.commission_shown(work, shop.id, [of.product, other.product])
    assert shown == {of.product: distribution.Shown(50, 50), other.product: distribution.Shown(0, 200)}


async def test_a_plan_is_checked_in_every_channel_that_it_runs_in(place: Place) -> None:
    await signed(place, Terms((FIRST, EVERYWHERE)))
    plan = granted(await place.do(distribution.draft_plan, "两级", Terms((FIRST, EVERYWHERE)), reason="test"))
    async with place.work() as work:
        found = await distribution.breaches_of(work, Terms((FIRST, EVERYWHERE)))
    assert [(one.rule, one.channel) for one in found] == [
        ("downline_in_channel", Channel.WECHAT_H5),
        ("downline_in_channel", Channel.WECHAT_MP),
    ]
    before = await place.snapshot()
    refused = await place.do(distribution.switch_on, plan, 1, reason="test")
    assert isinstance(refused, PlanUnlawful)
    assert (refused.data["rule"], refused.data["channel"]) == ("downline_in_channel", Channel.WECHAT_H5)
    assert refused.data["article"] == CHANNELS[Channel.WECHAT_H5].source
    assert await place.snapshot() == before


@pytest.mark.parametrize("channels", [frozenset(), frozenset({Channel.APP})])
async def test_a_rate_names_channels_that_orders_come_through(place: Place, channels: frozenset[Channel]) -> None:
    terms = Terms((Rate(Scope.MARKET, None, 1, rate_bp=1000, channels=channels),))
    assert await place.do(distribution.draft_plan, "无处", terms, reason="test") == PlanInvalid(field="rates")
