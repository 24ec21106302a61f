"""An invoice from the buyer's form to the supplier's desk, its number, and what becomes red of it."""

from datetime import timedelta

from tests.faces.browser import form_to
from tests.faces.client import refused
from tests.faces.conftest import Programs, Visitors
from tests.faces.test_presale import plain
from tests.given import carts, invoicing
from tests.given import goods as given
from tests.given.houses import Place
from tuan.goods.catalog.model import FREIGHT, PRODUCT
from tuan.kit.refusals import granted
from tuan.kit.time import day_of
from tuan.people import parties
from tuan.trade import aftersales
from tuan.trade.orders.model import ORDER_ID

DESK = "/desk/invoices"


async def owner_of(place: Place, of: given.Goods) -> given.Buyer:
    async with place.work() as work:
        return given.Buyer(await parties.owner_of(work, of.supplier), of.supplier)


async def test_an_invoice_is_asked_for_issued_and_taken_back(place: Place, visitors: Visitors) -> None:
    who, of, order = await invoicing.bought(place)
    buyer, seller = await visitors(who), await visitors(await owner_of(place, of))
    url = f"/orders/{ORDER_ID.show(order)}/invoice"
    assert url in await buyer.read(f"/orders/{ORDER_ID.show(order)}")
    typed = {"title_kind": "company", "title": "福建公司", "email": "books@example.com"}
    page = await buyer.read(url)
    assert "Ask for an invoice over ¥59.70" in plain(page)
    wrong = await buyer.send(form_to(page, url), tax_number="91350100M000100Y44", **typed)
    assert wrong.status_code == 422 and "福建公司" in wrong.text
    answer = await buyer.send(form_to(wrong.text, url), tax_number="91350100m000100y43 ", **typed)
    assert answer.status_code == 303, answer.text
    assert "The supplier will issue it" in await buyer.read(url)
    desk = await seller.read(DESK)
    action = desk.split(f'action="{DESK}/inv_')[1].split('"')[0]
    issue = f"{DESK}/inv_{action}"
    assert (await seller.send(form_to(desk, issue), invoice_number="2495-1", rate="13")).status_code == 422
    answer = await seller.send(form_to(desk, issue), invoice_number="24952000000000000001", rate="13")
    assert answer.status_code == 303, answer.text
    page = plain(await buyer.read(url))
    assert "24952000000000000001" in page and "tax of ¥6.86 included" in page
    assert await place.do(aftersales.cancel, order, who.id, reason="changed_mind") is None
    await place.quiet()
    desk = await seller.read(DESK)
    assert "To be taken back by a red invoice" in desk and "−¥59.70" in plain(desk)
    red = f"{DESK}/reds/{desk.split(f'{DESK}/reds/')[1].split(chr(34))[0]}"
    assert (await seller.send(form_to(desk, red), invoice_number="24952000000000000002")).status_code == 303
    assert "Red invoice 24952000000000000002−¥59.70" in plain(await buyer.read(url))
    table = (await seller.get(f"{DESK}.csv")).text
    assert '"issued","company","福建公司","91350100M000100Y43"' in table and '"5970","686","5970"' in table
    await place.move_clock(timedelta(minutes=11))
    assert await place.breaches() == {}


async def test_who_is_refused_reads_why_and_may_ask_anew(place: Place, visitors: Visitors) -> None:
    who, of, order = await invoicing.bought(place)
    buyer, seller = await visitors(who), await visitors(await owner_of(place, of))
    url = f"/orders/{ORDER_ID.show(order)}/invoice"
    typed = {"title_kind": "personal", "title": "=1+1", "email": "me@example.com"}
    assert (await buyer.send(form_to(await buyer.read(url), url), **typed)).status_code == 303
    assert "'=1+1" in (await seller.get(f"{DESK}.csv")).text
    for language in ("zh-CN", "es", "en"):
        seller.http.cookies.set("lang", language)
        desk = await seller.read(DESK)
    refusal = f"{DESK}/inv_{desk.split(f'{DESK}/inv_')[2].split(chr(34))[0]}"
    assert (await seller.send(form_to(desk, refusal), reason="That is no name.")).status_code == 303
    page = await buyer.read(url)
    assert "That is no name." in page and "Ask for it" in page
    assert (await buyer.send(form_to(page, url), **typed)).status_code == 303
    page = await buyer.read(url)
    assert (await buyer.send(form_to(page, f"{url}/withdrawal"))).status_code == 303
    assert "You withdrew it" in await buyer.read(url)


async def test_programs_ask_issue_and_take_back(place: Place, programs: Programs) -> None:
    who, of, order = await invoicing.bought(place)
    buyer, seller = await programs(who.id), await programs((await owner_of(place, of)).id)
    number = ORDER_ID.show(order)
    wish = {"kind": "personal", "title": "林", "tax_number": "", "email": "lin@example.com"}
    await buyer.ask_invoice(number, **wish)
    await buyer.withdraw_invoice(number)
    await buyer.ask_invoice(number, **wish)
    asked = await buyer.show_invoice(number)
    assert (asked.state, asked.title) == ("asked", "林")
    assert (await refused(seller.show_invoice(number))).status == 404
    async with place.work() as work:
        day = day_of(work.now, work.market.time_zone).isoformat()
    await seller.issue_invoice(asked.invoice, number="24952000000000000011", issued_on=day, rate_permyriad=1300)
    issued = await buyer.show_invoice(number)
    assert (issued.state, issued.amount.amount_minor, issued.tax.amount_minor) == ("issued", 5970, 686)
    assert await place.do(aftersales.cancel, order, who.id, reason="changed_mind") is None
    await place.quiet()
    (red,) = (await seller.list_red_invoices()).items
    await seller.issue_red_invoice(red.red, number="24952000000000000012", issued_on=day)
    assert (await buyer.show_invoice(number)).red.amount_minor == 5970
    assert await place.breaches() == {}


async def test_a_program_chooses_by_what_its_goods_are_sent(place: Place, programs: Programs) -> None:
    of = await given.goods(place)
    program = await programs((await owner_of(place, of)).id)
    freight = FREIGHT.show(granted(await carts.freight(place, of)))
    await program.choose_freight(PRODUCT.show(of.product), freight=freight, reason="heavy")
    async with place.work() as work:
        chosen = await work.fetch_value(
            "SELECT freight_id FROM catalog.products WHERE market_id = $1 AND id = $2", of.product
        )
    assert FREIGHT.show(chosen) == freight
