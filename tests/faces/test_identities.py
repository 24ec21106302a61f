"""For whom goods from abroad are declared: said on a page, asked for at the checkout, read at the supplier's desk, nowhere else."""

import logging
from typing import Any

import pytest

from tests.faces.browser import JSON, form_to
from tests.faces.client import refused
from tests.faces.conftest import Programs, Visitors
from tests.faces.test_invoices import owner_of
from tests.given import goods as given
from tests.given import sourcing as suppliers
from tests.given.houses import Place
from tests.given.identities import LI, WANG, born_years_ago, importer
from tuan.goods.catalog.model import SKU
from tuan.kit.refusals import granted
from tuan.people.accounts.model import ADDRESS
from tuan.trade import orders
from tuan.trade.orders.model import ORDER_ID, Placed

URL = "/me/identity"
WHO = {"name": WANG.name, "identity_number": WANG.number, "agrees": "yes"}


def untold(text: str) -> None:
    assert WANG.number not in text and WANG.number[3:16] not in text and WANG.name not in text


async def bought(place: Place) -> tuple[given.Goods, given.Buyer, str]:
    of, who = await suppliers.from_abroad(place), await importer(place)
    placed = granted(await given.place_order(place, who, of))
    await given.pay(place, who, placed)
    return of, who, ORDER_ID.show(placed.orders[0])


# ── the person's own page ──
async def test_it_is_said_once_and_seen_masked_ever_after(place: Place, visitors: Visitors) -> None:
    visitor = await visitors(await given.buyer(place))
    assert URL in await visitor.read("/me")
    page = await visitor.read(URL)
    assert "You are known to customs as" not in page
    answer = await visitor.send(form_to(page, URL), **WHO)
    assert (answer.status_code, answer.headers["location"]) == (303, "/me"), answer.text
    page = await visitor.read(URL)
    assert "王**" in page and "110*************2X" in page
    untold(page)
    answer = await visitor.send(form_to(page, URL), name=LI.name, identity_number=LI.number, agrees="yes")
    assert answer.status_code == 303 and LI.shown_number in await visitor.read(URL)
    answer = await visitor.send(form_to(await visitor.read(URL), f"{URL}/removal"))
    assert answer.status_code == 303
    assert "You are known to customs as" not in await visitor.read(URL)


async def test_what_is_wrong_is_marked_and_nothing_is_kept(place: Place, visitors: Visitors) -> None:
    visitor = await visitors(await given.buyer(place))
    child = await born_years_ago(place, 13)
    before = await place.snapshot()
    for wrong, field in (
        ({"identity_number": "110105194912310021"}, "identity_number"),
        ({"name": " "}, "name"),
        ({"identity_number": child}, "identity_number"),
    ):
        answer = await visitor.send(form_to(await visitor.read(URL), URL), **(WHO | wrong))
        assert answer.status_code in (403, 422) and f'id="about-{field}"' in answer.text, wrong
        assert answer.headers["cache-control"] == "no-store"
    answer = await visitor.send(form_to(await visitor.read(URL), URL), **(WHO | {"agrees": ""}))
    assert answer.status_code == 422 and 'id="about-agrees"' in answer.text
    assert await place.snapshot() == before
    program = visitor.asking_for(JSON)
    problem = await program.post(URL, key=given.fresh_key(), **(WHO | {"identity_number": "1"}))
    assert (problem.json()["code"], problem.json()["data"]) == ("identities.invalid", {"field": "number"})
    assert (await program.post(f"{URL}/removal", key=given.fresh_key())).status_code == 404
    page = (await program.get(URL)).json()
    assert page["kept"] is None


@pytest.mark.parametrize("language", ["zh-CN", "es", "en"])
async def test_the_pages_are_there_in_each_language(place: Place, visitors: Visitors, language: str) -> None:
    of, who, order = await bought(place)
    buyer, seller = await visitors(who, language=language), await visitors(await owner_of(place, of), language=language)
    assert "110*************2X" in await buyer.read(URL)
    assert WANG.shown_number in await buyer.read(f"/checkout?sku={SKU.show(of.sku)}")
    url = f"/desk/orders/{order}/declaration"
    assert WANG.number in (await seller.send(form_to(await seller.read(url), url))).text


async def test_the_key_of_a_number_is_no_hash_that_can_be_counted_through(place: Place, visitors: Visitors) -> None:
    """Sending it twice is sending it once; another number under the key is told, and no table has either."""
    visitor = (await visitors(await given.buyer(place))).asking_for(JSON)
    key = given.fresh_key()
    for _ in range(2):
        assert (await visitor.post(URL, key=key, **WHO)).status_code == 201
    again = await visitor.post(URL, key=key, **(WHO | {"identity_number": LI.number}))
    assert again.json()["code"] == "idempotency.key_reused"
    untold(str(await place.snapshot()))


