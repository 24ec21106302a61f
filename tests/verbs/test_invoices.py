"""Invoices against the database: what is kept, what becomes red, and what is forgotten."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from tests.given import goods as given
from tests.given import invoicing
from tests.given.aftersales import ask as ask_case
from tests.given.houses import Place
from tuan.kit.refusals import NotFound, granted
from tuan.people import accounts
from tuan.trade import aftersales, invoices, orders
from tuan.trade.aftersales.model import Kind
from tuan.trade.invoices.errors import NumberTaken, TitleInvalid

SECOND_NUMBER = "24952000000000000002"


async def test_an_invoice_says_what_is_kept_with_the_tax_in_it(place: Place) -> None:
    who, of, order = await invoicing.bought(place, 3)
    stranger = await given.buyer(place)
    assert await invoicing.ask(place, stranger, order) == NotFound()
    nameless = replace(invoicing.COMPANY, tax_number="")
    assert await invoicing.ask(place, who, order, nameless) == TitleInvalid(field="tax_number")
    invoice = granted(await invoicing.ask(place, who, order))
    other = await given.goods(place)
    assert await invoicing.issue(place, other, invoice) == NotFound()
    assert await invoicing.issue(place, of, invoice) is None
    row = await invoicing.of_order(place, order)
    assert (row["state"], row["amount_minor"], row["tax_minor"]) == ("issued", 5970, 5970 * 1300 // 11300)
    assert await place.breaches() == {}


async def test_what_goes_back_after_that_is_red_to_the_cent_and_a_full_refund_all_of_it(place: Place) -> None:
    who, of, order, invoice = await invoicing.issued(place)
    assert await place.do(orders.ship, order, of.supplier, carrier="SF", tracking="1") is None
    granted(await ask_case(place, who, order, Kind.REFUND_ONLY, "damaged", (1, 1)))
    assert await place.do(aftersales.agree, order, 1, of.supplier) is None
    await place.quiet()
    (red,) = await invoicing.reds_of(place, invoice)
    assert (red["amount_minor"], red["state"]) == (1990, "due")
    await place.do(invoices.follow, [order])
    assert len(await invoicing.reds_of(place, invoice)) == 1
    assert await place.do(aftersales.refund_whole, order, of.supplier, reason="all of it") is None
    await place.quiet()
    row, reds = await invoicing.of_order(place, order), await invoicing.reds_of(place, invoice)
    assert row["red_minor"] == row["amount_minor"] == sum(one["amount_minor"] for one in reds)
    assert sum(one["tax_minor"] for one in reds) == row["tax_minor"]
    await place.move_clock(timedelta(minutes=11))
    assert await place.breaches() == {}
    (first, _) = reds
    day = await invoicing.today(place)
    assert await place.do(invoices.issue_red, first["id"], of.supplier, SECOND_NUMBER, day) is None
    assert (await place.do(invoices.issue_red, first["id"], of.supplier, "3", day)).code == "invoices.over"
    assert await place.breaches() == {}


async def test_what_went_back_before_is_not_on_the_invoice(place: Place) -> None:
    who, of, order = await invoicing.bought(place)
    assert await place.do(orders.ship, order, of.supplier, carrier="SF", tracking="1") is None
    granted(await ask_case(place, who, order, Kind.REFUND_ONLY, "damaged", (1, 1)))
    assert await place.do(aftersales.agree, order, 1, of.supplier) is None
    invoice = granted(await invoicing.ask(place, who, order))
    assert await invoicing.issue(place, of, invoice) is None
    await place.quiet()
    assert (await invoicing.of_order(place, order))["amount_minor"] == 3980
    assert await invoicing.reds_of(place, invoice) == []
    assert await place.breaches() == {}


async def test_who_withdraws_or_is_refused_may_ask_anew(place: Place) -> None:
    who, of, order = await invoicing.bought(place)
    first = granted(await invoicing.ask(place, who, order))
    assert await place.do(invoices.withdraw, first, who.id) is None
    second = granted(await invoicing.ask(place, who, order, invoicing.PERSON))
    assert await place.do(invoices.refuse, second, of.supplier, reason="name is not readable") is None
    assert (await invoicing.of_order(place, order))["reason"] == "name is not readable"
    third = granted(await invoicing.ask(place, who, order))
    async with place.work() as work:
        assert await invoices.count_waiting(work, of.supplier) == 1
    assert await invoicing.issue(place, of, third) is None


async def test_an_issued_invoice_is_kept_ten_years_and_what_was_only_asked_for_goes_at_once(place: Place) -> None:
    who, of, order, _ = await invoicing.issued(place)
    assert await place.do(orders.ship, order, of.supplier, carrier="SF", tracking="1") is None
    assert await place.do(orders.confirm_receipt, order, who.id) is None
    await place.later(timedelta(days=8))
    placed = granted(await given.place_order(place, who, of))
    await given.pay(place, who, placed)
    granted(await invoicing.ask(place, who, placed.orders[0], invoicing.PERSON))
    assert await place.do(aftersales.cancel, placed.orders[0], who.id, reason="changed_mind") is None
    await place.quiet()
    done = await place.do(accounts.erase_person, who.id, reason="asked")
    assert done is None or not hasattr(done, "code"), done
    kept, gone = await invoicing.of_order(place, order), await invoicing.of_order(place, placed.orders[0])
    assert (kept["title"], kept["email"]) == ("福建公司", "") and (gone["title"], gone["email"]) == ("", "")
    assert gone["state"] == "withdrawn"
    await place.move_clock(timedelta(days=3661))
    await place.do(invoices.forget_due)
    assert (await invoicing.of_order(place, order))["title"] == ""


async def test_a_red_invoice_takes_no_number_that_its_supplier_has_used(place: Place) -> None:
    _, elsewhere, _, _ = await invoicing.issued(place)
    _, of, order, invoice = await invoicing.issued(place)
    assert await place.do(orders.ship, order, of.supplier, carrier="SF", tracking="1") is None
    assert await place.do(aftersales.refund_whole, order, of.supplier, reason="all of it") is None
    await place.quiet()
    (red,) = await invoicing.reds_of(place, invoice)
    day, used = await invoicing.today(place), (await invoicing.of_order(place, order))["number"]
    before = await place.snapshot()
    assert await place.do(invoices.issue_red, red["id"], of.supplier, used, day) == NumberTaken()
    assert await place.snapshot() == before
    assert await place.do(invoices.issue_red, red["id"], of.supplier, SECOND_NUMBER, day) is None
    assert await invoicing.issue(place, elsewhere, await _asked_anew(place, elsewhere), SECOND_NUMBER) is None


async def _asked_anew(place: Place, of: given.Goods) -> UUID:
    who = await given.buyer(place)
    placed = granted(await given.place_order(place, who, of))
    await given.pay(place, who, placed)
    invoice: UUID = granted(await invoicing.ask(place, who, placed.orders[0]))
    return invoice


async def test_a_person_is_told_what_his_invoices_say_and_nobody_elses(place: Place) -> None:
    who, _, order, _ = await invoicing.issued(place)
    await invoicing.issued(place)
    told = granted(await place.do(accounts.export_person, who.id, reason="he asked"))
    (row,) = told["invoices"]
    asked = invoicing.COMPANY
    assert row["order_id"] == order
    assert (row["title"], row["tax_number"], row["email"]) == (asked.title, asked.tax_number, asked.email)
    assert (row["state"], row["number"], row["amount_minor"]) == ("issued", "24952000000000000001", 5970)
