"""A cart and the desk of freight, as a person sends their forms and as a program asks for the same."""

import re
from typing import Any
from uuid import UUID

import pytest

from tests.faces.browser import JSON, Browser, form_to
from tests.faces.conftest import Visitors
from tests.faces.test_settlement_places import at_desk
from tests.given import carts as mine
from tests.given import goods as given
from tests.given.goods import Goods
from tests.given.houses import Place
from tuan.goods import catalog
from tuan.goods.catalog.model import FREIGHT, PRODUCT, SKU, read_freight
from tuan.people.accounts.model import ADDRESS
from tuan.people.parties.model import SUPPLIER

DESK = "/desk/freight"
TEMPLATES = f"{DESK}/templates"
TEMPLATE = {
    "name": "普通快递", "measure": "weight", "is_usual": "yes",
    "at-0-330000": "1", "places-0": "江苏省 苏州市、310115", "first_units-0": "1000", "first-0": "6.00",
    "next_units-0": "500", "next-0": "2", "free_above-0": "99", "delivers-0": "yes",
    "at-1-540000": "1", "delivers-1": "no", "first_units-1": "1", "first-1": "0", "next_units-1": "1", "next-1": "0",
    "rest-2": "1", "delivers-2": "yes", "first_units-2": "1000", "first-2": "12", "next_units-2": "500", "next-2": "5",
}  # fmt: skip


def name(of: Goods) -> str:
    return SKU.show(of.sku)  # type: ignore[arg-type]


async def put(browser: Browser, of: Goods) -> Any:
    product = f"/p/{PRODUCT.show(of.product)}"  # type: ignore[arg-type]
    return await browser.send(form_to(await browser.read(product), "/cart/lines"))


async def kept(place: Place, supplier: UUID) -> list[Any]:
    async with place.work() as work:
        return await catalog.freights_of(work, supplier)


# ── the cart ──
async def test_a_cart_is_filled_changed_and_bought_with_forms(place: Place, visitors: Visitors) -> None:
    apples, pears, who = await mine.sent(place), await given.goods(place), await given.buyer(place)
    buyer = await visitors(who)
    for of in (apples, pears):
        assert (await put(buyer, of)).headers["location"] == "/cart"
    page = await buyer.read("/cart")
    assert (await buyer.send(form_to(page, f"/cart/lines/{name(pears)}/units"), units="3")).status_code == 303
    assert await mine.lines(place, who) == {apples.sku: 1, pears.sku: 3}
    checkout = await buyer.read(f"/checkout?mode=cart&{name(apples)}=1&{name(pears)}=3")
    form = form_to(checkout, "/cart/orders")
    assert form.fields["quoted_minor"] == str(4 * 1990 + 600)
    said = {f"remark-{SUPPLIER.show(pears.supplier)}": "x" * 201}  # type: ignore[arg-type]
    again = await buyer.send(form, address=ADDRESS.show(who.address), **said)  # type: ignore[arg-type]
    assert again.status_code == 422 and "x" * 201 in again.text, "what was typed is still there"
    said = dict.fromkeys(said, "轻放")
    placed = await buyer.send(form_to(again.text, "/cart/orders"), address=ADDRESS.show(who.address), **said)  # type: ignore[arg-type]
    assert placed.status_code == 303 and placed.headers["location"].startswith("/pay/")
    assert await mine.lines(place, who) == {}
    shown = set(re.findall(r'href="(/orders/ord_\w+)"', await buyer.read("/orders")))
    assert ["轻放" in await buyer.read(url) for url in shown].count(True) == 1 and len(shown) == 2
    late = await buyer.send(form, key="another", address=ADDRESS.show(who.address))  # type: ignore[arg-type]
    assert late.status_code == 409 and 'href="/cart"' in late.text


