"""What a shop shows, in whose order and words; coupons that never cost more than the market granted."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.given import commissions as earning
from tests.given import goods as given
from tests.given import shops as shopping
from tests.given.houses import Place
from tuan.goods import catalog
from tuan.goods.catalog.model import PRODUCT, ShelfState
from tuan.kit.refusals import NotFound, Refused, granted
from tuan.people import parties
from tuan.platform import audit
from tuan.play import shops
from tuan.play.shops.errors import BudgetSpent, KeptByMarket, NotOffered, NotPicked, OrderOld, PicksFull, PoolUnchanged
from tuan.play.shops.model import PICKS_MAX
from tuan.trade import orders
from tuan.value import promotions
from tuan.value.promotions.model import TakeCoupon, TemplateState


async def shown(place: Place, shop: UUID) -> list[tuple[Any, ...]]:
    """The shop's goods: product, own words, whether they are shown, place among today's."""
    rows = await place.do(shops.picks_of, shop)
    return [(row["product_id"], row["words"], row["is_shown"], row["today"]) for row in rows]


async def budget(place: Place, shop: UUID) -> tuple[int, int]:
    page = await place.do(shops.page_of, shop)
    return page["budget_minor"], page["held_minor"]


async def offered(place: Place, shop: UUID) -> list[UUID]:
    """What it can forward, the newest first."""
    return [row["id"] for row in (await place.do(shops.materials_of, shop)).items]


async def take(place: Place, shop: UUID, number: int = 0) -> Any:
    """Somebody takes the shop's coupon for its code."""
    code = (await place.do(shops.coupons_of, shop))[number]["code"]
    who = await given.buyer(place)
    return await place.one(orders.take_coupons, TakeCoupon(who.id, given.fresh_key(), None, code))


async def test_a_shop_is_dressed_by_its_owner(place: Place) -> None:
    shop, owner = await shopping.shop(place)
    assert await place.do(shops.dress_shop, shop, " 阿梅鲜果 ", " 我家楼下 ") is None
    await place.do(shops.set_cover, shop, "upload/" + "0" * 32)
    page = await place.do(shops.page_of, shop)
    assert (page["words"], page["cover"]) == ("我家楼下", "upload/" + "0" * 32)
    assert (await place.do(parties.shop_of, owner.id)).name == "阿梅鲜果"


async def test_goods_stand_in_the_shops_own_order_and_words(place: Place) -> None:
    shop, _ = await shopping.shop(place)
    one, two, three = [(await shopping.picked(place, shop)).product for _ in range(3)]
    assert [row[0] for row in await shown(place, shop)] == [one, two, three]
    assert await place.do(shops.arrange_picks, shop, [three, one, two]) is None
    assert await place.do(shops.describe_pick, shop, one, " 我自己也吃 ") is None
    assert await place.do(shops.choose_day, shop, [two, three, two]) is None
    assert await shown(place, shop) == [(three, "", True, 2), (one, "我自己也吃", True, None), (two, "", True, 1)]
    assert await place.do(shops.pick_goods, shop, one, "换句话") is None, "choosing it again says other words"
    assert await place.do(shops.unpick_goods, shop, three) is None
    assert await shown(place, shop) == [(one, "换句话", True, None), (two, "", True, 1)]
    await place.move_clock(timedelta(days=1))
    assert [row[3] for row in await shown(place, shop)] == [None, None], "a day's picks are of that day"
    assert await place.do(shops.picked_of, shop, [one, three]) == {one}


async def test_what_is_not_the_shops_own_is_not_arranged_described_or_chosen(place: Place) -> None:
    shop, _ = await shopping.shop(place)
    mine, other = (await shopping.picked(place, shop)).product, (await given.goods(place)).product
    assert await place.do(shops.describe_pick, shop, other, "x") == NotPicked()
    assert await place.do(shops.choose_day, shop, [mine, other]) == NotPicked()
    assert await place.do(shops.arrange_picks, shop, [mine, mine]) == OrderOld()
    with pytest.raises(Refused):
        await place.do(shops.pick_goods, shop, shop)