# ── the checkout ──
async def test_the_checkout_says_what_is_missing_leads_there_and_back(place: Place, visitors: Visitors) -> None:
    of, who = await suppliers.from_abroad(place), await given.buyer(place)
    visitor = await visitors(who)
    checkout = f"/checkout?sku={SKU.show(of.sku)}"
    page = await visitor.read(checkout)
    answer = await visitor.send(form_to(page, "/orders"), address=ADDRESS.show(who.address))
    assert answer.status_code == 422 and "customs ask for whom" in answer.text and "panel-wrong" in answer.text
    where = answer.text.split(f'href="{URL}?next=')[1].split('"')[0]
    identity = await visitor.read(f"{URL}?next={where}")
    answer = await visitor.send(form_to(identity, URL), **WHO)
    assert answer.status_code == 303 and answer.headers["location"].startswith("/checkout?")
    page = await visitor.read(answer.headers["location"])
    assert "It is declared for 王** 110*************2X." in page
    answer = await visitor.send(form_to(page, "/orders"), address=ADDRESS.show(who.address))
    assert answer.status_code == 303 and answer.headers["location"].startswith("/pay/")
    assert await place.breaches() == {}


async def test_goods_that_are_here_ask_nobody_who_he_is(place: Place, visitors: Visitors) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    page = await (await visitors(who)).read(f"/checkout?sku={SKU.show(of.sku)}")
    assert URL not in page


async def test_nobody_is_led_out_of_the_market(place: Place, visitors: Visitors) -> None:
    visitor = await visitors(await given.buyer(place))
    page = await visitor.read(f"{URL}?next=//evil.test/")
    assert form_to(page, URL).fields["next"] == "/me"
    answer = await visitor.send(form_to(page, URL), **WHO, next="https://evil.test/")
    assert answer.headers["location"] == "/me"


# ── the supplier ──
async def test_the_supplier_reads_it_on_purpose(place: Place, visitors: Visitors) -> None:
    of, _, order = await bought(place)
    here = await given.goods(place)
    seller = await visitors(await owner_of(place, of))
    url = f"/desk/orders/{order}/declaration"
    desk = await seller.read("/desk/orders")
    assert url in desk
    page = await seller.read(url)
    untold(desk + page)
    answer = await seller.send(form_to(page, url))
    assert answer.status_code == 200 and WANG.name in answer.text and WANG.number in answer.text
    assert answer.headers["cache-control"] == "no-store"
    other = await visitors(await owner_of(place, here))
    assert (await other.get(url)).status_code == (await other.post(url)).status_code == 404


async def test_an_order_of_goods_that_are_here_has_no_declaration(place: Place, visitors: Visitors) -> None:
    of, who = await given.goods(place), await importer(place)
    placed = granted(await given.place_order(place, who, of))
    await given.pay(place, who, placed)
    seller = await visitors(await owner_of(place, of))
    url = f"/desk/orders/{ORDER_ID.show(placed.orders[0])}/declaration"
    assert (await seller.get(url)).status_code == 404 and url not in await seller.read("/desk/orders")


# ── programs ──
async def test_programs_do_the_same(place: Place, programs: Programs) -> None:
    of, who = await suppliers.from_abroad(place), await given.buyer(place)
    buyer, erp = await programs(who.id), await programs((await owner_of(place, of)).id)
    lines, address = [{"sku": SKU.show(of.sku), "units": 1}], ADDRESS.show(who.address)
    assert (await refused(buyer.show_identity())).code == "not_found"
    asked = {"lines": lines, "address": address, "quoted_minor": of.price_minor}
    assert (await refused(buyer.place_order(**asked))).code == "identities.missing"
    wrong = buyer.keep_identity(name=WANG.name, number="110105194912310021", agrees=True)
    assert (await refused(wrong)).code == "identities.invalid"
    unasked = buyer.keep_identity(name=WANG.name, number=WANG.number, agrees=False)
    assert (await refused(unasked)).code == "identities.invalid"
    await buyer.keep_identity(name=WANG.name, number=WANG.number, agrees=True)
    shown = await buyer.show_identity()
    assert (shown.name, shown.number) == (WANG.shown_name, WANG.shown_number)
    placed = await buyer.place_order(**asked)
    (order,) = placed.orders
    assert (await refused(erp.read_declaration(order))).code == "orders.not_now"
    await given.pay(place, who, await placed_of(place, order))
    (waiting,) = (await erp.list_orders_to_ship()).items
    assert waiting.declares
    told = await erp.read_declaration(order)
    assert (told.name, told.number) == (WANG.name, WANG.number)
    await buyer.remove_identity()
    assert (await refused(buyer.remove_identity())).code == "not_found"
    looks_only = await programs((await owner_of(place, of)).id, "shipments.read", "shipments.write")
    assert (await refused(looks_only.read_declaration(order))).status == 403


async def placed_of(place: Place, order: str) -> Any:
    """What `given.pay` asks for: the payable of this order."""
    found = ORDER_ID.parse(order)
    row = await place.do(orders.access_any_order, found)
    return Placed(row["payable_id"], (found,))


# ── where it does not belong ──
async def test_no_log_says_it(place: Place, visitors: Visitors, caplog: Any, capsys: Any) -> None:
    with caplog.at_level(logging.DEBUG):
        visitor = await visitors(await given.buyer(place))
        await visitor.send(form_to(await visitor.read(URL), URL), **(WHO | {"agrees": ""}))
        await visitor.send(form_to(await visitor.read(URL), URL), **WHO)
        of, _, order = await bought(place)
        seller = await visitors(await owner_of(place, of))
        url = f"/desk/orders/{order}/declaration"
        await seller.send(form_to(await seller.read(url), url))
    untold(caplog.text + "".join(capsys.readouterr()))
