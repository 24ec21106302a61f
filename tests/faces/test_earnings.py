"""A shop's money as people see it: a friend buys by its link, the commission is pending, matures, falls by the cent, is paid out."""

import re
from datetime import timedelta
from uuid import UUID

from tests.faces.browser import JSON, Browser, form_to, forms
from tests.faces.conftest import Clerks, Visitors
from tests.faces.test_links import PERSON
from tests.faces.test_settlement_places import words_of
from tests.given import commissions as earning
from tests.given import goods as given
from tests.given import sharing as share
from tests.given.houses import Place
from tests.verbs.test_held_commissions import held
from tuan.goods.catalog.model import SKU, SkuId
from tuan.kit.ids import new_uuid
from tuan.people.accounts.model import ADDRESS
from tuan.platform.lists import Wanted
from tuan.play.distribution.model import COMMISSION_ID, RATES_MAX
from tuan.trade import settlement
from tuan.trade.orders.model import ORDER_ID, number_of
from tuan.trade.settlement.model import ACCOUNT_ID, AccountState

DESK = "/desk/shop/money"


async def bought(place: Place, friend: Browser, who: given.Buyer, of: given.Goods, units: int) -> UUID:
    """An order that this visitor placed through the pages and paid; its order."""
    checkout = await friend.json(f"/checkout?sku={SKU.show(of.sku)}&units={units}&mode=alone")
    total = str(checkout["total"]["amount_minor"])
    answer = await friend.post(
        "/orders", key=checkout["key"], sku=SKU.show(of.sku), units=str(units), mode="alone", quoted_minor=total,
        address=ADDRESS.show(who.address),
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    payable = answer.json()["payable"]
    pending = (await friend.post(f"/pay/{payable}/attempts", key=given.fresh_key(), provider="sandbox")).json()
    paid = await friend.post(pending["url"], key=given.fresh_key(), outcome="pay")
    assert paid.status_code < 400, paid.text
    await place.quiet()
    (order,) = answer.json()["orders"]
    found = ORDER_ID.parse(order)
    assert found is not None
    return found


async def test_a_friend_buys_by_the_link_and_the_shopkeeper_withdraws(place: Place, visitors: Visitors) -> None:
    of = await given.goods(place, price_minor=1990)
    await earning.plan(place)
    shop, rival, who = await earning.shop(place, of), await earning.shop(place, of), await earning.neighbour(place)
    friend = await visitors(who, accept=JSON)
    friend.http.headers["user-agent"] = PERSON
    await friend.get(f"/s/{shop.code}")
    order = await bought(place, friend, who, of, 3)
    assert await share.customer_of(place, who) == shop.id
    await friend.get(f"/s/{rival.code}")
    assert await share.customer_of(place, who) == shop.id, "a rival's link takes nobody within the protection"
    desk = await visitors(shop.owner)
    shown = await desk.read(DESK)
    page, (month,) = words_of(shown), re.findall(r"money\.csv\?month=([0-9-]+)", shown)
    assert "Still pending" in page and "5.97" in page and "It is yours when its buyer has kept the goods" in page
    await earning.receive(place, of, who, order)
    await earning.give_back(place, of, who, order, 1)
    page = words_of(await desk.read(DESK))
    assert "3.98" in page and "1.99 less: goods were given back." in page
    await place.later(timedelta(days=9))
    answer = await desk.send(
        form_to(await desk.read(DESK), f"{DESK}/accounts"), holder="小店", number="6222000000000007"
    )
    assert answer.status_code == 303
    async with place.work() as work:
        (account,) = await settlement.accounts_of(work, shop.id)
    assert await place.do(settlement.move_account, account["id"], AccountState.ACTIVE, reason="checked") is None
    to = ACCOUNT_ID.show(account["id"])
    form = form_to(await desk.read(DESK), f"{DESK}/withdrawals")
    assert (await desk.send(form, amount="3.99", account=to)).status_code == 409
    form = form_to(await desk.read(DESK), f"{DESK}/withdrawals")
    assert (await desk.send(form, amount="3.98", account=to)).status_code == 303
    async with place.work() as work:
        (out,) = (await settlement.withdrawals(work, Wanted(), payee=shop.id)).items
    clerk = await given.buyer(place)
    assert await place.do(settlement.approve, out["id"], clerk.id, reason="test") is None
    await place.quiet()
    assert "Paid out" in await desk.read(DESK)
    table = await desk.read(f"{DESK}.csv?month={month}")
    assert number_of(order) in table and ORDER_ID.show(order) not in table, "the order itself is the buyer's"
    assert ",597,398,matured," in table
    assert "Became yours" in await desk.read(f"{DESK}/print?month={month}")
    assert await place.breaches() == {}


async def test_a_held_commission_is_appealed_once_and_released_in_the_office(
    place: Place, visitors: Visitors, clerks: Clerks
) -> None:
    _, shop, _, _, commission = await held(place)
    desk, clerk = await visitors(shop.owner), await clerks()
    page = await desk.read(DESK)
    assert "Somebody of the market looks at it." in page
    url = f"{DESK}/commissions/{COMMISSION_ID.show(commission)}/appeal"
    assert (await desk.send(form_to(page, url), words="他是我的同事，自己付的钱")).status_code == 303
    assert url not in await desk.read(DESK)
    place_of = f"/office/commissions/{COMMISSION_ID.show(commission)}"
    shown = await clerk.read(place_of)
    assert "他是我的同事" in shown
    released = next(form for form in forms(shown) if form.fields.get("after") == "released")
    assert (await clerk.send(released, reason="买家回了电话")).status_code == 303
    assert "The market says: 买家回了电话" in await desk.read(DESK)


async def test_what_may_not_be_is_refused_with_its_article(place: Place, clerks: Clerks) -> None:
    """A plan of 31 % is drafted, shown with the rule that it breaks, and not switched on."""
    clerk = await clerks()
    plans = "/office/commissions/plans"
    form = form_to(await clerk.read(plans), plans)
    answer = await clerk.send(form, name="太高", rate0="31", line_most="31", reason="test")
    assert answer.status_code == 303, answer.text
    url = re.findall(rf'href="({plans}/plan_[0-9a-z]+)"', await clerk.read(plans))[0]
    page = await clerk.read(url)
    assert "直销管理条例 art. 24" in page
    answer = await clerk.send(form_to(page, f"{url}/versions/1/state"), reason="test")
    assert answer.status_code == 403 and "直销管理条例 art. 24" in answer.text


async def test_a_plan_is_drafted_with_as_many_rates_as_one_has_without_a_script(place: Place, clerks: Clerks) -> None:
    clerk, plans = await clerks(), "/office/commissions/plans"
    page, typed = (
        await clerk.read(plans),
        {"name": "分品类", "rate0": "10", "reason": "opening week", "line_most": "12"},
    )
    assert 'name="rate2"' in page and 'name="rate3"' not in page
    for rows in (4, 5):
        answer = await clerk.send(form_to(page, plans), **typed, more="yes")
        page = answer.text
        assert answer.status_code == 200 and f'name="rate{rows - 1}"' in page and f'name="rate{rows}"' not in page
        for said in ('value="分品类"', 'name="rate0" value="10"', 'value="opening week"', 'value="12"'):
            assert said in page, said
        for row in range(1, rows):
            typed |= {f"scope{row}": "sku", f"object{row}": SKU.show(SkuId(new_uuid())), f"rate{row}": "5"}
    assert re.findall(rf'href="({plans}/plan_[0-9a-z]+)"', await clerk.read(plans)) == [], "a row more drafts nothing"
    assert (await clerk.send(form_to(page, plans), **typed)).status_code == 303
    (url,) = re.findall(rf'href="({plans}/plan_[0-9a-z]+)"', await clerk.read(plans))
    page = await clerk.read(url)
    assert page.count("<td>Option</td>") == 4
    answer = await clerk.send(form_to(page, f"{url}/versions"), rate0="7", reason="x", more="yes")
    assert answer.status_code == 200 and 'name="rate3"' in answer.text and 'name="rate0" value="7"' in answer.text
    every = {
        f"{name}{row}": said
        for row in range(RATES_MAX)
        for name, said in {
            "scope": "sku",
            "object": SKU.show(SkuId(new_uuid())),
            "level": "1",
            "rate": "1",
            "fixed": "",
        }.items()
    }
    full = await clerk.send(form_to(page, f"{url}/versions"), **every, rows=str(RATES_MAX), more="yes", reason="all")
    assert full.status_code == 200 and f'name="rate{RATES_MAX - 1}"' in full.text and 'name="more"' not in full.text
    answer = await clerk.send(form_to(full.text, f"{url}/versions"), **every, reason="all of them")
    assert answer.status_code == 303 and (await clerk.read(url)).count("<td>Option</td>") == 4 + RATES_MAX
    assert (await clerk.send(form_to(page, f"{url}/versions"), rate200="1", reason="too many")).status_code == 422
    assert (await clerk.send(form_to(page, f"{url}/versions"), rows="x", reason="too many")).status_code == 422