async def test_what_cannot_be_bought_stands_apart_and_can_be_taken_out(place: Place, visitors: Visitors) -> None:
    off, sold, short, fine = [await given.goods(place, units=n) for n in (5, 1, 3, 5)]
    who, other = await given.buyers(place, 2)
    await mine.put(place, who, (off, 1), (sold, 1), (short, 3), (fine, 1))
    await place.do(catalog.take_off, off.product, reason="test")
    for of in (sold, short):
        await given.place_order(place, other, of)
    buyer = await visitors(who)
    program = buyer.asking_for(JSON)
    cart = await program.json("/cart")
    lines = {line["goods"]["sku"]: line for group in cart["groups"] for line in group["lines"]}
    gone = {line["goods"]["sku"]: line["why_not"] for line in cart["gone"]}
    assert gone == {name(off): "No longer for sale", name(sold): "Sold out"}
    assert lines[name(short)]["why_not"] == "At most 2 of it now" and not lines[name(short)]["is_ticked"]
    assert lines[name(fine)]["is_ticked"] and cart["total"]["amount_minor"] == 1990 and cart["ticked"] == 1
    page = await buyer.read("/cart")
    assert (await buyer.send(form_to(page, f"/cart/lines/{name(off)}/removal"))).status_code == 303
    assert name(off) not in await buyer.read("/cart")


async def test_only_what_is_ticked_is_counted(place: Place, visitors: Visitors) -> None:
    some = [await given.goods(place, price_minor=price) for price in (1000, 500)]
    who = await given.buyer(place)
    await mine.put(place, who, *[(of, 2) for of in some])
    browser = await visitors(who)
    program = browser.asking_for(JSON)
    for query, total in (("", 3000), ("?ticked=1", None), (f"?ticked=1&{name(some[1])}=2", 1000)):
        found = await program.json(f"/cart{query}")
        assert (found["total"] and found["total"]["amount_minor"]) == total, query
    assert (await browser.get("/checkout?mode=cart")).headers["location"] == "/cart"
    assert (await browser.get(f"/checkout?mode=cart&items={name(some[0])}:1,{name(some[0])}:1")).status_code == 422


async def test_who_is_not_signed_in_is_asked_to_and_then_once_more_what_he_wants(
    place: Place, visitors: Visitors
) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    stranger = await visitors()
    product = await stranger.read(f"/p/{PRODUCT.show(of.product)}")  # type: ignore[arg-type]
    assert 'href="/cart/new?' in product
    answer = await stranger.get(f"/cart/new?sku={name(of)}&units=2")
    assert answer.status_code == 303 and "/sign-in" in answer.headers["location"]
    buyer = await visitors(who)
    form = form_to(await buyer.read(f"/cart/new?sku={name(of)}&units=2"), "/cart/lines")
    for _ in range(2):
        assert (await buyer.send(form)).status_code == 303
    assert await mine.lines(place, who) == {of.sku: 2}, "one form is one time, however often it is sent"


async def test_an_address_that_nobody_sends_to_is_told_before_and_after(place: Place, visitors: Visitors) -> None:
    of, who = await mine.sent(place), await given.buyer(place)
    buyer = await visitors(who)
    url = f"/checkout?mode=alone&sku={name(of)}"
    typed = {"name": "王小明", "phone": "13800138000", "region": "西藏自治区 拉萨市 城关区", "street": "一号"}
    form = form_to(await buyer.read(f"{url}&address=new"), "/orders")
    assert form.fields["quoted_minor"] == "1990"
    answer = await buyer.send(form, address="new", **typed)
    assert answer.status_code == 409 and "西藏自治区" in answer.text
    far = answer.text.split(" checked")[0].rsplit('value="', 1)[1].split('"')[0]
    assert far.startswith("addr_"), "what was typed is kept, and chosen"
    program = buyer.asking_for(JSON)
    page = await program.json(f"{url}&address={far}")
    assert page["freight_note"].startswith("The seller does not send") and page["total"]["amount_minor"] == 1990


