"""Places in China: chosen step by step with and without scripts, written as people write them, read back from there."""

import re
from typing import Any

import pytest

from tests.faces.browser import JSON
from tests.faces.conftest import Visitors
from tests.given import goods as given
from tests.given.houses import Place
from tuan.goods.catalog.model import SKU
from tuan.people import accounts
from tuan.people.accounts.model import ADDRESS
from tuan.surfaces.storefront.divisions.tree import tree

TYPED = {"name": "王小明", "phone": "13800138000", "street": "文三路 1 号"}
WEST_LAKE = {"province": "330000", "city": "330100", "district": "330106"}


async def kept(place: Place, who: given.Buyer) -> list[str]:
    """The regions of the buyer's own addresses."""
    async with place.work() as work:
        return [row["region"] for row in await accounts.addresses_of(work, who.id)]


def test_the_tree_is_whole() -> None:
    assert len(tree().provinces) == 34 and len(tree().cities) > 300 and len(tree().districts) > 2800
    for district in tree().districts:
        assert tree().find(tree().region(district)) == district
    assert all(tree().cities_of(province) for province in tree().provinces)
    assert all(tree().districts_of(city) for city in tree().cities)


@pytest.mark.parametrize(
    ("district", "region"),
    [
        ("330106", "浙江省 杭州市 西湖区"),
        ("110101", "北京市 东城区"),
        ("500237", "重庆市 巫山县"),
        ("429004", "湖北省 仙桃市"),
        ("441904", "广东省 东莞市 长安镇"),
    ],
)
def test_a_region_is_written_as_people_write_it(district: str, region: str) -> None:
    assert tree().region(district) == region


async def test_the_form_goes_step_by_step_without_scripts(place: Place, visitors: Visitors) -> None:
    who = await given.buyer(place)
    visitor = await visitors(who)
    before = await kept(place, who)
    page = (await visitor.post("/me/addresses", **TYPED, province="330000", step="divisions")).text
    assert '<option value="330100"' in page and '<option value="330106"' not in page
    assert f'value="{TYPED["street"]}"' in page, "what was typed stays"
    page = (await visitor.post("/me/addresses", **TYPED, province="330000", city="330100", step="divisions")).text
    assert '<option value="330106"' in page
    assert await kept(place, who) == before, "a step keeps nothing"
    answer = await visitor.post("/me/addresses", **TYPED, **WEST_LAKE)
    assert answer.status_code == 303
    assert set(await kept(place, who)) == {*before, "浙江省 杭州市 西湖区"}


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({}, "province"),
        ({"province": "999999"}, "province"),
        ({"province": "330000"}, "city"),
        ({"province": "330000", "city": "110100", "district": "110101"}, "city"),
        ({"province": "330000", "city": "330100", "district": "110101"}, "district"),
        ({"province": "elsewhere"}, "region"),
        ({"province": "elsewhere", "region": "x" * 201}, "region"),
        ({"step": "x"}, "step"),
    ],
)
async def test_a_place_that_is_none_is_refused_by_its_field(
    place: Place, visitors: Visitors, chosen: dict[str, str], field: str
) -> None:
    visitor = await visitors(await given.buyer(place), accept=JSON)
    before = await place.snapshot()
    answer = await visitor.post("/me/addresses", **TYPED, **chosen)
    assert (answer.status_code, answer.json()["data"]) == (422, {"field": field})
    assert await place.snapshot() == before


async def test_another_country_is_written_freely(place: Place, visitors: Visitors) -> None:
    who = await given.buyer(place)
    visitor = await visitors(who)
    place_of = {"province": "elsewhere", "region": "España, Madrid"}
    assert (await visitor.post("/me/addresses", **TYPED, **place_of)).status_code == 303
    assert "España, Madrid" in await kept(place, who)


async def test_a_kept_address_opens_with_its_choices_and_is_changed(place: Place, visitors: Visitors) -> None:
    who = await given.buyer(place)
    visitor = await visitors(who)
    url = f"/me/addresses/{ADDRESS.show(who.address)}"
    assert (await visitor.post(url, **TYPED, **WEST_LAKE)).status_code == 303
    page = await visitor.read(url)
    chosen = re.findall(r'<option value="(\w+)"[^>]* selected', page)
    assert chosen == list(WEST_LAKE.values())
    assert 'value="13800138000"' in page, "the number is whole, to be corrected"
    assert (await visitor.post(f"{url}/preference")).status_code == 303
    assert (await visitor.post(f"{url}/removal")).status_code == 303
    assert (await visitor.get(url)).status_code == 404


def orders_of(rows: dict[str, Any]) -> dict[str, Any]:
    """A snapshot without what a session keeps of a form."""
    return {name: found for name, found in rows.items() if name != "platform.sessions"}


async def test_a_step_at_the_checkout_orders_nothing(place: Place, visitors: Visitors) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    visitor = await visitors(who)
    wish = {
        "key": given.fresh_key(),
        "sku": SKU.show(of.sku),
        "units": "1",
        "address": "new",
        "mode": "alone",
        "quoted_minor": "1990",
    }
    before = await place.snapshot()
    step = await visitor.post("/orders", **wish, **TYPED, province="440000", step="divisions")
    assert step.status_code == 303
    page = await visitor.read(step.headers["location"])
    assert '<option value="440300"' in page and wish["key"] in page
    assert f'value="{TYPED["street"]}"' in page, "what was typed stays"
    assert orders_of(await place.snapshot()) == orders_of(before)
    fresh = await visitor.read(step.headers["location"].replace("units=1", "units=2"))
    assert wish["key"] not in fresh and f'value="{TYPED["street"]}"' not in fresh, "another wish begins anew"
    chosen = {"province": "440000", "city": "440300", "district": "440305", "aside": "1"}
    answer = await visitor.post("/orders", **wish, **TYPED, **chosen)
    assert answer.status_code == 303 and "/pay/" in answer.headers["location"]
    assert wish["key"] not in await visitor.read(step.headers["location"]), "what was sent is not filled in again"
    assert "广东省 深圳市 南山区" in await kept(place, who)


async def test_the_fragment_carries_the_next_choice_only(visitors: Visitors) -> None:
    visitor = await visitors()
    url = "/divisions?block=divisions&province=330000"
    fragment = (await visitor.get(url, **{"hx-request": "true"})).text
    assert "<html" not in fragment and '<option value="330100"' in fragment
