"""What an operator does to goods: products, SKUs, prices, the shelf, pictures; each with its reason in the audit."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from tests.given import goods as given
from tests.given.houses import Place
from tuan.goods import catalog, supply
from tuan.goods.catalog.errors import NotReady, PriceInvalid, PriceMoved, ProductInvalid, ProductOff
from tuan.goods.catalog.model import PRODUCT, SKU, PriceRule, PriceStep, ProductText, ShelfState, repriced
from tuan.goods.supply.errors import Promised, UnitsInvalid
from tuan.kit.ids import new_uuid
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import NotFound, granted
from tuan.platform import audit
from tuan.platform.lists import Wanted
from tuan.play import groupbuy
from tuan.play.groupbuy.errors import CampaignClash, CampaignInvalid

PICTURE = "goods/mango.svg"


async def entries(place: Place, action: str) -> list[Any]:
    async with place.work() as work:
        sql = "SELECT subject, reason, before, after, actor_id FROM audit.entries WHERE market_id = $1 AND action = $2 ORDER BY id"
        return await work.fetch(sql, action)


async def text_of(place: Place, product: Any, **changes: Any) -> ProductText:
    async with place.work() as work:
        row = await catalog.access_any_product(work, product)
    fields = {name: row[name] for name in ("title", "story", "category_id", "fulfilment")}
    return ProductText(**fields | changes)


async def test_a_draft_is_seen_by_nobody_until_it_has_a_picture_and_is_listed(place: Place) -> None:
    product = await given.draft(place)
    async with place.work() as work:
        assert product not in [row["id"] for row in (await catalog.listed(work)).items]
        assert product in [row["id"] for row in (await catalog.everything(work, Wanted(), state="draft")).items]
    shelve = (catalog.shelve, [product], ShelfState.LISTED)
    assert await place.do(*shelve, reason="launch") == NotReady(title="红富士苹果")
    assert await place.do(catalog.add_picture, product, PICTURE, reason="photo") is None
    assert await place.do(*shelve, reason="launch") is None
    assert await place.do(*shelve, reason="again") is None
    async with place.work() as work:
        assert product in [row["id"] for row in (await catalog.listed(work)).items]
    (entry,) = await entries(place, "catalog.shelve")
    assert (entry["before"], entry["after"]) == ({"state": "draft"}, {"state": "listed"})
    assert (entry["subject"], entry["reason"]) == (PRODUCT.show(product), "launch")


async def test_what_is_off_takes_no_orders_and_comes_back_where_it_stood(place: Place) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    async with place.work() as work:
        listed_at = (await catalog.access_any_product(work, of.product))["listed_at"]
    assert await place.do(catalog.shelve, [of.product], ShelfState.OFF, reason="season") is None
    assert await given.place_order(place, who, of) == ProductOff()
    assert await place.do(catalog.shelve, [of.product], ShelfState.LISTED, reason="season") is None
    granted(await given.place_order(place, who, of))
    async with place.work() as work:
        assert (await catalog.access_any_product(work, of.product))["listed_at"] == listed_at
    assert await place.do(catalog.shelve, [of.product, new_uuid()], ShelfState.OFF, reason="x") == NotFound()
    assert await place.do(catalog.shelve, [of.product], ShelfState.DRAFT, reason="x") == NotFound()


async def test_an_edit_says_only_what_it_changed(place: Place) -> None:
    of = await given.goods(place)
    text = await text_of(place, of.product, title="  赣南脐橙 ")
    assert await place.do(catalog.edit_product, of.product, text, reason="typo") is None
    (entry,) = await entries(place, "catalog.edit_product")
    assert (entry["before"], entry["after"]) == ({"title": "脐橙"}, {"title": "赣南脐橙"})
    before = await place.snapshot()
    for wrong, field in (({"title": " "}, "title"), ({"title": "x" * 121}, "title"), ({"story": "x" * 4001}, "story"),
                         ({"fulfilment": "drone"}, "fulfilment"), ({"category_id": new_uuid()}, "category")):  # fmt: skip
        text = await text_of(place, of.product, **wrong)
        assert await place.do(catalog.edit_product, of.product, text, reason="x") == ProductInvalid(field=field)
    assert await place.do(catalog.edit_product, new_uuid(), text, reason="x") == NotFound()
    assert await place.snapshot() == before


async def test_skus_are_added_and_edited_each_name_once(place: Place) -> None:
    of = await given.goods(place, skus=2)
    sku = granted(await place.do(catalog.add_sku, of.product, " 9 kg ", 5990, reason="bigger"))
    async with place.work() as work:
        rows = (await catalog.skus_of(work, [of.product]))[of.product]
        assert await catalog.product_of(work, sku) == of.product
    assert [row["options"] for row in rows] == ["1 kg", "2 kg", "9 kg"]
    before = await place.snapshot()
    for name in ("1 kg", "", "x" * 61):
        assert await place.do(catalog.add_sku, of.product, name, 1, reason="x") == ProductInvalid(field="options")
        assert await place.do(catalog.edit_sku, sku, name, 1, reason="x") == ProductInvalid(field="options")
    wrong = PriceInvalid(most=AMOUNT_MINOR_MAX)
    assert await place.do(catalog.add_sku, of.product, "10 kg", 0, reason="x") == wrong
    assert await place.do(catalog.edit_sku, sku, "10 kg", AMOUNT_MINOR_MAX + 1, reason="x") == wrong
    assert await place.do(catalog.add_sku, new_uuid(), "10 kg", 1, reason="x") == NotFound()
    assert await place.do(catalog.edit_sku, new_uuid(), "10 kg", 1, reason="x") == NotFound()
    assert await place.snapshot() == before
    assert await place.do(catalog.edit_sku, sku, "10 kg", 5990, reason="right") is None
    assert await place.do(catalog.edit_sku, sku, "10 kg", 6990, reason="dear") is None
    first, second = await entries(place, "catalog.edit_sku")
    assert (first["before"], first["after"]) == ({"options": "9 kg"}, {"options": "10 kg"})
    assert (second["before"], second["after"]) == ({"price_minor": 5990}, {"price_minor": 6990})
    async with place.work() as work:
        assert [row["price_minor"] for row in await catalog.price_history(work, [sku])] == [6990, 5990]


async def test_prices_are_changed_together_or_not_at_all(place: Place) -> None:
    of = await given.goods(place, skus=2)
    one, two = of.sku, of.extra[0]
    before = await place.snapshot()
    assert await place.do(catalog.set_prices, {one: (1990, 1790), two: (1, 1)}, reason="x") == PriceMoved()
    assert await place.do(catalog.set_prices, {one: (1990, 1790), new_uuid(): (1, 1)}, reason="x") == NotFound()
    assert isinstance(await place.do(catalog.set_prices, {one: (1990, 0)}, reason="x"), PriceInvalid)
    assert await place.snapshot() == before
    assert await place.do(catalog.set_prices, {one: (1990, 1790), two: (2090, 2090)}, reason="sale") is None
    async with place.work() as work:
        history = await catalog.price_history(work, [one, two])
    assert [row["price_minor"] for row in history if row["sku_id"] == one] == [1790, 1990]
    assert [row["price_minor"] for row in history if row["sku_id"] == two] == [2090]
    (entry,) = await entries(place, "catalog.set_prices")
    assert (entry["before"], entry["after"]) == ({SKU.show(one): 1990}, {SKU.show(one): 1790})


@pytest.mark.parametrize(
    ("step", "value", "before", "after"),
    [
        (PriceStep.TO, 990, 1990, 990),
        (PriceStep.BY, -100, 1990, 1890),
        (PriceStep.BY, -1990, 1990, None),
        (PriceStep.PER_MILLE, -100, 1990, 1791),
        (PriceStep.PER_MILLE, 500, 1, 2),
        (PriceStep.PER_MILLE, -500, 1, 1),
        (PriceStep.PER_MILLE, -1000, 1990, None),
        (PriceStep.PER_MILLE, 10_001, 1990, None),
        (PriceStep.PER_MILLE, 1, AMOUNT_MINOR_MAX, None),
        (PriceStep.TO, 10**30, 1990, None),
    ],
)
def test_a_price_after_a_rule(step: PriceStep, value: int, before: int, after: int | None) -> None:
    expected = PriceInvalid(most=AMOUNT_MINOR_MAX) if after is None else after
    assert repriced(before, PriceRule(step, value)) == expected


async def test_pictures_are_arranged_among_those_there(place: Place) -> None:
    of = await given.goods(place)
    assert await place.do(catalog.add_picture, of.product, PICTURE, reason="photo") is None
    orange = "goods/navel-orange.svg"
    assert await place.do(catalog.arrange_pictures, of.product, [PICTURE, orange], reason="first") is None
    before = await place.snapshot()
    for wrong in ([PICTURE, PICTURE], ["../../etc/passwd"], []):
        outcome = await place.do(catalog.arrange_pictures, of.product, wrong, reason="x")
        assert outcome == ProductInvalid(field="pictures")
    assert await place.snapshot() == before
    async with place.work() as work:
        assert (await catalog.access_product(work, of.product))["pictures"] == [PICTURE, orange]
    for number in range(7):
        assert await place.do(catalog.add_picture, of.product, f"upload/{number}", reason="photo") is None
    tenth = await place.do(catalog.add_picture, of.product, "upload/ten", reason="photo")
    assert tenth == ProductInvalid(field="pictures")


async def test_a_count_replaces_what_was_believed(place: Place) -> None:
    of, who, staff = await given.goods(place, units=10), await given.buyer(place), new_uuid()
    granted(await given.place_order(place, who, of, 3))
    for counted in (8, 12, 12):
        async with place.work(staff) as work:
            assert await supply.correct(work, of.sku, counted, reason=f"counted {counted}") is None
    assert await place.do(supply.correct, of.sku, 2, reason="x") == Promised(units=3)
    assert isinstance(await place.do(supply.correct, of.sku, -1, reason="x"), UnitsInvalid)
    assert await place.do(supply.correct, new_uuid(), 1, reason="x") == NotFound()
    assert await place.do(supply.receive, {new_uuid(): 1}, reason="x") == NotFound()
    async with place.work() as work:
        rows = (await supply.movements(work, Wanted(), of.sku)).items
        assert (await supply.stock_of(work, [of.sku]))[of.sku].free == 9
    shown = [(row["kind"], row["units"], row["reason"], row["actor_id"]) for row in rows]
    assert shown[:3] == [
        ("found", 4, "counted 12", staff),
        ("write_off", 2, "counted 8", staff),
        ("hold", 3, None, None),
    ]
    assert shown[3][:3] == ("receive", 10, "test")
    assert [e["before"] for e in await entries(place, "supply.correct")] == [
        {"on_hand": 10},
        {"on_hand": 8},
        {"on_hand": 12},
    ]
    assert await place.breaches() == {}


async def every(ask: Any, name: str) -> list[Any]:
    """This value of all rows of a list, read three at a time."""
    found, after = [], None
    while True:
        page = await ask(after)
        found += [row[name] for row in page.items]
        after = page.next_key
        if after is None:
            return found


@pytest.mark.parametrize("is_descending", [True, False])
async def test_lists_go_on_after_the_last_key_in_every_sort(place: Place, is_descending: bool) -> None:
    of = await given.campaign(place, await given.goods(place, skus=7))
    for _ in range(4):
        await given.paid_team(place, await given.buyer(place), of)
    wanted = partial(Wanted, is_descending=is_descending, size=3)
    async with place.work() as work:
        lists: list[tuple[Any, tuple[str, ...], str, int]] = [
            (catalog.everything, ("new", "title"), "id", 1),
            (supply.stock, ("new", "title", "free", "on_hand"), "sku_id", 7),
            (partial(supply.movements, sku=of.sku), ("at",), "id", 5),
            (groupbuy.list_campaigns, ("new", "starts_at", "ends_at"), "id", 1),
            (groupbuy.list_teams, ("opened_at", "deadline", "taken"), "id", 4),
        ]
        for query, sorts, name, count in lists:
            for sort in (*sorts, "'; DROP TABLE x --"):
                found = await every(lambda after: query(work, wanted(sort, after=after)), name)  # noqa: B023
                assert len(found) == len(set(found)) == count, sort


async def test_lists_are_narrowed(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place, skus=5))
    await given.paid_team(place, await given.buyer(place), of)
    async with place.work() as work:
        assert len((await supply.movements(work, Wanted(), of.sku, kinds=["receive"])).items) == 1
        assert (await supply.stock(work, Wanted(), words="100%")).items == []
        assert (await supply.stock(work, Wanted(), free_most=98)).items == []
        (hot,) = (await supply.stock(work, Wanted(), free_most=99)).items
        assert (hot["sku_id"], hot["held"], hot["free"]) == (of.sku, 1, 99)
        assert (await catalog.everything(work, Wanted(), words="苹果")).items == []
        assert (await catalog.everything(work, Wanted(), category=new_uuid())).items == []
        assert (await groupbuy.list_teams(work, Wanted(), state="formed")).items == []
        assert (await groupbuy.list_teams(work, Wanted(), campaign=new_uuid())).items == []
        assert len((await groupbuy.list_teams(work, Wanted(), campaign=of.campaign)).items) == 1
        assert await groupbuy.team_counts(work, [of.campaign]) == {of.campaign: {"gathering": 1}}
        (shown,) = (await groupbuy.list_campaigns(work, Wanted(), product=of.product, state="running")).items
        assert shown["id"] == of.campaign
        assert await groupbuy.running_on(work, [of.product]) == {of.product: of.campaign}


async def test_a_preview_says_what_a_launch_would_be_refused_for(place: Place) -> None:
    of = await given.goods(place, units=10)

    async def asked(**terms: Any) -> Any:
        async with place.work() as work:
            new = groupbuy.NewCampaign(
                product=of.product, prices={of.sku: 990}, starts_at=work.now, ends_at=work.now + timedelta(days=1),
                **{"size": 2, "team_seconds": 3600, **terms},
            )  # fmt: skip
            return await groupbuy.why_not_launch(work, new)

    before = await place.snapshot()
    assert await asked() is None
    assert await asked(allotments={of.sku: 10}) is None
    assert (await asked(allotments={of.sku: 11})).code == "supply.not_enough"
    assert await asked(size=1) == CampaignInvalid(field="size")
    assert await place.snapshot() == before
    await given.campaign(place, of)
    assert await asked() == CampaignClash()


async def test_what_came_in_stands_in_the_audit_by_its_sku(place: Place) -> None:
    of = await given.goods(place)
    assert await place.do(supply.receive, {of.sku: 7}, reason="delivery") is None
    async with place.work() as work:
        found = await audit.trail(work, Wanted(), action="supply.receive")
    assert found.items[0]["after"] == {SKU.show(of.sku): 7}


@pytest.mark.parametrize("way", ["set_price", "edit_sku", "set_prices"])
async def test_the_history_has_prices_in_the_order_in_which_they_followed_each_other(place: Place, way: str) -> None:
    """Who began first and came second has set the last price."""
    sku = (await given.goods(place, price_minor=5000)).sku
    async with place.work() as slow:
        assert await place.do(catalog.set_price, sku, 4000, reason="quick") is None
        if way == "set_price":
            assert await catalog.set_price(slow, sku, 3000, reason="slow") is None
        elif way == "edit_sku":
            assert await catalog.edit_sku(slow, sku, "1 kg", 3000, reason="slow") is None
        else:
            assert await catalog.set_prices(slow, {sku: (4000, 3000)}, reason="slow") is None
    async with place.work() as work:
        assert [row["price_minor"] for row in await catalog.price_history(work, [sku])] == [3000, 4000, 5000]
