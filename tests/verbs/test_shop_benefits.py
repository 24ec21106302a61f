"""What a level or a season gives a shop does what it says, and a right that a course unlocks opens what it names."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from tests.given import commissions as paid
from tests.given import goods as given
from tests.given import shops as shopping
from tests.given import training as learn
from tests.given.goods import Buyer
from tests.given.houses import Place
from tuan.goods import catalog
from tuan.kit.refusals import granted
from tuan.people import parties, training
from tuan.play import distribution, shops
from tuan.play.shops import queries
from tuan.play.shops.errors import CourseFirst, GoodsEarly, PageInvalid, PicksFull
from tuan.play.shops.model import MATERIAL_PICTURES_MAX, MORE_PICKS_MAX, PICKS_MAX

PICTURE = "upload/" + "0" * 32


async def won(place: Place, shop: UUID, *words: str) -> None:
    await place.do(parties.set_benefits, {shop: set(words)})


async def forwarded(place: Place, shop: UUID) -> list[UUID]:
    return [row["id"] for row in (await place.do(shops.materials_of, shop)).items]


async def test_what_a_shop_has_won_is_said_whole_and_may_be_lost(place: Place) -> None:
    (one, _), (other, _) = await shopping.shop(place), await shopping.shop(place)
    await won(place, one, "badge", "showcase")
    await won(place, other, "badge")
    await won(place, one, "showcase", "more_picks")
    assert await place.do(parties.benefits_of, [one, other]) == {one: {"showcase", "more_picks"}, other: {"badge"}}
    await won(place, one)
    assert not await place.do(parties.has_benefit, one, "showcase")
    assert await place.do(parties.has_benefit, other, "badge")


async def test_new_goods_are_for_a_day_for_who_has_won_to_choose_first(place: Place) -> None:
    (first, _), (other, _) = await shopping.shop(place), await shopping.shop(place)
    of = await given.goods(place)
    await won(place, first, "early_goods")
    before = await place.snapshot()
    assert await place.do(shops.pick_goods, other, of.product) == GoodsEarly(hours=24)
    assert await place.snapshot() == before
    assert await place.do(shops.pick_goods, first, of.product) is None
    await place.move_clock(timedelta(hours=23, minutes=30))
    assert await place.do(shops.pick_goods, other, of.product) == GoodsEarly(hours=1)
    await place.move_clock(timedelta(minutes=31))
    assert await place.do(shops.pick_goods, other, of.product) is None


async def test_where_nobody_has_won_to_choose_first_nobody_waits(place: Place) -> None:
    shop, _ = await shopping.shop(place)
    await shopping.picked(place, shop)


async def test_the_markets_new_materials_are_seen_a_day_earlier(place: Place) -> None:
    (first, _), (other, _) = await shopping.shop(place), await shopping.shop(place)
    await won(place, first, "materials_first")
    news = granted(await place.do(shops.publish_material, "周末满减", [], reason="test"))
    own = granted(await place.do(shops.keep_material, "自己的", [], shop=other))
    assert await forwarded(place, first) == [news]
    assert await forwarded(place, other) == [own], "one's own is never kept back"
    await place.move_clock(timedelta(days=1, minutes=1))
    assert await forwarded(place, other) == [own, news]


async def test_a_shop_that_has_won_it_has_room_for_more_goods(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MORE_PICKS_MAX == 2 * PICKS_MAX
    monkeypatch.setattr(queries, "PICKS_MAX", 1)
    monkeypatch.setattr(queries, "MORE_PICKS_MAX", 2)
    shop, _ = await shopping.shop(place)
    await shopping.picked(place, shop)
    more = await given.goods(place)
    assert await place.do(shops.pick_goods, shop, more.product) == PicksFull(most=1)
    await won(place, shop, "more_picks")
    assert await place.do(shops.pick_goods, shop, more.product) is None
    assert await place.do(shops.pick_goods, shop, (await given.goods(place)).product) == PicksFull(most=2)
    await won(place, shop)
    assert await place.do(shops.pick_goods, shop, more.product, "换句话") is None, "what it has stays its own"


async def test_the_showcase_shows_open_shops_that_have_won_a_place_another_first_each_day(place: Place) -> None:
    some = [(await shopping.shop(place))[0] for _ in range(6)]
    for shop in some[:5]:
        await won(place, shop, "showcase")
    assert await place.do(parties.suspend_shop, some[4], reason="test") is None
    orders = []
    for _ in range(6):
        first = await place.do(parties.shops_with, "showcase", size=3)
        rest = await place.do(parties.shops_with, "showcase", size=3, after=first.next_key)
        orders.append(tuple(row["id"] for row in [*first.items, *rest.items]))
        await place.move_clock(timedelta(days=1))
    assert all(set(order) == set(some[:4]) and len(order) == 4 for order in orders)
    assert len(set(orders)) > 1


async def test_appeals_stand_first_and_before_them_those_of_shops_that_have_won_it(place: Place) -> None:
    await paid.plan(place)
    held = []
    for _ in range(3):
        of, who = await given.goods(place), await paid.neighbour(place)
        shop = await paid.shop(place, of)
        await paid.buy(place, who, of, shop.code)
        await place.quiet()
        (row,) = (await place.do(distribution.commissions, shop=shop.id)).items
        assert await place.do(distribution.hold, row["id"], reason="test") is None
        held.append((shop, row["id"]))
    (favoured, first), (_, second), (_, silent) = held
    for shop, commission in held[:2]:
        assert await place.do(distribution.appeal, commission, shop.id, shop.owner.id, "买家是我的同事") is None
    await won(place, favoured.id, "support_first")
    queue = (await place.do(distribution.commissions, states=["held"])).items
    assert [row["id"] for row in queue] == [first, second, silent]
    newest = (await place.do(distribution.commissions)).items
    assert [row["id"] for row in newest] == [silent, second, first]


async def test_goods_that_perish_ask_for_the_course_that_teaches_them_where_one_is_taught(place: Place) -> None:
    shop, owner = await shopping.shop(place)
    fresh = [await given.goods(place) for _ in range(2)]
    for of in fresh:
        await given.except_from_return(place, of, "perishable")
    assert await place.do(shops.pick_goods, shop, fresh[0].product) is None, "nobody teaches it, so nobody asks for it"
    course = await learn.course(place, msgspec.structs.replace(learn.CONTENT, rights=("fresh_goods",)))
    before = await place.snapshot()
    assert await place.do(shops.pick_goods, shop, fresh[1].product) == CourseFirst(right="fresh_goods")
    assert await place.snapshot() == before
    assert await place.do(shops.pick_goods, shop, (await given.goods(place)).product) is None
    granted(await learn.answer(place, Buyer(owner.id, owner.address), course))
    assert not await place.do(training.has_to_learn, owner.id, "fresh_goods")
    assert await place.do(shops.pick_goods, shop, fresh[1].product) is None
    assert (await place.do(catalog.access_any_product, fresh[1].product))["return_exception"] == "perishable"


async def test_a_text_has_up_to_nine_pictures_of_its_own_shop(place: Place) -> None:
    (shop, _), (other, _) = await shopping.shop(place), await shopping.shop(place)
    text = granted(await place.do(shops.keep_material, "今天的桃子", [PICTURE], shop=shop))
    theirs = granted(await place.do(shops.publish_material, "周末满减", [], reason="test"))
    assert await place.do(shops.add_pictures, text, shop, [PICTURE] * 8) is None
    before = await place.snapshot()
    assert await place.do(shops.add_pictures, text, shop, [PICTURE]) == PageInvalid(field="pictures")
    for not_its_own in (text, theirs):
        assert (await place.do(shops.add_pictures, not_its_own, other, [PICTURE])).code == "not_found"
    assert await place.snapshot() == before
    rows = {row["id"]: row["pictures"] for row in (await place.do(shops.materials_of, shop)).items}
    assert rows == {text: [PICTURE] * MATERIAL_PICTURES_MAX, theirs: []}
    too_many = await place.do(shops.keep_material, "桃子", [PICTURE] * 10, shop=shop)
    assert too_many == PageInvalid(field="pictures")