async def test_a_shop_chooses_so_many_goods_and_no_more(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    from tuan.play.shops import queries

    assert PICKS_MAX == 200
    monkeypatch.setattr(queries, "PICKS_MAX", 1)
    shop, _ = await shopping.shop(place)
    mine, other = await shopping.picked(place, shop), await given.goods(place)
    assert await place.do(shops.pick_goods, shop, other.product) == PicksFull(most=1)
    assert await place.do(shops.pick_goods, shop, mine.product, "x") is None


async def test_what_a_supplier_keeps_back_is_shown_by_no_shop_until_he_offers_it_again(place: Place) -> None:
    shop, _ = await shopping.shop(place)
    of = await shopping.picked(place, shop)
    assert await place.do(shops.withhold_goods, of.product, (await given.goods(place)).supplier) == NotFound()
    assert await place.do(shops.withhold_goods, of.product, of.supplier) is None
    assert await place.do(shops.withheld_of, [of.product]) == {of.product}
    assert [row[2] for row in await shown(place, shop)] == [False]
    assert await place.do(shops.pick_goods, shop, of.product) == NotOffered()
    assert await place.do(shops.offer_goods, of.product, of.supplier) is None
    assert [row[2] for row in await shown(place, shop)] == [True]


async def test_what_the_market_keeps_back_its_supplier_cannot_offer(place: Place) -> None:
    shop, _ = await shopping.shop(place)
    of = await shopping.picked(place, shop)
    assert await place.do(shops.withdraw_goods, of.product, reason="test") is None
    assert await place.do(shops.withdraw_goods, of.product, reason="test") == PoolUnchanged()
    assert [row[2] for row in await shown(place, shop)] == [False]
    assert await place.do(shops.offer_goods, of.product, of.supplier) == KeptByMarket()
    assert await place.do(shops.withhold_goods, of.product, of.supplier) is None, "he may keep it back too"
    assert await place.do(shops.offer_goods, of.product, of.supplier) is None
    (row,) = (await place.do(shops.search_withheld)).items
    assert (row["product_id"], row["by_supplier"], row["by_market"]) == (of.product, False, True)
    assert await place.do(shops.withhold_goods, of.product, of.supplier) is None
    assert await place.do(shops.return_goods, of.product, reason="test") is None
    assert [row[2] for row in await shown(place, shop)] == [False], "its supplier still keeps it back"
    assert await place.do(shops.return_goods, of.product, reason="test") == PoolUnchanged()
    assert await place.do(shops.offer_goods, of.product, of.supplier) is None
    assert [row[2] for row in await shown(place, shop)] == [True]
    assert await place.do(shops.offer_goods, of.product, of.supplier) is None, "nothing to do"
    acts = [(act["action"], act["reason"]) for act in await place.do(audit.about, PRODUCT.show(of.product))]
    assert acts[:2] == [("shops.return_goods", "test"), ("shops.withdraw_goods", "test")]


async def test_what_is_kept_back_pays_no_shop_and_what_was_bought_before_does(place: Place) -> None:
    await earning.plan(place)
    of, who = await given.goods(place, units=10), await earning.neighbour(place)
    shop = await earning.shop(place, of)
    before = await earning.buy(place, who, of, shop.code)
    assert await place.do(shops.withdraw_goods, of.product, reason="test") is None
    meanwhile = await earning.buy(place, who, of, shop.code)
    assert await place.do(shops.return_goods, of.product, reason="test") is None
    after = await earning.buy(place, who, of, shop.code)
    assert [len(await earning.commissions(place, order)) for order in (before, meanwhile, after)] == [1, 0, 1]
    assert await place.breaches() == {}


async def test_what_is_off_the_shelf_is_neither_shown_nor_chosen(place: Place) -> None:
    shop, _ = await shopping.shop(place)
    of = await shopping.picked(place, shop)
    assert await place.do(catalog.take_off, of.product, reason="test") is None
    assert [row[2] for row in await shown(place, shop)] == [False]
    assert (await place.do(catalog.access_any_product, of.product))["state"] == ShelfState.OFF
    assert await place.do(shops.pick_goods, shop, of.product) == NotOffered()


async def test_materials_are_the_shops_own_and_the_markets(place: Place) -> None:
    (shop, _), (other, _) = await shopping.shop(place), await shopping.shop(place)
    mine = granted(await place.do(shops.keep_material, "今天的桃子", [], shop=shop))
    all_of_us = granted(await place.do(shops.publish_material, "周末满减", ["upload/" + "0" * 32], reason="test"))
    assert await offered(place, shop) == [all_of_us, mine]
    assert await offered(place, other) == [all_of_us]
    assert await place.do(shops.remove_material, mine, other) == NotFound()
    assert await place.do(shops.remove_material, all_of_us, shop) == NotFound()
    assert await place.do(shops.remove_material, mine, shop) is None
    assert await place.do(shops.withdraw_material, all_of_us, reason="test") is None
    assert await offered(place, shop) == []


# ── coupons ──
async def test_what_a_coupon_costs_at_the_worst_is_held_and_what_nobody_took_comes_back(place: Place) -> None:
    shop, _, of = await shopping.with_budget(place, 1500)
    template = granted(await shopping.coupon(place, shop, off_minor=100, total=10))
    assert await budget(place, shop) == (1500, 1000)
    assert await shopping.coupon(place, shop, off_minor=100, total=6) == BudgetSpent(left_minor=500, needed_minor=600)
    terms = await place.do(promotions.access_template, template)
    assert (terms.bearer, list(terms.covers), terms.total) == ("market", [str(of.product)], 10)
    for _ in range(3):
        granted(await take(place, shop))
    assert await place.do(shops.end_coupon, template, shop) is None
    assert await budget(place, shop) == (1500, 300)
    assert await place.do(shops.end_coupon, template, shop) == NotFound()
    assert await place.breaches() == {}


async def test_another_shop_does_not_end_it(place: Place) -> None:
    shop, _, _ = await shopping.with_budget(place)
    other, _ = await shopping.shop(place)
    template = granted(await shopping.coupon(place, shop))
    assert await place.do(shops.end_coupon, template, other) == NotFound()
    assert (await place.do(promotions.access_template, template)).state == TemplateState.RUNNING


@pytest.mark.parametrize("ended", ["by time", "by the market"])
async def test_one_that_is_over_gives_its_budget_back_by_itself(place: Place, ended: str) -> None:
    shop, _, _ = await shopping.with_budget(place)
    template = granted(await shopping.coupon(place, shop, off_minor=100, total=10, days=2))
    granted(await take(place, shop))
    assert await place.do(shops.end_over, limit=9) == 0
    if ended == "by time":
        await place.move_clock(timedelta(days=2))
    else:
        assert await place.do(promotions.end_template, template, reason="test") is None
    assert await place.do(shops.end_over, limit=9) == 1
    assert await budget(place, shop) == (1000, 100)
    assert [row["code"] for row in await place.do(shops.coupons_of, shop, only_running=True)] == []
    await place.quiet()
    assert await place.breaches() == {}


async def test_without_goods_there_is_nothing_to_give_a_coupon_for(place: Place) -> None:
    shop, _ = await shopping.shop(place)
    assert await place.do(shops.grant_budget, shop, 1000, reason="test") is None
    assert await shopping.coupon(place, shop) == NotPicked()