async def test_somebody_elses_address_is_not_found(place: Place, visitors: Visitors) -> None:
    """Also where nothing depends on it: an id that is shown is no id of ours."""
    of, (who, other) = await given.goods(place), await given.buyers(place, 2)
    buyer = await visitors(who)
    url = f"/checkout?mode=alone&sku={name(of)}&address="
    assert (await buyer.get(url + ADDRESS.show(who.address))).status_code == 200  # type: ignore[arg-type]
    assert (await buyer.get(url + ADDRESS.show(other.address))).status_code == 404  # type: ignore[arg-type]


# ── the desk ──
async def test_a_supplier_keeps_changes_and_drops_a_template(place: Place, visitors: Visitors) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    desk = await at_desk(place, visitors, of)
    form = form_to(await desk.read(DESK), TEMPLATES)
    for _ in range(2):
        answer = await desk.send(form, **TEMPLATE)
        assert answer.status_code == 303, answer.text
    (row,) = await kept(place, of.supplier)
    first, tibet, rest = read_freight(row["measure"], row["rules"]).rules
    assert first.regions == {"浙江省", "江苏省 苏州市", "上海市 浦东新区"} and row["is_usual"]
    assert (first.first_units, first.first_minor, first.next_minor, first.free_above_minor) == (1000, 600, 200, 9900)
    assert tibet.regions == {"西藏自治区"} and not tibet.delivers
    assert not rest.regions and rest.next_minor == 500
    shown = await desk.read(DESK)
    url = f"{TEMPLATES}/{FREIGHT.show(row['id'])}"
    same = form_to(shown, url)
    assert same.fields["at-0-330000"] == "1" and same.fields["first-0"] == "6.00" and same.fields["rest-2"] == "1"
    chosen = {"measure": "weight", "delivers-1": "no"}
    assert (await desk.send(same, name="特快", **chosen)).status_code == 303
    (after,) = await kept(place, of.supplier)
    assert after["name"] == "特快" and after["rules"] == row["rules"], "what was not touched says the same"
    goods = f"{DESK}/skus/{name(of)}"
    answer = await desk.send(form_to(shown, goods), weight="1500", most="2")
    assert answer.status_code == 303, answer.text
    buyer = await visitors(who, accept=JSON)
    quoted = await buyer.json(f"/checkout?mode=alone&sku={name(of)}")
    assert quoted["total"]["amount_minor"] == 1990 + 600 + 200
    assert (await desk.send(form_to(await desk.read(DESK), f"{url}/removal"))).status_code == 303
    assert await kept(place, of.supplier) == []


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("places-0", "桃花源", "Cities or districts"),
        ("first-0", "-1", "cost"),
        ("first_units-0", "x", "The first"),
        ("next_units-0", "0", "Each further"),
        ("rest-0", "1", "Everywhere else"),
        ("at-1-330000", "1", "A place stands in one rule only"),
        ("measure", "miles", "Measured by"),
        ("name", " ", "Its name"),
    ],
)
async def test_what_does_not_fit_is_said_where_it_was_typed(
    place: Place, visitors: Visitors, field: str, typed: str, told: str
) -> None:
    of = await given.goods(place)
    desk = await at_desk(place, visitors, of)
    answer = await desk.send(form_to(await desk.read(DESK), TEMPLATES), **{**TEMPLATE, field: typed})
    assert answer.status_code == 422, answer.text
    (error,) = [part.split("<")[0] for part in answer.text.split('class="field-error" role="alert">')[1:]]
    assert told in error
    assert 'value="江苏省 苏州市、310115"' in answer.text or field == "places-0"
    assert await kept(place, of.supplier) == []


async def test_a_parcel_that_does_not_fit_is_refused(place: Place, visitors: Visitors) -> None:
    of = await given.goods(place)
    desk = await at_desk(place, visitors, of)
    form = form_to(await desk.read(DESK), f"{DESK}/skus/{name(of)}")
    for wrong in ({"weight": "-1"}, {"volume": "99999999"}, {"most": "0"}):
        answer = await desk.send(form, **wrong)
        assert answer.status_code == 422 and 'role="alert"' in answer.text, wrong
