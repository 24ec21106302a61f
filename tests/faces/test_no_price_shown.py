"""Whoever places an order or takes a seat and sends no price is told it, and nothing is ordered; with it the same goes through."""

from typing import Any

from tests.faces.browser import JSON, form_to
from tests.faces.client import refused
from tests.faces.conftest import Programs, Visitors
from tests.given import goods as given
from tests.given.houses import Place
from tuan.goods.catalog.model import SKU
from tuan.people.accounts.model import ADDRESS
from tuan.play.groupbuy.model import CAMPAIGN_ID, TEAM_ID


async def test_each_way_to_order_tells_its_price(place: Place, visitors: Visitors) -> None:
    of, (leader, who) = await given.campaign(place, await given.goods(place)), await given.buyers(place, 2)
    team, visitor = await given.paid_team(place, leader, of), await visitors(who, accept=JSON)
    wish = {"sku": SKU.show(of.sku), "units": "1", "address": ADDRESS.show(who.address)}
    ways: list[tuple[str, dict[str, Any], int]] = [
        ("/orders", {"mode": "alone"}, 1990),
        ("/teams", {"mode": "open", "campaign": CAMPAIGN_ID.show(of.campaign)}, 990),
        (f"/t/{TEAM_ID.show(team.team)}/seats", {"mode": "join"}, 990),
    ]
    for url, more, price in ways:
        fields = {**wish, **more, "key": given.fresh_key()}
        before = await place.snapshot()
        for sent in (fields, {**fields, "quoted_minor": ""}):
            answer = await visitor.post(url, **sent)
            told = answer.json()
            assert (answer.status_code, told["code"]) == (409, "orders.price_unseen"), (url, told)
            assert told["data"] == {"now_minor": price}
        assert await place.snapshot() == before
        assert (await visitor.post(url, **fields, quoted_minor=str(price))).status_code == 201, "the key is free still"
    assert await place.breaches() == {}


async def test_a_page_shows_the_form_again_with_the_price(place: Place, visitors: Visitors) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    visitor = await visitors(who)
    form = form_to(await visitor.read(f"/checkout?mode=alone&sku={SKU.show(of.sku)}"), "/orders")
    answer = await visitor.send(form, quoted_minor="")
    assert answer.status_code == 409 and "it is ¥19.90 now" in answer.text
    again = await visitor.send(form_to(answer.text, "/orders"))
    assert again.status_code == 303 and "/pay/" in again.headers["location"]


async def test_a_program_is_told_too(place: Place, programs: Programs) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    program, wish = await programs(who.id), {"lines": [{"sku": SKU.show(of.sku)}], "address": ADDRESS.show(who.address)}
    told = await refused(program.place_order(**wish))
    assert (told.code, told.problem["data"]) == ("orders.price_unseen", {"now_minor": 1990})
    placed = await program.place_order(**wish, quoted_minor=told.problem["data"]["now_minor"])
    assert (await program.show_order(placed.orders[0])).total.amount_minor == 1990
