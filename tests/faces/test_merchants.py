"""Whose accounts take a market's money: set in the office and by program, told at the supplier's desk and on every statement."""

import csv
import io

from tests.faces.client import refused
from tests.faces.conftest import Clerks, Programs, Visitors
from tests.faces.test_api_of_the_office import WHY, acts_on, member
from tests.faces.test_settlement_places import REASON, ROOT, at_desk, send, words_of
from tests.given import commissions as sold
from tests.given import goods as given
from tests.given import settling
from tests.given.houses import Place
from tuan.goods.catalog.model import PRODUCT
from tuan.people import parties
from tuan.people.parties.model import SUPPLIER
from tuan.trade.orders.model import ORDER_ID
from tuan.trade.settlement.model import ACCOUNT_ID

RULES, MERCHANT = f"{ROOT}/rules", f"{ROOT}/merchant"


async def test_the_office_sets_it_with_a_reason_and_is_told_why_not(place: Place, clerks: Clerks) -> None:
    of, clerk = await given.goods(place), await clerks()
    shown = SUPPLIER.show(of.supplier)
    assert (await send(clerk, RULES, MERCHANT, supplier=shown, reason=" ")).status_code == 422
    assert (await send(clerk, RULES, MERCHANT, supplier=PRODUCT.show(of.product), **REASON)).status_code == 404
    assert await place.do(parties.merchant) is None
    assert (await send(clerk, RULES, MERCHANT, supplier=shown, **REASON)).status_code == 303
    page = await clerk.read(RULES)
    assert f'<option value="{shown}" selected>' in page and REASON["reason"] in page
    placed = await given.place_order(place, await given.buyer(place), of)
    answer = await send(clerk, RULES, MERCHANT, supplier="", **REASON)
    assert answer.status_code == 409 and "not settled yet" in answer.text, placed
    assert await place.do(parties.merchant) == of.supplier


async def test_who_may_only_look_reads_it_and_sets_nothing(place: Place, clerks: Clerks) -> None:
    of, clerk = await given.goods(place), await clerks("money")
    await settling.paid_directly(place, of)
    page = await clerk.read(RULES)
    assert MERCHANT not in page and "<b>果园</b>" in page


async def test_the_desk_says_so_and_has_no_form(place: Place, clerks: Clerks, visitors: Visitors) -> None:
    of, who = await given.goods(place, units=9, price_minor=1990), await sold.neighbour(place)
    await settling.paid_directly(place, of)
    order = await settling.received(place, of, who, 2)
    await place.later(settling.KEPT)
    await sold.give_back(place, of, who, order, 1)
    desk, clerk = await at_desk(place, visitors, of), await clerks()
    url = f"{ROOT}/payees/{SUPPLIER.show(of.supplier)}"
    for visitor, address in ((desk, "/desk/money"), (desk, "/desk/money/print"), (clerk, url), (clerk, f"{url}/print")):
        said = words_of(await visitor.read(address))
        for words in ("Paid directly", "Refunded directly", "39.01"):
            assert words in said, (address, words)
    page = await desk.read("/desk/money")
    assert (
        "Buyers pay you directly" in page
        and "/desk/money/withdrawals" not in page
        and "/desk/money/accounts" not in page
    )
    for language, words in (("zh-CN", "买家直接付款给您"), ("es", "Los compradores le pagan directamente")):
        desk.http.cookies.set("lang", language)
        assert words in await desk.read("/desk/money")
    rows = list(csv.DictReader(io.StringIO((await desk.get("/desk/money.csv")).text.removeprefix("\ufeff"))))
    assert [(row["kind"], row["paid_directly"]) for row in rows] == [("returned", "yes"), ("kept", "yes")]


async def test_a_program_sets_it_and_one_of_the_supplier_is_refused_a_withdrawal(
    place: Place, programs: Programs
) -> None:
    of = await given.goods(place, units=9, price_minor=1990)
    shown = SUPPLIER.show(of.supplier)
    clerk, program = await member(place, programs, "fees.read", "fees.write")
    found = await program.show_merchant()
    assert (found.mode, found.supplier) == ("paid_out", None)
    for _ in range(2):
        await program.set_merchant(supplier=shown, reason=WHY, key="k")
    found = await program.show_merchant()
    assert (found.mode, found.supplier) == ("direct", shown)
    assert await acts_on(place, "rules") == [("settlement.set_merchant", clerk.person, WHY)]
    assert (await refused(program.set_merchant(supplier=SUPPLIER.show(of.sku), reason=WHY))).code == "not_found"
    order = await settling.received(place, of, await given.buyer(place))
    assert (await refused(program.set_merchant(reason=WHY))).code == "settlement.money_open"
    await place.later(settling.KEPT)
    account = ACCOUNT_ID.show(await settling.account_of(place, of.supplier))
    own = await programs(await place.do(parties.owner_of, of.supplier), "settlement.read", "settlement.write")
    assert (await own.show_balance()).paid_directly is True
    (line,) = (await own.list_statement_lines()).items
    assert (line.order, line.paid_directly, line.share.amount_minor) == (ORDER_ID.show(order), True, 1951)
    problem = await refused(own.ask_for_withdrawal(account=account, amount_minor=1951))
    assert problem.code == "settlement.paid_direct"
    await program.set_merchant(reason=WHY)
    assert (await program.show_merchant()).mode == "paid_out"
    assert (await own.show_balance()).paid_directly is False
