"""A presale from the office's form to the parcel, and what pages say of a deposit that is kept or owed twice."""

import re
from datetime import timedelta
from typing import Any

from tests.faces.browser import JSON, form_to
from tests.faces.conftest import Visitors
from tests.faces.test_trade_places import REASON, come_in
from tests.given import goods as given
from tests.given import office
from tests.given import presale as sales
from tests.given.houses import Place
from tuan.goods.catalog.model import PRODUCT, SKU
from tuan.kit.refusals import granted
from tuan.people.accounts.model import ADDRESS
from tuan.play.presale.model import OFFER_ID
from tuan.trade.orders.model import ORDER_ID
from tuan.trade.payments.model import PAYABLE

HERE, OWED = "/office/presales", "/office/refunds/owed"


def plain(page: str) -> str:
    """What is read on it: amounts are made of several elements."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def terms_of(of: given.Goods, **more: str) -> str:
    """The query of the form: 100.00 with 20.00 at once; the times are those that it proposes."""
    sku = SKU.show(of.sku)
    fields = {"look": "1", "product": PRODUCT.show(of.product), "kind": "earnest", sku: "100", f"deposit-{sku}": "20"}
    return "&".join(f"{name}={value}" for name, value in (fields | more).items())


async def paid(browser: Any, place: Place, url: str) -> None:
    """Pay what this page asks for at the sandbox."""
    answer = await browser.send(form_to(await browser.read(url), f"{url}/attempts"), provider="sandbox")
    sandbox = answer.headers["location"]
    await browser.send(form_to(await browser.read(sandbox), sandbox), outcome="pay")
    await place.quiet()


async def test_a_presale_is_launched_booked_paid_and_packed(place: Place, visitors: Visitors) -> None:
    await office.clerk(place)
    of, who = await given.goods(place, units=3, price_minor=12_000), await given.buyer(place)
    clerk, buyer = await come_in(place, visitors), await visitors(who)
    wrong = await clerk.read(f"{HERE}/new?{terms_of(of, balance_from='2020-01-01T00:00')}")
    assert 'id="conflict"' in wrong and 'id="effect"' not in wrong
    page = await clerk.read(f"{HERE}/new?{terms_of(of)}")
    assert "¥20.00 is paid at once; without the balance ¥20.00 of it is kept" in plain(page)
    assert (await clerk.send(form_to(page, HERE), **REASON)).status_code == 303
    goods = await buyer.read(f"/p/{PRODUCT.show(of.product)}")
    assert "Book it with a deposit" in goods and "you get it back twice" in plain(goods)
    booking = goods.split('href="/presale/')[1].split('"')[0]
    form = await buyer.read(f"/presale/{booking}&units=2")
    assert "Pay the deposit" in form and "¥40.00" in plain(form) and "¥160.00" in plain(form)
    answer = await buyer.send(form_to(form, f"/presale/{booking.partition('?')[0]}/bookings"))
    assert answer.status_code == 303, answer.text
    await paid(buyer, place, answer.headers["location"])
    order = (await buyer.read("/orders?filter=to_pay")).split('href="/orders/')[1].split('"')[0]
    shown = await buyer.read(f"/orders/{order}")
    assert "Deposit paid, the balance comes later" in shown and "The balance can be paid from" in shown
    assert "¥40.00 stays with the supplier" in plain(shown)
    page = await clerk.read(HERE)
    url = next(line for line in page.splitlines() if "/ending" in line).split('action="')[1].split('"')[0]
    assert (await clerk.send(form_to(page, url), **REASON)).status_code == 303
    assert "Book it with a deposit" not in await buyer.read(f"/p/{PRODUCT.show(of.product)}")
    await place.later(timedelta(days=7, minutes=1))
    shown = await buyer.read(f"/orders/{order}")
    balance = shown.split('class="button button-ripe" href="')[1].split('"')[0]
    assert "Pay the balance" in shown and balance.startswith("/pay/")
    await paid(buyer, place, balance)
    assert "Being packed" in await buyer.read(f"/orders/{order}")
    assert await place.breaches() == {}


async def test_a_buyer_who_steps_back_is_told_before_what_stays(place: Place, visitors: Visitors) -> None:
    _, who, booked = await sales.deposited(place, deposit_minor=5_000)
    browser, url = await visitors(who), f"/orders/{ORDER_ID.show(booked.order)}"
    page = await browser.read(url)
    assert "Of your deposit ¥30.00 comes back; ¥20.00 stays with the supplier." in plain(page)
    assert "too early to pay the balance" in await browser.read(f"/pay/{PAYABLE.show(booked.balance)}")
    answer = await browser.send(form_to(page, f"{url}/cancellation"), reason="changed_mind")
    assert answer.status_code == 303
    page = await browser.read(url)
    assert "Ended without its balance" in page and "¥20.00 of the deposit stays with the supplier" in plain(page)


async def test_a_supplier_who_fails_owes_as_much_again_until_somebody_has_paid_it(
    place: Place, visitors: Visitors
) -> None:
    await office.clerk(place)
    _, who, booked = await sales.deposited(place)
    clerk, buyer, order = await come_in(place, visitors), await visitors(who), ORDER_ID.show(booked.order)
    page = await clerk.read(f"/office/refunds/new?order={order}")
    assert (await clerk.send(form_to(page, "/office/refunds"), **REASON)).status_code == 303
    assert "you are owed ¥20.00" in plain(await buyer.read(f"/orders/{order}"))
    owed = await clerk.read(OWED)
    answer = await clerk.send(form_to(owed, f"{OWED}/{order}"), reference="bank 7", **REASON)
    assert answer.status_code == 303 and "Nobody is owed anything." in await clerk.read(OWED)
    assert "you were paid ¥20.00" in plain(await buyer.read(f"/orders/{order}"))


async def test_a_form_that_can_be_mended_is_shown_again(place: Place, visitors: Visitors) -> None:
    of, who = await given.goods(place, units=9, price_minor=12_000), await given.buyer(place)
    offer, browser = OFFER_ID.show(granted(await sales.launch(place, of))), await visitors(who)
    page = await browser.read(f"/presale/{offer}?sku={SKU.show(of.sku)}")
    answer = await browser.send(form_to(page, f"/presale/{offer}/bookings"), address="")
    assert answer.status_code == 422 and "Nothing was ordered yet" in answer.text
    await place.later(timedelta(minutes=1))  # before another code is sent
    program = await visitors(who, accept=JSON)
    body = {"key": "k1", "sku": SKU.show(of.sku), "units": "1", "address": ADDRESS.show(who.address)}
    answer = await program.post(f"/presale/{offer}/bookings", quoted_minor="1", **body)
    assert answer.json()["code"] == "orders.price_changed"
    answer = await program.post(f"/presale/{offer}/bookings", quoted_minor="10000", **body)
    assert answer.status_code == 201 and answer.json()["balance"].startswith("pay_")
