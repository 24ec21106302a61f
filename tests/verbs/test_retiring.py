"""SKUs that are sold no more: gone from what is offered, kept by who has bought them, never the last one."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.given import goods as given
from tests.given.houses import Place
from tuan.goods import catalog, supply
from tuan.goods.catalog.errors import LastSku, ProductOff
from tuan.goods.catalog.model import SKU
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import NotFound, granted
from tuan.platform.lists import Wanted
from tuan.play import groupbuy
from tuan.play.groupbuy.errors import CampaignInvalid, SkuOnCampaign


async def sold(place: Place, product: Any, *, with_retired: bool = False) -> list[Any]:
    async with place.work() as work:
        return [row["id"] for row in (await catalog.skus_of(work, [product], with_retired=with_retired))[product]]


async def audited(place: Place, sku: Any) -> list[tuple[str, str, Any]]:
    sql = "SELECT action, reason, after FROM audit.entries WHERE market_id = $1 AND subject = $2 ORDER BY id"
    async with place.work() as work:
        return [(row["action"], row["reason"], row["after"]) for row in await work.fetch(sql, SKU.show(sku))]


async def test_a_retired_sku_is_sold_no_more_and_comes_back(place: Place) -> None:
    of, who = await given.goods(place, skus=2), await given.buyer(place)
    gone = replace(of, sku=of.extra[0])
    order = granted(await given.place_order(place, who, gone))
    assert await place.do(groupbuy.retire_sku, gone.sku, reason="bad crop") is None
    assert await place.do(groupbuy.retire_sku, gone.sku, reason="twice") is None
    assert await sold(place, of.product) == [of.sku]
    assert await sold(place, of.product, with_retired=True) == [of.sku, gone.sku]
    assert await given.place_order(place, who, gone) == ProductOff()
    granted(await given.place_order(place, who, of))
    await given.pay(place, who, order)
    await place.quiet()
    assert await given.state_of(place, order.orders[0]) == "to_ship", "who has bought it gets it"
    async with place.work() as work:
        (row,) = [r for r in (await catalog.everything(work, Wanted())).items if r["id"] == of.product]
        assert (row["skus"], row["most_minor"]) == (1, of.price_minor)
        assert gone.sku in [row["sku_id"] for row in (await supply.stock(work, Wanted())).items], (
            "its units are still there"
        )
    assert await place.do(catalog.bring_back_sku, gone.sku, reason="good again") is None
    assert await place.do(catalog.bring_back_sku, gone.sku, reason="twice") is None
    granted(await given.place_order(place, who, gone))
    assert await audited(place, gone.sku) == [
        ("catalog.retire_sku", "bad crop", {"is_retired": True}),
        ("catalog.bring_back_sku", "good again", {"is_retired": False}),
    ]
    assert await place.do(groupbuy.retire_sku, new_uuid(), reason="x") == NotFound()
    assert await place.do(catalog.bring_back_sku, new_uuid(), reason="x") == NotFound()
    assert await place.breaches() == {}


async def test_the_last_one_stays_even_if_two_are_retired_at_once(place: Place) -> None:
    for _ in range(5):
        of = await given.goods(place, skus=2)
        outcomes = await asyncio.gather(
            *(place.do(groupbuy.retire_sku, sku, reason="race") for sku in (of.sku, of.extra[0]))
        )
        assert sorted(outcomes, key=str) == sorted([None, LastSku()], key=str)
        assert len(await sold(place, of.product)) == 1


async def test_what_a_campaign_sells_or_teams_gather_for_is_not_retired(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place, skus=2), pay_seconds=600, team_seconds=3600)
    leader = await given.buyer(place)
    await given.paid_team(place, leader, of)
    assert await place.do(groupbuy.retire_sku, of.sku, reason="x") == SkuOnCampaign()
    assert await place.do(groupbuy.retire_sku, of.extra[0], reason="not in the campaign") is None
    assert await place.do(catalog.bring_back_sku, of.extra[0], reason="x") is None
    assert await place.do(groupbuy.end_campaign, of.campaign, reason="over") is None
    assert await place.do(groupbuy.retire_sku, of.sku, reason="x") == SkuOnCampaign(), "a team still gathers"
    await place.later(timedelta(hours=2))
    assert await place.do(groupbuy.retire_sku, of.sku, reason="x") is None
    assert await given.launch(place, of, price_minor=990) == CampaignInvalid(field="prices")
