"""The whole buying path, as a person goes it with forms and as a program goes it with JSON."""

from tests.faces.browser import JSON, form_to
from tests.faces.conftest import Visitors
from tests.given import goods as given
from tests.given.houses import Place
from tuan.goods.catalog.model import PRODUCT, SKU
from tuan.kit.refusals import granted
from tuan.people.accounts.model import ADDRESS
from tuan.play.groupbuy.model import TEAM_ID
from tuan.trade.orders.model import ORDER_ID


async def test_a_stranger_buys_alone_with_forms(place: Place, visitors: Visitors) -> None:
    of = await given.goods(place, units=5)
    visitor = await visitors()
    home = await visitor.read("/")
    assert f"/p/{PRODUCT.show(of.product)}" in home
    page = await visitor.read(f"/p/{PRODUCT.show(of.product)}")
    assert SKU.show(of.sku) in page
    wanted = f"/checkout?sku={SKU.show(of.sku)}&units=2&mode=alone"
    answer = await visitor.get(wanted)
    assert answer.status_code == 303
    sign_in = await visitor.read(answer.headers["location"])
    answer = await visitor.send(form_to(sign_in, "/sign-in/code"), phone="13912345678")
    shown = answer.text.split('shown-code">')[1].split("<")[0]
    answer = await visitor.send(form_to(answer.text, "/sign-in"), code=shown)
    assert answer.status_code == 303 and answer.headers["location"] == wanted
    checkout = await visitor.read(wanted)
    typed = {"name": "王小明", "phone": "13800138000", "region": "浙江省 杭州市", "street": "文三路 1 号"}
    answer = await visitor.send(form_to(checkout, "/orders"), **typed)
    assert answer.status_code == 303, answer.text
    pay = answer.headers["location"]
    payment = await visitor.read(pay)
    answer = await visitor.send(form_to(payment, f"{pay}/attempts"), provider="sandbox")
    assert answer.status_code == 303
    sandbox = answer.headers["location"]
    assert "Being confirmed" in await visitor.read(pay)
    answer = await visitor.send(form_to(await visitor.read(sandbox), sandbox), outcome="pay")
    assert answer.status_code == 303 and answer.headers["location"] == f"{pay}?ask=1"
    assert "Being confirmed" in await visitor.read(pay), "the bank's page tells us nothing; its notice is under way"
    await place.quiet()
    paid = await visitor.read(pay)
    assert "Paid" in paid
    order = paid.split('href="/orders/')[1].split('"')[0]
    shown_order = await visitor.read(f"/orders/{order}")
    assert "Being packed" in shown_order and "王小明" in shown_order
    assert order in await visitor.read("/orders")
    assert await place.breaches() == {}


async def test_a_program_opens_a_team_and_another_fills_it(place: Place, visitors: Visitors) -> None:
    of = await given.campaign(place, await given.goods(place))
    first, second = await given.buyers(place, 2)
    opener = await visitors(first, accept=JSON)
    quoted = await opener.json(f"/checkout?sku={SKU.show(of.sku)}&mode=open")
    assert quoted["total"] == {"amount_minor": 990, "currency": "CNY"}
    body = {"key": quoted["key"], "sku": quoted["sku"], "units": "1", "quoted_minor": "990"}
    campaign = quoted["campaign"]
    answer = await opener.post("/teams", address=ADDRESS.show(first.address), campaign=campaign, **body)
    assert answer.status_code == 201
    placed = answer.json()
    started = (await opener.post(f"/pay/{placed['payable']}/attempts", key="k1", provider="sandbox")).json()
    assert (await opener.post(started["url"], key="k2", outcome="pay")).status_code == 200
    await place.quiet()
    team = await opener.json(f"/t/{placed['team']}")
    assert (team["state"], team["needed"], team["action"]) == ("gathering", 1, "invite")
    joiner = await visitors(second, accept=JSON)
    assert (await joiner.json(f"/t/{placed['team']}"))["action"] == "join"
    body["key"] = "other"
    answer = await joiner.post(f"/t/{placed['team']}/seats", address=ADDRESS.show(second.address), **body)
    joined = answer.json()
    started = (await joiner.post(f"/pay/{joined['payable']}/attempts", key="k1", provider="sandbox")).json()
    await joiner.post(started["url"], key="k2", outcome="pay")
    await place.quiet()
    team = await joiner.json(f"/t/{placed['team']}")
    assert (team["state"], team["action"]) == ("formed", "order")
    assert (await joiner.json(f"/orders/{joined['orders'][0]}"))["state"] == "to_ship"
    assert await place.breaches() == {}


async def test_a_member_leaves_and_the_money_comes_back(place: Place, visitors: Visitors) -> None:
    of = await given.campaign(place, await given.goods(place), size=3)
    first, second = await given.buyers(place, 2)
    opened = await given.paid_team(place, first, of)
    await given.paid_join(place, second, opened.team, of)
    visitor = await visitors(second)
    url = f"/t/{TEAM_ID.show(opened.team)}"
    leaving = form_to(await visitor.read(url), f"{url}/leaving")
    assert (await visitor.send(leaving)).status_code == 303
    assert (await visitor.send(leaving)).status_code == 303, "the same form again is the same outcome"
    await place.quiet()
    assert "is back with you" in await visitor.read(url)
    assert await place.breaches() == {}


async def test_a_supplier_ships_and_the_buyer_receives(place: Place, visitors: Visitors) -> None:
    of = await given.goods(place)
    buyer = await given.buyer(place)
    placed = granted(await given.place_order(place, buyer, of))
    await given.pay(place, buyer, placed)
    async with place.work() as work:
        owner = await work.fetch_value(
            "SELECT owner_id FROM parties.suppliers WHERE market_id = $1 AND id = $2", of.supplier
        )
    supplier = await visitors(given.Buyer(owner, owner))
    order = ORDER_ID.show(placed.orders[0])
    form = form_to(await supplier.read("/desk/orders"), f"/desk/orders/{order}/shipment")
    wrong = await supplier.send(form, carrier=" ", tracking="SF1")
    assert wrong.status_code == 422 and "data-wrong" in wrong.text
    assert (await supplier.send(form, carrier="顺丰", tracking="SF1")).status_code == 303
    assert order not in await supplier.read("/desk/orders")
    visitor = await visitors(buyer)
    page = await visitor.read(f"/orders/{order}")
    assert "SF1" in page
    assert (await visitor.send(form_to(page, f"/orders/{order}/receipt"))).status_code == 303
    assert "Received" in await visitor.read(f"/orders/{order}")
